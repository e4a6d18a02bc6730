"""Drawing people from a frame, so that the same seed draws the same people from the same frame."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

#: Raised whenever `draw` would draw others than before; kept with each frame.
ALGORITHM = 1


@dataclass(frozen=True, order=True)
class Stratum:
    """People of one kind in one group; `group` is its key."""

    kind: str
    group: int


def new_seed() -> str:
    """128 bits: chance decides, and nobody can have chosen it."""
    return secrets.token_hex(16)


def draw(strata: Mapping[Stratum, Collection[int]], wanted: int, seed: str) -> dict[Stratum, list[int]]:
    """`wanted` people of the frame, or all where there are fewer; keys of people, each in one stratum.

    A stratum of n among N gets wanted * n / N places, rounded down; the places left go one each to those with the
    largest remainder, where equal by SHA-256 of "seed:kind:group". Its places go to the people whose SHA-256 of
    "seed:key" is lowest.
    """
    size = sum(len(people) for people in strata.values())
    if wanted >= size:
        places = {stratum: len(people) for stratum, people in strata.items()}
    else:
        places = _shared_out(strata, wanted, size, seed)
    return {
        stratum: sorted(people, key=lambda person: _rank(seed, person))[: places[stratum]]
        for stratum, people in sorted(strata.items())
    }


def _shared_out(strata, wanted, size, seed):
    places = {stratum: wanted * len(people) // size for stratum, people in strata.items()}
    left = wanted - sum(places.values())

    def by_remainder(stratum):
        return -(wanted * len(strata[stratum]) % size), _rank(seed, stratum.kind, stratum.group)

    for stratum in sorted(strata, key=by_remainder)[:left]:
        places[stratum] += 1
    return places


def _rank(*parts):
    return hashlib.sha256(":".join(map(str, parts)).encode()).digest()
