import html
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from members.models import Person
from supportplans.models import FlareUp
from supportplans.services.flareup import log_flareup
from tests.factories import (
    NOW,
    TODAY,
    FlareUpFactory,
    FlareUpRemedyFactory,
    FlareUpTriggerFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    person = MembershipFactory().person
    client.force_login(person)
    return person


def tap(client, client_id=None, **typed):
    typed = {"client_id": client_id or uuid.uuid4()} | typed
    return client.post(reverse("supportplans:flareup_log"), typed)


def test_one_tap_is_enough(client, person):
    response = tap(client)
    flareup = FlareUp.objects.get()
    assert response.url == flareup.get_absolute_url()
    assert (flareup.person, flareup.started_on, flareup.ended_on, flareup.kind) == (
        person, timezone.localdate(), None, "not_sure",
    )  # fmt: skip


def test_tap_sent_twice_is_one_entry(client, person):
    client_id = uuid.uuid4()
    assert tap(client, client_id).url == tap(client, client_id).url
    assert FlareUp.objects.count() == 1


def test_two_people_may_send_the_same_id(client, person):
    shared = uuid.uuid4()
    tap(client, shared)
    log_flareup(by=PersonFactory(), client_id=shared, started_on=TODAY, now=NOW)
    assert FlareUp.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_double_tap_at_the_same_moment_is_one_entry():
    person, client_id = PersonFactory(), uuid.uuid4()

    def log(_number):
        try:
            return log_flareup(by=person, client_id=client_id, started_on=TODAY, now=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        assert len(set(threads.map(log, range(5)))) == 1


def test_logging_costs_few_queries(client, person, django_assert_max_num_queries):
    client.get("/")
    with django_assert_max_num_queries(15):
        tap(client)


def test_earlier_day_may_be_a_guess(client, person):
    url = reverse("supportplans:flareup_log") + "?earlier"
    sent = {"client_id": uuid.uuid4(), "started_on_day": 1, "started_on_month": 3, "started_on_year": 2026}
    client.post(url, sent | {"is_start_approximate": "on"})
    assert FlareUp.objects.values_list("started_on", "is_start_approximate").get() == (date(2026, 3, 1), True)


def test_day_to_come_gets_a_sentence_and_keeps_what_was_typed(client, person):
    soon = timezone.localdate() + timedelta(days=40)
    sent = {"client_id": uuid.uuid4(), "started_on_day": soon.day, "started_on_month": soon.month}
    page = client.post(reverse("supportplans:flareup_log") + "?earlier", sent | {"started_on_year": soon.year}).text
    assert "This day is still to come. Enter today or an earlier day." in page
    assert f'value="{soon.year}"' in page
    assert not FlareUp.objects.exists()


@pytest.mark.parametrize("role", ["contact", "tutor"])
@pytest.mark.parametrize("name", ["flareup_detail", "flareup_history", "flareup_take_back"])
def test_nobody_else_sees_a_flareup(client, role, name):
    owner = MembershipFactory()
    flareup = FlareUpFactory(person=owner.person)
    other = RoleTermFactory(group=owner.group, role=role).person
    assert not FlareUp.objects.visible_to(other).exists()
    client.force_login(MembershipFactory(group=owner.group).person)
    assert client.get(reverse(f"supportplans:{name}", args=[flareup.pk])).status_code == 404


@pytest.mark.parametrize("name", ["flareup_list", "over_time"])
@pytest.mark.parametrize("number", [1, 3, 60])
def test_pages_cost_the_same_queries(client, person, name, number, django_assert_num_queries):
    FlareUpFactory.create_batch(number, person=person)
    client.get("/")
    with django_assert_num_queries(5 if name == "flareup_list" else 6):
        client.get(reverse(f"supportplans:{name}"))


def test_list_is_paged(client, person):
    for number in range(30):
        FlareUpFactory(person=person, started_on=TODAY - timedelta(days=number))
    page = client.get(reverse("supportplans:flareup_list")).text
    assert "Next" in page
    assert page.count('href="/flare-ups/') >= 25


@pytest.mark.parametrize(
    "change", [{"pain": 11}, {"contacts": ["king"]}, {"kind": "bad"}, {"ended_on": TODAY - timedelta(days=99)}]
)
def test_impossible_flareups_are_refused_by_the_database(change):
    flareup = FlareUpFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        FlareUp.objects.filter(pk=flareup.pk).update(**change)


def test_logged_just_now_is_said_before_another_tap(client, person):
    """Who comes back to the button, with Back or from home, sees that the first tap counted."""
    url = tap(client).url
    page = client.get(reverse("supportplans:flareup_log")).text
    assert "It is there, and once is enough." in page
    assert url in page
    assert "It's started" in html.unescape(page)


def test_tap_by_mistake_is_taken_back_in_one_tap(client, person):
    url = tap(client).url
    assert "Tapped by mistake?" in client.get(url).text
    undo = reverse("supportplans:flareup_take_back", args=[FlareUp.objects.get().pk])
    for _number in range(2):
        assert client.post(undo, follow=True).status_code == 200
    assert client.get(url).status_code == 404
    assert client.get(undo).status_code == 404
    assert "Nothing logged" in client.get(reverse("supportplans:flareup_list")).text
    assert FlareUp.objects.get().taken_back_at


def test_old_page_of_a_tap_taken_back_asks_for_another(client, person):
    client_id = uuid.uuid4()
    tap(client, client_id)
    client.post(reverse("supportplans:flareup_take_back", args=[FlareUp.objects.get().pk]))
    response = client.post(reverse("supportplans:flareup_log"), {"client_id": client_id}, follow=True)
    assert "You took that one back. If a flare-up has started, tap again." in response.text
    assert str(client_id) not in response.text
    assert not FlareUp.objects.standing().exists()


def test_later_taking_it_out_is_asked_once_more(client, person):
    flareup = FlareUpFactory(person=person, revision=1)
    assert "Tapped by mistake?" not in client.get(flareup.get_absolute_url()).text
    page = client.get(reverse("supportplans:flareup_take_back", args=[flareup.pk])).text
    assert "Take this flare-up out?" in page
    assert not FlareUp.objects.get().taken_back_at


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        # Half past midnight in London, after the clocks went forward and after they went back.
        (datetime(2026, 3, 29, 23, 30, tzinfo=UTC), "Europe/London", date(2026, 3, 30)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/London", date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), "Europe/London", date(2026, 10, 25)),
        (datetime(2026, 10, 25, 11, 30, tzinfo=UTC), "Pacific/Auckland", date(2026, 10, 26)),
    ],
)
def test_today_is_the_day_where_the_person_is(client, person, monkeypatch, at, zone, day):
    Person.objects.filter(pk=person.pk).update(time_zone=zone)
    client.get("/")
    monkeypatch.setattr(timezone, "now", lambda: at)
    client.force_login(person)
    tap(client)
    assert FlareUp.objects.get().started_on == day


def test_open_one_is_over_in_one_tap_and_not_after_all_in_another(client, person):
    flareup = FlareUpFactory(person=person, started_on=timezone.localdate() - timedelta(days=2))
    page = html.unescape(client.get(flareup.get_absolute_url()).text)
    assert "It's over" in page
    assert "It's still going" in page
    page = client.post(reverse("supportplans:flareup_end", args=[flareup.pk]), follow=True).text
    assert "Noted: it is over." in page
    assert "not over after all" in page
    page = client.post(reverse("supportplans:flareup_go_on", args=[flareup.pk]), follow=True).text
    assert "Noted: it is still going on." in page
    flareup.refresh_from_db()
    assert (flareup.ended_on, flareup.still_going_on) == (None, timezone.localdate())


def test_list_asks_about_what_may_go_on_and_not_about_long_ago(client, person):
    today = timezone.localdate()
    FlareUpFactory(person=person, started_on=today - timedelta(days=200))
    address = reverse("supportplans:flareup_list")
    assert "It&#x27;s over" not in client.get(address).text
    recent = FlareUpFactory(person=person, started_on=today - timedelta(days=5))
    page = client.get(address).text
    assert reverse("supportplans:flareup_end", args=[recent.pk]) in page
    assert page.count("/end/") == 1


def test_taps_cost_few_queries(client, person, django_assert_max_num_queries):
    flareup = FlareUpFactory(person=person)
    client.get("/")
    for name in ("flareup_go_on", "flareup_end", "flareup_take_back"):
        with django_assert_max_num_queries(15):
            client.post(reverse(f"supportplans:{name}", args=[flareup.pk]))


@pytest.mark.parametrize("number", [1, 3])
def test_page_of_a_flareup_costs_the_same_however_much_it_says(client, person, number, django_assert_num_queries):
    flareup = FlareUpFactory(person=person)
    for count in range(number):
        FlareUpTriggerFactory(flareup=flareup, name=f"Rain {count}")
        FlareUpRemedyFactory(flareup=flareup, name=f"Heat {count}", helped="yes")
    client.get("/")
    with django_assert_num_queries(8):
        client.get(flareup.get_absolute_url())
