"""The zip: rows streamed from the database through identifiers, checksum and compression, never held together."""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from evaluation.exports import cells

#: The earliest moment a zip can hold: the same for every file of every bundle.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
PERMISSIONS = 0o644 << 16
# Keyed identifiers do not compress; harder work on the rest gains a tenth and costs three times as long.
LEVEL = 1
CHUNK = 1 << 18
#: What describes and proves the others.
MANIFEST, SIGNATURE, SUMS = "manifest.json", "manifest.json.sig", "SHA256SUMS"

Maker = Callable[[bytes], bytes]
Row = tuple[str | int, ...]


class NotVerified(Exception):
    """The bundle does not hold what it says, or holds what no variable allows."""


@dataclass(frozen=True)
class Entry:
    """One file of the bundle; `rows` is None for what is no table."""

    path: str
    size: int
    sha256: str
    rows: int | None = None


def zip_entry(path: str, *, is_compressed: bool = False) -> zipfile.ZipInfo:
    """A file in a zip, whose header has nothing that differs from one time to the next. `is_compressed`: in itself."""
    entry = zipfile.ZipInfo(path, FIXED_TIME)
    entry.compress_type = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
    entry.external_attr, entry.create_system = PERMISSIONS, 3
    # Python 3.13 has a public name for it, 3.12 has only this one.
    entry._compresslevel = LEVEL  # type: ignore[attr-defined]
    return entry


class _Stream:
    """Gathers lines, and passes them on in large pieces with size and checksum taken."""

    def __init__(self, target: IO[bytes], on_progress: Callable[[], None], beside: IO[bytes] | None = None):
        self.target, self.on_progress, self.beside = target, on_progress, beside
        self.size, self.digest, self.lines = 0, hashlib.sha256(), 0
        self.waiting: list[bytes] = []
        self.waiting_size = 0

    def write(self, line: bytes) -> int:
        self.waiting.append(line)
        self.lines += 1
        self.waiting_size += len(line)
        if self.waiting_size >= CHUNK:
            self.flush()
        return len(line)

    def flush(self) -> None:
        whole = b"".join(self.waiting)
        self.target.write(whole)
        if self.beside:
            self.beside.write(whole)
        self.digest.update(whole)
        self.size += len(whole)
        self.waiting, self.waiting_size = [], 0
        self.on_progress()


class _Identifying:
    """Takes PostgreSQL's rows one by one (a CopyData message is a row) and turns their keys into identifiers."""

    def __init__(self, stream: _Stream, makers: dict[int, Maker]):
        self.stream, self.makers, self.splits = stream, makers, max(makers) + 1

    def write(self, row: bytes) -> None:
        parts = row.split(b",", self.splits)
        for place, make in self.makers.items():
            # What is hidden or missing is no key.
            if parts[place].isdigit():
                parts[place] = make(parts[place])
        self.stream.write(b",".join(parts))


class Bundle:
    """Writes a bundle into `path`; `entries` lists what is in it so far. `on_progress` is called as data go by."""

    def __init__(self, path: Path, on_progress: Callable[[], None] = lambda: None):
        self.path, self.zip = path, zipfile.ZipFile(path, "w")
        self.on_progress = on_progress
        self.entries: list[Entry] = []

    def __enter__(self) -> "Bundle":
        return self

    def __exit__(self, *exception) -> None:
        self.zip.close()

    def add_text(self, path: str, text: str) -> None:
        self.add_bytes(path, text.encode())

    def add_bytes(self, path: str, content: bytes) -> None:
        with self._file(path) as stream:
            stream.write(content)

    def add_lines(self, path: str, rows: Iterable[Row]) -> None:
        """A CSV file from rows at hand, the first its header."""
        with self._file(path, is_table=True) as stream:
            for row in rows:
                stream.write(cells.line(row))

    def add_file(self, folder: str, source: Path, *, is_compressed: bool = False) -> None:
        """A file that was made beside the bundle, which is deleted. `is_compressed`: in itself."""
        with self._file(f"{folder}/{source.name}", is_compressed=is_compressed) as stream, source.open("rb") as file:
            while piece := file.read(CHUNK):
                stream.write(piece)
        source.unlink()

    def add_query(
        self,
        path: str,
        header: list[str],
        cursor,
        sql: str,
        makers: dict[int, Maker],
        beside: IO[bytes] | None = None,
    ) -> None:
        """A CSV file of what `sql` (with its values in it) gives; `makers` says where keys stand that may not leave.
        `beside` gets the same bytes."""
        with self._file(path, is_table=True, beside=beside) as stream:
            stream.write(cells.line(tuple(header)))
            target = _Identifying(stream, makers) if makers else stream
            cursor.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT csv)", target)

    @contextmanager
    def add_zip(self, path: str) -> Iterator[zipfile.ZipFile]:
        """A zip within this one, written straight through."""
        with self._file(path) as stream, zipfile.ZipFile(stream, "w") as inner:  # type: ignore[call-overload]
            yield inner

    @contextmanager
    def _file(self, path, *, is_table=False, is_compressed=False, beside=None) -> Iterator[_Stream]:
        with self.zip.open(zip_entry(path, is_compressed=is_compressed), "w", force_zip64=True) as target:
            stream = _Stream(target, self.on_progress, beside)
            yield stream
            stream.flush()
        rows = stream.lines - 1 if is_table else None
        self.entries.append(Entry(path, stream.size, stream.digest.hexdigest(), rows))
