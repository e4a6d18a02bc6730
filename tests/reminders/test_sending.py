import smtplib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from peersupport.reminders import outbox, queue, services
from peersupport.reminders.channels import CHANNELS, EMAIL
from peersupport.reminders.models import Message
from peersupport.reminders.registry import forget, register
from peersupport.reminders.sending import send_all_due, send_batch
from supportplans.models import Goal
from tests.factories import GoalFactory
from tests.reminders.conftest import NAME, NOTE

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


def answer_with(monkeypatch, answer):
    """Let the mail server answer each message with `answer(recipient)`: None takes it, an exception is raised."""
    backend = "django.core.mail.backends.locmem.EmailBackend.send_messages"

    def send(self, letters):
        if error := answer(letters[0].to[0]):
            raise error
        mail.outbox.extend(letters)

    monkeypatch.setattr(backend, send)


def state_of(message):
    message.refresh_from_db()
    return message.state


def test_due_message_goes_out_once(enqueue, now):
    message = enqueue(now)
    assert (send_all_due(), send_all_due()) == (1, 0)
    assert state_of(message) == "sent"
    assert [letter.to for letter in mail.outbox] == [[message.recipient.email]]


def test_message_waits_for_its_time(enqueue, now):
    enqueue(now, due_at=now + timedelta(minutes=1))
    assert send_all_due() == 0


def test_letter_says_who_sent_it_why_and_how_to_stop(enqueue, now):
    message = enqueue(now)
    send_all_due()
    letter = mail.outbox[0]
    assert letter.extra_headers["Message-ID"].startswith(f"<{message.message_id}@")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for body in (letter.body, letter.alternatives[0].content):
        assert "You get this because of a test." in body
        assert letter.extra_headers["List-Unsubscribe"].strip("<>") in body
        assert "https://example.org/" in body
        assert "999" in body


def test_calendar_part_names_its_method(enqueue, now):
    enqueue(now, goal=GoalFactory(what="with calendar"))
    send_all_due()
    parts = [part for part in mail.outbox[0].message().walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in parts] == ["REQUEST"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda goal: Goal.objects.filter(pk=goal.pk).update(state="let_go"), "It was let go."),
        (lambda goal: goal.delete(), "What it was about is gone."),
        (
            lambda goal: type(goal.person).objects.filter(pk=goal.person_id).update(is_active=False),
            "The account is closed.",
        ),
    ],
)
def test_what_is_no_longer_true_is_not_sent(enqueue, now, change, reason):
    goal = GoalFactory()
    message = enqueue(now, goal=goal)
    change(goal)
    assert send_all_due() == 0
    assert (state_of(message), message.reason) == ("dropped", reason)
    assert mail.outbox == []


def test_kind_turned_off_after_the_claim_is_not_sent(enqueue, now):
    message = enqueue(now)
    claim = queue.claim(now, EMAIL)
    services.choose_reminders(person_id=message.recipient_id, wanted={NAME: False}, now=now)
    assert list(send_batch(claim, CHANNELS[EMAIL])) == []
    assert state_of(message) == "dropped"


def test_never_after_it_expired(enqueue, now):
    message = enqueue(now, due_at=now - timedelta(hours=2), expires_at=now - timedelta(hours=1))
    assert send_all_due() == 0
    assert (state_of(message), message.reason) == ("dropped", "It was too late to be of use.")


def test_of_several_overdue_lead_times_the_newest_goes(enqueue, now):
    goal = GoalFactory()
    week, day = (
        enqueue(now, goal=goal, lead_minutes=lead, due_at=now - timedelta(minutes=lead)) for lead in (10080, 1440)
    )
    assert send_all_due() == 1
    assert (state_of(week), state_of(day)) == ("dropped", "sent")


def test_no_message_overtakes_an_earlier_one_about_the_same_thing(enqueue, now, monkeypatch):
    goal = GoalFactory()
    first = enqueue(now, goal=goal)
    second = enqueue(now, goal=goal, schedule_version=1)
    claim = queue.claim(now, EMAIL)
    assert claim.keys == [first.pk]
    assert queue.claim(now, EMAIL).keys == []
    queue.settle(claim, first.pk, "sent", now)
    assert queue.claim(now, EMAIL).keys == [second.pk]


def test_refused_address_is_parked_and_holds_up_nobody(enqueue, now, monkeypatch):
    refused, taken = enqueue(now), enqueue(now)
    answer_with(
        monkeypatch,
        lambda to: (
            smtplib.SMTPRecipientsRefused({to: (550, b"no such user")}) if to == refused.recipient.email else None
        ),
    )
    assert send_all_due() == 1
    assert (state_of(refused), refused.reason) == ("parked", "The server refused it (550).")
    assert refused.recipient.email not in refused.reason
    assert state_of(taken) == "sent"


def test_temporary_refusal_is_tried_again_later(enqueue, now, monkeypatch):
    message = enqueue(now)
    answer_with(monkeypatch, lambda to: smtplib.SMTPDataError(451, b"later"))
    assert send_all_due() == 0
    assert (state_of(message), message.failures) == ("pending", 1)
    assert message.next_attempt_at > now + timedelta(seconds=25)


def test_message_that_breaks_the_line_holds_up_no_other(enqueue, now, monkeypatch):
    breaking, good = enqueue(now), enqueue(now)
    gone = smtplib.SMTPServerDisconnected("gone")
    answer_with(monkeypatch, lambda to: gone if to == breaking.recipient.email else None)
    assert send_all_due() == 1
    assert (state_of(breaking), breaking.attempts, breaking.failures) == ("pending", 1, 1)
    assert state_of(good) == "sent"


