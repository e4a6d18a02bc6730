"""A study's questions: from the lead's plan and the mail to answers on a phone; and a sheet of paper, put in."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from evaluation.models import Administration
from evaluation.services.occasion import settle_occasions
from peersupport.reminders.sending import send_all_due
from tests.evaluation.questions import one_more, scores_of, standing
from tests.factories import (
    ConsentFormFactory,
    ConsentStatementFactory,
    MembershipFactory,
    PersonFactory,
    StudyFactory,
    StudyMemberFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
#: The narrowest that a page has to fit without scrolling sideways.
NARROW = {"width": 320, "height": 700}


@pytest.fixture
def amina():
    joined_at = timezone.now() - timedelta(days=365)
    group = SupportGroupFactory(name="Bishopston")
    return MembershipFactory(group=group, joined_at=joined_at, person__preferred_name="Amina").person


@pytest.fixture
def study(amina):
    study = StudyFactory(title="How groups carry on")
    study.groups.add(amina.memberships.get().group)
    form = ConsentFormFactory(study=study, published_at=timezone.now() - timedelta(days=30))
    ConsentStatementFactory(form=form, purpose="questionnaires", text="I answer questions.")
    return study


@pytest.fixture
def ruth(study, with_second_factor):
    person = PersonFactory(preferred_name="Ruth")
    StudyMemberFactory(study=study, person=person, duty="lead")
    StudyMemberFactory(study=study, person=person, duty="interviewer")
    return with_second_factor(person)


def of(participant, code):
    return Administration.objects.get(occasion__participant=participant, instrument__code=code)


def test_questions_are_planned_asked_answered_and_put_in_from_paper(walk, client, study, amina, ruth):
    # Given two people who joined a study two days ago and said yes to questions, one of them without an account
    joined_at = timezone.now() - timedelta(days=2)
    participant, by_post = one_more(study, joined_at, person=amina), one_more(study, joined_at)
    # And a lead who plans what is asked
    walk.sign_in(client, ruth)
    walk.open(study.get_absolute_url())
    walk.follow("Questionnaires")
    walk.then_reads("Nothing is asked yet.")
    walk.follow("Plan what is asked")
    for name in ("asks_pain_nrs", "asks_phq4"):
        walk.page.locator(f"input[name={name}][value=baseline]").focus()
        walk.page.keyboard.press("Space")
    walk.follow("Save the plan")
    walk.then_reads("The plan is saved.", "PHQ-4, version 1")
    # When their day has come and the mail is out
    settle_occasions(now=timezone.now())
    send_all_due()
    [letter] = mail.outbox
    assert letter.to == [amina.email]
    link = next(word for word in letter.body.split() if "/mine/questions/" in word)
    # Then the link leads to what is asked, at the width of a narrow phone
    walk.sign_in(client, amina)
    walk.open("/" + link.split("/", 3)[3])
    walk.then_reads("Questions for you", "Nobody watches your answers", "Not this time")
    then_it_fits_a_narrow_phone(walk)
    walk.follow("Answer 1 question: Pain")
    then_it_fits_a_narrow_phone(walk)
    walk.follow("Next")
    walk.then_reads("Choose an answer, or skip this question")
    walk.choose(question_called("On average, how much pain"), "6")
    walk.follow("Next")
    walk.then_reads("That was all")
    assert standing(of(participant, "pain_nrs")) == {"pain": 6}
    walk.follow("Finish")
    walk.then_reads("Thank you. Your answers are kept.")
    # And a longer set can be left and gone on with
    walk.follow("Answer 4 questions: Worry and mood, in short")
    walk.choose(question_called("Feeling nervous"), "Several days")
    walk.follow("Next")
    walk.follow("Stop here for now")
    walk.then_reads("You can stop here", "Several days")
    walk.follow("Leave it for later")
    walk.follow("Go on where I stopped: Worry and mood, in short")
    walk.then_reads("Question 2 of 4")
    walk.follow("Skip this one")
    walk.choose(question_called("Little interest"), "Not at all")
    walk.follow("Next")
    walk.follow("Rather not say")
    walk.follow("Finish")
    walk.then_reads("There is nothing left to answer this time.")
    # And the numbers stand on a page of their own, with nothing said of what they mean
    walk.follow("My numbers over time")
    walk.then_reads("Pain", "6", "A higher number means more pain.", "An empty place means that there is no number")
    then_it_fits_a_narrow_phone(walk)
    assert scores_of(of(participant, "phq4")) == {"total": None, "anxiety": None, "depression": None}
    # When the lead opens the one without an account, who sent a sheet of paper
    walk.sign_in(client, ruth)
    walk.open(by_post.get_absolute_url())
    walk.follow("What they were asked and answered")
    walk.follow("PHQ-4 At the start")
    walk.follow("Put in answers from paper")
    for question in ("Feeling nervous", "Not being able", "Little interest"):
        walk.tab_to(question_called(question))
        walk.page.keyboard.type("2", delay=5)
    walk.tab_to(question_called("Feeling down"))
    walk.page.keyboard.type("Rather", delay=5)
    walk.choose("How did they answer?", "On paper")
    walk.follow("Save their answers")
    # Then their answers stand under the pseudonym, and can be put right with a reason
    walk.then_reads("Their answers are saved.", "More than half the days", "Rather not say")
    walk.then_does_not_read("Dr Shah")
    assert scores_of(of(by_post, "phq4")) == {"total": None, "anxiety": 4, "depression": None}
    walk.follow("Put something right")
    walk.tab_to(question_called("Feeling nervous"))
    walk.page.keyboard.type("3", delay=5)
    walk.fill("Why do you change it?", "I misread it.")
    walk.follow("Save what is right")
    walk.then_reads("What is right is saved.", "Put right: I misread it.")
    assert scores_of(of(by_post, "phq4"))["anxiety"] == 5


def then_it_fits_a_narrow_phone(walk):
    size = walk.page.viewport_size
    walk.page.set_viewport_size(NARROW)
    assert walk.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    walk.page.set_viewport_size(size)


def question_called(words):
    """The question with these words, whatever stands before and after them."""
    return re.compile(words)
