"""Making one bundle: consent and data of the same instant, read back before it is released.

Everything is read in one REPEATABLE READ, read-only transaction. What others may see meanwhile (progress, the lease)
is written through a second connection. A worker that dies leaves a temporary file and a lease that runs out; the
export is then started anew, at most MOST_ATTEMPTS times.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from evaluation.exports import descriptor
from evaluation.exports.bundle import Bundle
from evaluation.exports.profile import TABLES
from evaluation.exports.snapshot import Snapshot
from evaluation.exports.tables import rows_of
from evaluation.exports.verify import verify
from evaluation.models import Study

CHUNK = 1 << 20


@dataclass(frozen=True)
class Made:
    """A finished bundle."""

    file_name: str
    sha256: str
    size_bytes: int
    as_of: datetime
    participant_ids: list[int]


def make_bundle(study: Study, name: str, report: Callable[[int], None]) -> Made:
    """Write the study's bundle into EXPORT_DIR; `report` is told the progress in per cent, `name` marks the attempt.

    Nothing carries the final name until all of it is written, verified and on the disk.
    """
    folder = Path(settings.EXPORT_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = folder / f".{name}.part"
    try:
        snapshot = _write(study, temporary, report)
        report(95)
        verify(temporary)
        sha256 = _sha256_on_disk(temporary)
        file_name = f"eval-{study.pk}-{snapshot.as_of:%Y%m%d}-{sha256[:8]}.zip"
        temporary.rename(folder / file_name)
    finally:
        temporary.unlink(missing_ok=True)
    size = (folder / file_name).stat().st_size
    return Made(file_name, sha256, size, snapshot.as_of, [person.participant.pk for person in snapshot.people])


def _write(study, path, report):
    bundle = Bundle(path)
    try:
        with transaction.atomic(durable=True):
            snapshot = Snapshot(study, _begin_snapshot())
            fill(bundle, snapshot, report)
    finally:
        bundle.close()
    return snapshot


def fill(bundle: Bundle, snapshot: Snapshot, report: Callable[[int], None]) -> None:
    """Put every file of the bundle in: data first, then what describes it."""
    for number, table in enumerate(TABLES):
        report(5 + 85 * number // len(TABLES))
        bundle.add_table(table.path, table.header, rows_of(table.name, snapshot))
    bundle.add_table(
        "dictionary/variables.csv", ["table", "variable", "label", "type", "purposes"], descriptor.variables()
    )
    bundle.add_table("dictionary/categories.csv", ["table", "variable", "value", "label"], descriptor.categories())
    bundle.add_text("datapackage.json", descriptor.datapackage(snapshot))
    bundle.add_text("README.md", descriptor.readme(snapshot))
    bundle.add_text("manifest.json", descriptor.manifest(snapshot, bundle.members))
    bundle.add_text("SHA256SUMS", descriptor.checksums(bundle.members))


def _begin_snapshot() -> datetime:
    """Fix what the transaction sees; gives the instant it stands for."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT transaction_timestamp()")
        return cursor.fetchone()[0]


def _sha256_on_disk(path):
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
