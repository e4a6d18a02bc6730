from datetime import timedelta

import pytest
from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone

from peersupport.reminders import outbox, services
from peersupport.reminders.models import Message
from tests.factories import GoalFactory
from tests.reminders.conftest import NAME

pytestmark = pytest.mark.django_db


def test_same_message_twice_is_one(enqueue):
    now, goal = timezone.now(), GoalFactory()
    first, again = enqueue(now, goal=goal), enqueue(now, goal=goal)
    assert first == again
    assert Message.objects.count() == 1


@pytest.mark.parametrize("change", [{"lead_minutes": 60}, {"schedule_version": 1}])
def test_another_lead_time_or_schedule_is_another_message(enqueue, change):
    now, goal = timezone.now(), GoalFactory()
    enqueue(now, goal=goal)
    enqueue(now, goal=goal, **change)
    assert Message.objects.count() == 2


def test_message_without_account_is_one_too(note_kind):
    now, goal = timezone.now(), GoalFactory()
    for _time in range(2):
        outbox.enqueue(
            kind=NAME, subject_id=goal.pk, recipient_ids=[None], due_at=now, expires_at=now + timedelta(days=1), now=now
        )
    assert Message.objects.get().recipient is None


def test_unknown_kind_is_refused():
    now = timezone.now()
    with pytest.raises(LookupError, match=r"tests\.unknown"):
        outbox.enqueue(kind="tests.unknown", subject_id=1, recipient_ids=[None], due_at=now, expires_at=now, now=now)


def test_people_who_turned_the_kind_off_get_none(enqueue):
    now, goal = timezone.now(), GoalFactory()
    services.choose_reminders(person_id=goal.person_id, wanted={NAME: False}, now=now)
    with pytest.raises(Message.DoesNotExist):
        enqueue(now, goal=goal)


def test_turning_a_kind_off_drops_what_waits(enqueue):
    now = timezone.now()
    message = enqueue(now, due_at=now + timedelta(hours=1))
    services.choose_reminders(person_id=message.recipient_id, wanted={NAME: False}, now=now)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("dropped", "This reminder was turned off.")


def test_drop_takes_only_what_waits_for_this_subject_and_person(enqueue):
    now = timezone.now()
    message, other = enqueue(now), enqueue(now)
    assert outbox.drop(kinds=[NAME], subject_id=message.subject_id, reason="Moved.", now=now) == 1
    assert outbox.drop(kinds=[NAME], subject_id=message.subject_id, reason="Moved.", now=now) == 0
    other.refresh_from_db()
    assert other.state == "pending"


def test_lag_is_the_age_of_the_oldest_overdue_message(enqueue):
    now = timezone.now()
    assert outbox.lag(now) == timedelta()
    enqueue(now, due_at=now - timedelta(minutes=7))
    enqueue(now, due_at=now - timedelta(minutes=2))
    assert outbox.lag(now) == timedelta(minutes=7)


def test_waking_waits_for_the_commit(enqueue, django_capture_on_commit_callbacks, broker):
    with django_capture_on_commit_callbacks(execute=True):
        enqueue(timezone.now())
        assert broker.llen("celery") == 0
    assert broker.llen("celery") == 1


def test_broker_that_is_down_fails_no_request(enqueue, django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    with django_capture_on_commit_callbacks(execute=True):
        message = enqueue(timezone.now())
    assert Message.objects.get() == message


@pytest.mark.parametrize("change", [{"state": "sent"}, {"state": "nowhere"}, {"expires_at": "before"}])
def test_impossible_messages_are_refused_by_the_database(enqueue, change):
    message = enqueue(timezone.now())
    if "expires_at" in change:
        change = {"expires_at": message.due_at - timedelta(seconds=1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**change)


def test_what_is_older_than_thirteen_months_is_forgotten(enqueue, monkeypatch):
    monkeypatch.setattr(outbox, "FORGOTTEN_AT_ONCE", 2)
    now = timezone.now()
    old = [enqueue(now) for _number in range(5)]
    Message.objects.update(state="sent", settled_at=now - timedelta(days=397))
    kept, waiting = enqueue(now), enqueue(now)
    Message.objects.filter(pk=kept.pk).update(state="dropped", reason="x", settled_at=now - timedelta(days=395))
    Message.objects.filter(pk=waiting.pk).update(created_at=now - timedelta(days=900))
    assert outbox.forget_old(now=now) == len(old)
    assert set(Message.objects.all()) == {kept, waiting}
    assert outbox.forget_old(now=now) == 0
