"""Reading a bundle back: before anyone can have it, and whenever someone asks whether a file is one."""

import hashlib
import json
import re
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path

from evaluation.exports.bundle import MANIFEST, SIGNATURE, SUMS, NotVerified
from evaluation.exports.descriptor import resource
from evaluation.exports.profile import PROFILES, Profile
from evaluation.exports.qual.verify import verify_texts
from evaluation.exports.signature import is_signed, public_key

CHUNK = 1 << 20


def verify(path: Path, pem: bytes | None = None) -> Profile:
    """Check the signature with the public key `pem` (this service's, if none is given); every file against its
    checksum, size and number of rows; the descriptor against the tables; and every cell of the data against what its
    variable may hold. Gives the profile it was made by. Raises NotVerified, and NotAPublicKey for what is no key."""
    with _opened(path) as bundle:
        names, sums = bundle.namelist(), _sums(bundle)
        if len(names) != len(set(names)) or set(sums) != set(names) - {SUMS}:
            raise NotVerified("The list of checksums and the files differ.")
        _check_signature(bundle, public_key() if pem is None else pem)
        manifest = json.loads(bundle.read(MANIFEST))
        profile = PROFILES.get(manifest["profile"]["name"])
        if not profile or manifest["profile"]["sha256"] != profile.sha256:
            raise NotVerified("It was made by another version of this service. Check it with that version.")
        described = {entry["path"]: entry for entry in manifest["files"]}
        if set(described) != set(names) - {MANIFEST, SIGNATURE, SUMS}:
            raise NotVerified("The manifest and the files differ.")
        _check_descriptor(bundle, profile)
        tables = {table.path: table for table in profile.tables}
        for name, expected in sums.items():
            entry = described.get(name, {})
            _check_file(bundle, name, expected, entry)
            if name in tables:
                _check_rows(bundle, tables[name], entry["rows"])
        if profile.has_texts:
            verify_texts(bundle, {table.path: described[table.path]["rows"] for table in profile.text_tables})
        return profile


@contextmanager
def _opened(path):
    """What can't be read as a bundle is none, and for one reason or another zipfile raises many kinds of errors."""
    try:
        with zipfile.ZipFile(path) as bundle:
            yield bundle
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError) as error:
        raise NotVerified("This is no export, or a part of it is missing or broken.") from error


def _sums(bundle):
    lines = bundle.read(SUMS).decode().splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def _check_signature(bundle, pem):
    if not is_signed(bundle.read(MANIFEST), bundle.read(SIGNATURE), pem):
        raise NotVerified("The manifest was not signed with this key, or was changed afterwards.")


def _check_descriptor(bundle, profile):
    """What it tells programs of each table is what the table's one definition says."""
    described = json.loads(bundle.read("datapackage.json"))["resources"]
    if described != [resource(table) for table in profile.described]:
        raise NotVerified("datapackage.json does not describe the tables.")


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
