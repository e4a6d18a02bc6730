"""A member and her goal: set, looked back at when the email comes, made smaller, printed; shared, reported, hidden."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.utils import timezone

from peersupport.reminders import outbox
from peersupport.reminders.sending import send_all_due
from supportplans.models import Goal, GoalReview
from supportplans.services.goal import REVIEW, edit_goal
from tests.factories import GoalFactory, GoalShareFactory, MeetingFactory, MembershipFactory, RoleTermFactory

WHO = re.compile("^Change who can see this")
FIRST_LOOK = "When do you want to look back first? (if you like)"
LINK = re.compile(r"https?://[^\s]+/goals/\d+/")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def membership():
    return MembershipFactory(group__name="Tuesday Group", person__preferred_name="Maria")


@pytest.fixture
def maria(membership):
    return membership.person


@pytest.fixture
def ben(membership):
    return MembershipFactory(group=membership.group, person__preferred_name="Ben").person


@pytest.fixture
def joan(membership):
    """The contact."""
    person = MembershipFactory(group=membership.group, person__preferred_name="Joan").person
    RoleTermFactory(group=membership.group, person=person)
    return person


def link_in_the_email(goal):
    """Nine in the morning of the day she chose: the address in the email that comes."""
    now = timezone.now()
    expires_at = now + timedelta(days=1)
    version = goal.schedule_version
    outbox.enqueue(
        kind=REVIEW, subject_id=goal.pk, recipient_ids=[goal.person_id], expires_at=expires_at, now=now,
        schedule_version=version,
    )  # fmt: skip
    send_all_due()
    return urlsplit(LINK.search(mail.outbox[-1].body)[0]).path


@pytest.mark.walked_twice
def test_a_goal_is_set_looked_back_at_made_smaller_and_printed(walk, client, maria):
    today = timezone.localdate()
    # Given a member without a goal
    walk.sign_in(client, maria)
    walk.open("/")
    walk.follow("Set a goal")
    # When she forgets what it is, and dates it in the past
    walk.fill("Why does it matter to you? (if you like)", "Singing lifts me.")
    walk.fill_date(FIRST_LOOK, today - timedelta(days=1))
    walk.follow("Save")
    # Then each gets a sentence, and what she wrote is there
    walk.then_reads("Enter what you want to do", "This day is over.")
    assert walk.page.input_value("#id_why") == "Singing lifts me."
    walk.fill("What do you want to do?", "Go back to choir")
    walk.fill("What is your next small step? (if you like)", "Ring the choir leader")
    walk.choose("How sure are you that you can do this step? (if you like)", "8")
    walk.choose("How often do you want to look back at it?", "Every 2 weeks")
    walk.fill_date(FIRST_LOOK, today)
    walk.follow("Save")
    walk.then_reads("Your goal is set.", "8 out of 10", "Who can see this: Only you")
    walk.then_does_not_read("A smaller step?")
    # When the email comes, she says how it went
    goal = Goal.objects.get()
    walk.open(link_in_the_email(goal))
    walk.follow("Look back at it")
    walk.choose("How did it go?", "Some of it")
    walk.fill("Anything to remember (if you like)", "I found the number")
    walk.choose("How sure are you that you can do it? (if you like)", "4")
    walk.follow("Save")
    # Then the next look back is two weeks away, and a smaller step is offered
    walk.then_reads("Some of it", "I found the number", "A smaller step?")
    goal.refresh_from_db()
    assert goal.review_on == today + timedelta(weeks=2)
    # When she takes it up, another device has changed the goal meanwhile
    walk.follow("Find a smaller step")
    walk.then_reads("Your step now: Ring the choir leader", "Only how it starts")
    edit_goal(goal=goal, revision=goal.revision, now=timezone.now(), why="Singing lifts me, and Ben as well.")
    walk.fill("What would be a smaller step?", "Write down what I will say")
    walk.follow("Save this step")
    # Then she sees both, and saves hers
    walk.then_reads("This was changed on another page", "Singing lifts me, and Ben as well.")
    assert walk.page.input_value("#id_next_step") == "Write down what I will say"
    walk.follow("Save this step")
    walk.then_reads("That is your next step now.", "Write down what I will say")
    walk.then_does_not_read("A smaller step?")
    # And she prints it: what can only be tapped is not on paper
    walk.page.emulate_media(media="print")
    assert not walk.page.get_by_role("link", name="Look back at it").is_visible()
    assert walk.page.get_by_text("Write down what I will say").is_visible()
    walk.take_picture("printed")
    walk.page.emulate_media(media="screen")
    # And letting go is an end like any other
    walk.follow("Look back at it")
    walk.choose("How did it go?", "Not this time")
    walk.choose("What now?", "Let it go")
    walk.follow("Save")
    walk.open("/goals/")
    walk.then_reads("Finished with", "Let go")
    assert GoalReview.objects.count() == 2


def test_a_draft_is_started_rests_and_becomes_another(walk, client, maria):
    # Given a member who is not sure yet
    walk.sign_in(client, maria)
    walk.open("/goals/add/")
    walk.fill("What do you want to do?", "Walk to the shop")
    walk.choose("Do you start now?", "Not yet, keep it as a draft")
    walk.follow("Save")
    walk.then_reads("Only a draft so far")
    # When she says what more and less would look like
    walk.follow("Say how far you may get, in five steps (if you like)")
    walk.fill("What I hope for", "There and back once a week")
    walk.fill("Much less, or as it is now", "To the gate")
    walk.follow("Save")
    walk.then_reads("There and back once a week", "To the gate")
    # Then that stays as it is once she starts
    walk.follow("Start it")
    walk.then_reads("You have started.", "There and back once a week")
    walk.then_does_not_read("Change how far I may get")
    # When it rests for a while, and has become something else
    walk.follow("Let it rest")
    walk.then_reads("It rests now.")
    walk.follow("Take it up again")
    walk.follow("Look back at it")
    walk.choose("How did it go?", "It went well")
    walk.choose("What now?", "It has changed into something else")
    walk.follow("Save")
    walk.follow("Set the new goal")
    walk.then_reads("Before, it was: Walk to the shop")
    walk.fill("What do you want to do?", "Meet Ben at the shop")
    walk.follow("Save")
    # Then the two are linked
    walk.follow("Walk to the shop")
    walk.then_reads("It is now: Meet Ben at the shop")


def test_a_goal_is_shared_stands_on_the_groups_sheet_and_is_reported(walk, client, membership, maria, ben, joan):
    # Given a member with a goal that is hers alone
    goal = GoalFactory(person=maria, what="Go back to choir", next_step="Ring Cal, who drinks")
    meeting = MeetingFactory(group=membership.group)
    walk.sign_in(client, maria)
    walk.open(goal.get_absolute_url())
    walk.follow(WHO)
    # When she shows it to Ben, and then to everyone
    walk.choose("Who can see this?", "Only people I choose")
    walk.follow("Save")
    walk.then_reads("Choose at least one person")
    walk.tick("Ben")
    walk.follow("Save")
    walk.then_reads("You and 1 other: Ben")
    walk.follow(WHO)
    walk.choose("Who can see this?", "Everyone in Tuesday Group")
    walk.follow("Save")
    walk.then_reads("You and 2 others: Ben, Joan")
    # Then it stands on the sheet for the meeting
    walk.sign_in(client, ben)
    walk.open(meeting.get_absolute_url())
    walk.follow("Goals we share, to print for the meeting")
    walk.then_reads("Maria", "Go back to choir", "Ring Cal, who drinks")
    # When Ben reports it
    walk.open("/goals/")
    walk.follow("Go back to choir")
    walk.follow("Report this")
    walk.then_reads("you get no answer", "In danger ring 999")
    walk.choose("What is wrong with it?", "It says something about someone else")
    walk.follow("Send it")
    walk.then_reads("Sent to those who look after the group.")
    # Then whoever looks after the group sees it, without his name, and hides it
    send_all_due()
    assert [letter.to for letter in mail.outbox] == [[joan.email]]
    walk.sign_in(client, joan)
    walk.open(membership.group.get_absolute_url())
    walk.follow("What was reported")
    walk.follow("Something that Maria shared")
    walk.then_reads("It says something about someone else", "Go back to choir")
    walk.then_does_not_read("Ben")
    walk.follow("Hide it")
    walk.fill("Why do you hide it?", "Please leave Cal out of it.")
    walk.follow("Hide it")
    walk.then_reads("Only Maria sees it now.")
    # And she reads why, and that it is hers alone
    walk.sign_in(client, maria)
    walk.open(goal.get_absolute_url())
    walk.then_reads("This is hidden in Tuesday Group", "Please leave Cal out of it.", "Who can see this: Only you")
    walk.then_does_not_read("Ben")
    walk.follow(WHO)
    walk.then_reads("This is hidden in Tuesday Group")


def test_many_goals_come_page_by_page(walk, client, membership, maria, ben):
    GoalFactory.create_batch(30, person=maria)
    GoalShareFactory.create_batch(7, membership=ben.memberships.get())
    walk.sign_in(client, maria)
    walk.open("/goals/")
    walk.follow("All that is shared with you")
    walk.then_reads("Ben: Walk to shop")
    walk.follow("My goals")
    walk.follow("Next")
    assert walk.page.locator(".app-cards li").count() == 5
