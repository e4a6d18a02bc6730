"""Reading a bundle back before anyone can have it."""

import hashlib
import json
import re
import zipfile
from pathlib import Path

from evaluation.exports.profile import QUANTITATIVE, Profile

CHUNK = 1 << 20


class NotVerified(Exception):
    """The bundle does not hold what it says, or holds what no variable allows."""


def verify(path: Path, profile: Profile = QUANTITATIVE) -> None:
    """Check every file of the bundle against its checksum, size and number of rows, and every cell of the data
    against what its variable may hold. Raises NotVerified."""
    with zipfile.ZipFile(path) as bundle:
        names, sums = bundle.namelist(), _sums(bundle)
        if len(names) != len(set(names)) or set(sums) != set(names) - {"SHA256SUMS"}:
            raise NotVerified("The list of checksums and the files differ.")
        described = {entry["path"]: entry for entry in json.loads(bundle.read("manifest.json"))["files"]}
        if set(described) != set(names) - {"manifest.json", "SHA256SUMS"}:
            raise NotVerified("The manifest and the files differ.")
        tables = {table.path: table for table in profile.tables}
        for name, expected in sums.items():
            entry = described.get(name, {})
            _check_file(bundle, name, expected, entry)
            if name in tables:
                _check_rows(bundle, tables[name], entry["rows"])


def _sums(bundle):
    lines = bundle.read("SHA256SUMS").decode().splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def _check_file(bundle, name, expected, described):
    digest = hashlib.sha256()
    with bundle.open(name) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != expected or described.get("sha256", expected) != expected:
        raise NotVerified(f"{name} is not what was written.")
    if described.get("bytes", bundle.getinfo(name).file_size) != bundle.getinfo(name).file_size:
        raise NotVerified(f"{name} has another size.")


def _check_rows(bundle, table, expected):
    """A line is a row: no value that a variable allows holds a comma, a quote or a line end."""
    allows, number = table.line.fullmatch, 0
    with bundle.open(table.path) as stream:
        if next(stream, b"") != ",".join(table.header).encode() + b"\n":
            raise NotVerified(f"{table.path} has another header.")
        for number, line in enumerate(stream, start=1):
            if not allows(line):
                raise NotVerified(f"Row {number} of {table.path} holds what no variable allows: {_outline(line)}")
    if number != expected:
        raise NotVerified(f"{table.path} has another number of rows.")


def _outline(line):
    """The shape of a line, for the log, without what stands in it."""
    return re.sub(rb"\w+", b"_", line).decode(errors="replace").strip()
