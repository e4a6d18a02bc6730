"""A worker is killed in the middle of an export, as when it runs out of memory or the machine goes down."""

import sys
import time
from datetime import timedelta

import psutil
import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from evaluation.exports.folder import folder_of
from evaluation.exports.verify import verify
from evaluation.models import Export, ExportedParticipant
from evaluation.services.export_job import MAKE_EXPORT, resume_exports, take_export
from tests.evaluation.exporting import PURPOSES, StudyWorld
from tests.processes import running

WAIT_SECONDS = 30
# A queue of its own, so that no other worker of the tests takes the task.
QUEUE = "doomed"
WORKER = [
    sys.executable,
    "-m",
    "celery",
    "-A",
    "peersupport",
    "worker",
    "--concurrency=1",
    "--loglevel=INFO",
    "-Q",
    QUEUE,
]

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world():
    world = StudyWorld()
    world.participant(*PURPOSES)
    return world


@pytest.fixture
def held_up():
    """Nobody can read flare-ups, so that an export stops half-way, until this is called."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE supportplans_flareup IN ACCESS EXCLUSIVE MODE")
    yield other.rollback
    other.close()


def wait_until(condition):
    until = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.05)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def kill_at_once(process):
    """kill -9 for the worker and its children: nothing in them gets to clean up."""
    everyone = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    for one in everyone:
        one.kill()
    psutil.wait_procs(everyone[:-1], timeout=WAIT_SECONDS)
    process.wait(WAIT_SECONDS)


def kill_half_way(export):
    def is_half_way():
        export.refresh_from_db()
        return export.progress >= 40

    with running(WORKER, ready=lambda output: " ready." in output) as worker:
        current_app.send_task(MAKE_EXPORT, [export.pk], queue=QUEUE, ignore_result=True)
        wait_until(is_half_way)
        kill_at_once(worker)


@pytest.mark.long
def test_killed_export_is_not_released_and_is_made_by_the_next_worker(world, held_up, request):
    # Given an export that a worker has half made when it is killed
    export = world.export()
    kill_half_way(export)
    held_up()
    # Then nothing of it can be had, and nobody starts it again while the dead worker's lease lasts
    export.refresh_from_db()
    assert (export.state, export.file_name) == ("running", "")
    assert names_in(folder_of(export)) == ["1.part"]
    assert not ExportedParticipant.objects.exists()
    assert take_export(export_id=export.pk, now=timezone.now()) is None
    # And once it has run out, another worker makes all of it, and nothing half-made is left
    request.getfixturevalue("celery_worker_process")
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    resume_exports(now=timezone.now() + timedelta(minutes=2))
    wait_until(lambda: Export.objects.get().state != "running")
    export.refresh_from_db()
    assert (export.state, export.attempts, export.failure) == ("ready", 2, "")
    assert names_in(folder_of(export)) == [export.file_name]
    verify(folder_of(export) / export.file_name)
