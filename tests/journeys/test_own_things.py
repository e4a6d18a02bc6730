"""A member logs a flare-up on a bad day and adds to it later; sets a goal, looks back, and sees both over time."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from peersupport.spoken import spoken_date
from supportplans.models import FlareUp, Goal
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


def test_a_goal_is_set_looked_back_at_and_let_go(walk, client, maria):
    today = timezone.localdate()
    # Given a member without a goal
    walk.sign_in(client, maria)
    walk.open("/")
    walk.follow("Set a goal")
    # When she forgets what it is, and dates it in the past
    walk.fill("Why does it matter to you? (if you like)", "Singing lifts me.")
    walk.fill_date("When do you want to look back first? (if you like)", today - timedelta(days=1))
    walk.follow("Set this goal")
    # Then each gets a sentence, and what she wrote is there
    walk.then_reads("Enter what you want to do", "This day is over.")
    assert walk.page.input_value("#id_why") == "Singing lifts me."
    walk.fill("What do you want to do?", "Go back to choir")
    walk.fill("What is your next small step? (if you like)", "Ring the choir leader")
    walk.choose("How sure are you that you can do this step? (if you like)", "5")
    walk.choose("How often do you want to look back at it?", "Every 2 weeks")
    walk.fill_date("When do you want to look back first? (if you like)", today)
    walk.follow("Set this goal")
    # And since she is unsure, a smaller step is suggested
    walk.then_reads("Your goal is set.", "A smaller one may fit better")
    # When she looks back at it
    walk.follow("Look back at it")
    walk.choose("How did it go?", "Some of it")
    walk.fill("Your next small step (if you carry on)", "Find the number")
    walk.follow("Save")
    # Then the next look back is two weeks away
    walk.then_reads("Some of it", "Find the number")
    goal = Goal.objects.get()
    assert goal.review_on == today + timedelta(weeks=2)
    # And she shares it, sees with whom, and stops
    MembershipFactory(group=maria.memberships.get().group, person__preferred_name="Ben")
    walk.follow(re.compile("^Change who can see this"))
    walk.choose("Who can see this?", "Everyone in Tuesday Group")
    walk.follow("Save")
    walk.then_reads("You and 1 other: Ben")
    walk.follow(re.compile("^Change who can see this"))
    walk.choose("Who can see this?", "Only me")
    walk.follow("Save")
    walk.then_reads("Only you")
    # And letting go is an end like any other
    walk.follow("Look back at it")
    walk.choose("How did it go?", "Not this time")
    walk.choose("What now?", "Let it go")
    walk.follow("Save")
    walk.open("/goals/")
    walk.then_reads("Finished with", "Let go")
    # And both are seen over time
    walk.follow("My goals and flare-ups over time")
    walk.then_reads("A month with nothing in it says nothing about how you were.")
