"""A transcript from raw to approved: redacted by one person, approved by another, read by an analyst."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.models import Redaction, Source
from evaluation.services.interview import record_interview
from tests.evaluation.redacting import ready, transcript
from tests.factories import (
    ConsentDecisionFactory,
    ConsentFormFactory,
    ConsentStatementFactory,
    IdentityKeyFactory,
    MembershipFactory,
    PersonFactory,
    StudyFactory,
    StudyMemberFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Int: Who came?\nP: My sister Maureen drove me. We met Joan.\nInt: And then?\nP: Joan hugged Maureen. 🙂"


@pytest.fixture
def group():
    group = SupportGroupFactory(name="Bishopston")
    MembershipFactory(group=group, person__preferred_name="Joan")
    return group


@pytest.fixture
def study(group):
    study = StudyFactory(title="How groups carry on")
    study.groups.add(group)
    return study


@pytest.fixture
def someone(study, with_second_factor):
    """someone("Ruth", "interviewer"): a researcher of the study with this duty."""

    def someone(name, duty):
        person = PersonFactory(preferred_name=name)
        StudyMemberFactory(study=study, person=person, duty=duty)
        return with_second_factor(person)

    return someone


@pytest.fixture
def ruth(someone):
    return someone("Ruth", "interviewer")


@pytest.fixture
def interview(study, group, ruth):
    now = timezone.now()
    form = ConsentFormFactory(study=study, published_at=now - timedelta(days=30))
    person = MembershipFactory(group=group, person__preferred_name="Amina").person
    participant = IdentityKeyFactory(participant__study=study, person=person).participant
    statement = ConsentStatementFactory(form=form)
    ConsentDecisionFactory(participant=participant, statement=statement, decided_at=now - timedelta(days=14))
    return record_interview(
        participant=participant,
        by=ruth,
        now=now,
        started_at=now - timedelta(days=2),
        recording="none",
        participant_kind="member",
        mode="phone",
        length_minutes=30,
    )


# On a desktop test_a_whole_study.py comes this way.
@pytest.mark.walked_twice("tablet")
def test_a_transcript_is_redacted_by_one_and_approved_by_another(walk, client, someone, ruth, interview):
    # Given a transcript that an interviewer added
    source = transcript(interview, ruth, timezone.now(), TEXT)
    walk.sign_in(client, ruth)
    walk.open(interview.get_absolute_url())
    walk.then_reads("Raw")
    # When she says that it is checked, and that the participant did not wish for it
    walk.follow("I have checked it")
    walk.follow("Give it back to the participant")
    walk.choose("Did the participant get their transcript to read?", "They did not wish for it")
    walk.follow("Save")
    # Then the next step is to take out who people are
    walk.follow("Take out who people are")
    walk.then_reads("Place 1 of 4 that still wait")
    # And she goes through it place by place: as it is offered, with other words, and at two places at once
    walk.tick("Do the same at all 2 places below")
    walk.follow("Replace")
    walk.then_reads("Place 1 of 2 that still wait")
    walk.fill("What takes their place", "Joan from next door")
    walk.follow("Replace")
    walk.then_reads("Leave the words themselves out of what takes their place.")
    walk.fill("What takes their place", "contact")
    walk.tick("Do the same at all 2 places below")
    walk.follow("Replace")
    # And words that nobody had marked
    walk.tab_to("Add words that are not marked")
    walk.page.keyboard.press("Enter")
    walk.fill("Words from the text", "hugged")
    walk.fill("What takes their place", "greeting")
    walk.follow("Find these words")
    walk.then_reads("Place 1 of 1")
    walk.follow("Leave as it is")
    walk.then_reads("No place waits any more")
    walk.follow("I have read it all")
    walk.then_reads("It waits for someone else of the team to read and approve it.")
    # When an approver reads it as others will
    study = source.study
    walk.sign_in(client, someone("Ben", "approver"))
    walk.open(study.get_absolute_url())
    walk.follow("Texts for a second person to read")
    walk.follow(f"Transcript of {interview.participant.pseudonym}, version 1")
    walk.then_reads("My sister [sister] drove me. We met [contact].")
    walk.follow("Approve and lock")
    walk.then_reads("Read it to the end and tick this, or send it back")
    walk.tick("I read it to the end, and nothing in it tells me who anyone is")
    walk.follow("Approve and lock")
    walk.then_reads("The transcript is approved.", "Nothing waits")
    # Then an analyst finds only that version
    walk.sign_in(client, someone("Cleo", "analyst"))
    walk.open(interview.get_absolute_url())
    walk.then_reads("Approved", "Transcript, version 2")
    walk.then_does_not_read("Transcript, version 1")
    walk.follow("Transcript, version 2")
    walk.then_reads("[contact] hugged [sister].")
    walk.then_does_not_read("Joan", "Maureen")
    assert walk.page.goto(walk.address + source.get_absolute_url()).status == 404
    # And a key-holder what it was made from, with the log
    walk.sign_in(client, someone("Dora", "key_holder"))
    walk.open(study.get_absolute_url())
    walk.follow("Replacements in transcripts")
    walk.then_reads("[contact]", "Joan")
    walk.follow(f"Transcript of {interview.participant.pseudonym}, version 1")
    walk.then_reads("Left as it is")
    walk.follow("The original text")
    walk.then_reads("Joan hugged Maureen.")


def test_single_keys_do_the_work_and_can_be_turned_off(walk, client, ruth, interview):
    # Given a transcript on the desk
    source = ready(interview, ruth, timezone.now(), TEXT)
    walk.sign_in(client, ruth)
    walk.open(f"/research/texts/{source.pk}/redaction/")
    # When she moves on and back by single keys
    walk.press("n")
    walk.then_reads("Place 2 of 4")
    walk.press("p")
    walk.then_reads("Place 1 of 4")
    # And changes what is offered, typing an r and an l without harm, and replaces by Enter
    walk.page.keyboard.press("c")
    walk.page.keyboard.insert_text("relative")
    walk.page.keyboard.press("l")
    assert not Redaction.objects.exists()
    walk.page.keyboard.press("Backspace")
    walk.press("Enter")
    # And leaves one place, and replaces the next
    walk.press("l")
    walk.press("r")
    marks = list(Redaction.objects.order_by("pk").values_list("mark", flat=True))
    assert marks == ["[relative]", "", "[person A]"]
    # Then with the keys turned off, they do nothing
    walk.tab_to("Keys to press")
    walk.page.keyboard.press("Enter")
    walk.tab_to("Use these keys")
    walk.page.keyboard.press("Enter")
    walk.page.keyboard.press("l")
    walk.page.wait_for_timeout(300)
    walk.open(f"/research/texts/{source.pk}/redaction/")
    walk.page.keyboard.press("l")
    walk.page.wait_for_timeout(300)
    assert Redaction.objects.count() == 3
    # And selected words are put into the form once the keys are on again
    walk.tab_to("Keys to press")
    walk.page.keyboard.press("Enter")
    walk.tab_to("Use these keys")
    walk.page.keyboard.press("Enter")
    walk.page.evaluate("getSelection().selectAllChildren(document.querySelector('[data-text] > a'))")
    walk.page.keyboard.press("w")
    assert walk.page.input_value("[name=words]") == "[relative]"
    assert Source.objects.filter(redacted_from__isnull=False).count() == 0
