"""The job: one bundle per request, whole or not at all, whatever happens meanwhile."""

import hashlib
import io
import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings as in_force
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from evaluation import tasks
from evaluation.exports import job
from evaluation.exports.folder import folder_of
from evaluation.exports.identifiers import Identifiers
from evaluation.exports.verify import NotVerified
from evaluation.models import Export, ExportedParticipant, StudyMember, WithdrawalNotice
from evaluation.services import export_job as exports
from evaluation.services.consent import withdraw
from evaluation.services.export import approve_export
from groups.models import Meeting
from peersupport.reminders import outbox
from peersupport.reminders.models import Message
from peersupport.reminders.registry import kind_named
from tests.evaluation.exporting import PURPOSES, StudyWorld, table
from tests.messages import row_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_csv")]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.EXPORT_DIR = tmp_path


@pytest.fixture
def world():
    world = StudyWorld()
    for _number in range(3):
        world.participant(*PURPOSES)
    return world


def files():
    return sorted(path.name for path in in_force.EXPORT_DIR.rglob("*") if path.is_file())


def make(export):
    tasks.make_export(export.pk)
    export.refresh_from_db()
    return export


def test_export_is_made_verified_and_says_who_is_in_it(world):
    export = make(world.export())
    path = folder_of(export) / export.file_name
    assert (export.state, export.progress, export.attempts, export.lease_until) == ("ready", 100, 1, None)
    assert export.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert export.size_bytes == path.stat().st_size
    assert export.file_name == f"eval-{world.study.pk}-{export.as_of:%Y%m%d}-{export.sha256[:8]}.zip"
    held = ExportedParticipant.objects.filter(export=export).values_list("participant", flat=True)
    assert set(held) == set(world.study.participants.values_list("pk", flat=True))
    assert len(table(path, "participants")) == 3
    call_command("verify_export", str(path), stdout=(said := io.StringIO()))
    assert "Consent was there for each of the 3 people in it." in said.getvalue()
    assert files() == [export.file_name]


def test_only_the_service_can_read_the_folder(world):
    export = make(world.export())
    assert folder_of(export).stat().st_mode & 0o077 == 0


def test_task_run_twice_makes_it_once(world):
    export = make(world.export())
    first = export.finished_at
    assert make(export).finished_at == first
    assert export.attempts == 1


def test_statements_of_the_job_have_no_time_limit_and_others_keep_theirs(world, monkeypatch):
    limits = []

    def note_limit(cursor):
        cursor.execute("SHOW statement_timeout")
        limits.append(cursor.fetchone()[0])

    def slow(cursor):
        as_of = begin(cursor)
        note_limit(cursor)
        return as_of

    begin = job._begin_snapshot
    monkeypatch.setattr(job, "_begin_snapshot", slow)
    with connection.cursor() as cursor:
        note_limit(cursor)
        make(world.export())
        note_limit(cursor)
    usual, of_the_job, afterwards = limits
    assert usual not in ("0", "")
    assert (of_the_job, afterwards) == ("0", usual)


def test_everything_is_read_as_of_one_instant(world, monkeypatch):
    """A meeting renamed by somebody else between two tables does not show."""

    def disturbed(bundle, snapshot, cursor):
        for filled in fill(bundle, snapshot, cursor):
            if filled.name == "participants":
                other = connection.copy()
                with other.cursor() as elsewhere:
                    elsewhere.execute("UPDATE groups_meeting SET state = 'not_known'")
                other.close()
            yield filled

    fill = job.fill
    monkeypatch.setattr(job, "fill", disturbed)
    export = make(world.export())
    assert Meeting.objects.get().state == "not_known"
    assert [row["state"] for row in table(folder_of(export) / export.file_name, "meetings")] == ["held"]


def test_job_can_not_write_into_the_records(world, monkeypatch):
    def writing(bundle, snapshot, cursor):
        cursor.execute("UPDATE groups_meeting SET state = 'not_known'")
        yield

    monkeypatch.setattr(job, "fill", writing)
    assert make(world.export()).state == "failed"
    assert Meeting.objects.get().state == "held"


