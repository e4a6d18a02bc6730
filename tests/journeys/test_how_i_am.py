"""A member turns on her own questions, answers some, is cut off and goes on, sees her numbers, and turns it off."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from supportplans.models import SelfReport, SelfReportWish
from tests.factories import MembershipFactory, finished_report

PUT_BACK = "We kept what you had typed"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def maria():
    return MembershipFactory(group__name="Tuesday Group", person__preferred_name="Maria").person


def choose(walk, label):
    """Answer the one question of the page."""
    walk.choose(re.compile("."), label)


def answers():
    report = SelfReport.objects.finished().get()
    return {row.item: row.missing or row.value for row in report.answers.all()}


def test_own_questions_are_answered_and_seen_over_time(walk, client, maria):
    # Given a member who has not heard of it
    walk.sign_in(client, maria)
    walk.open("/account/")
    # When she turns it on
    walk.follow("How I am: questions to answer now and then")
    walk.then_reads("It is off until you turn it on.", "Nobody reads or watches your answers")
    walk.follow("Choose what to answer")
    walk.tick("Pain")
    walk.tick("Worry and mood, in short")
    walk.choose("Shall we ask you?", "Every 4 weeks")
    walk.follow("Turn it on")
    walk.then_reads("It is on.", "We ask you next on")
    # And answers one question, forgets one, and skips one
    walk.follow("Answer 4 questions: Worry and mood, in short")
    choose(walk, "Several days")
    walk.follow("Next")
    walk.then_heading_is("Question 2 of 4")
    walk.follow("Next")
    walk.then_reads("Choose an answer, or skip this question")
    choose(walk, "Not at all")
    walk.follow("Skip this one")
    # And the line is cut when she sends the third
    walk.then_heading_is("Question 3 of 4")
    choose(walk, "Nearly every day")
    _sent_in_vain(walk)
    # Then what she had answered is there, and she goes on
    walk.open("/how-i-am/")
    walk.then_reads("You have begun: 2 of 4 answered.")
    walk.follow("Go on where I stopped: Worry and mood, in short")
    # With the choice that was not sent; what she skipped is not offered again
    walk.then_heading_is("Question 3 of 4")
    walk.then_reads(PUT_BACK)
    walk.follow("The question before")
    walk.then_reads("You skipped this one.")
    walk.then_does_not_read(PUT_BACK)
    walk.follow("Skip this one")
    walk.follow("Next")
    walk.follow("Rather not say")
    # And looks it over, changes one, and finishes
    walk.then_reads("That was all", "Several days", "Skipped", "Rather not say")
    walk.follow("Change Feeling nervous, anxious or on edge")
    choose(walk, "Not at all")
    walk.follow("Next")
    walk.follow("Finish")
    walk.then_reads("It is kept, for you alone.", "There is no number this time", "Only you")
    assert answers() == {"nervous": 0, "worrying": "skipped", "interest": 3, "down": "prefer_not"}
    _sees_numbers_over_time(walk, maria)
    _takes_one_out_and_turns_it_off(walk)


def _sent_in_vain(walk):
    """The connection is gone when the form is sent."""
    walk.page.context.set_offline(True)
    walk.tab_to("Next")
    walk.page.keyboard.press("Enter")
    walk.page.wait_for_timeout(300)
    walk.page.context.set_offline(False)
    walk.complaints.clear()


def _sees_numbers_over_time(walk, maria):
    now = timezone.now()
    for weeks, (nervous, worrying, interest, down) in ((44, "1120"), (40, "2221"), (8, "1111"), (4, "1001")):
        said = {"nervous": nervous, "worrying": worrying, "interest": interest, "down": down}
        said = {item: int(value) for item, value in said.items()}
        finished_report(person=maria, at=now - timedelta(weeks=weeks), instrument="phq4", **said)
    walk.follow("My answers over time")
    walk.then_reads("A higher number means that worry and low mood came more often.", "An empty place means")
    assert walk.page.locator("canvas").count() == 1
    assert walk.page.locator("tbody tr").count() == 6


def _takes_one_out_and_turns_it_off(walk):
    walk.follow(f"{timezone.localdate():%-d %b %Y}")
    walk.follow("Take this one out")
    walk.then_reads("It can't be brought back.")
    walk.follow("Take it out")
    walk.then_reads("It is taken out.")
    walk.follow("Turn it off")
    walk.follow("Turn it off")
    walk.then_reads("It is off.", "What you answered before")
    assert not SelfReportWish.objects.get().is_on


def test_on_the_day_it_waits_at_home_in_one_line(walk, client, maria):
    # Given a member who chose to be asked about pain, and the day has come
    SelfReportWish.objects.create(
        person=maria,
        instruments=["pain_nrs", "ons_loneliness"],
        rhythm_weeks=4,
        first_on=timezone.localdate(),
        changed_at=timezone.now(),
    )
    walk.sign_in(client, maria)
    walk.open("/")
    # When she follows the line
    walk.follow("Your own questions, if you like")
    walk.then_reads("You chose to be asked about now.")
    walk.follow("Answer 1 question: Pain")
    choose(walk, "10")
    walk.follow("Next")
    walk.follow("Finish")
    # Then a 10 shows a 10, the usual page, and the next thing she chose
    walk.then_reads("10 on a scale from 0 to 10", "A higher number means more pain.", "Go on with: Company")
    # And the rest may be let go this time
    walk.open("/how-i-am/")
    walk.follow("Not this time")
    walk.then_reads("It can wait.")
    walk.open("/")
    walk.then_does_not_read("Your own questions")
