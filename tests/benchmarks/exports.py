"""A table of flare-ups, keyed, hashed and zipped, against PostgreSQL's own COPY of the very same rows."""

import os
import resource
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import servers
from tests.benchmarks.measure import Measure, in_turn, seconds

ROWS = int(os.environ.get("EXPORT_ROWS", "100000"))
PARTICIPANTS = 100
MEGABYTE = 1 << 20
MADE_AT = datetime(2026, 11, 26, tzinfo=UTC)
FLAREUPS = """
    INSERT INTO supportplans_flareup (person_id, client_id, kind, started_on, is_start_approximate, ended_on,
        note, revision, has_used_plan, has_turned_to_group, contacts, pain, effect, logged_at, changed_at)
    SELECT person_id, gen_random_uuid(), (ARRAY['flare_up', 'setback', 'not_sure'])[1 + n %% 3],
        current_date - n %% 700, n %% 5 = 0, CASE WHEN n %% 4 > 0 THEN current_date - n %% 700 + n %% 9 END,
        'Rest, then shopping', 0, n %% 2 = 0, n %% 7 = 0,
        CASE WHEN n %% 3 > 0 THEN ARRAY['gp'] END, n %% 11, n %% 10, now() - interval '1 day', now()
    FROM evaluation_identitykey, generate_series(1, %s) AS n WHERE person_id IS NOT NULL"""


def measures():
    servers.started()
    # Django has to be set up before anything that knows models.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        study = _fill(cursor)
        yield from _measures(cursor, study)


def _fill(cursor):
    from tests.evaluation.exporting import PURPOSES, StudyWorld

    world = StudyWorld()
    for _number in range(PARTICIPANTS):
        world.participant(*PURPOSES)
    cursor.execute(FLAREUPS, [ROWS // PARTICIPANTS])
    cursor.execute("ANALYZE")
    return world.study


def _measures(cursor, study):
    from django.utils import timezone

    from evaluation.exports.bundle import Bundle
    from evaluation.exports.formats.converter import converter
    from evaluation.exports.job import fill
    from evaluation.exports.profile import QUANTITATIVE
    from evaluation.exports.snapshot import Snapshot
    from evaluation.exports.verify import verify

    flareups = next(table for table in QUANTITATIVE.tables if table.name == "flareups")
    snapshot = Snapshot(study, timezone.now(), QUANTITATIVE)
    sql = cursor.mogrify(*snapshot.query(flareups)).decode()
    makers = {place: snapshot.identifiers.maker(use) for place, use in flareups.raw_keys.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"

        def zipped():
            with Bundle(path) as bundle:
                bundle.add_query(flareups.path, flareups.header, cursor, sql, makers)

        def copied():
            cursor.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT csv)", _Nowhere())

        ours, limit = in_turn(zipped, copied)
        yield Measure(f"export of {ROWS:,} flare-ups, keyed, hashed and zipped", ours, "s", limit, bar=4)
        with Bundle(path) as bundle:
            whole = seconds(lambda: list(fill(bundle, snapshot, cursor)))
        # Before the libraries for it are loaded into this process as well.
        whole_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE
        yield from _formats(cursor, flareups, sql, Path(folder), limit)
        checked = seconds(lambda: verify(path))
        yield Measure(f"reading {ROWS:,} flare-ups back against writing them", checked, "s", whole, bar=1)
    yield Measure(f"peak memory of an export of {ROWS:,} rows", whole_peak, "MB", 200, bar=1)
    converter.stop()
    beside = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / MEGABYTE
    yield Measure(f"and of the process that writes other formats of {ROWS:,} rows", beside, "MB", 200, bar=1)


def _formats(cursor, flareups, sql, folder, copied):
    """Seconds to make the other formats from a CSV file at hand, against copying its rows out of the database."""
    from evaluation.exports.formats.parquet import write_parquet
    from evaluation.exports.formats.statistics import write_statistics

    rows = folder / "rows.csv"
    with rows.open("wb") as file:
        file.write(",".join(flareups.header).encode() + b"\n")
        cursor.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT csv)", file)
    as_parquet = seconds(lambda: write_parquet(flareups, rows, folder, _go_on))
    yield Measure(f"{ROWS:,} flare-ups as Parquet", as_parquet, "s", copied, bar=1 / 0.35)
    for kind in ("sav", "dta"):
        made = seconds(lambda kind=kind: _unlinked(write_statistics(flareups, rows, folder, (kind,), MADE_AT, _go_on)))
        yield Measure(f"{ROWS:,} flare-ups as .{kind}", made, "s", copied, bar=1 / 0.06)


def _go_on():
    """Nothing waits for the progress of a benchmark."""


def _unlinked(paths):
    for path in paths:
        path.unlink()


class _Nowhere:
    def write(self, row):
        """Take a row and do nothing with it: no program can receive rows for less."""
