"""What helped, and the page to take along: own words and numbers, nothing made up for what was not noted."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from supportplans.flareup_summary import MOST_LISTED, Summary
from supportplans.models import FlareUp
from tests.factories import (
    FlareUpFactory,
    FlareUpRemedyFactory,
    FlareUpTriggerFactory,
    GoalFactory,
    MembershipFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db

HELPED, SHEET = reverse("supportplans:what_helped"), reverse("supportplans:flareup_summary")
ALL = ["numbers", "tried", "causes", "contacts", "flareups", "notes", "goals", "questions"]
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


@pytest.fixture
def person(client):
    person = MembershipFactory(person__preferred_name="Maria").person
    client.force_login(person)
    return person


def asked(first=FIRST, last=LAST, contents=ALL):
    """What the form sends, by GET."""
    days = {
        f"{name}_{part}": getattr(day, part)
        for name, day in (("first", first), ("last", last))
        for part in ("day", "month", "year")
    }
    return days | {"contents": contents}


def flareup(person, start=date(2026, 2, 3), **facts):
    return FlareUpFactory(person=person, started_on=start, **facts)


def tried(one, name, helped=""):
    return FlareUpRemedyFactory(flareup=one, name=name, helped=helped)


# What helped


def test_what_helped_most_comes_first_and_is_only_counted(client, person):
    for helped in ("yes", "yes", "no"):
        tried(flareup(person), "Heat", helped)
    for helped in ("yes", "worse", "a_little", ""):
        tried(flareup(person), "Walk", helped)
    tried(flareup(person), "Cold")
    page = client.get(HELPED).text
    assert page.index(">Heat<") < page.index(">Walk<") < page.index(">Cold<")
    cells = [page.split(f">{name}</th>")[1].split("</tr>")[0] for name in ("Heat", "Walk", "Cold")]
    assert [[int(part.split("<")[0]) for part in cell.split('__cell">')[1:]] for cell in cells] == [
        [3, 2, 0, 1, 0], [4, 1, 1, 0, 1], [1, 0, 0, 0, 0],
    ]  # fmt: skip
    assert not any(word in page.lower() for word in ("best", "worst", "score", "should", "recommend"))


def test_what_helped_counts_neither_taken_back_nor_others(client, person):
    tried(flareup(person, taken_back_at=timezone.now()), "Slip", "yes")
    tried(flareup(PersonFactory()), "Of someone else", "yes")
    FlareUpTriggerFactory(flareup=flareup(person, taken_back_at=timezone.now()), name="Rain")
    page = client.get(HELPED).text
    assert "Nothing noted" in page
    assert not any(word in page for word in ("Slip", "Of someone else", "Rain"))


@pytest.mark.parametrize("number", [1, 50])
def test_what_helped_costs_the_same(client, person, number, django_assert_num_queries):
    for count in range(number):
        one = flareup(person)
        tried(one, f"Heat {count}", "yes")
        FlareUpTriggerFactory(flareup=one, name=f"Rain {count}")
    client.get("/")
    with django_assert_num_queries(6):
        client.get(HELPED)


# The numbers of the page


def test_days_count_once_and_only_where_they_are_known(person):
    flareup(person, date(2026, 2, 1), ended_on=date(2026, 2, 4))
    flareup(person, date(2026, 2, 3), ended_on=date(2026, 2, 5))
    flareup(person, date(2026, 3, 1))
    flareup(person, date(2025, 12, 30), ended_on=date(2026, 1, 2))
    flareup(person, date(2025, 12, 1), ended_on=date(2025, 12, 31))
    summary = Summary(person, FIRST, LAST)
    assert (summary.number, summary.days, summary.open) == (4, 5 + 1 + 2, 1)


def test_range_says_of_how_many_it_is_known_and_is_no_mean(person):
    for pain in (9, 4, None):
        flareup(person, pain=pain)
    pain = Summary(person, FIRST, LAST).pain
    assert (pain.lowest, pain.highest, pain.noted) == (4, 9, 2)
    assert Summary(person, FIRST, LAST).effect is None


def test_help_that_was_not_noted_is_not_no_one(person):
    for contacts in (["gp", "111"], ["gp"], ["none"], None):
        flareup(person, contacts=contacts)
    summary = Summary(person, FIRST, LAST)
    assert [(str(label), number) for label, number in summary.contacts] == [
        ("No one", 1), ("GP surgery or pharmacist", 2), ("NHS 111", 1),
    ]  # fmt: skip
    assert summary.contacts_noted == 3


def test_words_are_those_of_the_days_chosen(person):
    tried(flareup(person), "Heat", "yes")
    tried(flareup(person), "Rest", "a_little")
    tried(flareup(person, date(2025, 6, 1)), "Old cure", "yes")
    FlareUpTriggerFactory(flareup=flareup(person), name="Rain")
    summary = Summary(person, FIRST, LAST)
    assert [(one.name, one.times) for one in summary.tried] == [("Heat", 1), ("Rest", 1)]
    assert summary.causes == [("Rain", 1)]


def test_only_so_many_are_listed_and_the_rest_are_counted(person):
    for number in range(MOST_LISTED + 2):
        flareup(person, FIRST + timedelta(days=number))
    summary = Summary(person, FIRST, LAST)
    assert (len(summary.listed), summary.not_listed) == (MOST_LISTED, 2)
    assert summary.listed[0].started_on == FIRST + timedelta(days=MOST_LISTED + 1)


# The page


def test_page_first_asks_what_is_wanted(client, person):
    page = client.get(SHEET).text
    assert "We send it to nobody." in page
    assert f'value="{timezone.localdate().year}"' in page
    assert page.count("checked") == 4
    assert 'method="get"' in page
    assert "csrfmiddlewaretoken" not in page.split("<main")[1].split("</main>")[0]


def test_page_holds_what_was_chosen(client, person):
    one = flareup(person, ended_on=date(2026, 2, 5), pain=7, contacts=["gp"], note="Ask about sleep 🌙")
    tried(one, "Heat", "worse")
    FlareUpTriggerFactory(flareup=one, name="שינה")
    GoalFactory(person=person, what="Sing", next_step="Ring them")
    page = client.get(SHEET, asked()).text
    for text in (
        "Flare-ups of Maria", "Made by Maria on", "in their own words", "This is not a medical record.",
        "Thursday 1 January 2026 to Tuesday 31 March 2026", "1 flare-up noted", "3 days known to be part of one",
        "7 (noted for 1 of 1)", "Heat", "שינה", "GP surgery or pharmacist (1)", "Ask about sleep 🌙", "Sing",
        "3 Feb 2026", "5 Feb 2026", "What I want to ask",
    ):  # fmt: skip
        assert text in " ".join(page.split()), text


@pytest.mark.parametrize("content", ALL)
def test_page_holds_nothing_else(client, person, content):
    one = flareup(person, note="Ask about sleep", contacts=["ae"])
    tried(one, "Heat")
    FlareUpTriggerFactory(flareup=one, name="Rain")
    GoalFactory(person=person, what="Sing")
    marks = {
        "numbers": "known to be part of one", "tried": "Heat", "causes": "Rain (1)", "contacts": "ambulance",
        "flareups": "3 Feb 2026</th>", "notes": "Ask about sleep", "goals": "Sing", "questions": "app-blank-line",
    }  # fmt: skip
    page = client.get(SHEET, asked(contents=[content])).text
    assert {name for name, mark in marks.items() if mark in page} == {content}


def test_page_shows_nobody_elses_and_none_taken_back(client, person):
    for one in (flareup(PersonFactory(), note="Theirs"), flareup(person, note="Slip", taken_back_at=timezone.now())):
        tried(one, "Gold")
    GoalFactory(what="Their goal")
    page = client.get(SHEET, asked()).text
    assert not any(word in page for word in ("Theirs", "Slip", "Gold", "Their goal"))
    assert "0 flare-ups noted" in page
    assert page.count("Nothing noted.") == 5


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (asked(contents=[]), "Tick at least one thing"),
        (asked(first=LAST, last=FIRST), "The last day is before the first."),
        (asked(first=date(2020, 1, 1)), "Keep it to three years or less."),
        (asked(last=timezone.localdate() + timedelta(days=2)), "This day is still to come."),
        (asked() | {"first_day": ""}, "Enter the day, the month and the year"),
        (asked(contents=["secrets"]), "Choose one of the answers"),
    ],
)
def test_page_that_there_can_t_be_is_asked_for_again(client, person, sent, sentence):
    page = client.get(SHEET, sent).text
    assert sentence in page
    assert "Made by Maria" not in page


@pytest.mark.parametrize("number", [1, 50])
def test_page_costs_the_same_with_many(client, person, number, django_assert_num_queries):
    for count in range(number):
        one = flareup(person, note="Soup", pain=3, contacts=["gp"])
        tried(one, f"Heat {count}", "yes")
        FlareUpTriggerFactory(flareup=one, name=f"Rain {count}")
        GoalFactory(person=person)
    client.get("/")
    with django_assert_num_queries(8):
        client.get(SHEET, asked())


def test_flareup_that_lasts_through_the_whole_stretch_is_on_the_page(person):
    flareup(person, date(2025, 1, 1), ended_on=date(2026, 12, 1))
    assert Summary(person, FIRST, LAST).days == 90
    assert FlareUp.objects.count() == 1
