"""What a device is given to keep, and what it sends once there is a connection again."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups.models import Membership
from peersupport.spoken import spoken_datetime
from supportplans.models import FlareUp, PersonalPlanSection
from tests.factories import (
    MeetingFactory,
    MembershipFactory,
    PersonalPlanFactory,
    PersonalPlanSectionFactory,
    PersonFactory,
    RoleTermFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db

PAGE = reverse("supportplans:offline_page")
WAITING = reverse("supportplans:waiting_log")


@pytest.fixture
def maria(client):
    maria = MembershipFactory(group__name="Tuesday Group", person__preferred_name="Maria").person
    client.force_login(maria)
    return maria


def entry(person, day=None, **typed):
    day = day or timezone.localdate()
    own = {"client_id": str(uuid.uuid4()), "person": person.device_mark}
    parts = {"started_on_day": day.day, "started_on_month": day.month, "started_on_year": day.year}
    return own | parts | typed


# The page that is kept


def test_kept_page_holds_the_next_meeting_and_where_to_turn(client, maria):
    group = maria.memberships.get().group
    RoleTermFactory(group=group, role="greeter", person__preferred_name="Gretel")
    venue = VenueFactory(name="Library room", address="1 High Street\nNorthfield")
    meeting = MeetingFactory(group=group, venue=venue, starts_at=timezone.now() + timedelta(days=3))
    MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=10), venue=VenueFactory(name="A later place"))
    page = client.get(PAGE).text
    assert spoken_datetime(meeting.starts_at, meeting.time_zone) in page
    for text in ("Tuesday Group", "Library room", "1 High Street<br>Northfield", "Gretel greets everyone."):
        assert text in page
    assert "Nobody watches what you write here." in page
    assert "A later place" not in page


def test_kept_page_holds_no_secret_no_message_and_no_way_to_sign_out(client, maria):
    """It lies on a device that others may hold, and is fetched without anyone reading it."""
    client.post(reverse("members:profile_edit"), {"preferred_name": "Mia", "time_zone": "Europe/London"})
    response = client.get(PAGE)
    assert "csrfmiddlewaretoken" not in response.text
    assert client.session.session_key not in response.text
    assert maria.email not in response.text
    assert reverse("account_logout") not in response.text
    assert "Your details are saved." not in response.text
    assert response.headers["Cache-Control"] == "no-store, private"
    assert "Your details are saved." in client.get("/").text


def test_kept_page_has_no_link_to_join_a_meeting_online(client, maria):
    group = maria.memberships.get().group
    room = VenueFactory(site=group.site, kind="online", name="Our room", join_link="https://meet.example/secret-room")
    MeetingFactory(group=group, venue=room, starts_at=timezone.now() + timedelta(days=3))
    page = client.get(PAGE).text
    assert "Our room" in page
    assert "secret-room" not in page


def test_kept_page_is_about_the_persons_own_groups_alone(client, maria):
    MeetingFactory(venue=VenueFactory(name="Room of another group"), starts_at=timezone.now() + timedelta(days=1))
    page = client.get(PAGE).text
    assert "Room of another group" not in page
    assert "No meeting is planned." in page


def test_kept_page_forgets_a_group_that_was_left(client, maria):
    soon = timezone.now() + timedelta(days=1)
    MeetingFactory(group=maria.memberships.get().group, venue=VenueFactory(name="Library room"), starts_at=soon)
    assert "Library room" in client.get(PAGE).text
    Membership.objects.update(state="left", ended_at=timezone.now())
    assert "Library room" not in client.get(PAGE).text


def test_kept_page_holds_ones_own_plan_first_steps_first(client, maria):
    plan = PersonalPlanFactory(person=maria)
    for kind, text in (("matters", "My <b>garden</b>"), ("first_steps", "Lie down\nRing Jo"), ("reward", "")):
        PersonalPlanSectionFactory(plan=plan, kind=kind, text=text)
    PersonalPlanSectionFactory(text="Someone else's first steps")
    page = client.get(PAGE).text
    assert page.index("Lie down<br>Ring Jo") < page.index("The rest of your plan") < page.index("My &lt;b&gt;garden")
    assert "Someone else" not in page
    assert "Something nice for me" not in page


def test_copying_the_page_is_no_look_at_the_plan(client, maria):
    """A device fetches it by itself."""
    section = PersonalPlanSectionFactory(plan__person=maria, plan__looked_at=None)
    assert section.text in client.get(PAGE).text
    section.plan.refresh_from_db()
    assert section.plan.looked_at is None


def test_plan_without_first_steps_is_shown_whole_and_no_plan_leaves_no_gap(client, maria):
    assert "Your plan" not in client.get(PAGE).text
    PersonalPlanSectionFactory(plan__person=maria, kind="matters", text="My garden")
    page = client.get(PAGE).text
    assert "My garden" in page
    assert "The rest of your plan" not in page


@pytest.mark.parametrize("number", [1, 5, 50])
def test_kept_page_costs_the_same_queries(client, maria, number, django_assert_max_num_queries):
    for index in range(number):
        MeetingFactory(group=maria.memberships.get().group, starts_at=timezone.now() + timedelta(days=index + 1))
    plan = PersonalPlanFactory(person=maria)
    for kind in PersonalPlanSection.Kind.values[:number]:
        PersonalPlanSectionFactory(plan=plan, kind=kind)
    client.get(PAGE)
    with django_assert_max_num_queries(6):
        client.get(PAGE)


def test_page_to_turn_it_on_says_who_could_read_it(client, maria):
    page = client.get(reverse("supportplans:offline_choose")).text
    assert "anyone who can unlock this device" in page
    assert f'data-worker="{reverse("service_worker")}"' in page
    assert f'data-send-to="{WAITING}"' in page
    assert reverse("supportplans:offline_choose") in client.get(reverse("members:account")).text


def test_every_page_carries_a_mark_that_tells_nothing(client, maria):
    other = PersonFactory()
    assert f'data-person="{maria.device_mark}"' in client.get("/").text
    assert other.device_mark != maria.device_mark
    assert len(maria.device_mark) == 43
    assert "data-person" not in Client().get(reverse("account_login")).text


# Sending what waited


def test_script_learns_as_whom_it_would_send(client, maria):
    response = client.get(WAITING)
    assert response.json()["person"] == maria.device_mark
    assert response.headers["Cache-Control"] == "no-store, private"
    assert FlareUp.objects.count() == 0


def test_entry_is_logged_on_the_day_it_was_tapped(client, maria):
    day = timezone.localdate() - timedelta(days=2)
    sent = entry(maria, day, is_start_approximate="on")
    response = client.post(WAITING, sent)
    flareup = FlareUp.objects.get()
    assert response.json() == {"url": flareup.get_absolute_url()}
    assert (flareup.person, flareup.started_on, flareup.is_start_approximate) == (maria, day, True)
    assert str(flareup.client_id) == sent["client_id"]


def test_entry_that_is_sent_again_is_one(client, maria):
    sent = entry(maria)
    first, second = client.post(WAITING, sent).json(), client.post(WAITING, sent).json()
    assert first == second
    assert FlareUp.objects.count() == 1


def test_tap_on_the_ordinary_page_that_is_sent_again_from_the_device_is_one(client, maria):
    """Its answer was lost, so the device kept it; but it had arrived."""
    sent = entry(maria)
    client.post(reverse("supportplans:flareup_log"), {"client_id": sent["client_id"]})
    assert client.post(WAITING, sent).status_code == 200
    assert FlareUp.objects.count() == 1


def test_entry_taken_back_since_waits_no_more_and_does_not_come_again(client, maria):
    sent = entry(maria)
    client.post(WAITING, sent)
    client.post(reverse("supportplans:flareup_take_back", args=[FlareUp.objects.get().pk]))
    assert client.post(WAITING, sent).json() == {"url": reverse("supportplans:flareup_list")}
    assert not FlareUp.objects.standing().exists()


def test_entry_of_one_person_is_never_logged_for_another(client, maria):
    sent = entry(maria)
    client.force_login(PersonFactory())
    assert client.post(WAITING, sent).status_code == 409
    assert client.post(WAITING, sent | {"person": ""}).status_code == 409
    assert FlareUp.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"started_on_month": "13"}, "Enter a real date, like 24 11 2026"),
        ({"started_on_day": "", "started_on_month": "", "started_on_year": ""}, "Enter the day it started"),
        ({"started_on_year": "2999"}, "This day is still to come."),
        ({"started_on_day": "x" * 100_000}, "Enter a real date, like 24 11 2026"),
        ({"started_on_day": "🔥"}, "Enter a real date, like 24 11 2026"),
        ({"started_on_month": "نوفمبر"}, "Enter a real date, like 24 11 2026"),
        ({"client_id": "1; drop table"}, "Enter a valid UUID."),
    ],
)
def test_entry_that_makes_no_sense_is_answered_with_a_sentence(client, maria, typed, problem):
    response = client.post(WAITING, entry(maria, **typed))
    assert response.status_code == 400
    assert problem in response.json()["problem"]
    assert FlareUp.objects.count() == 0


@pytest.mark.parametrize(("days", "status"), [(0, 200), (1, 200), (2, 400)])
def test_calendar_of_a_device_abroad_may_be_a_day_ahead(client, maria, days, status):
    assert client.post(WAITING, entry(maria, timezone.localdate() + timedelta(days=days))).status_code == status
    assert all(flareup.started_on == timezone.localdate() for flareup in FlareUp.objects.all())


def test_entry_needs_the_secret_of_the_session(maria):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(maria)
    assert browser.post(WAITING, entry(maria)).status_code == 403
    token = browser.get(WAITING).json()["token"]
    assert browser.post(WAITING, entry(maria), headers={"X-CSRFToken": token}).status_code == 200


def test_signed_out_device_is_sent_to_sign_in_and_nothing_is_logged(client, maria):
    client.logout()
    for response in (client.get(WAITING), client.post(WAITING, entry(maria)), client.get(PAGE)):
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))
    assert FlareUp.objects.count() == 0


def test_sending_costs_few_queries(client, maria, django_assert_max_num_queries):
    client.get(WAITING)
    with django_assert_max_num_queries(10):
        client.post(WAITING, entry(maria))


# Nothing stays behind


def test_signing_out_tells_the_browser_to_forget_everything(client, maria):
    assert "Clear-Site-Data" not in client.get(reverse("account_logout")).headers
    response = client.post(reverse("account_logout"))
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert response.url == reverse("account_login")
    assert client.get("/").status_code == 302


def test_signing_out_twice_is_no_error(client, maria):
    client.post(reverse("account_logout"))
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("account_logout")).url == reverse("account_login")
