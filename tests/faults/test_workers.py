"""Celery's workers and beats, several at once, killed, and with a broker that forgets, goes away or does not answer."""

import os
import socket
import subprocess
import sys
import time
from datetime import timedelta

import psutil
import pytest
from django.utils import timezone

from peersupport.embedded.folder import Folder, free_port
from peersupport.embedded.valkey import Valkey
from peersupport.reminders import outbox, registry
from peersupport.reminders.models import Message
from tests import processes
from tests.factories import GoalFactory, MeetingFactory, MembershipFactory
from tests.faults.conftest import let_leases_run_out, nobody_planned_since, numbers_of, wait_for
from tests.faults.history import check_history


@pytest.fixture
def crashing_kind():
    from tests.faults.crashing import CRASHING

    yield CRASHING.name
    registry.forget(CRASHING.name)


def a_day_from_now(**later):
    return timezone.now() + timedelta(days=1, **later)


def states():
    return set(Message.objects.values_list("state", flat=True))


@pytest.mark.long
def test_two_workers_and_two_beats_send_everything_once_though_killed_and_emptied(group, mail_sink, own_broker, start):
    broker, url = own_broker
    people = [MembershipFactory(group=group).person.email for _number in range(40)]
    workers = start(2, url)
    mail_sink.pausing = {people[5]}
    MeetingFactory(group=group, starts_at=a_day_from_now(seconds=1))
    wait_for(mail_sink.is_held.is_set)
    for child in [child for worker in workers for child in psutil.Process(worker.pid).children()]:
        child.kill()
    mail_sink.release()
    broker.flushdb()
    let_leases_run_out()
    wait_for(lambda: states() == {"sent"})
    MeetingFactory(group=group, starts_at=a_day_from_now(seconds=1))
    wait_for(lambda: Message.objects.filter(state="sent").count() == 80)
    assert numbers_of(mail_sink, people) == [2] * 40
    check_history(mail_sink, sent=80)


@pytest.mark.long
def test_message_that_kills_its_worker_is_parked_and_holds_up_no_other(mail_sink, own_broker, start, crashing_kind):
    _broker, url = own_broker
    start(1, url)
    goals = [GoalFactory(what=what) for what in ("a walk", "poison", "a swim")]
    due_at = timezone.now() + timedelta(seconds=1)
    for goal in goals:
        outbox.enqueue(
            kind=crashing_kind,
            subject_id=goal.pk,
            recipient_ids=[goal.person_id],
            due_at=due_at,
            expires_at=due_at + timedelta(days=1),
            now=timezone.now(),
        )
    poison = Message.objects.get(subject_id=goals[1].pk)
    wait_for(Message.objects.filter(subject_id=goals[0].pk, state="sent").exists)
    # The worker died over the second and took the third along; from now on each is taken alone.
    let_leases_run_out()
    for attempt in range(2, 5):
        taken = Message.objects.filter(pk=poison.pk, attempts=attempt, state="sending")
        wait_for(taken.exists)
        taken.update(lease_until=timezone.now())
    wait_for(lambda: states() == {"sent", "parked"})
    poison.refresh_from_db()
    assert (poison.state, poison.reason) == ("parked", "Workers stopped while sending it.")
    assert numbers_of(mail_sink, [goal.person.email for goal in goals]) == [1, 0, 1]


def test_broker_that_goes_and_comes_back_empty_loses_no_reminder(group, members, mail_sink, start, tmp_path):
    valkey = Valkey(Folder(tmp_path / "valkey"), throwaway=True)
    valkey.start()
    try:
        start(1, valkey.url())
        MeetingFactory(group=group, starts_at=a_day_from_now())
        wait_for(lambda: numbers_of(mail_sink, members) == [1] * 6)
        valkey.stop()
        MeetingFactory(group=group, starts_at=a_day_from_now(seconds=1))
        time.sleep(1)
        valkey.start()
        wait_for(lambda: numbers_of(mail_sink, members) == [2] * 6)
        wait_for(lambda: states() == {"sent"})
    finally:
        valkey.stop()
    check_history(mail_sink, sent=12)


def test_ten_minutes_without_a_beat_are_made_up_for_when_one_returns(group, members, mail_sink, own_broker, start):
    _broker, url = own_broker
    nobody_planned_since(timezone.now() - timedelta(minutes=10))
    for minutes in range(10):
        MeetingFactory(group=group, starts_at=a_day_from_now(minutes=-minutes))
    start(1, url)
    wait_for(lambda: Message.objects.filter(state="sent").count() == 60)
    assert numbers_of(mail_sink, members) == [10] * 6
    check_history(mail_sink, sent=60)


WRITE = """
import time
from datetime import timedelta
from django.utils import timezone
from peersupport.reminders import outbox
now, began = timezone.now(), time.monotonic()
outbox.enqueue(kind="supportplans.goal_review", subject_id={goal.pk}, recipient_ids=[{goal.person_id}],
               due_at=now, expires_at=now + timedelta(days=1), now=now)
print(time.monotonic() - began)
"""


def seconds_to_write(goal, broker_url):
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", WRITE.format(goal=goal)],
        cwd=processes.ROOT,
        env=os.environ | {"REDIS_URL": broker_url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


def test_broker_that_is_away_holds_up_no_request():
    assert seconds_to_write(GoalFactory(), f"redis://127.0.0.1:{free_port()}/0") < 1
    assert states() == {"pending"}


def test_broker_that_does_not_answer_holds_up_a_request_for_two_seconds_at_most():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert seconds_to_write(GoalFactory(), f"redis://127.0.0.1:{silent.getsockname()[1]}/0") < 2.5
    assert states() == {"pending"}
