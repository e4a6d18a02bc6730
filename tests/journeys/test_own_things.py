"""A member logs a flare-up on a bad day, adds to it later, and sees it over time."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from peersupport.spoken import spoken_date
from supportplans.models import FlareUp
from tests.factories import MembershipFactory

ENDED = re.compile("When did it end")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def maria():
    return MembershipFactory(group__name="Tuesday Group", person__preferred_name="Maria").person


def test_a_flareup_is_one_tap_and_the_rest_can_wait(walk, client, maria):
    # Given a member on a bad day
    walk.sign_in(client, maria)
    walk.open("/")
    # When she opens the page and taps
    walk.follow("Log a flare-up")
    walk.then_reads("One tap is enough. The rest can wait.")
    walk.follow("It's started")
    # Then it is logged with today's date and nothing else
    walk.then_reads("It is logged.", "No end noted", "Who can see this: Only you")
    flareup = FlareUp.objects.get()
    assert (flareup.started_on, flareup.pain) == (timezone.localdate(), None)
    # And two days later she adds to it, with an end before its start
    started_on = timezone.localdate() - timedelta(days=2)
    FlareUp.objects.update(started_on=started_on)
    walk.open("/flare-ups/")
    walk.follow(spoken_date(started_on))
    walk.follow("Add or change something")
    walk.choose("What is it?", "Flare-up: it lasts days")
    walk.fill_date(ENDED, started_on - timedelta(days=1))
    walk.choose("Pain at its worst (if you like)", "8")
    walk.fill("What set it off? (if you know)", "A long drive")
    walk.follow("Save")
    # Then she is told, and nothing she typed is lost
    walk.then_reads("It can't end before it starts.")
    assert walk.page.input_value("#id_set_off_by") == "A long drive"
    walk.fill_date(ENDED, timezone.localdate())
    walk.tick("NHS 111")
    walk.follow("Save")
    walk.then_reads("Saved.", "8 out of 10", "A long drive", "NHS 111")
    flareup.refresh_from_db()
    assert (flareup.pain, flareup.contacts, flareup.ended_on) == (8, ["111"], timezone.localdate())
    # And it is seen over time
    walk.open("/goals/")
    walk.follow("My goals and flare-ups over time")
    walk.then_reads("A month with nothing in it says nothing about how you were.")
