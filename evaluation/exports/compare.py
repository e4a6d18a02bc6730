"""What differs between two exports of one study: whose rows, table by table. Memory grows with people, not rows."""

import hashlib
import json
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from evaluation.exports.bundle import MANIFEST
from evaluation.exports.profile import Profile
from evaluation.exports.variables import Table
from evaluation.exports.verify import verify

_WIDTH = 1 << 256
REPORTS = "report/"


class NotComparable(Exception):
    """They are not of one profile, or their identifiers were made with different keys, so that nobody in one can be
    found in the other."""


@dataclass(frozen=True)
class Difference:
    """Of one file. In a table: the participants whose rows they are, or what else a row is of, or the row itself.

    Of a report, `changed` names the file.
    """

    path: str
    gone: list[str]
    new: list[str]
    changed: list[str]


def differences(first: Path, second: Path) -> list[Difference]:
    """Of each file that differs, tables in the order of the profile. Raises NotVerified and NotComparable."""
    profile = _one_profile(first, second)
    with zipfile.ZipFile(first) as before, zipfile.ZipFile(second) as after:
        if _key_of(before) != _key_of(after):
            raise NotComparable
        found = [_between(table, _rows_by_key(before, table), _rows_by_key(after, table)) for table in profile.tables]
        reports = sorted(name for name in after.namelist() if name.startswith(REPORTS))
        found += [Difference(name, [], [], [name]) for name in reports if before.read(name) != after.read(name)]
    return [one for one in found if one.gone or one.new or one.changed]


def _one_profile(first, second) -> Profile:
    profile = verify(first)
    if verify(second) != profile:
        raise NotComparable
    return profile


def _key_of(bundle):
    return json.loads(bundle.read(MANIFEST))["identifiers"]["key_id"]


def _between(table: Table, before: dict[str, int], after: dict[str, int]) -> Difference:
    return Difference(
        table.path,
        gone=sorted(before.keys() - after.keys()),
        new=sorted(after.keys() - before.keys()),
        changed=sorted(key for key in before.keys() & after.keys() if before[key] != after[key]),
    )


def _place_of_key(table: Table) -> int | None:
    """Where a row says whose it is, or else what it is of."""
    identifies = {variable.identifies: place for place, variable in reversed(list(enumerate(table.variables)))}
    identifies.pop("", None)
    return identifies.get("participant", min(identifies.values(), default=None))


def _rows_by_key(bundle, table: Table) -> dict[str, int]:
    """Identifier > the sum of the checksums of its rows, whatever their order."""
    place = _place_of_key(table)
    sums: dict[str, int] = defaultdict(int)
    with bundle.open(table.path) as stream:
        next(stream)
        for line in stream:
            key = line.decode().rstrip("\n")
            if place is not None:
                key = key.split(",", place + 1)[place]
            sums[key] = (sums[key] + int.from_bytes(hashlib.sha256(line).digest())) % _WIDTH
    return sums
