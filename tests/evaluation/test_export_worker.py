"""A real worker takes a request from the real broker and makes the bundle."""

import time
import zipfile

import pytest
from django.utils import timezone

from evaluation.exports.folder import folder_of
from evaluation.exports.verify import verify
from evaluation.services.export import approve_export
from tests.evaluation.exporting import PURPOSES, StudyWorld, table

WAIT_SECONDS = 30


@pytest.mark.usefixtures("celery_worker_process")
def test_worker_makes_what_was_approved():
    world = StudyWorld()
    world.participant(*PURPOSES)
    export = approve_export(
        export=world.export(state="requested"), reason="In the protocol.", by=world.approver, now=timezone.now()
    )
    until = time.monotonic() + WAIT_SECONDS
    while export.state not in ("ready", "failed") and time.monotonic() < until:
        time.sleep(0.1)
        export.refresh_from_db()
    assert (export.state, export.failure) == ("ready", "")
    path = folder_of(export) / export.file_name
    verify(path)
    assert len(table(path, "goals")) == 1
    with zipfile.ZipFile(path) as bundle:
        assert {"data/goals.parquet", "stats/goals.sav", "stats/goals.dta"} <= set(bundle.namelist())
