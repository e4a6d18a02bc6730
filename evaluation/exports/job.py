"""Making one bundle: consent and data of the same instant, read back before it is released.

Everything is read in one REPEATABLE READ, read-only transaction. What others may see meanwhile (progress, the lease)
is written through a second connection. A worker that dies leaves its folder behind and a lease that runs out; the
next attempt starts with an empty folder of its own.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from evaluation.exports import descriptor, signature
from evaluation.exports.bundle import MANIFEST, SIGNATURE, SUMS, Bundle
from evaluation.exports.charts import charts
from evaluation.exports.ddi import ddi_codebook
from evaluation.exports.earlier import withdrawals
from evaluation.exports.folder import Made, discard, folder_of
from evaluation.exports.formats import labels
from evaluation.exports.formats.converter import converter
from evaluation.exports.formats.scripts import scripts
from evaluation.exports.profile import PROFILES
from evaluation.exports.qual import agreement
from evaluation.exports.qual.files import add_texts
from evaluation.exports.readme import readme
from evaluation.exports.reports import reports
from evaluation.exports.snapshot import Snapshot
from evaluation.exports.verify import verify
from evaluation.models import Export

CHUNK = 1 << 20
#: Per cent of the work, at the start of each part.
DATA, READING_BACK = 5, 80


def make_bundle(export: Export, report: Callable[[int], None]) -> Made:
    """Write the export's file; `report` is told the progress in per cent, often, and keeps the lease.

    Nothing carries the final name until all of it is written, read back and on the disk.
    """
    folder = folder_of(export)
    discard(export)
    folder.mkdir(mode=0o700, parents=True)
    temporary = folder / f"{export.attempts}.part"
    snapshot = _write(export, temporary, report)
    report(READING_BACK)
    verify(temporary)
    sha256 = _sha256_on_disk(temporary)
    final = folder / f"eval-{export.study_id}-{snapshot.as_of:%Y%m%d}-{sha256[:8]}.zip"
    temporary.rename(final)
    _settle(folder)
    return Made(
        file_name=final.name,
        sha256=sha256,
        size_bytes=final.stat().st_size,
        as_of=snapshot.as_of,
        participant_ids=[person.pk for person in snapshot.people],
        consents=snapshot.consents,
        counted=snapshot.counted,
    )


def _write(export, path, report):
    done = DATA
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        snapshot = Snapshot(export.study, _begin_snapshot(cursor), PROFILES[export.profile], export.salt)
        with Bundle(path, on_progress=lambda: report(done)) as bundle:
            for number, _table in enumerate(fill(bundle, snapshot, cursor), start=1):
                done = DATA + (READING_BACK - DATA) * number // len(snapshot.profile.tables)
                report(done)
    return snapshot


def fill(bundle: Bundle, snapshot: Snapshot, cursor):
    """Put every file of the bundle in, data first, then what describes it. Yields after each table."""
    for table in snapshot.profile.tables:
        makers = {place: snapshot.identifiers.maker(use) for place, use in table.raw_keys.items()}
        sql = cursor.mogrify(*snapshot.query(table)).decode()
        with tempfile.TemporaryDirectory(dir=bundle.path.parent) as folder:
            rows = Path(folder) / "rows.csv"
            with rows.open("wb") as beside:
                bundle.add_query(table.path, table.header, cursor, sql, makers, beside)
            _add_formats(bundle, snapshot, table, rows)
        yield table
    if snapshot.profile.has_texts:
        add_texts(bundle, snapshot, cursor)
        bundle.add_lines(agreement.PATH, agreement.agreement(snapshot.texts))
    if snapshot.counted is not None:
        _add_reports(bundle, snapshot)
    bundle.add_lines("withdrawals.csv", withdrawals(snapshot))
    bundle.add_lines("dictionary/variables.csv", descriptor.variables(snapshot.profile))
    bundle.add_lines("dictionary/categories.csv", descriptor.categories(snapshot.profile))
    bundle.add_lines("dictionary/labels_cut.csv", labels.cut(snapshot.profile.tables))
    bundle.add_bytes("dictionary/ddi-codebook.xml", ddi_codebook(snapshot))
    for path, text in scripts(snapshot.profile.tables):
        bundle.add_text(path, text)
    bundle.add_text("datapackage.json", descriptor.datapackage(snapshot))
    bundle.add_text("README.md", readme(snapshot))
    manifest = descriptor.manifest(snapshot, bundle.entries).encode()
    bundle.add_bytes(MANIFEST, manifest)
    bundle.add_bytes(SIGNATURE, signature.sign(manifest))
    bundle.add_text(SUMS, descriptor.checksums(bundle.entries))


def _add_reports(bundle, snapshot):
    """The numbers of the study, which stay out where they and those of an earlier export tell of a few people."""
    for path, lines in reports(snapshot):
        bundle.add_lines(path, lines)
    for path, chart in charts(snapshot.report):
        bundle.add_bytes(path, chart)


def _add_formats(bundle, snapshot, table, rows):
    """The table as the profile's other formats have it, each file as soon as it is made."""
    formats = snapshot.profile.formats
    for path in converter.files_of(table, rows, rows.parent, formats, snapshot.as_of, bundle.on_progress):
        is_parquet = path.suffix == ".parquet"
        bundle.add_file("data" if is_parquet else "stats", path, is_compressed=is_parquet)


def _begin_snapshot(cursor) -> datetime:
    """Fix what the transaction sees, and how long it may take; gives the instant it stands for."""
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


def _settle(folder):
    """A rename is on the disk once its folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
