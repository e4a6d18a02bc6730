"""How far coders agree, per code: over characters and over turns. Pure: positions in, numbers out.

A text is as many characters (code points) as it has; a coding is `text[start:end]`. What is undefined is None, never 1.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from evaluation.agreement.coefficients import Agreement, Tally, agreement_of
from evaluation.agreement.stretches import Stretch, of_turns, stretches

__all__ = ["Agreement", "Position", "Stretch", "agreement_of", "disagreements", "over_characters", "over_turns"]


class Position(NamedTuple):
    """One coding, by keys of the text, the code and the coder."""

    text: Hashable
    code: Hashable
    coder: Hashable
    start: int
    end: int


def over_characters(
    lengths: Mapping[Hashable, int], coders: Sequence[Hashable], codings: Iterable[Position]
) -> dict[Hashable, Agreement]:
    """Code > agreement over every character of the texts, of which `lengths` says how long they are."""
    found = {}
    for code, by_text in _by_code(coders, codings).items():
        tally = Tally(len(coders))
        for text, by_coder in by_text.items():
            for stretch in stretches(lengths[text], by_coder):
                tally.count(stretch.coders, stretch.end - stretch.start)
        tally.count(0, sum(lengths.values()) - tally.total)
        found[code] = agreement_of(tally)
    return found


def over_turns(
    turns: Mapping[Hashable, Sequence[tuple[int, int]]], coders: Sequence[Hashable], codings: Iterable[Position]
) -> dict[Hashable, Agreement]:
    """Code > agreement over turns: one is coded where any part of it is. `turns` holds (start, end) in order."""
    found = {}
    number = sum(map(len, turns.values()))
    for code, by_text in _by_code(coders, codings).items():
        tally = Tally(len(coders))
        for text, by_coder in by_text.items():
            for pattern in of_turns(turns[text], by_coder):
                tally.count(pattern, 1)
        tally.count(0, number - tally.total)
        found[code] = agreement_of(tally)
    return found


def disagreements(
    lengths: Mapping[Hashable, int], coders: Sequence[Hashable], codings: Iterable[Position]
) -> list[tuple[Hashable, Hashable, Stretch]]:
    """(text, code, stretch) for each stretch that some of the coders coded and some did not."""
    everyone = (1 << len(coders)) - 1
    return [
        (text, code, stretch)
        for code, by_text in _by_code(coders, codings).items()
        for text, by_coder in by_text.items()
        for stretch in stretches(lengths[text], by_coder)
        if stretch.coders not in (0, everyone)
    ]


def _by_code(coders, codings):
    """Code > text > for each coder, in order, the intervals they coded."""
    place = {coder: number for number, coder in enumerate(coders)}
    found: dict = defaultdict(lambda: defaultdict(lambda: [[] for _coder in coders]))
    for one in codings:
        found[one.code][one.text][place[one.coder]].append((one.start, one.end))
    return found
