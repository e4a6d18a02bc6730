"""Journey 3: a flare-up on a bad day is one tap; the rest follows two days later, or never."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from supportplans.models import FlareUp
from tests.factories import FlareUpFactory, FlareUpRemedyFactory, FlareUpTriggerFactory, MembershipFactory

ENDED = re.compile("When did it end")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def maria():
    return MembershipFactory(group__name="Tuesday Group", person__preferred_name="Maria").person


@pytest.mark.walked_twice
def test_a_flareup_is_one_tap_and_the_rest_can_wait(walk, client, maria):
    # Given a member on a bad day, who has noted what helps before
    FlareUpTriggerFactory(flareup__person=maria, flareup__ended_on=timezone.localdate(), name="Not sleeping")
    FlareUpRemedyFactory(flareup=maria.flareups.get(), name="Heat", helped="yes")
    walk.sign_in(client, maria)
    walk.open("/")
    # When she opens the page and taps
    walk.follow("Log a flare-up")
    walk.then_reads("One tap is enough. The rest can wait.")
    walk.follow("It's started")
    # Then it is logged with today's date and nothing else
    walk.then_reads("It is logged.", "No end noted", "Who can see this: Only you")
    flareup = maria.flareups.get(ended_on=None)
    assert (flareup.started_on, flareup.pain, flareup.revision) == (timezone.localdate(), None, 0)
    # And two days later she says how long it went on
    started_on = timezone.localdate() - timedelta(days=2)
    FlareUp.objects.filter(pk=flareup.pk).update(started_on=started_on)
    walk.open("/flare-ups/")
    walk.follow("It's still going")
    walk.then_reads("Noted: it is still going on.")
    # And tells the rest, one question at a time, with an end before its start
    walk.follow("Go through it, one question at a time")
    walk.choose("What is it?", "Flare-up")
    walk.fill_date(ENDED, started_on - timedelta(days=1))
    walk.follow("Save")
    # Then she is told, and nothing she typed is lost
    walk.then_reads("It can't end before it starts.")
    assert walk.page.input_value("#id_ended_on_0") == str((started_on - timedelta(days=1)).day)
    walk.fill_date(ENDED, timezone.localdate())
    walk.follow("Save")
    walk.then_heading_is("What set it off?")
    walk.tick("Not sleeping")
    walk.fill("Anything else?", "A long drive")
    walk.follow("Save")
    walk.then_heading_is("What did you try?")
    walk.tick("Heat")
    walk.follow("Save")
    walk.choose("Heat", "A little")
    walk.follow("Save")
    walk.choose("Pain at its worst (if you like)", "8")
    walk.follow("Save")
    walk.tick("NHS 111")
    walk.follow("Save")
    walk.follow("Skip this")
    # Then it says all of that
    walk.then_reads("Heat: helped a little", "8 out of 10", "A long drive, Not sleeping", "NHS 111")
    flareup.refresh_from_db()
    assert (flareup.pain, flareup.contacts, flareup.ended_on) == (8, ["111"], timezone.localdate())
    # And what stood there before can be read
    walk.follow("What it said before")
    walk.then_reads("Still going on")


def test_a_tap_by_mistake_is_undone_and_leaves_nothing(walk, client, maria):
    # Given a member who taps by mistake
    walk.sign_in(client, maria)
    walk.open("/flare-ups/log/")
    walk.follow("It's started")
    # When she goes back, then she is told that it is logged already
    walk.page.go_back()
    walk.then_reads("It is there, and once is enough.")
    walk.follow("Look at it or add to it")
    # And when she takes it back, nothing is left to see
    walk.follow("Undo: take this flare-up back")
    walk.then_reads("Taken back. It is shown and counted nowhere.", "Nothing logged")
    assert FlareUp.objects.standing().count() == 0


def test_two_taps_at_once_are_one(walk, client, maria):
    # Given a member at the button
    walk.sign_in(client, maria)
    walk.open("/flare-ups/log/")
    # When her finger slips and the form is sent twice, at the same moment
    answers = walk.page.evaluate(
        """async () => {
          const body = new FormData(document.querySelector("main form"));
          const send = () => fetch(location.href, {method: "POST", body});
          return (await Promise.all([send(), send(), send()])).map(({status, url}) => [status, url]);
        }"""
    )
    # Then all three are one entry
    assert FlareUp.objects.count() == 1
    assert {tuple(answer) for answer in answers} == {(200, walk.address + FlareUp.objects.get().get_absolute_url())}


@pytest.fixture
def two_months(maria):
    """A flare-up with all that can be said, one with no end noted, and a setback that runs over the month's end."""
    today = timezone.localdate()
    for back, length, name, helped in (
        (12, 3, "Heat", "yes"),
        (40, 25, "Walking", "a_little"),
        (5, None, "Heat", "no"),
    ):
        start = today - timedelta(days=back)
        ended_on = start + timedelta(days=length) if length else None
        one = FlareUpFactory(
            person=maria, started_on=start, ended_on=ended_on, pain=7, effect=5, contacts=["gp"], revision=1
        )
        FlareUpRemedyFactory(flareup=one, name=name, helped=helped)
        FlareUpTriggerFactory(flareup=one, name="Not sleeping")
    return maria


def test_months_what_helped_and_a_page_to_take_along(walk, client, two_months):
    # Given a member with some flare-ups behind her
    today = timezone.localdate()
    walk.sign_in(client, two_months)
    walk.open("/flare-ups/")
    # When she looks at her months
    walk.follow("My months")
    # Then the days are marked in words too, and the open one is open
    walk.then_reads("no end noted", "A day or a month with nothing on it says nothing about how you were.")
    walk.page.locator(".app-chart canvas").wait_for()
    walk.follow(re.compile(f"^{(today.replace(day=1) - timedelta(days=1)):%B %Y}$"))
    walk.then_reads("In this month")
    # When she wants to know what helped, then it is counted in her own words
    walk.follow("Flare-ups")
    walk.follow("What I tried")
    rows = walk.page.locator("table").first.locator("tbody tr").all_inner_texts()
    assert [" ".join(row.split()) for row in rows] == ["Heat 2 1 0 1 0", "Walking 1 0 1 0 0"]
    # When she makes a page for her doctor, and mixes up the days
    walk.follow("Flare-ups")
    walk.follow("A page to take along")
    walk.fill_date("From which day?", today - timedelta(days=60))
    walk.fill_date("Up to which day?", today - timedelta(days=90))
    walk.follow("Make the page")
    walk.then_reads("The last day is before the first. Change one of the two.")
    walk.fill_date("Up to which day?", today)
    walk.tick("Room to write what I want to ask")
    walk.follow("Make the page")
    # Then it says who made it, and that it is no medical record
    walk.then_reads(
        "Made by Maria on", "This is not a medical record.", "3 flare-ups noted, 1 of them with no end noted"
    )
    walk.then_reads("7 (noted for 3 of 3)", "What I want to ask")
    # And over time, a month without entries says so
    walk.open("/goals/")
    walk.follow("My goals and flare-ups over time")
    walk.then_reads("A month with nothing in it says nothing about how you were.")
    walk.page.locator(".app-chart canvas").wait_for()
