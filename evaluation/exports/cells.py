"""Text in a CSV file that a spreadsheet may open."""

import csv
import re
from collections.abc import Callable, Iterable

# Full-width ones count as well. Text that already begins like a neutralised one is marked too, so that taking one
# apostrophe off gives back exactly what was there.
_FORMULA = re.compile("'*[=+\\-@\t\r＝＋－＠]")
_STARTS = frozenset("'=+-@\t\r＝＋－＠")


class _Line:
    """Where a writer puts a line: it hands back what this gives."""

    @staticmethod
    def write(line: str) -> str:
        return line


# One for all lines: to make it takes longer than to use it.
_written: Callable[[Iterable], str] = csv.writer(_Line, lineterminator="\n").writerow


def neutral(value: str) -> str:
    """`value` with an apostrophe in front if a spreadsheet would take it for a formula."""
    return f"'{value}" if value[:1] in _STARTS and _FORMULA.match(value) else value


def original(text: str) -> str:
    """What `neutral` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def line(values: tuple[str | int, ...]) -> bytes:
    """A line of CSV: RFC 4180 but for its LF end, UTF-8. Numbers are left alone, also those below zero."""
    return _written([value if isinstance(value, int) else neutral(value) for value in values]).encode()
