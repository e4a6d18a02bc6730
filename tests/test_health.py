import time
from datetime import timedelta

import pytest
from django.utils import timezone

from peersupport import health
from peersupport.reminders import outbox
from peersupport.reminders.models import Message, PlanningProgress
from tests.factories import GoalFactory


def test_livez_answers_without_database(client):
    response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_readyz_is_ready(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, dict.fromkeys(health.CHECKS, "ok"))


@pytest.mark.django_db
def test_readyz_says_that_the_broker_is_down(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["broker"]) == (503, "failed")


@pytest.mark.django_db
def test_readyz_says_that_the_database_is_down(client, monkeypatch):
    monkeypatch.setitem(health.connection.settings_dict, "PORT", 1)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "database": "failed",
        "migrations": "failed",
        "broker": "ok",
        "reminders": "failed",
    }


@pytest.mark.django_db
def test_readyz_counts_migrations_to_apply(client, monkeypatch):
    monkeypatch.setattr(health, "_migrations_of_this_code", lambda: {("members", "9999_new")})
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "1 to apply")


@pytest.mark.django_db
def test_readyz_is_ready_on_the_schema_of_newer_code(client, monkeypatch):
    known = health._migrations_of_this_code()
    monkeypatch.setattr(health, "_migrations_of_this_code", lambda: set(list(known)[1:]))
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_readyz_does_not_wait_for_what_hangs(client, monkeypatch):
    monkeypatch.setitem(health.CHECKS, "database", lambda: time.sleep(4))
    began = time.monotonic()
    response = client.get("/readyz")
    assert time.monotonic() - began < 2
    assert (response.status_code, response.json()["database"]) == (503, "no answer")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("minutes", "status", "answer"), [(14, 200, "ok"), (16, 503, "16 minutes behind")])
def test_readyz_goes_red_when_messages_are_long_overdue(client, minutes, status, answer):
    now, goal = timezone.now(), GoalFactory()
    outbox.enqueue(
        kind="supportplans.goal_review",
        subject_id=goal.pk,
        recipient_ids=[goal.person_id],
        due_at=now - timedelta(minutes=minutes),
        expires_at=now + timedelta(hours=1),
        now=now,
    )
    response = client.get("/readyz")
    assert (response.status_code, response.json()["reminders"]) == (status, answer)


@pytest.mark.django_db(transaction=True)
def test_readyz_goes_red_when_planning_has_stopped(client):
    long_ago = timezone.now() - timedelta(minutes=20)
    PlanningProgress.objects.create(kind="tests.no_longer_sent", planned_until=long_ago - timedelta(days=9))
    PlanningProgress.objects.create(kind="groups.meeting_coming", planned_until=long_ago)
    assert client.get("/readyz").json()["reminders"] == "20 minutes behind"


@pytest.mark.django_db(transaction=True)
def test_readyz_does_not_mind_what_is_of_no_use_any_more(client):
    now, goal = timezone.now(), GoalFactory()
    outbox.enqueue(
        kind="supportplans.goal_review",
        subject_id=goal.pk,
        recipient_ids=[goal.person_id],
        due_at=now - timedelta(hours=2),
        expires_at=now - timedelta(hours=1),
        now=now,
    )
    assert client.get("/readyz").json()["reminders"] == "ok"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("people", "answer"), [(2, "ok"), (3, "60 minutes behind")])
@pytest.mark.parametrize("has_account", [True, False])
def test_readyz_minds_what_is_put_off_once_it_is_many_people(client, people, answer, has_account):
    now = timezone.now()
    for _number in range(people):
        goal = GoalFactory()
        outbox.enqueue(
            kind="supportplans.goal_review",
            subject_id=goal.pk,
            recipient_ids=[goal.person_id if has_account else None],
            due_at=now - timedelta(minutes=60),
            expires_at=now + timedelta(hours=1),
            now=now,
        )
    Message.objects.update(failures=4, next_attempt_at=now + timedelta(minutes=20))
    assert client.get("/readyz").json()["reminders"] == answer
