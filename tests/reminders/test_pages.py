from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peersupport.reminders import services
from peersupport.reminders.letters import unsubscribe_address
from peersupport.reminders.models import Message, PlanningProgress, Preference
from tests.factories import GoalFactory, PersonFactory
from tests.reminders.conftest import NAME

pytestmark = pytest.mark.django_db

DELIVERY = reverse("reminders:delivery")
LIST = reverse("reminders:message_list")
PREFERENCES = reverse("reminders:preferences")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def administrator(with_second_factor):
    return with_second_factor(PersonFactory(is_staff=True, is_superuser=True))


@pytest.fixture
def address(enqueue, note_kind, now):
    """The path that one click on "stop" in a mail posts to."""
    return urlsplit(unsubscribe_address(enqueue(now), note_kind)).path


def settle(message, state, reason="", **changes):
    Message.objects.filter(pk=message.pk).update(state=state, reason=reason, settled_at=timezone.now(), **changes)


def test_one_click_works_without_session_or_token_and_can_be_undone(address):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert Preference.objects.get().is_wanted is False
    assert "You won't get these any more" in answer.text
    answer = client.post(address, {"again": "yes"})
    assert Preference.objects.get().is_wanted is True
    assert "Stop these emails?" in answer.text


def test_opening_the_address_changes_nothing(client, address):
    assert "Stop these emails?" in client.get(address).text
    assert not Preference.objects.exists()


def test_address_that_was_tampered_with_is_not_found(client, address):
    assert client.post(address[:-3] + "x/").status_code == 404
    assert not Preference.objects.exists()


def test_address_of_someone_who_is_gone_is_not_found(client, address):
    goal_owner = Message.objects.get().recipient
    Message.objects.all().delete()
    goal_owner.goals.all().delete()
    goal_owner.delete()
    assert client.post(address).status_code == 404


def test_preferences_show_and_keep_the_choice(client, note_kind, now):
    person = PersonFactory()
    services.choose_reminders(person_id=person.pk, wanted={NAME: False}, now=now)
    client.force_login(person)
    page = client.get(PREFERENCES)
    assert page.context["form"][NAME].initial is False
    others = [name for name in page.context["form"].fields if name != NAME]
    assert page.context["form"][others[0]].initial is True
    client.post(PREFERENCES, {NAME: "on"})
    wanted = dict(Preference.objects.filter(person=person).values_list("kind", "is_wanted"))
    assert wanted == {NAME: True} | dict.fromkeys(others, False)


def test_list_holds_what_was_sent_to_me_and_nothing_else(client, enqueue, now):
    mine, theirs, waiting = enqueue(now), enqueue(now), enqueue(now)
    settle(mine, "sent")
    settle(theirs, "sent")
    client.force_login(mine.recipient)
    page = client.get(LIST)
    assert [message for message, _kind in page.context["rows"]] == [mine]
    assert "You get this because of a test." in page.text
    client.force_login(waiting.recipient)
    assert "When we email you, it is listed here." in client.get(LIST).text


def test_list_still_shows_a_kind_that_the_code_no_longer_knows(client, enqueue, now):
    message = enqueue(now)
    settle(message, "sent", kind="tests.of_old")
    client.force_login(message.recipient)
    assert "tests.of_old" in client.get(LIST).text


def test_list_costs_the_same_queries_for_any_number(client, enqueue, now, django_assert_max_num_queries):
    goal = GoalFactory()
    client.force_login(goal.person)
    for number in (1, 3):
        settle(enqueue(now, goal=goal, schedule_version=number), "sent")
        with django_assert_max_num_queries(8):
            assert client.get(LIST).status_code == 200


def test_delivery_counts_what_is_late_failing_parked_and_maybe_twice(client, administrator, enqueue, now):
    enqueue(now, due_at=now - timedelta(minutes=12))
    enqueue(now, due_at=now + timedelta(hours=1))
    put_off = enqueue(now)
    Message.objects.filter(pk=put_off.pk).update(failures=2)
    settle(enqueue(now), "sent")
    settle(enqueue(now), "sent", attempts=2)
    settle(enqueue(now), "dropped", "It was let go.")
    parked = enqueue(now)
    settle(parked, "parked", "The mail server refused it (550).")
    PlanningProgress.objects.create(kind=NAME, planned_until=now)
    client.force_login(administrator)
    page = client.get(DELIVERY)
    assert page.context["counts"] == {
        **{"due": 2, "late": 1, "waiting": 1, "put_off": 1},
        **{"sent": 2, "maybe_twice": 1, "dropped": 1, "parked": 1, "uncertain": 0},
    }
    assert page.context["lag_minutes"] == 12
    assert "The mail server refused it (550)." in page.text
    assert parked.recipient.email not in page.text


def test_delivery_of_yesterday_is_not_counted(client, administrator, enqueue, now):
    message = enqueue(now)
    settle(message, "sent")
    Message.objects.filter(pk=message.pk).update(settled_at=now - timedelta(days=2))
    client.force_login(administrator)
    assert client.get(DELIVERY).context["counts"]["sent"] == 0


def test_delivery_is_for_administrators_only(client, now):
    client.force_login(PersonFactory())
    assert client.get(DELIVERY).status_code == 403
