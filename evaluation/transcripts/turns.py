"""Who says what in a transcript: its turns, as far as the text itself tells them apart."""

import re
from collections import Counter
from dataclasses import dataclass

#: "Int: ...", "P1 (Bath): ...", or a meeting program's line of name and time: "Jane Doe   0:03".
_BEGINNING = re.compile(
    r"^[ \t]*(?P<speaker>[^\W\d_][\w.'’()&/-]{0,39}(?: [\w.'’()&/-]{1,40}){0,3})"
    r"(?::(?=\s)|[ \t]+\[?\(?\d{1,2}:\d\d(?::\d\d)?\)?\]?:?[ \t]*$)",
    re.MULTILINE,
)
#: Who speaks comes back; what comes once is more likely a heading or a quotation.
LEAST_TURNS = 2


@dataclass(frozen=True)
class Turn:
    """`text[start:end]` is what `speaker` says, without their name. `speaker` is "" before the first one speaks.

    Offsets count code points of the canonical text from 0, `end` exclusive.
    """

    speaker: str
    start: int
    end: int


def turns_of(text: str) -> list[Turn]:
    """The turns of a canonical text in reading order; [] where it does not say who speaks."""
    found = list(_BEGINNING.finditer(text))
    times = Counter(match["speaker"] for match in found)
    found = [match for match in found if times[match["speaker"]] >= LEAST_TURNS]
    if not found:
        return []
    ends = [match.start() for match in found[1:]] + [len(text)]
    turns = [_turn(text, match["speaker"], match.end(), end) for match, end in zip(found, ends, strict=True)]
    opening = _turn(text, "", 0, found[0].start())
    return [opening, *turns] if opening.start < opening.end else turns


def speakers_of(turns: list[Turn]) -> list[tuple[str, int]]:
    """(speaker, number of turns), in the order in which they first speak."""
    return list(Counter(turn.speaker for turn in turns if turn.speaker).items())


def _turn(text, speaker, start, end):
    """Without the white space around what is said."""
    said = text[start:end]
    start += len(said) - len(said.lstrip())
    return Turn(speaker, start, start + len(said.strip()))
