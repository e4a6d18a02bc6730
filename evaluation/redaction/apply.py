"""Replacing spans in a text, and where another span of it is afterwards.

Offsets count code points from 0, `end` exclusive: slices in Python.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, order=True)
class Replaced:
    """`text[start:end]` becomes `replacement`."""

    start: int
    end: int
    replacement: str


class OverlappingRedactions(ValueError):
    """Two of them share a place, so what each replaces is not the same text."""


class OutsideOfText(ValueError):
    """It begins before the text, ends after it, or holds nothing."""


class CutsRedaction(ValueError):
    """A span begins or ends within what was replaced, so nothing in the new text is the same."""

    def __init__(self, redaction: Replaced):
        super().__init__(f"{redaction.start} to {redaction.end}")
        self.redaction = redaction


def in_order(spans: Iterable[Replaced]) -> list[Replaced]:
    """The spans from the first to the last. Raises OverlappingRedactions."""
    ordered = sorted(spans)
    if any(after.start < before.end for before, after in pairwise(ordered)):
        raise OverlappingRedactions
    return ordered


def redacted(text: str, spans: Iterable[Replaced]) -> str:
    """`text` with every span replaced. Raises OverlappingRedactions, or OutsideOfText."""
    pieces, done = [], 0
    for span in in_order(spans):
        if not 0 <= span.start < span.end <= len(text):
            raise OutsideOfText
        pieces += [text[done : span.start], span.replacement]
        done = span.end
    return "".join([*pieces, text[done:]])


def widened(place: tuple[int, int], spans: Iterable[Replaced]) -> tuple[int, int]:
    """`place`, a (start, end), and whole each redaction that it begins or ends within, so that `moved` takes it."""
    start, end = place
    touched = [span for span in spans if span.start < end and start < span.end]
    return min([start, *(span.start for span in touched)]), max([end, *(span.end for span in touched)])


def moved(place: tuple[int, int], spans: Iterable[Replaced]) -> tuple[int, int]:
    """Where `place`, a (start, end) of the original, is in the redacted text.

    What it holds whole is replaced within it. Where it begins or ends inside of a redaction: CutsRedaction.
    """
    start, end = place
    start_by = end_by = 0
    for span in in_order(spans):
        if span.start < start < span.end or span.start < end < span.end:
            raise CutsRedaction(span)
        longer_by = len(span.replacement) - (span.end - span.start)
        start_by += longer_by if span.end <= start else 0
        end_by += longer_by if span.end <= end else 0
    return start + start_by, end + end_by