def test_progress_is_seen_from_outside_while_it_is_made(world, monkeypatch):
    seen = []

    def watched(bundle, snapshot, cursor):
        for filled in fill(bundle, snapshot, cursor):
            yield filled
            other = connection.copy()
            with other.cursor() as elsewhere:
                elsewhere.execute("SELECT progress FROM evaluation_export")
                seen.append(elsewhere.fetchone()[0])
            other.close()

    fill = job.fill
    monkeypatch.setattr(job, "fill", watched)
    make(world.export())
    assert seen == sorted(seen)
    assert seen[0] < 20 < seen[-1] <= 80


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(28, "No space left on device"), "The file could not be written. Ask whoever runs the service"),
        (NotVerified("goals.csv is not what was written."), "Something went wrong while it was made."),
        (SoftTimeLimitExceeded(), "It took more than an hour and was stopped."),
    ],
)
def test_failure_says_why_leaves_nothing_and_can_be_asked_for_anew(world, monkeypatch, error, sentence):
    def fail(*_anything):
        raise error

    monkeypatch.setattr(job, "verify", fail)
    export = make(world.export())
    assert export.state == "failed"
    assert export.failure.startswith(sentence)
    assert files() == []
    assert not ExportedParticipant.objects.exists()
    monkeypatch.undo()
    in_force.EXPORT_DIR.mkdir(exist_ok=True)
    assert make(world.export()).state == "ready"


def test_consent_taken_back_while_it_is_made_throws_it_away(world, monkeypatch):
    leaving = world.study.participants.first()

    def verify(_path):
        withdraw(participant=leaving, scope="remove", by=world.researcher, method="paper", now=timezone.now())

    monkeypatch.setattr(job, "verify", verify)
    export = make(world.export())
    assert (export.state, files()) == ("failed", [])
    assert export.failure == "Someone took their consent back while it was made, so it is thrown away. Ask again."
    assert not ExportedParticipant.objects.exists()


@pytest.fixture
def made(world):
    """An export whose data are read, and which is about to be released."""
    export = exports.take_export(export_id=world.export().pk, now=timezone.now())
    return export, job.make_bundle(export, lambda per_cent: None)


def leave(participant, by):
    return withdraw(participant=participant, scope="remove", by=by, method="paper", now=timezone.now())


@contextmanager
def meanwhile(call):
    """`call` begins in a transaction of its own and waits for the one that the block is in; gives what became of it."""

    def run():
        try:
            return call()
        except exports.ConsentTakenBack as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        outcome = []
        yield outcome
        future = pool.submit(run)
        _wait_until_someone_waits_for_us()
        transaction.on_commit(lambda: outcome.append(future.result(timeout=10)))


def _wait_until_someone_waits_for_us():
    for _moment in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone() is not None:
                return
        time.sleep(0.05)
    raise AssertionError("Nobody waits.")


def test_export_released_while_someone_withdraws_is_thrown_away(world, made):
    export, bundle = made
    asked = timezone.now()
    with meanwhile(lambda: exports.finish_export(export=export, made=bundle, now=asked)) as outcome:
        leave(world.study.participants.first(), world.researcher)
    assert [type(what) for what in outcome] == [exports.ConsentTakenBack]
    assert Export.objects.get().state == "running"
    assert not ExportedParticipant.objects.exists()


def test_whoever_withdraws_while_an_export_is_released_has_its_users_told(world, made):
    export, bundle = made
    leaving = world.study.participants.first()
    with meanwhile(lambda: leave(leaving, world.researcher)) as outcome:
        exports.finish_export(export=export, made=bundle, now=timezone.now())
    assert [what.participant for what in outcome] == [leaving]
    assert Export.objects.get().state == "ready"
    assert WithdrawalNotice.objects.get().withdrawal == outcome[0]


def test_withdrawal_after_an_export_changes_the_next_one_by_that_person_only(world):
    first = make(world.export())
    leaving = world.study.participants.first()
    withdraw(participant=leaving, scope="no_collection", by=world.researcher, method="paper", now=timezone.now())
    second = make(world.export())
    before, after = (
        {row["participant_id"] for row in table(folder_of(export) / export.file_name, "participants")}
        for export in (first, second)
    )
    assert (len(before), len(after), after < before) == (3, 2, True)
    assert list(leaving.exported_in.values_list("export", flat=True)) == [first.pk]
    assert not second.exported_participants.filter(participant=leaving).exists()


