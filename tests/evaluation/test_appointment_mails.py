"""What both sides hear about an appointment: planned once, true when sent, and understood by calendars."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from evaluation.models import Appointment, StudyMember
from evaluation.reminders.appointment import COMING, appointments_ahead
from peersupport.access.roles import held_by
from peersupport.reminders.forms import offered_kinds
from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_kind
from peersupport.reminders.registry import kind_named
from peersupport.reminders.truth import reason_not_to_send
from tests.factories import (
    NOW,
    AppointmentFactory,
    IdentityKeyFactory,
    ParticipantFactory,
    PersonFactory,
    StudyMemberFactory,
)
from tests.messages import letter_of, reason_against, received, row_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
START = datetime(2026, 12, 1, 14, tzinfo=UTC)
DUE = START - DAY


@pytest.fixture
def ruth(study):
    return StudyMemberFactory(study=study, duty="interviewer", person__preferred_name="Ruth").person


@pytest.fixture
def maria(study):
    person = PersonFactory(preferred_name="Maria", email="maria@example.org")
    IdentityKeyFactory(participant__study=study, participant__pseudonym="P7K3M9QX2", person=person)
    return person


@pytest.fixture
def appointment(study, ruth, maria):
    participant = maria.identity_keys.get().participant
    return AppointmentFactory(study=study, participant=participant, interviewer=ruth, starts_at=START, place="Room 4")


def coming(now):
    return plan_kind(kind_named(COMING), now)


def message(appointment, to, kind="coming"):
    made = {"kind": f"evaluation.appointment_{kind}", "subject_id": appointment.pk, "recipient": to}
    return Message(**made, schedule_version=appointment.sequence, due_at=DUE, expires_at=START)


def calendar_of(letter):
    part = next(part for part in received(letter).walk() if part.get_content_type() == "text/calendar")
    calendar = icalendar.Calendar.from_ical(part.get_content())
    return part.get_param("method"), calendar, calendar.walk("VEVENT")[0]


# Planned


def test_both_sides_are_reminded_once_the_day_before(appointment, ruth, maria):
    assert [coming(moment) for moment in (DUE - timedelta(hours=1), DUE, DUE)] == [0, 2, 0]
    planned = Message.objects.values_list("recipient", "due_at", "expires_at", "schedule_version")
    assert set(planned) == {(ruth.pk, DUE, START, 0), (maria.pk, DUE, START, 0)}


def test_a_second_interviewer_is_reminded_and_who_has_no_account_is_not(study, ruth):
    second = StudyMemberFactory(study=study, duty="interviewer").person
    key = IdentityKeyFactory(participant__study=study, person=None, name="Dr Shah")
    pair = {"interviewer": ruth, "second_interviewer": second}
    AppointmentFactory(study=study, participant=key.participant, starts_at=START, **pair)
    assert coming(DUE) == 2
    assert set(Message.objects.values_list("recipient", flat=True)) == {ruth.pk, second.pk}


def test_what_was_just_planned_or_moved_needs_no_reminder(appointment):
    Appointment.objects.update(changed_at=DUE + timedelta(minutes=1))
    assert coming(DUE + timedelta(minutes=2)) == 0


@pytest.mark.parametrize("state", ["cancelled", "missed"])
def test_only_what_is_planned_is_reminded_of(appointment, state):
    Appointment.objects.update(state=state, cancel_reason="Snow" if state == "cancelled" else "")
    assert coming(DUE) == 0


@pytest.mark.parametrize("number", [1, 20])
def test_planning_is_one_statement_for_any_number(study, ruth, number, django_assert_num_queries):
    for _number in range(number):
        AppointmentFactory(study=study, participant=ParticipantFactory(study=study), interviewer=ruth, starts_at=START)
    coming(DUE - DAY)
    with django_assert_num_queries(6):
        assert coming(DUE) == number


# True when it is sent


def test_news_that_still_holds_is_sent(appointment, ruth, maria):
    for kind in ("planned", "moved", "coming"):
        assert [reason_against(message(appointment, to, kind), DUE) for to in (ruth, maria)] == ["", ""]


def cancelled(appointment, maria):
    Appointment.objects.update(state="cancelled", cancel_reason="Snow")


def moved(appointment, maria):
    Appointment.objects.update(sequence=1)


def died(appointment, maria):
    type(maria).objects.filter(pk=maria.pk).update(died_marked_at=NOW)


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        (cancelled, "It is not planned any more."),
        (moved, "The appointment has been changed since."),
        (died, "The participant can't come any more."),
    ],
)
def test_news_that_is_no_longer_true_is_not_sent(appointment, ruth, maria, happened, reason):
    waiting = message(appointment, ruth)
    happened(appointment, maria)
    assert reason_against(waiting, DUE) == reason


def test_whoever_left_the_team_hears_no_more(appointment, ruth, maria):
    StudyMember.objects.filter(person=ruth).update(ended_at=NOW + DAY)
    assert reason_against(message(appointment, ruth), DUE) == "They have left the study."
    assert reason_against(message(appointment, maria), DUE) == ""


def test_a_cancellation_of_what_is_planned_is_not_sent(appointment, ruth):
    assert reason_against(message(appointment, ruth, "cancelled"), DUE) == "It was not cancelled."


def test_nothing_goes_to_someone_who_has_died(appointment, maria):
    waiting = message(appointment, maria)
    died(appointment, maria)
    maria.refresh_from_db()
    kind, row = kind_named(COMING), row_of(waiting)
    waiting.is_wanted = None
    assert reason_not_to_send(waiting, kind, row, DUE) == "Nothing is sent to this person any more."


@pytest.mark.parametrize("number", [1, 10])
def test_rows_of_a_batch_are_read_at_once_and_composing_asks_nothing(study, ruth, number, django_assert_num_queries):
    rows = [
        AppointmentFactory(study=study, participant=ParticipantFactory(study=study), interviewer=ruth)
        for _number in range(number)
    ]
    kind = kind_named(COMING)
    with django_assert_num_queries(1):
        found = kind.rows().in_bulk([row.pk for row in rows])
        for row in rows:
            assert kind.reason_not_to_send(message(row, ruth), found[row.pk], DUE) == ""
            assert kind.compose(message(row, ruth), found[row.pk]).subject.startswith("Your appointment")


# Written


def test_the_participant_reads_with_whom_and_no_pseudonym(appointment, maria, settings):
    letter = letter_of(message(appointment, maria, "planned"))
    assert (letter.to, letter.subject) == (["maria@example.org"], "Your appointment on Tuesday 1 December")
    for words in ("Hello Maria,", "When: Tuesday 1 December 2026, 2pm to 3pm", "With: Ruth", "Room 4"):
        assert words in letter.body
    assert f"{settings.BASE_URL}/research/mine/{appointment.study_id}/" in letter.body
    assert "P7K3M9QX2" not in letter.message().as_string()


def test_the_interviewer_reads_the_pseudonym_and_no_name(appointment, ruth, settings):
    letter = letter_of(message(appointment, ruth, "planned"))
    assert "With: P7K3M9QX2" in letter.body
    assert settings.BASE_URL + appointment.get_absolute_url() in letter.body
    whole = letter.message().as_string().casefold()
    assert [name for name in ("maria", "maria@example.org") if name in whole] == []


def test_what_a_locked_screen_shows_says_nothing_of_a_study(appointment, ruth, maria):
    for to in (ruth, maria):
        for kind in ("planned", "moved", "coming"):
            letter = letter_of(message(appointment, to, kind))
            _method, _calendar, event = calendar_of(letter)
            shown = f"{letter.subject} {event['summary']}".casefold()
            assert [word for word in ("study", "research", "interview", "pain") if word in shown] == []


def test_calendars_know_it_by_one_number_through_every_change(appointment, ruth, maria):
    def entry(to, kind):
        appointment.refresh_from_db()
        method, calendar, event = calendar_of(letter_of(message(appointment, to, kind)))
        assert str(calendar["method"]) == method
        return method, str(event["uid"]), int(event["sequence"]), str(event["status"])

    uid = str(appointment.uid)
    assert {entry(to, "planned") for to in (ruth, maria)} == {("REQUEST", uid, 0, "CONFIRMED")}
    Appointment.objects.update(sequence=1)
    assert {entry(to, "moved") for to in (ruth, maria)} == {("REQUEST", uid, 1, "CONFIRMED")}
    Appointment.objects.update(sequence=2, state="cancelled", cancel_reason="Snow")
    assert {entry(to, "cancelled") for to in (ruth, maria)} == {("CANCEL", uid, 2, "CANCELLED")}


def test_each_entry_names_its_own_reader_alone(appointment, ruth, maria, settings):
    for to, other in ((ruth, maria), (maria, ruth)):
        _method, calendar, event = calendar_of(letter_of(message(appointment, to, "planned")))
        assert str(event["attendee"]) == f"mailto:{to.email}"
        assert str(event["organizer"]) == f"mailto:{settings.CALENDAR_ADDRESS}"
        assert other.email not in calendar.to_ical().decode()
    assert (event["dtstart"].dt, event["dtend"].dt) == (START, START + timedelta(hours=1))
    assert str(event["location"]) == "Room 4"


def test_whoever_lives_by_another_clock_reads_both_times(appointment, maria):
    assert "by your clock" not in letter_of(message(appointment, maria)).body
    maria.time_zone = "Europe/Madrid"
    assert "(by your clock: Tuesday 1 December 2026, 3pm)" in letter_of(message(appointment, maria)).body


def test_a_reason_stands_in_the_cancellation(appointment, maria):
    Appointment.objects.update(state="cancelled", cancel_reason="The room is flooded.")
    letter = letter_of(message(appointment, maria, "cancelled"))
    assert letter.subject == "Your appointment on Tuesday 1 December is cancelled"
    assert "The room is flooded." in letter.body
    assert "If you can't come" not in letter.body


def test_the_weekly_digest_has_it_on_both_sides(appointment, ruth, maria):
    week = NOW, NOW + 14 * DAY
    assert [one.text for one in appointments_ahead(maria, *week)] == ["You have an appointment"]
    assert appointments_ahead(maria, *week)[0].url.endswith(f"/research/mine/{appointment.study_id}/")
    assert appointments_ahead(ruth, *week)[0].url.endswith(appointment.get_absolute_url())
    assert appointments_ahead(PersonFactory(), *week) == []
    cancelled(appointment, maria)
    assert appointments_ahead(maria, *week) == []


def test_only_who_may_have_an_appointment_is_asked_whether_they_want_mails(ruth, maria, study):
    approver = StudyMemberFactory(study=study, duty="approver").person
    for person, is_offered in ((ruth, True), (maria, True), (approver, False), (PersonFactory(), False)):
        assert (COMING in {kind.name for kind in offered_kinds(held_by(person))}) is is_offered
