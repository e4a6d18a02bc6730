from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from peersupport.access.models import AccessLogEntry
from peersupport.reminders import services
from peersupport.reminders.letters import unsubscribe_address
from peersupport.reminders.models import Message, PlanningProgress, Preference
from peersupport.reminders.sending import send_all_due
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
    assert page.context["form"]["groups.meeting_moved"].initial is True
    client.post(PREFERENCES, {NAME: "on"})
    wanted = dict(Preference.objects.filter(person=person).values_list("kind", "is_wanted"))
    assert wanted == {NAME: True} | dict.fromkeys(others, False)


def test_list_holds_what_was_sent_to_me_and_nothing_else(client, enqueue, now):
    mine, theirs, waiting = enqueue(now), enqueue(now), enqueue(now)
    settle(mine, "sent")
    settle(theirs, "sent")
    client.force_login(mine.recipient)
    page = client.get(LIST)
    assert [message for message, _kind, _channel in page.context["rows"]] == [mine]
    assert "You get this because of a test." in page.text
    client.force_login(waiting.recipient)
    assert "When we send you something, it is listed here." in client.get(LIST).text


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
    settle(parked, "parked", "The server refused it (550).")
    PlanningProgress.objects.create(kind=NAME, planned_until=now)
    client.force_login(administrator)
    page = client.get(DELIVERY)
    figures = page.context["figures"]
    assert figures.waiting == {"due": 2, "late": 1, "not_yet": 1, "put_off": 1}
    assert figures.settled == {"sent": 2, "maybe_twice": 1, "dropped": 1, "parked": 1, "uncertain": 0}
    assert (page.context["lag_minutes"], page.context["planning_minutes"]) == (12, 0)
    assert "The server refused it (550)." in page.text
    assert parked.recipient.email not in page.text


def test_delivery_of_yesterday_is_not_counted(client, administrator, enqueue, now):
    message = enqueue(now)
    settle(message, "sent")
    Message.objects.filter(pk=message.pk).update(settled_at=now - timedelta(days=2))
    client.force_login(administrator)
    assert client.get(DELIVERY).context["figures"].settled["sent"] == 0


def test_planning_that_stopped_shows(client, administrator, note_kind, now):
    PlanningProgress.objects.create(kind=NAME, planned_until=now - timedelta(minutes=40))
    PlanningProgress.objects.create(kind="tests.gone", planned_until=now - timedelta(days=40))
    client.force_login(administrator)
    assert client.get(DELIVERY).context["planning_minutes"] == 40


# A message that could not be sent


@pytest.fixture
def parked(enqueue, now):
    message = enqueue(now, due_at=now - timedelta(hours=2), expires_at=now + timedelta(hours=2))
    settle(message, "parked", "The server refused it (550).", attempts=3, failures=2)
    return message


def settle_address(message):
    return reverse("reminders:message_settle", args=[message.pk])


def test_what_is_stuck_is_listed_and_tried_again(client, administrator, parked, mailoutbox):
    client.force_login(administrator)
    assert settle_address(parked) in client.get(DELIVERY).text
    page = client.get(settle_address(parked)).text
    assert "The server refused it (550)." in page
    assert parked.recipient.email not in page
    client.post(settle_address(parked), {"what": "again", "reason": "The relay is mended"})
    parked.refresh_from_db()
    assert (parked.state, parked.attempts, parked.failures) == ("pending", 0, 0)
    assert (send_all_due(), len(mailoutbox)) == (1, 1)
    assert "Nothing is stuck." in client.get(DELIVERY).text


def test_what_is_dropped_keeps_the_reason_and_who_did_it(client, administrator, parked):
    client.force_login(administrator)
    client.post(settle_address(parked), {"what": "drop", "reason": "They have moved"})
    parked.refresh_from_db()
    assert (parked.state, parked.reason) == ("dropped", "They have moved")
    entry = AccessLogEntry.objects.get()
    assert (entry.actor, entry.subject, entry.object_id) == (administrator, parked.recipient, parked.pk)
    assert send_all_due() == 0


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"reason": "The relay is mended"}, "Choose what should become of it"),
        ({"what": "again"}, "Enter why"),
    ],
)
def test_what_is_missing_is_asked_for(client, administrator, parked, posted, sentence):
    client.force_login(administrator)
    assert sentence in client.post(settle_address(parked), posted).text
    parked.refresh_from_db()
    assert parked.state == "parked"


def test_what_is_of_no_use_any_more_is_not_tried_again(client, administrator, parked, now):
    Message.objects.update(expires_at=now)
    client.force_login(administrator)
    page = client.post(settle_address(parked), {"what": "again", "reason": "The relay is mended"}).text
    assert "It is too late for this message to be of use." in page
    assert "The relay is mended" in page


def test_only_one_of_two_operators_settles_it(administrator, parked, now):
    services.drop_message(message=parked, reason="They have moved", by=administrator, now=now)
    with pytest.raises(services.NotParked):
        services.requeue_message(message=parked, reason="Mended", by=administrator, now=now)


def test_what_is_not_stuck_can_not_be_settled(client, administrator, enqueue, now):
    client.force_login(administrator)
    assert client.get(settle_address(enqueue(now))).status_code == 404


# For machines


def test_metrics_say_what_the_page_says(client, settings, enqueue, parked, now):
    enqueue(now, due_at=now - timedelta(minutes=12))
    settings.METRICS_TOKEN = "a long secret"
    answer = client.get("/metrics", headers={"Authorization": "Bearer a long secret"})
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert samples["peersupport_messages_waiting", "late"] == 1
    assert samples["peersupport_messages_settled_last_day", "parked"] == 1
    assert 720 <= samples["peersupport_messages_oldest_unsent_seconds",] < 780
    assert samples["peersupport_planning_lag_seconds",] == 0


@pytest.mark.parametrize(("token", "sent"), [("", "Bearer "), ("secret", ""), ("secret", "Bearer Secret")])
def test_metrics_are_for_who_knows_the_token(client, settings, token, sent):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers={"Authorization": sent}).status_code == 404


def test_delivery_is_for_administrators_only(client, now):
    client.force_login(PersonFactory())
    assert client.get(DELIVERY).status_code == 403
