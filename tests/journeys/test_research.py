"""A study from set-up to field notes: who researches, who takes part, and who stops."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.models import ConsentDecision, Interview, Observation, Participant, Source, Study
from tests.factories import (
    ConsentDecisionFactory,
    ConsentFormFactory,
    ConsentStatementFactory,
    IdentityKeyFactory,
    MeetingFactory,
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
def amina(group):
    """A member of the group for a year."""
    joined_at = timezone.now() - timedelta(days=365)
    return MembershipFactory(group=group, joined_at=joined_at, person__preferred_name="Amina").person


@pytest.fixture
def study(group):
    """A study that covers the group and has asked for a month about interviews, recording and observation."""
    study = StudyFactory(title="How groups carry on")
    study.groups.add(group)
    form = ConsentFormFactory(study=study, published_at=timezone.now() - timedelta(days=30))
    statements = {
        "interview": "I agree to be interviewed.",
        "recording": "My interview may be recorded.",
        "observation": "A researcher may describe me when they visit my group.",
    }
    for number, (purpose, text) in enumerate(statements.items(), start=1):
        ConsentStatementFactory(form=form, number=number, purpose=purpose, text=text)
    return study


@pytest.fixture
def ruth(with_second_factor):
    """A researcher who leads another study."""
    person = PersonFactory(preferred_name="Ruth")
    StudyMemberFactory(person=person, study__title="An earlier study")
    return with_second_factor(person)


def agrees(study, person, *purposes):
    """`person` said yes to `purposes` a fortnight ago."""
    participant = IdentityKeyFactory(participant__study=study, person=person).participant
    for statement in study.consent_forms.get().statements.filter(purpose__in=purposes):
        decided_at = timezone.now() - timedelta(days=14)
        ConsentDecisionFactory(participant=participant, statement=statement, decided_at=decided_at)
    return participant


# On a desktop test_a_whole_study.py comes this way.
@pytest.mark.walked_twice("tablet")
def test_a_researcher_sets_a_study_up_and_publishes_what_it_asks(walk, client, ruth, group):
    today = timezone.localdate()
    # Given a researcher who may add studies
    walk.sign_in(client, ruth)
    walk.open("/research/studies/")
    walk.follow("Add a study")
    walk.fill("Title", "How groups carry on")
    walk.fill("Ethics reference", "26/LO/0042")
    walk.follow("Save and continue")
    # When they forget the groups, they are told
    walk.follow("Save and continue")
    walk.then_reads("Choose at least one group")
    walk.tick(f"Bishopston, {group.site.name}")
    walk.follow("Save and continue")
    # And go on page by page
    walk.fill("Method, in your own words", "We talk with people and visit groups.")
    walk.follow("Save and continue")
    walk.fill_date("First day", today)
    walk.fill_date("Last day", today + timedelta(days=700))
    walk.follow("Save and continue")
    walk.follow("Save and continue")
    walk.then_reads("Whoever records an observation writes under each of them.")
    walk.follow("Save and continue")
    walk.then_reads("What is to be done when someone gets upset?")
    walk.follow("Save and continue")
    walk.then_reads("Nobody can be asked yet")
    # And they write the consent form
    walk.follow("Write the consent form")
    walk.fill("Information for participants", "We would like to learn how your group helps you.")
    for purpose in ("Interview", "Quotes", "Observation of meetings"):
        walk.tick(f"Ask for: {purpose}")
    walk.follow("Publish for good")
    # Then it stands as version 1, and the study waits for answers
    walk.then_reads("Version 1 is published.", "I agree to be interviewed.")
    walk.follow("How groups carry on")
    walk.then_reads("What waits", "In force")
    study = Study.objects.get(title="How groups carry on")
    assert "How people support one another" in study.domains
    assert [row.purpose for row in study.consent_forms.get().statements.all()] == ["interview", "quotes", "observation"]


def test_a_member_says_yes_to_some_and_later_stops(walk, client, study, amina):
    # Given a member who finds an invitation
    walk.sign_in(client, amina)
    walk.open("/research/mine/")
    walk.then_reads("nothing changes in your group")
    walk.follow("How groups carry on")
    # When they leave one answer out, they are told which
    walk.choose("1. I agree to be interviewed.", "Yes")
    walk.choose("2. My interview may be recorded.", "No")
    walk.follow("Save my answers")
    walk.then_reads("Choose yes or no for statement 3: observation of meetings")
    walk.choose("3. A researcher may describe me when they visit my group.", "Yes")
    walk.follow("Save my answers")
    # Then their answers stand
    walk.then_reads("Your answers are saved.", "No interview with you and no visit is recorded.")
    participant = Participant.objects.get()
    assert list(participant.decisions.order_by("pk").values_list("decision", flat=True)) == [
        "given",
        "refused",
        "given",
    ]
    # And when they take one back
    walk.follow("Change my answers")
    walk.choose("1. I agree to be interviewed.", "No")
    walk.follow("Save my answers")
    walk.then_reads("Withdrawn")
    # And later stop altogether
    walk.follow("Stop taking part")
    walk.choose("How far do you want to stop?", "Remove what can be removed")
    walk.follow("Stop taking part")
    # Then it holds at once, and they are still in their group
    walk.then_reads("It is done, and holds from now on.", "All your answers are taken back.")
    assert participant.decisions.order_by("pk").last().decision == ConsentDecision.Decision.WITHDRAWN
    assert amina.memberships.get().state == "joined"


# On a desktop test_a_whole_study.py comes this way.
@pytest.mark.walked_twice("tablet")
def test_an_interviewer_records_an_interview_and_its_transcript(walk, client, study, ruth, amina):
    # Given a member who agreed a fortnight ago, and someone without an account
    StudyMemberFactory(study=study, person=ruth, duty="interviewer")
    participant = agrees(study, amina, "interview")
    walk.sign_in(client, ruth)
    walk.open(f"/research/studies/{study.pk}/participants/")
    walk.then_does_not_read("Amina")
    walk.follow("Add someone without an account")
    walk.choose("Who are they to the groups?", "Clinician")
    walk.fill("Name", "Dr Shah")
    walk.follow("Add them")
    walk.then_reads("in this study.", "They have not answered version 1 of the form.")
    walk.then_does_not_read("Shah")
    # When an interview is typed in with a day before the person agreed
    walk.open(participant.get_absolute_url())
    walk.follow("Record an interview with them")
    walk.select("Who were they to the groups on that day?", "Member")
    walk.fill_date("On which day?", timezone.localdate() - timedelta(days=20))
    walk.fill("When did it start?", "2pm")
    walk.fill("How many minutes did it take?", "40")
    walk.choose("How did you talk?", "By phone")
    walk.choose("Was it recorded?", "Not recorded")
    walk.fill("Your field note (if you have one)", "She laughed a lot.")
    walk.follow("Record the interview")
    # Then that is pointed out and nothing is lost
    walk.then_reads("after this interview started. Check the day and time.")
    walk.fill_date("On which day?", timezone.localdate() - timedelta(days=2))
    walk.follow("Record the interview")
    walk.then_reads("The interview is recorded.", "Field note, version 1")
    # And the transcript is pasted, once
    walk.follow("Add a transcript")
    walk.fill("Or paste the transcript", "Ruth: How was it?\nP: It was good to be there.")
    walk.follow("Save the transcript")
    walk.then_reads("Version 1 is saved.")
    walk.follow("Transcript, version 1")
    walk.then_reads("P: It was good to be there.", "It can't be changed.")
    assert Interview.objects.get().participant == participant
    assert Source.objects.count() == 2
    # And the member sees who has looked
    walk.sign_in(client, amina)
    walk.open("/research/mine/")
    walk.then_reads("Ruth. Looked at: interview.", "Ruth. Looked at: text of an interview or visit.")


# On a desktop test_a_whole_study.py comes this way.
@pytest.mark.walked_twice("tablet")
def test_an_observation_describes_those_who_agreed_and_counts_the_rest(walk, client, study, group, ruth, amina):
    # Given a meeting last week, one member who agreed to be described and one who did not
    StudyMemberFactory(study=study, person=ruth, duty="interviewer")
    participant = agrees(study, amina, "observation")
    other = agrees(study, MembershipFactory(group=group, person__preferred_name="Ben").person, "interview")
    MeetingFactory(group=group, starts_at=timezone.now() - timedelta(days=7))
    walk.sign_in(client, ruth)
    walk.open(f"/research/studies/{study.pk}/observations/")
    walk.follow("Record an observation")
    walk.select("Which meeting did you observe?", "Bishopston")
    walk.follow("Continue")
    # When the group said no, it stops there
    walk.then_does_not_read(other.pseudonym, "Ben", "Amina")
    walk.choose("Did everyone in the group agree, that day, to be observed?", "No")
    walk.choose("What was your part?", "Observing only")
    walk.fill("How many people were there?", "6")
    walk.choose(f"{participant.pseudonym} (member)", "Was there, and agreed that day to be described")
    walk.choose("How is it written?", "In the observer's words")
    walk.fill("What you saw and heard", "They laugh a lot.")
    walk.fill("Your own thoughts (kept apart)", "I felt welcome.")
    walk.follow("Record the observation")
    walk.then_reads("The group did not agree, so this meeting can't be observed and nothing is saved.")
    # When it was a slip and the group had agreed
    walk.choose("Did everyone in the group agree, that day, to be observed?", "Yes")
    walk.follow("Record the observation")
    # Then it is kept, with who is described and how many are only counted
    walk.then_reads("The observation is recorded.", participant.pseudonym, "I felt welcome.")
    observation = Observation.objects.get()
    assert list(observation.described()) == [participant]
    assert observation.sources.get().text == "They laugh a lot."


def test_a_key_holder_finds_out_who_someone_is_once_a_second_person_agrees(
    new_walk, client, study, ruth, amina, with_second_factor
):
    # Given a key-holder, and someone who approves
    StudyMemberFactory(study=study, person=ruth, duty="key_holder")
    second = with_second_factor(StudyMemberFactory(study=study, duty="approver").person)
    participant = agrees(study, amina, "interview")
    walk = new_walk()
    walk.sign_in(client, ruth)
    walk.open(participant.get_absolute_url())
    walk.then_does_not_read("Amina")
    walk.follow("Find out who this is")
    walk.follow("Ask a second person")
    # When they give no reason, they are asked for one
    walk.follow("Ask a second person")
    walk.then_reads("Enter why you need to know who this is")
    # And when they do, it waits
    walk.fill("Why do you need to know who this is?", "To ring her back.")
    walk.follow("Ask a second person")
    walk.then_reads("It waits for a second person.")
    # When the other agrees
    other = new_walk()
    other.sign_in(Client(), second)
    other.open(study.get_absolute_url())
    other.follow("Requests to find out who someone is")
    other.follow(re.compile(f"about {participant.pseudonym}"))
    other.then_reads("To ring her back.")
    other.choose("May they find out who this is?", "Yes")
    other.follow("Answer")
    other.then_does_not_read("Amina")
    # Then the key-holder sees it, and the reason is kept
    walk.open(f"/research/participants/{participant.pk}/identity/")
    walk.follow("Show me who it is")
    walk.then_reads("Amina", amina.email)
    assert participant.identity_key.looks.get().reason == "To ring her back."
