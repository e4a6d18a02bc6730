"""One text on the redaction desk: what was decided, what is still suggested, and where each stands."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from evaluation.models import Redaction, Source
from evaluation.redaction.known import known_words, labels_of, table_of
from evaluation.redaction.labels import marks_in
from evaluation.redaction.suggest import suggest, without
from evaluation.redaction.words import Span, folded

#: How much of the text stands around a place, in code points.
AROUND = 90


@dataclass(frozen=True)
class Piece:
    """A stretch of the text. `open` is what is suggested there, `decided` what was decided; neither in between."""

    text: str
    start: int = 0
    open: Span | None = None
    decided: Redaction | None = None


class Desk:
    """Suggestions are found anew each time, in one walk over the text, so that they follow what the study knows."""

    def __init__(self, source: Source):
        self.source, self.text = source, source.text
        self.decided = list(source.redactions.standing().select_related("decided_by"))
        taken = [(row.start, row.end) for row in self.decided if row.mark]
        if source.redacted_from_id:
            taken += marks_in(self.text)
        left = {(row.start, row.end) for row in self.decided if not row.mark}
        table = table_of(source.study)
        self.labels = labels_of(table)
        found = without(suggest(self.text, known_words(source.study, table)), sorted(taken))
        self.open = [span for span in found if (span.start, span.end) not in left]

    @cached_property
    def offers(self) -> dict[int, str]:
        """What is offered for each open place, by its start."""
        return dict(zip(self._starts, self.labels.offered(self.text, self.open), strict=True))

    @cached_property
    def _starts(self):
        return [span.start for span in self.open]

    def open_at(self, start: int) -> Span | None:
        place = bisect_left(self._starts, start)
        return self.open[place] if place < len(self.open) and self._starts[place] == start else None

    def number_of(self, start: int) -> int:
        """Which of the open places it is, from 1."""
        return bisect_left(self._starts, start) + 1

    def decided_at(self, start: int) -> Redaction | None:
        return next((row for row in self.decided if row.start == start), None)

    def after(self, start: int) -> Span | None:
        """The next open place, and after the last one the first."""
        others = [*self.open[bisect_right(self._starts, start) :], *self.open[:1]]
        return others[0] if others and others[0].start != start else None

    def before(self, start: int) -> Span | None:
        place = bisect_left(self._starts, start)
        others = [*self.open[max(place - 1, 0) : place], *self.open[-1:]]
        return others[0] if others and others[0].start != start else None

    def alike(self, span: Span) -> list[Span]:
        """The open places with the same words, in order, `span` among them."""
        words = folded(self.text[span.start : span.end])
        same = [one for one in self.open if one.kind == span.kind]
        return [one for one in same if folded(self.text[one.start : one.end]) == words]

    def around(self, span: Span | Redaction) -> tuple[str, str, str]:
        """The words before a place, those in it, and those after."""
        before = self.text[max(span.start - AROUND, 0) : span.start]
        return before, self.text[span.start : span.end], self.text[span.end : span.end + AROUND]

    def pieces(self) -> Iterator[Piece]:
        """The whole text in order. Where words left as they are lie within others, the others are shown."""
        places = sorted([*self.open, *self.decided], key=lambda one: (one.start, -one.end))
        done = 0
        for one in places:
            if one.start < done:
                continue
            if done < one.start:
                yield Piece(self.text[done : one.start])
            said = self.text[one.start : one.end]
            is_open = isinstance(one, Span)
            yield Piece(said, one.start, open=one if is_open else None, decided=None if is_open else one)
            done = one.end
        yield Piece(self.text[done:])
