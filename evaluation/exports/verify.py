"""Reading a bundle back before anyone can have it."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

CHUNK = 1 << 20


class NotVerified(Exception):
    """The bundle does not hold what it says."""


def verify(path: Path) -> None:
    """Check every file of the bundle against its checksum, size and number of rows. Raises NotVerified."""
    with zipfile.ZipFile(path) as bundle:
        names = bundle.namelist()
        if len(names) != len(set(names)):
            raise NotVerified("A file is in the bundle twice.")
        sums = dict(reversed(line.split("  ", 1)) for line in bundle.read("SHA256SUMS").decode().splitlines())
        if set(sums) != set(names) - {"SHA256SUMS"}:
            raise NotVerified("The list of checksums and the files differ.")
        for name, expected in sums.items():
            if _sha256(bundle, name) != expected:
                raise NotVerified(f"{name} is not what was written.")
        for described in json.loads(bundle.read("manifest.json"))["files"]:
            _check_described(bundle, described)


def _check_described(bundle, described):
    name = described["path"]
    if bundle.getinfo(name).file_size != described["bytes"]:
        raise NotVerified(f"{name} has another size.")
    if "rows" in described and _rows(bundle, name) != described["rows"]:
        raise NotVerified(f"{name} has another number of rows.")


def _sha256(bundle, name):
    digest = hashlib.sha256()
    with bundle.open(name) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _rows(bundle, name):
    with bundle.open(name) as stream:
        return sum(1 for _row in csv.reader(io.TextIOWrapper(stream, "utf-8", newline=""))) - 1
