"""The process that writes other formats: what goes wrong in it, and what it leaves behind."""

import os
import signal
from datetime import UTC, datetime

import pytest

from evaluation import tasks
from evaluation.exports import job
from evaluation.exports.folder import folder_of
from evaluation.exports.formats.converter import Converter, NotConverted, converter
from evaluation.models import Export
from tests.evaluation.exporting import PURPOSES, StudyWorld
from tests.evaluation.test_export_formats import ANSWERS, ROWS, written

MADE_AT = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def beside():
    """One of its own, so that what happens to it happens to no other test."""
    own = Converter()
    yield own
    own.stop()


@pytest.fixture
def rows(tmp_path):
    return written(tmp_path, ROWS)


def order(beside, rows, formats=("parquet", "sav", "dta"), on_progress=lambda: None):
    return beside.files_of(ANSWERS, rows, rows.parent, formats, MADE_AT, on_progress)


def names(paths):
    return [path.name for path in paths]


def test_each_file_is_given_as_soon_as_it_is_whole(beside, rows):
    assert names(order(beside, rows)) == ["answers.parquet", "answers.sav", "answers.dta"]
    assert all(path.stat().st_size > 200 for path in rows.parent.glob("answers.*"))


def test_process_is_used_again_for_the_next_table(beside, rows):
    list(order(beside, rows, ("sav",)))
    first = beside.process.pid
    list(order(beside, rows, ("dta",)))
    assert beside.process.pid == first


def test_progress_is_told_while_it_works(beside, rows):
    told = []
    list(order(beside, rows, on_progress=lambda: told.append(1)))
    # A piece read for each library, and the files themselves.
    assert len(told) >= 5


def test_format_of_none_needs_no_file(beside, rows):
    assert list(order(beside, rows, ())) == []


def test_fault_is_told_and_the_next_order_goes_well(beside, rows, tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_text("participant_id,kind,is_sure,day,met_on,present,meeting_id\npa1,member,maybe,x,,,\n")
    with pytest.raises(NotConverted, match="ArrowInvalid"):
        list(order(beside, broken, ("parquet",)))
    assert names(order(beside, rows, ("parquet",))) == ["answers.parquet"]


def test_folder_that_is_gone_is_told(beside, rows, tmp_path):
    with pytest.raises(NotConverted, match="does not exist"):
        list(beside.files_of(ANSWERS, rows, tmp_path / "gone", ("sav",), MADE_AT, lambda: None))


def test_killed_process_fails_the_order_and_is_started_anew(beside, rows):
    files = order(beside, rows)
    next(files)
    os.kill(beside.process.pid, signal.SIGKILL)
    with pytest.raises(NotConverted, match="ended"):
        list(files)
    assert names(order(beside, rows)) == ["answers.parquet", "answers.sav", "answers.dta"]


def test_process_that_ended_by_itself_is_started_anew(beside, rows):
    list(order(beside, rows, ("sav",)))
    ended = beside.process
    ended.stdin.close()
    assert ended.wait(10) == 0
    assert names(order(beside, rows, ("sav",))) == ["answers.sav"]
    assert beside.process.pid != ended.pid


def test_order_that_is_broken_off_leaves_nothing_for_the_next(beside, rows):
    files = order(beside, rows)
    assert next(files).name == "answers.parquet"
    files.close()
    assert names(order(beside, rows, ("sav",))) == ["answers.sav"]


def test_export_whose_formats_fail_says_so_and_can_be_made_again(db, settings, tmp_path, monkeypatch):
    settings.EXPORT_DIR = tmp_path
    world = StudyWorld()
    world.participant(*PURPOSES)

    def fail(*_anything):
        raise NotConverted("ArrowInvalid: no")

    monkeypatch.setattr(converter, "files_of", fail)
    monkeypatch.setattr(job.transaction, "atomic", _nested(job.transaction.atomic))
    export = world.export()
    tasks.make_export(export.pk)
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert export.failure.startswith("Something went wrong while it was made.")
    assert not folder_of(export).exists()


def _nested(atomic):
    """The job's own transaction within that of a test."""
    return lambda *arguments, durable=False, **options: atomic(*arguments, **options)
