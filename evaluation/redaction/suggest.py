"""What in a text may identify someone: suggestions for a person to look at. Nothing here replaces anything."""

from collections.abc import Iterable

from evaluation.redaction.identifiers import identifiers_in
from evaluation.redaction.kinds import Kind
from evaluation.redaction.words import Span, Words, parts_of_name


def suggest(text: str, known: Words) -> list[Span]:
    """In reading order and without overlaps: of two that do overlap the longer one, which holds more.

    A walk over the text by form and two by words, however many names are known. The second is for names that the text
    itself gives away, as in "my sister Maureen": she is meant further on as well.
    """
    told = list(identifiers_in(text))
    names = {text[span.start : span.end] for span in told if span.kind == Kind.PERSON}
    again = Words((part, Kind.PERSON) for name in names for part in parts_of_name(name))
    found = [*told, *known.spans_in(text), *again.spans_in(text)]
    return _apart(sorted(found, key=lambda span: (span.start, -span.end)))


def without(spans: Iterable[Span], taken: Iterable[tuple[int, int]]) -> list[Span]:
    """The spans that touch none of the `taken` ones; both are in order of their starts, and spans don't overlap."""
    left, rest = [], list(taken)
    place = furthest = 0
    for span in spans:
        while place < len(rest) and rest[place][0] < span.end:
            furthest = max(furthest, rest[place][1])
            place += 1
        if furthest <= span.start:
            left.append(span)
    return left


def _apart(ordered):
    kept: list[Span] = []
    for span in ordered:
        if not kept or kept[-1].end <= span.start:
            kept.append(span)
        elif span.end - span.start > kept[-1].end - kept[-1].start:
            kept[-1] = span
    return kept
