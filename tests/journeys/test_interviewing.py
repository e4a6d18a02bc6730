"""An interview from its topic guide to its record, held on a tablet; and what the other side sees of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.models import Appointment, Interview, Talk, TalkEntry, TopicGuide
from evaluation.services.appointment import plan_appointment
from evaluation.services.talk import start_talk_unplanned
from peersupport.reminders.models import Message
from tests.evaluation.interviewing import publish
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
    for number, purpose in enumerate(("interview", "recording"), start=1):
        ConsentStatementFactory(form=form, number=number, purpose=purpose, text=f"I agree: {purpose}.")
    return study


@pytest.fixture
def participant(study, amina):
    """Amina, who agreed to be interviewed a fortnight ago, and not to a recording."""
    participant = IdentityKeyFactory(participant__study=study, person=amina).participant
    for statement in study.consent_forms.get().statements.all():
        decision = "given" if statement.purpose == "interview" else "refused"
        decided_at = timezone.now() - timedelta(days=14)
        made = {"participant": participant, "statement": statement, "decision": decision}
        ConsentDecisionFactory(decided_at=decided_at, **made)
    return participant


@pytest.fixture
def ruth(study, with_second_factor):
    person = PersonFactory(preferred_name="Ruth")
    StudyMemberFactory(study=study, person=person, duty="interviewer")
    return with_second_factor(person)


def wait_for(walk, words):
    """Until the tablet says so."""
    walk.page.locator("[data-talk-said]", has_text=words).wait_for()


# On a desktop test_a_whole_study.py comes this way.
@pytest.mark.walked_twice("tablet")
def test_an_interview_is_planned_held_and_recorded(walk, client, study, participant, ruth, amina):
    # Given an interviewer who writes a topic guide, with a slip in it
    walk.sign_in(client, ruth)
    walk.open(f"/research/studies/{study.pk}/topic-guides/")
    walk.follow("Write a topic guide")
    walk.fill("Questions", "- Who told you?\nHow did you come to the group?")
    walk.follow("Publish for good")
    walk.then_reads("Line 1 starts with a dash, and no question stands above it.")
    walk.fill("Questions", "How did you come to the group?\n- Who told you?\nWhat keeps you coming?")
    walk.follow("Publish for good")
    walk.then_reads("Version 1 is published.", "Who told you?")
    # And makes an appointment with someone who agreed
    walk.open(participant.get_absolute_url())
    walk.follow("Make an appointment")
    walk.fill_date("On which day?", timezone.localdate() + timedelta(days=3))
    walk.fill("At what time?", "2pm")
    walk.choose("How will you talk?", "In person")
    walk.fill("Where, or how to join", "The small room at the library")
    walk.follow("Make the appointment")
    walk.then_reads("The appointment is made.", "2pm", "They get an email with an entry for their calendar")
    walk.then_does_not_read("Amina")
    appointment = Appointment.objects.get()
    assert set(Message.objects.values_list("recipient", flat=True)) == {ruth.pk, amina.pk}
    # When the day has come, consent is shown and asked again
    walk.follow("Start the interview")
    walk.then_reads("Yes Interview", "No Recording")
    walk.follow("Start the interview")
    walk.then_reads("Ask whether they still agree, and tick the box if they do")
    walk.tick("I have just asked again, and they agree to be interviewed now")
    walk.follow("Start the interview")
    walk.then_heading_is(f"Interview with {participant.pseudonym}")
    # Then a note on a question is saved where they are, without leaving the page
    walk.tab_to("Write a note on question 1")
    walk.page.keyboard.press("Enter")
    walk.page.keyboard.insert_text("A nurse told her.")
    walk.tab_to("Save the note")
    walk.page.keyboard.press("Enter")
    wait_for(walk, "Saved.")
    walk.then_reads("0 minutes, question 1 A nurse told her.")
    walk.tab_to("Question 1 covered")
    walk.page.keyboard.press("Space")
    walk.page.locator("#question-1 [aria-pressed=true]").wait_for()
    # And one tap shows what to do when she gets upset, and notes that it was used
    walk.tab_to("Pause for distress")
    walk.page.keyboard.press("Enter")
    walk.page.get_by_role("heading", name="If they get upset").wait_for()
    walk.then_reads("Samaritans on 116 123")
    walk._look()
    walk.fill("What did you do?", "Had tea, went on.")
    walk.tab_to("Save and go on")
    walk.page.keyboard.press("Enter")
    walk.page.get_by_text("0 minutes Had tea, went on.").wait_for()
    wait_for(walk, "Saved.")
    kinds = sorted(TalkEntry.objects.values_list("kind", flat=True))
    assert kinds == ["cared", "covered", "note", "paused"]
    # And when it ends, what was written down is in the record
    walk.follow("End the interview")
    walk.then_reads("What you noted during the interview is filled in.")
    assert walk.page.get_by_label("The distress protocol was used").is_checked()
    note = walk.page.get_by_label("Your field note (if you have one)").input_value()
    assert "[0 minutes, question 1] A nurse told her." in note
    assert "Questions not covered: 2" in note
    walk.choose("Was it recorded?", "Not recorded")
    walk.follow("Record the interview")
    walk.then_reads("The interview is recorded.", "Everyone, version 1", "Field note, version 1")
    interview = Interview.objects.get()
    appointment.refresh_from_db()
    assert (appointment.state, appointment.interview, interview.topic_guide) == (
        "held",
        interview,
        TopicGuide.objects.get(),
    )


@pytest.mark.walked_twice("tablet")
def test_a_connection_that_drops_loses_no_note(walk, client, study, participant, ruth):
    # Given an interview that is going on
    guide = publish(study, ruth, timezone.now())
    begun = timezone.now() - timedelta(minutes=10)
    talk = start_talk_unplanned(participant=participant, topic_guide=guide, by=ruth, now=begun)
    walk.sign_in(client, ruth)
    walk.open(talk.get_absolute_url())
    # When the connection drops while notes and ticks are made
    walk.page.context.set_offline(True)
    walk.fill("Note", "Written without a connection.")
    walk.tab_to("Save the note")
    walk.page.keyboard.press("Enter")
    wait_for(walk, "No connection.")
    walk.tab_to("Question 2 covered")
    walk.page.keyboard.press("Space")
    walk.then_reads("Not sent yet Written without a connection.")
    walk.fill("Note", "Half a sen")
    assert TalkEntry.objects.count() == 0
    # Then they are sent as soon as there is one, and what was half typed is still there after a reload
    walk.page.context.set_offline(False)
    wait_for(walk, "Saved.")
    walk.page.reload()
    assert walk.page.get_by_label("Note", exact=True).input_value() == "Half a sen"
    walk.then_reads("10 minutes Written without a connection.")
    assert sorted(TalkEntry.objects.values_list("kind", flat=True)) == ["covered", "note"]
    walk.complaints.clear()


def test_without_script_it_is_small_ordinary_forms(browser, live_server, settings, client, study, participant, ruth):
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    guide = publish(study, ruth, timezone.now())
    talk = start_talk_unplanned(participant=participant, topic_guide=guide, by=ruth, now=timezone.now())
    client.force_login(ruth)
    # Given a tablet without script
    context = browser.new_context(java_script_enabled=False, viewport={"width": 820, "height": 1180})
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    context.add_cookies([session | {"url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + talk.get_absolute_url())
    # When something is noted, ticked and paused
    page.get_by_role("link", name="Write a note on question 2").click()
    page.get_by_label("Note", exact=True).fill("Her friends keep her coming.")
    page.get_by_role("button", name="Save the note").click()
    page.get_by_role("button", name="Question 2 covered").click()
    page.get_by_role("button", name="Pause for distress").click()
    page.get_by_label("What did you do?").fill("Had tea.")
    page.get_by_role("button", name="Save and go back to the interview").click()
    # Then all of it is there
    assert page.locator("#question-2 [aria-pressed=true]").count() == 1
    assert "0 minutes, question 2 Her friends keep her coming." in " ".join(page.inner_text("main").split())
    page.get_by_role("button", name="End the interview").click()
    assert "What was done: Had tea." in page.get_by_label("Your field note (if you have one)").input_value()
    assert Talk.objects.get().ended_at
    context.close()


def test_a_participant_sees_their_appointment_and_calls_it_off(walk, client, study, participant, ruth, amina):
    # Given an appointment with Amina
    now = timezone.now()
    plan_appointment(
        participant=participant,
        interviewer=ruth,
        second_interviewer=None,
        starts_on=(now + timedelta(days=3)).date(),
        start_time=now.time().replace(hour=14, minute=0, second=0, microsecond=0),
        length_minutes=60,
        mode="phone",
        place="We ring you.",
        by=ruth,
        now=now,
    )
    walk.sign_in(client, amina)
    walk.open(f"/research/mine/{study.pk}/")
    walk.then_reads("Your appointment", "2pm to 3pm", "We ring you.", "With Ruth")
    # When she can't come, she need not say why
    walk.follow("I can't come")
    walk.follow("I can't come")
    # Then it is cancelled, and the interviewer reads so
    walk.then_reads("The appointment is cancelled. The researchers are told.")
    walk.sign_in(client, ruth)
    walk.open(Appointment.objects.get().get_absolute_url())
    walk.then_reads("Cancelled", "They called it off.")
    walk.then_does_not_read("Amina")