def test_worker_that_lost_its_lease_stops_and_leaves_the_other_alone(world, monkeypatch):
    export = world.export()

    def overtaken(*_anything):
        Export.objects.update(attempts=2, lease_until=timezone.now() + HOUR)

    monkeypatch.setattr(job, "verify", overtaken)
    export = make(export)
    assert (export.state, export.attempts, export.file_name) == ("running", 2, "")
    assert not ExportedParticipant.objects.exists()


def test_worker_notices_between_tables_that_another_took_over(world):
    export = exports.take_export(export_id=world.export().pk, now=timezone.now())
    progress = exports.Progress(export)
    progress.report(10)
    Export.objects.update(attempts=2)
    with pytest.raises(exports.TakenOver):
        progress.report(20)
    progress.close()
    assert Export.objects.get().progress == 10


def test_lease_is_renewed_and_keeps_others_away(world):
    export = exports.take_export(export_id=world.export().pk, now=timezone.now() - exports.LEASE * 2)
    progress = exports.Progress(export)
    progress.report(10)
    progress.close()
    assert Export.objects.get().lease_until > timezone.now() + exports.LEASE / 2
    assert exports.take_export(export_id=export.pk, now=timezone.now()) is None


def test_what_an_attempt_left_behind_is_gone_after_the_next(world):
    export = world.export(state="running", attempts=1, lease_until=timezone.now() - HOUR)
    folder_of(export).mkdir()
    (folder_of(export) / "1.part").write_bytes(b"half")
    (folder_of(export) / "eval-1-20261124-deadbeef.zip").write_bytes(b"renamed, but never released")
    export = make(export)
    assert (export.state, export.attempts) == ("ready", 2)
    assert files() == [export.file_name]


@pytest.fixture
def sent(monkeypatch):
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, arguments, **_options: sent.append((name, arguments)))
    return sent


@pytest.mark.parametrize(
    ("facts", "is_started"),
    [
        ({"state": "approved"}, True),
        ({"state": "requested"}, False),
        ({"state": "running", "attempts": 1, "lease_until": -HOUR}, True),
        ({"state": "running", "attempts": 1, "lease_until": HOUR}, False),
        ({"state": "failed", "failure": "No."}, False),
    ],
)
def test_what_was_left_behind_is_started_again(world, sent, facts, is_started):
    if "lease_until" in facts:
        facts = facts | {"lease_until": timezone.now() + facts["lease_until"]}
    export = world.export(**facts)
    exports.resume_exports(now=timezone.now() + timedelta(minutes=2))
    assert sent == ([("evaluation.tasks.make_export", [export.pk])] if is_started else [])


def test_export_approved_a_moment_ago_is_left_to_the_worker_that_was_woken(world, sent):
    world.export()
    exports.resume_exports(now=timezone.now())
    assert sent == []


def test_export_that_is_broken_off_again_and_again_is_given_up(world, sent):
    export = world.export(state="running", attempts=3, lease_until=timezone.now() - HOUR)
    folder_of(export).mkdir()
    (folder_of(export) / "3.part").write_bytes(b"half")
    exports.resume_exports(now=timezone.now() + timedelta(minutes=2))
    export.refresh_from_db()
    assert (export.state, [task for task, _ids in sent], files()) == ("failed", [outbox.SEND_DUE], [])
    assert export.failure.startswith("It was broken off 3 times.")


def test_broker_that_is_down_does_not_fail_the_approval(world, monkeypatch):
    def down(*_anything, **_options):
        raise OperationalError("Connection refused")

    monkeypatch.setattr(current_app, "send_task", down)
    waiting = world.export(state="requested")
    approve_export(export=waiting, reason="In the protocol.", by=world.approver, now=timezone.now())
    assert Export.objects.get().state == "approved"


# Whoever asked for it hears


