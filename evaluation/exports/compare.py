"""What differs between two exports of one study: whose rows, table by table. Memory grows with people, not rows."""

import hashlib
import json
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from evaluation.exports.bundle import MANIFEST
from evaluation.exports.profile import Profile
from evaluation.exports.qual.files import CODEBOOK, PROJECT
from evaluation.exports.qual.tables import TextTable
from evaluation.exports.qual.verify import rows_of
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

    Of a report, and of the code book and the project, it names the file.
    """

    path: str
    gone: list[str]
    new: list[str]
    changed: list[str]


def differences(first: Path, second: Path) -> list[Difference]:
    """Of each file that differs, tables in the order of the profile; of texts, `qual/sources.csv` has the checksums.

    Raises NotVerified and NotComparable.
    """
    profile = _one_profile(first, second)
    with zipfile.ZipFile(first) as before, zipfile.ZipFile(second) as after:
        if _key_of(before) != _key_of(after):
            raise NotComparable
        found = [_between(table, _rows_by_key(before, table), _rows_by_key(after, table)) for table in profile.tables]
        found += [_between(one, _texts_by_key(before, one), _texts_by_key(after, one)) for one in profile.text_tables]
        found += [_of_file(name, before, after) for name in _files_of(before, after)]
    return [one for one in found if one.gone or one.new or one.changed]


def _one_profile(first, second) -> Profile:
    profile = verify(first)
    if verify(second) != profile:
        raise NotComparable
    return profile


def _key_of(bundle):
    return json.loads(bundle.read(MANIFEST))["identifiers"]["key_id"]


def _between(table: Table | TextTable, before: dict[str, int], after: dict[str, int]) -> Difference:
    return Difference(
        table.path,
        gone=sorted(before.keys() - after.keys()),
        new=sorted(after.keys() - before.keys()),
        changed=sorted(key for key in before.keys() & after.keys() if before[key] != after[key]),
    )


def _files_of(before, after):
    """What is no table, or is the text tables' in another form: compared as a whole."""
    names = {*before.namelist(), *after.namelist()}
    return sorted(name for name in names if name.startswith(REPORTS) or name in (CODEBOOK, PROJECT))


def _of_file(name, before, after):
    first, second = (bundle.read(name) if name in bundle.namelist() else None for bundle in (before, after))
    return Difference(
        name,
        gone=[name] if second is None else [],
        new=[name] if first is None else [],
        changed=[name] if None not in (first, second) and first != second else [],
    )


def _place_of_key(table: Table | TextTable) -> int | None:
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
            sums[key] = (sums[key] + _sum_of(line)) % _WIDTH
    return sums


def _texts_by_key(bundle, table: TextTable) -> dict[str, int]:
    """The same of a table whose rows take up several lines."""
    rows = rows_of(bundle, table)
    place = next(rows).index("participant_id")
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        sums[row[place]] = (sums[row[place]] + _sum_of(repr(row).encode())) % _WIDTH
    return sums


def _sum_of(row: bytes) -> int:
    return int.from_bytes(hashlib.sha256(row).digest())
