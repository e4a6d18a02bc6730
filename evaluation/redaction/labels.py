"""What is offered in place of words: the study's own replacement where there is one, else the next that is free."""

import re
from collections.abc import Iterable, Iterator
from itertools import count
from string import ascii_uppercase

from evaluation.redaction.kinds import NAMED, Kind, plain_label
from evaluation.redaction.words import TITLES, Span, folded, words_of

LONGEST = 60
_MARK = re.compile(rf"\[[^][\n]{{1,{LONGEST}}}\]")


def marked(label: str) -> str:
    """`label` as it stands in a text: [like this]."""
    return f"[{label}]"


def marks_in(text: str) -> list[tuple[int, int]]:
    """Where what may be marks stands in a text that is de-identified."""
    return [match.span() for match in _MARK.finditer(text)]


class Labels:
    """The replacements of a study: `entries` are pairs of folded words and the mark that stands for them."""

    def __init__(self, entries: Iterable[tuple[str, str]]):
        self._entries = list(entries)
        self._known: dict[str, str] = {}
        self._sharing: dict[str, set[str]] = {}
        self.used: set[str] = set()
        for words, mark in self._entries:
            self._note(words, mark)

    def __getitem__(self, words: str) -> str | None:
        """What these folded words become in the study."""
        return self._known.get(words)

    def offered(self, text: str, spans: Iterable[Span]) -> Iterator[str]:
        """A mark for each span of `text`: the same words get the same, and new ones count up."""
        offering = Labels(self._entries)
        for span in spans:
            yield offering._offer(folded(text[span.start : span.end]), span)

    def _offer(self, words, span):
        if span.kind not in NAMED:
            return marked(plain_label(span.kind))
        mark = self._known.get(words) or self._of_same_person(words, span) or self._next(span)
        self._note(words, mark)
        return mark

    def _of_same_person(self, words, span):
        """Of the one entry that says the same person's name with fewer or more words, as far as words can tell."""
        if span.kind != Kind.PERSON:
            return None
        own = set(words_of(words)) - TITLES
        others = {entry for part in own for entry in self._sharing.get(part, ())}
        fitting = {self._known[entry] for entry in others if _is_part(own, set(entry.split()) - TITLES)}
        return fitting.pop() if len(fitting) == 1 else None

    def _next(self, span):
        """A relation is said once without a number ("[sister]"), then with one; what else is named gets letters."""
        if span.label:
            named = (marked(f"{span.label} {number}" if number > 1 else span.label) for number in count(1))
        else:
            named = (marked(f"{plain_label(span.kind)} {letters}") for letters in _letters())
        return next(mark for mark in named if mark not in self.used)

    def _note(self, words, mark):
        self._known.setdefault(words, mark)
        self.used.add(mark)
        for part in words.split():
            self._sharing.setdefault(part, set()).add(words)


def _is_part(one, other):
    return bool(one and other) and (one <= other or other <= one)


def _letters():
    yield from ascii_uppercase
    for first in ascii_uppercase:
        yield from (first + second for second in ascii_uppercase)
    raise OverflowError("A study has more names than labels.")
