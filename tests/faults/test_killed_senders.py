"""A process that sends is killed at the worst moments: nothing is lost, and what may go out twice is counted."""

import random
import time
from datetime import timedelta

import psutil
import pytest
from django.utils import timezone

from peersupport.reminders import outbox
from peersupport.reminders.models import Message
from supportplans.services.goal import REVIEW
from tests.factories import GoalFactory, MembershipFactory
from tests.faults.conftest import let_leases_run_out, numbers_of, outcomes, wait_for
from tests.faults.history import check_history
from tests.faults.locks import end_waiting_statements, holding, number_waiting


def kill_before_commit(process, mail_sink, address):
    """Kill `process` after the mail server's 250 for the letter to `address`, before the outcome is written."""
    wait_for(mail_sink.is_held.is_set)
    with holding(
        "SELECT 1 FROM reminders_message m JOIN members_person p ON p.id = m.recipient_id "
        "WHERE p.email = %s AND m.state = 'sending' FOR UPDATE OF m",
        [address],
    ):
        mail_sink.release()
        wait_for(number_waiting)
        process.kill()
        process.wait()
        assert end_waiting_statements() == 1


def kill_child_of(worker):
    """Kill the process in which a Celery worker of one carries out its tasks."""
    [child] = psutil.Process(worker.pid).children()
    child.kill()
    wait_for(lambda: not child.is_running())


def test_killed_between_claim_and_send_loses_nothing(meeting, members, mail_sink, started_pass, run_pass):
    mail_sink.pausing = {members[2]}
    process = started_pass()
    wait_for(mail_sink.is_held.is_set)
    process.kill()
    process.wait()
    assert [state for state, _attempts, _failures in outcomes()] == ["sent"] * 2 + ["sending"] * 4
    mail_sink.release()
    assert run_pass() == "0 planned, 0 sent."
    let_leases_run_out()
    assert run_pass() == "0 planned, 4 sent."
    assert numbers_of(mail_sink, members) == [1] * 6
    assert outcomes() == [("sent", 1, 0)] * 2 + [("sent", 2, 0)] * 4


def test_killed_between_send_and_commit_sends_one_twice_with_the_same_message_id(
    meeting, members, mail_sink, started_pass, run_pass
):
    mail_sink.holding = {members[3]}
    kill_before_commit(started_pass(), mail_sink, members[3])
    let_leases_run_out()
    assert run_pass() == "0 planned, 3 sent."
    assert numbers_of(mail_sink, members) == [1, 1, 1, 2, 1, 1]
    first, again = mail_sink.received_by(members[3])
    assert first["message-id"] == again["message-id"]
    assert Message.objects.get(recipient__email=members[3]).attempts == 2


def test_killed_between_send_and_commit_never_repeats_a_goal_review(mail_sink, started_pass, run_pass):
    goal, now = GoalFactory(), timezone.now()
    expires_at = now + timedelta(days=1)
    outbox.enqueue(
        kind=REVIEW, subject_id=goal.pk, recipient_ids=[goal.person_id], due_at=now, expires_at=expires_at, now=now
    )
    mail_sink.holding = {goal.person.email}
    kill_before_commit(started_pass(), mail_sink, goal.person.email)
    let_leases_run_out()
    assert run_pass() == "0 planned, 0 sent."
    assert numbers_of(mail_sink, [goal.person.email]) == [1]
    message = Message.objects.get()
    assert (message.state, message.reason) == ("uncertain", "A worker stopped while sending it.")


def test_killed_at_any_moment_duplicates_at_most_one_a_kill(meeting, mail_sink, started_pass, run_pass):
    people = [MembershipFactory(group=meeting.group).person.email for _number in range(100)]
    process = started_pass()
    wait_for(lambda: mail_sink.received)
    time.sleep(random.uniform(0, 0.3))
    process.kill()
    process.wait()
    let_leases_run_out()
    # Each of those left over goes alone; a pass takes as many as there are.
    run_pass()
    numbers = numbers_of(mail_sink, people)
    assert min(numbers) == 1
    assert sum(numbers) <= len(people) + 1
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.long
def test_worker_killed_twenty_times_while_it_sends(meeting, members, mail_sink, own_broker, start, run_pass):
    _broker, url = own_broker
    MembershipFactory.create_batch(150, group=meeting.group)
    [worker] = start(1, url)
    for _kill in range(20):
        enough = len(mail_sink.received) + random.randint(1, 5)
        wait_for(lambda enough=enough: len(mail_sink.received) >= enough)
        leases = list(Message.objects.filter(state="sending").values_list("lease_until", flat=True).distinct())
        kill_child_of(worker)
        Message.objects.filter(state="sending", lease_until__in=leases).update(lease_until=timezone.now())
    wait_for(lambda: not Message.objects.filter(state="pending").exists())
    worker.terminate()
    worker.wait()
    let_leases_run_out()
    run_pass()
    check_history(mail_sink, sent=156, crashes=20)
