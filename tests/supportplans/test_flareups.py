import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from supportplans.models import FlareUp
from supportplans.over_time import months_of
from supportplans.services.flareup import log_flareup
from tests.factories import NOW, TODAY, FlareUpFactory, MembershipFactory, PersonFactory, RoleTermFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    person = MembershipFactory().person
    client.force_login(person)
    return person


def tap(client, client_id=None, **typed):
    typed = {"client_id": client_id or uuid.uuid4()} | typed
    return client.post(reverse("supportplans:flareup_log"), typed)


def details(**changes):
    """What the form for details sends when only the start is filled in."""
    today = timezone.localdate()
    sent = {"kind": "not_sure", "started_on_day": today.day, "started_on_month": today.month}
    return sent | {"started_on_year": today.year} | changes


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


def test_details_can_follow(client, person):
    flareup = FlareUpFactory(person=person)
    sent = details(
        kind="setback", pain="7", effect="0", tried="Heat 🔥 שלום", contacts=["gp", "111"], has_used_plan="no"
    )
    client.post(reverse("supportplans:flareup_edit", args=[flareup.pk]), sent)
    flareup.refresh_from_db()
    assert (flareup.kind, flareup.pain, flareup.effect, flareup.has_used_plan) == ("setback", 7, 0, False)
    assert (flareup.tried, flareup.contacts, flareup.helped) == ("Heat 🔥 שלום", ["gp", "111"], "")


def test_what_is_left_blank_stays_missing(client, person):
    flareup = FlareUpFactory(person=person)
    client.post(reverse("supportplans:flareup_edit", args=[flareup.pk]), details())
    flareup.refresh_from_db()
    blank = (flareup.pain, flareup.effect, flareup.has_used_plan, flareup.has_turned_to_group, flareup.contacts)
    assert blank == (None, None, None, None, None)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ended_on_day": "1", "ended_on_month": "1", "ended_on_year": "2020"}, "It can&#x27;t end before it starts."),
        ({"contacts": ["none", "gp"]}, "You ticked “No one” and someone."),
        ({"tried": "x" * 2001}, "Use 2000 characters or fewer. You have used 2001."),
        ({"kind": ""}, "Choose what it is. “Not sure” is fine."),
        ({"started_on_day": ""}, "Enter the day, the month and the year, like 24 11 2026"),
    ],
)
def test_bad_details_get_a_sentence_and_nothing_is_lost(client, person, typed, sentence):
    flareup = FlareUpFactory(person=person)
    url = reverse("supportplans:flareup_edit", args=[flareup.pk])
    page = client.post(url, details(set_off_by="The long drive", **typed)).text
    assert sentence in page
    assert "Error:" in page
    assert "The long drive" in page
    flareup.refresh_from_db()
    assert flareup.set_off_by == ""


@pytest.mark.parametrize("role", ["contact", "tutor"])
@pytest.mark.parametrize("name", ["flareup_detail", "flareup_edit"])
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


def test_months_hold_what_was_logged_and_nothing_is_not_a_number():
    months = months_of(
        date(2026, 3, 15), [(date(2026, 3, 1), None), (date(2026, 3, 2), date(2026, 3, 9)), (date(2020, 1, 1), None)],
        [date(2025, 4, 30)],
    )  # fmt: skip
    assert [month.first_day for month in (months[0], months[-1])] == [date(2025, 4, 1), date(2026, 3, 1)]
    assert (months[-1].flareups, months[-1].still_open, months[0].reviews, months[5].flareups) == (2, 1, 1, 0)
