"""A text cut where anything begins or ends: interval arithmetic over codings that overlap and nest."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Interval = tuple[int, int]


@dataclass(frozen=True)
class Stretch:
    """`text[start:end]`, coded by the coders whose bits are set: 1 for the first, 2 for the second, 4 for the third."""

    start: int
    end: int
    coders: int


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """The same characters as intervals that neither overlap nor touch, in order."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def stretches(length: int, by_coder: Sequence[Sequence[Interval]]) -> Iterator[Stretch]:
    """The text from 0 to `length`, cut wherever who coded it changes."""
    changes: Counter[int] = Counter()
    for number, intervals in enumerate(by_coder):
        for start, end in merged(intervals):
            changes[start] ^= 1 << number
            changes[end] ^= 1 << number
    at, coders = 0, 0
    for place in sorted(changes):
        if changes[place] == 0:
            continue
        if place > at:
            yield Stretch(at, place, coders)
        at, coders = place, coders ^ changes[place]
    if at < length:
        yield Stretch(at, length, coders)


def of_turns(turns: Sequence[Interval], by_coder: Sequence[Sequence[Interval]]) -> list[int]:
    """For each turn, the bits of the coders who coded any part of it."""
    starts, ends = [start for start, _end in turns], [end for _start, end in turns]
    found = [0] * len(turns)
    for number, intervals in enumerate(by_coder):
        for start, end in merged(intervals):
            for index in range(bisect_right(ends, start), bisect_left(starts, end)):
                found[index] |= 1 << number
    return found