def told(export):
    """The mail about the export, written as it goes out, and why it does not go out."""
    message = Message.objects.get(kind="evaluation.export_settled", subject_id=export.pk)
    kind = kind_named(message.kind)
    row = row_of(message)
    return message, kind.compose(message, row), kind.reason_not_to_send(message, row, timezone.now())


def test_whoever_asked_hears_that_it_is_ready(world):
    export = make(world.export())
    message, email, _reason = told(export)
    assert (message.recipient, email.subject) == (export.requested_by, "Your export is ready")
    assert email.action[1].endswith(export.get_absolute_url())
    assert make(export).state == "ready"
    assert Message.objects.count() == 1


def test_whoever_asked_hears_that_it_failed(world, monkeypatch):
    def fail(*_anything):
        raise OSError("no space")

    monkeypatch.setattr(tasks, "make_bundle", fail)
    export = make(world.export())
    assert told(export)[1].subject == "Your export could not be made"


def test_only_someone_of_the_study_hears(world):
    export = make(world.export())
    assert told(export)[2] == ""
    StudyMember.objects.filter(person=export.requested_by).update(ended_at=timezone.now())
    assert told(export)[2] == "They have left the study."


# What one export and an earlier one tell together


def bundled(export, name):
    with zipfile.ZipFile(folder_of(export) / export.file_name) as bundle:
        return bundle.read(name).decode() if name in bundle.namelist() else None


def test_numbers_of_the_study_stay_out_while_few_people_have_changed(world):
    first = make(world.export())
    assert bundled(first, "report/consent_flow.csv")
    # One person fewer: whoever has both bundles could tell what is theirs in every table of numbers.
    leave(world.study.participants.first(), world.researcher)
    second = make(world.export())
    assert bundled(second, "report/consent_flow.csv") is None
    assert "There are no numbers of the whole study" in bundled(second, "README.md")
    assert (first.counted is None, second.counted) == (False, None)
    # Once as many as the threshold have changed, they are there again.
    for _number in range(3):
        world.participant(*PURPOSES)
    third = make(world.export())
    assert bundled(third, "report/consent_flow.csv")


def test_numbers_stay_out_when_few_change_outside_the_data(world):
    make(world.export())
    world.participant(refused=PURPOSES)
    assert bundled(make(world.export()), "report/consent_flow.csv") is None


def test_numbers_that_have_not_changed_are_there_again(world):
    first, second = make(world.export()), make(world.export())
    assert bundled(first, "report/consent_flow.csv") == bundled(second, "report/consent_flow.csv")


def test_next_export_names_the_one_before_and_whom_to_delete_from_it(world):
    first = make(world.export())
    assert json.loads(bundled(first, "manifest.json"))["previous"] is None
    leaving = world.study.participants.first()
    leave(leaving, world.researcher)
    second = make(world.export())
    named = json.loads(bundled(second, "manifest.json"))["previous"]
    assert (named["file"], named["sha256"]) == (first.file_name, first.sha256)
    gone = Identifiers.of_export(first).of("participant", leaving.pseudonym)
    assert bundled(second, "withdrawals.csv") == f"participant_id,last_in\n{gone},{first.file_name}\n"
    assert gone in bundled(first, "data/participants.csv")


def test_export_with_identifiers_of_its_own_can_be_linked_with_no_other(world):
    first, alone = make(world.export()), make(world.export(salt="ab" * 16))
    leave(world.study.participants.first(), world.researcher)
    other = make(world.export(salt="cd" * 16))
    assert bundled(other, "withdrawals.csv") == "participant_id,last_in\n"
    assert json.loads(bundled(other, "manifest.json"))["previous"] is None
    assert json.loads(bundled(other, "manifest.json"))["identifiers"]["mode"] == "single"
    people = [{row["participant_id"] for row in made_of(one, "participants")} for one in (first, alone, other)]
    assert not (people[0] & people[1])
    assert not (people[1] & people[2])
    # Their users can be told all the same.
    with pytest.raises(CommandError) as told:
        call_command("verify_export", str(folder_of(alone) / alone.file_name), stdout=io.StringIO())
    assert [line for line in str(told.value).splitlines()[1:] if line in people[1]] != []


def made_of(export, name):
    return table(folder_of(export) / export.file_name, name)
