"""The zip: files streamed through their checksums, the same bytes for the same content."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evaluation.exports.cells import cell

#: The earliest moment a zip can hold: the same for every file of every bundle.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
PERMISSIONS = 0o644 << 16


@dataclass(frozen=True)
class Member:
    """One file of the bundle; `rows` is None for what is no table."""

    path: str
    size: int
    sha256: str
    rows: int | None = None


class _Counted(io.RawIOBase):
    """Passes bytes on and remembers how many there were and their checksum."""

    def __init__(self, target):
        self.target, self.size, self.digest = target, 0, hashlib.sha256()

    def writable(self):
        return True

    def write(self, chunk):
        self.target.write(chunk)
        self.digest.update(chunk)
        self.size += len(chunk)
        return len(chunk)


class Bundle:
    """Writes a bundle into `path`; `members` lists what is in it so far."""

    def __init__(self, path: Path):
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.members: list[Member] = []

    def add_text(self, path: str, text: str) -> None:
        with self._file(path) as stream:
            stream.write(text)

    def add_table(self, path: str, header: list[str], rows: Iterable[tuple]) -> int:
        """A CSV file (UTF-8, RFC 4180 but for LF line ends) from rows as they come; gives how many."""
        number = 0
        with self._file(path) as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            for number, row in enumerate(rows, start=1):  # noqa: B007 the last number is how many there were
                writer.writerow([cell(value) for value in row])
        self.members[-1] = Member(**{**self.members[-1].__dict__, "rows": number})
        return number

    def close(self) -> None:
        self.zip.close()

    @contextmanager
    def _file(self, path):
        entry = zipfile.ZipInfo(path, FIXED_TIME)
        entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, PERMISSIONS, 3
        with self.zip.open(entry, "w", force_zip64=True) as target:
            counted = _Counted(target)
            stream = io.TextIOWrapper(io.BufferedWriter(counted, 1 << 16), encoding="utf-8", newline="")
            yield stream
            stream.flush()
        self.members.append(Member(path, counted.size, counted.digest.hexdigest()))
