"""Labels as SPSS and Stata take them: cut at a character where they are too long, and what was cut is listed."""

from collections.abc import Iterable, Iterator

from evaluation.exports.variables import Table

#: Bytes of UTF-8 (SPSS) or characters (Stata). Neither pyreadstat nor Stata says when one is too long.
SPSS_VARIABLE, SPSS_VALUE, SPSS_FILE, STATA_VARIABLE = 255, 120, 64, 80


def within_bytes(text: str, most: int) -> str:
    """The longest beginning of `text` that takes at most `most` bytes as UTF-8."""
    return text.encode()[:most].decode(errors="ignore")


def within_characters(text: str, most: int) -> str:
    return text[:most]


def cut(tables: Iterable[Table]) -> Iterator[tuple[str, ...]]:
    """dictionary/labels_cut.csv."""
    yield "format", "table", "variable", "value", "label", "cut_to"
    for table in tables:
        for variable in table.variables:
            name = (table.name, variable.name)
            for text, what, shorter in (
                (variable.label, ("sav", *name, ""), within_bytes(variable.label, SPSS_VARIABLE)),
                (variable.label, ("dta", *name, ""), within_characters(variable.label, STATA_VARIABLE)),
                *(
                    (label, ("sav", *name, value), within_bytes(label, SPSS_VALUE))
                    for value, label in variable.categories.items()
                ),
            ):
                if shorter != text:
                    yield *what, text, shorter
