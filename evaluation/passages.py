"""Where words stand in texts: quotes found again, codings with what is said around them."""

import re
from dataclasses import dataclass

from evaluation.models import Source
from evaluation.transcripts.turns import turns_of

AROUND = 80
#: A quote that occurs more often is too short to choose from.
MOST_PLACES = 20


@dataclass(frozen=True)
class Passage:
    """`text[start:end]` with what stands before and after it, in code points."""

    start: int
    end: int
    before: str
    quote: str
    after: str


def passage(text: str, start: int, end: int, around: int = AROUND) -> Passage:
    before = text[max(0, start - around) : start]
    after = text[end : end + around]
    return Passage(
        start,
        end,
        before if start <= around else f"…{before}",
        text[start:end],
        after if end + around >= len(text) else f"{after}…",
    )


def places_of(text: str, quote: str, most: int = MOST_PLACES) -> list[Passage]:
    """Where `quote` stands in `text`, whatever the white space between its words; at most `most` and one more."""
    words = quote.split()
    if not words:
        return []
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    found = []
    for match in pattern.finditer(text):
        found.append(passage(text, *match.span()))
        if len(found) > most:
            break
    return found


def search(text: str, words: str, most: int) -> list[Passage]:
    """As `places_of`, in capitals or not."""
    pattern = re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)
    return [passage(text, *match.span()) for match, _number in zip(pattern.finditer(text), range(most), strict=False)]


@dataclass(frozen=True)
class Line:
    """A line of a text that has words in it; `text[start:]` begins with it."""

    number: int
    start: int
    text: str


def lines_of(text: str) -> list[Line]:
    found, at = [], 0
    for words in text.split("\n"):
        if words.strip():
            found.append(Line(len(found) + 1, at, words))
        at += len(words) + 1
    return found


def units_of(source: Source) -> list[tuple[int, int]]:
    """What agreement is also taken over: the turns of a text; its lines where it does not say who speaks."""
    turns = [(turn.start, turn.end) for turn in turns_of(source.text) if turn.end > turn.start]
    return turns or [(line.start, line.start + len(line.text)) for line in lines_of(source.text)]
