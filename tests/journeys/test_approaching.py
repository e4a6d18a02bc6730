"""Asking people to take part: drawn by the service, answered by the person, told by the report."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.models import Approach, Participant
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


@pytest.fixture
def group():
    return SupportGroupFactory(name="Bishopston")


@pytest.fixture
def study(group):
    """A study about the group that asks whether people would be interviewed."""
    study = StudyFactory(title="How groups carry on", small_number_threshold=3)
    study.groups.add(group)
    form = ConsentFormFactory(study=study, published_at=timezone.now() - timedelta(days=30))
    ConsentStatementFactory(form=form, number=1, purpose="interview", text="I agree to be interviewed.")
    return study


@pytest.fixture
def ruth(study, with_second_factor):
    person = PersonFactory(preferred_name="Ruth")
    for duty in ("lead", "interviewer"):
        StudyMemberFactory(person=person, study=study, duty=duty)
    return with_second_factor(person)


@pytest.mark.walked_twice("tablet")
def test_people_are_drawn_and_answer_and_the_report_says_how_many(walk, client, study, group, ruth):
    # Given three members, and Ben, who leaves and may still be asked
    amina, carys, dan = (
        MembershipFactory(group=group, person__preferred_name=name).person for name in ("Amina", "Carys", "Dan")
    )
    ben = MembershipFactory(group=group, person__preferred_name="Ben").person
    walk.sign_in(client, ben)
    walk.open(f"/groups/{group.pk}/leave/")
    walk.tick("Researchers may still ask me about this group")
    walk.follow("Leave the group")
    walk.then_reads("You have left Bishopston.")
    # When a researcher forgets to say whom to draw, they are told
    walk.sign_in(client, ruth)
    walk.open(f"/research/studies/{study.pk}/")
    walk.follow("Who was asked")
    walk.follow("Draw people to ask")
    walk.tick(f"Bishopston, {group.site.name}")
    walk.follow("See how many there are")
    walk.then_reads("Choose one kind of people or more")
    walk.tick("Member")
    walk.tick("Left the group")
    walk.follow("See how many there are")
    # Then they see how many there are, small numbers hidden, and no names
    walk.then_reads("People who could be asked now", "a few", "5")
    walk.choose("How many of them do you want to ask?", "All of them")
    walk.follow("Draw and invite them")
    walk.then_reads("4 people are drawn and invited.", "Draw 1", "Invited")
    walk.then_does_not_read("Amina", "Ben", "Carys")
    # When Ben says no, with a reason
    walk.sign_in(client, ben)
    walk.open("/research/mine/")
    walk.follow("Read more, and say yes or no")
    walk.follow("No, thank you")
    walk.choose("Why not? (only if you like)", "I would rather leave that time behind")
    walk.fill("Anything you want to add (only if you like)", "It was long ago.")
    walk.follow("No, thank you")
    walk.then_reads("Thank you for saying so.")
    # And the members say yes
    for person in (amina, carys, dan):
        walk.sign_in(client, person)
        walk.open("/research/mine/")
        walk.follow("Read more, and say yes or no")
        walk.follow("Go to the questions")
        walk.choose("1. I agree to be interviewed.", "Yes")
        walk.follow("Save my answers")
        walk.then_reads("Your answers are saved.")
    # And Dan does not want to be asked by others
    walk.open("/research/mine/")
    walk.follow("Change whether researchers may ask you")
    walk.choose("May researchers ask you to take part in studies?", "No, please don’t ask me")
    walk.follow("Save")
    walk.then_reads("You said that researchers should not ask you.")
    # Then the researcher reads why someone said no, under a code
    walk.sign_in(client, ruth)
    walk.open(f"/research/studies/{study.pk}/approaches/?state=declined")
    walk.follow(Approach.objects.in_state("declined").get().code)
    walk.then_reads("Rather leave that time behind.", "It was long ago.")
    walk.then_does_not_read("Ben")
    # And the report says how many agreed, and hides the one who did not
    walk.open(f"/research/studies/{study.pk}/report/")
    walk.then_reads("How many came how far", "a few", "Nobody yet.")
    walk.then_does_not_read("It was long ago.", "Ben")
    assert Participant.objects.filter(kind="member").count() == 3


@pytest.mark.walked_twice("tablet")
def test_a_clinician_is_asked_by_hand_and_joins_under_a_pseudonym(walk, client, study, ruth):
    # Given a clinician whom a researcher asked in a corridor
    today = timezone.localdate()
    walk.sign_in(client, ruth)
    walk.open(f"/research/studies/{study.pk}/approaches/")
    walk.follow("Write down someone you asked yourself")
    walk.choose("Who are they to the groups?", "Clinician")
    walk.choose("How did you ask them?", "In person")
    walk.fill_date("On which day?", today)
    walk.follow("Save")
    walk.then_reads("Saved under the code A", "Invited. In person.")
    # When they agree
    walk.follow("Write down what came of it")
    walk.choose("What came of it?", "Agreed")
    walk.choose("How did you hear, or try to?", "By phone")
    walk.follow("Save")
    # Then their name goes into the key, and the approach leads to who they are in the study
    walk.follow("Add them to the study")
    walk.fill("Name", "Dr Shah")
    walk.follow("Add them")
    walk.then_reads("in this study.")
    walk.open(Approach.objects.get().get_absolute_url())
    walk.then_reads("In the study as", Participant.objects.get().pseudonym)
    walk.then_does_not_read("Shah")