def test_refused_sender_puts_everything_off_and_parks_nothing(enqueue, now, monkeypatch):
    messages = [enqueue(now) for _number in range(3)]
    answer_with(monkeypatch, lambda to: smtplib.SMTPSenderRefused(550, b"not you", "from@example.org"))
    assert send_all_due() == 0
    assert [(state_of(message), message.failures) for message in messages] == [("pending", 1)] * 3


def test_line_lost_twice_running_puts_the_rest_off(enqueue, now, monkeypatch):
    messages, tried = [enqueue(now) for _number in range(5)], []

    def go_dead(to):
        tried.append(to)
        return smtplib.SMTPServerDisconnected("gone")

    answer_with(monkeypatch, go_dead)
    send_all_due()
    assert len(tried) == 2
    assert {state_of(message) for message in messages} == {"pending"}


def test_at_most_once_kind_is_uncertain_when_the_line_goes_dead(once_kind, enqueue, now, monkeypatch):
    message = enqueue(now)
    answer_with(monkeypatch, lambda to: TimeoutError("no answer"))
    send_all_due()
    assert state_of(message) == "uncertain"


def test_wait_grows_and_is_spread():
    for failures in range(12):
        expected = min(timedelta(minutes=1) * 2**failures, timedelta(hours=1))
        waits = {queue.wait_after(failures) for _time in range(30)}
        assert len(waits) > 1
        assert all(expected * 0.5 <= wait <= expected * 1.5 for wait in waits)


def test_message_that_cannot_be_written_is_parked_alone(enqueue, now):
    poison, good = enqueue(now, goal=GoalFactory(what="poison")), enqueue(now)
    assert send_all_due() == 1
    assert (state_of(poison), state_of(good)) == ("parked", "sent")


def test_dead_workers_message_is_taken_again_alone_and_parked_in_the_end(enqueue, now):
    message, later = enqueue(now), now
    for attempt in range(1, queue.MOST_ATTEMPTS + 1):
        fresh = enqueue(now)
        claim = queue.claim(later, EMAIL)
        assert claim.keys == ([message.pk, fresh.pk] if attempt == 1 else [fresh.pk])
        queue.settle(claim, fresh.pk, "sent", later)
        if attempt > 1:
            assert queue.claim(later, EMAIL).keys == [message.pk]
        later += queue.LEASE + timedelta(seconds=1)
        queue.tidy(later)
    assert state_of(message) == "parked"


def test_at_most_once_kind_is_uncertain_after_a_worker_died(once_kind, enqueue, now):
    message = enqueue(now)
    queue.claim(now, EMAIL)
    queue.tidy(now + queue.LEASE + timedelta(seconds=1))
    assert state_of(message) == "uncertain"


def test_batch_near_the_end_of_its_lease_is_given_back(enqueue, now):
    message = enqueue(now, due_at=now - timedelta(hours=1))
    claim = queue.claim(now - queue.LEASE + timedelta(minutes=1), EMAIL)
    assert list(send_batch(claim, CHANNELS[EMAIL])) == []
    assert (state_of(message), message.attempts) == ("pending", 0)


def test_outcome_of_a_worker_that_lost_its_lease_changes_nothing(enqueue, now):
    message, later = enqueue(now), now + queue.LEASE
    slow = queue.claim(now, EMAIL)
    queue.tidy(later)
    second = queue.claim(later, EMAIL)
    assert second.keys == slow.keys == [message.pk]
    assert not queue.settle(slow, message.pk, "parked", later, "late")
    queue.put_off(slow, later)
    queue.give_back(slow, later)
    assert state_of(message) == "sending"
    assert queue.settle(second, message.pk, "sent", later)


def test_reminder_overtaken_after_tidying_is_not_claimed(enqueue, now):
    goal = GoalFactory()
    week, day = (
        enqueue(now, goal=goal, lead_minutes=lead, due_at=now - timedelta(minutes=lead)) for lead in (10080, 1440)
    )
    assert queue.claim(now, EMAIL).keys == []
    queue.tidy(now)
    assert state_of(week) == "dropped"
    assert queue.claim(now, EMAIL).keys == [day.pk]


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_send_each_message_once(enqueue, now, monkeypatch):
    monkeypatch.setattr(queue, "BATCH", 7)
    messages = [enqueue(now) for _number in range(60)]

    def send(_number):
        try:
            return send_all_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        sent = list(threads.map(send, range(4)))
    assert sum(sent) == 60
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(message.recipient.email for message in messages)


def test_a_message_costs_one_query_of_its_own(enqueue, now):
    def queries_for(number):
        for _time in range(number):
            enqueue(now)
        with CaptureQueriesContext(connection) as queries:
            assert send_all_due() == number
        return len(queries)

    few = queries_for(3)
    assert queries_for(23) == few + 20


def test_a_kind_whose_rows_can_not_be_read_holds_up_no_other(enqueue, now):
    def broken():
        raise ValueError("no such thing")

    good = enqueue(now)
    register(replace(NOTE, name="tests.broken", rows=broken))
    try:
        outbox.enqueue(
            kind="tests.broken",
            subject_id=1,
            recipient_ids=[good.recipient_id],
            expires_at=now + timedelta(hours=1),
            now=now,
        )
        assert send_all_due() == 1
    finally:
        forget("tests.broken")
    bad = Message.objects.get(kind="tests.broken")
    assert (bad.state, bad.reason) == ("parked", "It could not be written.")
