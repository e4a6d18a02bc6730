"""Appointments: with whom they may be made, what becomes of them, and what ends them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from evaluation.consent import Obstacle
from evaluation.models import Appointment
from evaluation.refusals import InThePast, NotOverYet, NotPlanned, NotToBeAsked, PlannedAlready
from evaluation.services.appointment import (
    call_off_appointment,
    cancel_appointment,
    drop_appointments_of_gone,
    miss_appointment,
    move_appointment,
    plan_appointment,
)
from evaluation.services.consent import publish_form, record_decisions, withdraw
from evaluation.services.interview import record_interview
from evaluation.tasks import settle_appointments
from evaluation.worklist import worklist
from groups.services.death import mark_died
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from peersupport.reminders.services import choose_reminders
from tests.evaluation.interviewing import FACTS, plan, publish
from tests.factories import AppointmentFactory, IdentityKeyFactory, ParticipantFactory

pytestmark = pytest.mark.django_db
INTERVIEW = {"recording": "none", "participant_kind": "member", "mode": "phone", "length_minutes": 40}


@pytest.fixture
def agreed(participant, decide):
    decide(participant, "interview")
    return participant


@pytest.fixture
def appointment(agreed, interviewer, now):
    return plan(agreed, interviewer, now)


def waiting(kind):
    """The keys of those who are told of `kind`, as what waits to go out."""
    messages = Message.objects.filter(kind=f"evaluation.appointment_{kind}", state="pending")
    return set(messages.values_list("recipient", flat=True))


def state_of(appointment):
    appointment.refresh_from_db()
    return appointment.state


# Planning


def test_both_sides_are_told_of_a_new_appointment(appointment, interviewer, member):
    assert (appointment.state, appointment.sequence, appointment.length_minutes) == ("planned", 0, 60)
    assert waiting("planned") == {interviewer.pk, member.pk}
    assert Message.objects.filter(expires_at=appointment.starts_at).count() == 2
    entry = AccessLogEntry.objects.get(object_type="evaluation.appointment")
    assert (entry.actor, entry.subject, entry.action) == (interviewer, member, "added")


def test_a_second_interviewer_is_told_too(agreed, interviewer, lead, member, now):
    plan(agreed, interviewer, now, second=lead)
    assert waiting("planned") == {interviewer.pk, lead.pk, member.pk}


def test_nothing_is_sent_to_a_participant_without_an_account(study, decide, interviewer, now):
    key = IdentityKeyFactory(participant__study=study, person=None, name="Dr Shah", contact="shah@example.org")
    decide(key.participant, "interview")
    plan(key.participant, interviewer, now)
    assert waiting("planned") == {interviewer.pk}


def test_whoever_turned_the_kind_off_is_not_told(agreed, interviewer, member, now):
    choose_reminders(person_id=member.pk, wanted={"evaluation.appointment_planned": False}, now=now)
    plan(agreed, interviewer, now)
    assert waiting("planned") == {interviewer.pk}


def test_the_same_again_is_the_one_there_is(appointment, agreed, interviewer, now):
    assert plan(agreed, interviewer, now) == appointment
    assert Message.objects.count() == 2


def test_a_second_one_beside_it_is_refused(appointment, agreed, interviewer, now):
    with pytest.raises(PlannedAlready):
        plan(agreed, interviewer, now, days=8)
    assert Appointment.objects.count() == 1


def test_the_past_is_refused(agreed, interviewer, now):
    with pytest.raises(InThePast):
        plan(agreed, interviewer, now, days=-1)


def obstacle_of(participant, interviewer, now):
    with pytest.raises(NotToBeAsked) as refusal:
        plan(participant, interviewer, now)
    assert Appointment.objects.count() == Message.objects.count() == 0
    return refusal.value.args[0]


def test_nobody_is_asked_who_has_not_agreed(participant, form, interviewer, now):
    assert obstacle_of(participant, interviewer, now) == Obstacle.NO_CONSENT


def test_nobody_is_asked_who_said_no_since(agreed, decide, interviewer, now):
    decide(agreed, "interview", "withdrawn", days_ago=3)
    assert obstacle_of(agreed, interviewer, now) == Obstacle.TAKEN_BACK


def test_nobody_is_asked_who_said_no_from_the_first(participant, decide, interviewer, now):
    decide(participant, "interview", "refused")
    assert obstacle_of(participant, interviewer, now) == Obstacle.NO_CONSENT


def test_nobody_is_asked_who_wants_no_more_contact(agreed, member, interviewer, now):
    withdraw(participant=agreed, scope="no_contact", by=member, method="own_page", now=now - timedelta(days=1))
    assert obstacle_of(agreed, interviewer, now) == Obstacle.NO_MORE_CONTACT


@pytest.mark.parametrize("changed", [{"died_marked_at": datetime(2026, 1, 1, tzinfo=UTC)}, {"is_active": False}])
def test_nobody_is_asked_who_is_gone(agreed, member, interviewer, now, changed):
    type(member).objects.filter(pk=member.pk).update(**changed)
    assert obstacle_of(agreed, interviewer, now) == Obstacle.GONE


def test_a_yes_to_an_earlier_form_is_no_yes(agreed, study, interviewer, now):
    publish_form(study=study, text="Anew.", statements=[("interview", "I agree.")], now=now - timedelta(days=1))
    assert obstacle_of(agreed, interviewer, now) == Obstacle.NO_CONSENT


# Clock changes


@pytest.mark.parametrize(
    ("day", "at", "starts_at"),
    [
        (date(2027, 3, 27), time(14), datetime(2027, 3, 27, 14, tzinfo=UTC)),
        (date(2027, 3, 28), time(14), datetime(2027, 3, 28, 13, tzinfo=UTC)),
        # The clocks skip this time: it is half an hour after they change.
        (date(2027, 3, 28), time(1, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        # This time comes twice: it is the first of them.
        (date(2027, 10, 31), time(1, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (date(2027, 10, 31), time(14), datetime(2027, 10, 31, 14, tzinfo=UTC)),
    ],
)
def test_times_are_those_of_the_clock_on_that_day(agreed, interviewer, day, at, starts_at):
    long_before = datetime(2027, 1, 5, 12, tzinfo=UTC)
    facts = FACTS | {"interviewer": interviewer, "second_interviewer": None, "by": interviewer}
    appointment = plan_appointment(participant=agreed, starts_on=day, start_time=at, now=long_before, **facts)
    assert (appointment.starts_at, appointment.length_minutes) == (starts_at, 60)


def test_the_clock_is_that_of_the_groups_covered(study, group, agreed, interviewer, now):
    type(group).objects.filter(pk=group.pk).update(time_zone="America/New_York")
    appointment = plan(agreed, interviewer, now)
    assert appointment.time_zone == "America/New_York"
    assert appointment.starts_at.hour in (18, 19)
    study.groups.clear()
    assert study.time_zone == "Europe/London"


# Moving and cancelling


def move(appointment, by, now, *, days=9, **facts):
    on = (now + timedelta(days=days)).date()
    when = {"starts_on": on, "start_time": time(10)}
    return move_appointment(appointment=appointment, by=by, now=now, **when, **FACTS | facts)


def test_moving_raises_the_sequence_and_tells_both_once(appointment, interviewer, member, now):
    move(appointment, interviewer, now)
    appointment.refresh_from_db()
    assert (appointment.sequence, appointment.changed_at, appointment.state) == (1, now, "planned")
    assert waiting("moved") == {interviewer.pk, member.pk}
    # What was not sent yet about the old time is not sent at all.
    assert waiting("planned") == set()
    move(appointment, interviewer, now)
    appointment.refresh_from_db()
    assert appointment.sequence == 1
    move(appointment, interviewer, now, place="The library")
    appointment.refresh_from_db()
    assert (appointment.sequence, appointment.place) == (2, "The library")


def test_moving_into_the_past_or_after_the_end_is_refused(appointment, interviewer, now):
    with pytest.raises(InThePast):
        move(appointment, interviewer, now, days=-2)
    cancel_appointment(appointment=appointment, reason="Snow", by=interviewer, now=now)
    with pytest.raises(NotPlanned):
        move(appointment, interviewer, now)


def test_moving_asks_about_consent_again(appointment, agreed, study, interviewer, now):
    publish_form(study=study, text="Anew.", statements=[("interview", "I agree.")], now=now)
    with pytest.raises(NotToBeAsked):
        move(appointment, interviewer, now + timedelta(seconds=1))


def test_cancelling_tells_both_and_drops_what_waits(appointment, interviewer, member, now):
    cancel_appointment(appointment=appointment, reason="The room is flooded.", by=interviewer, now=now)
    appointment.refresh_from_db()
    assert (appointment.state, appointment.cancel_reason, appointment.sequence) == (
        "cancelled",
        "The room is flooded.",
        1,
    )
    assert waiting("cancelled") == {interviewer.pk, member.pk}
    assert waiting("planned") == set()
    with pytest.raises(NotPlanned):
        cancel_appointment(appointment=appointment, reason="Again", by=interviewer, now=now)


def test_a_participant_calls_it_off_without_a_reason(appointment, agreed, interviewer, member, now):
    call_off_appointment(appointment=appointment, reason="", by=member, now=now)
    appointment.refresh_from_db()
    assert (appointment.state, appointment.cancel_reason) == ("cancelled", "They called it off.")
    assert waiting("cancelled") == {interviewer.pk, member.pk}
    # They still take part, and may be asked for another time.
    assert plan(agreed, interviewer, now, days=10).state == "planned"


def test_not_coming_can_be_noted_once_it_has_begun_and_nobody_is_told(appointment, interviewer, now):
    with pytest.raises(NotOverYet):
        miss_appointment(appointment=appointment, by=interviewer, now=now)
    miss_appointment(appointment=appointment, by=interviewer, now=appointment.starts_at)
    assert state_of(appointment) == "missed"
    assert Message.objects.filter(state="pending").count() == 0


# What ends it


@pytest.mark.parametrize("scope", ["no_contact", "no_collection", "remove"])
@pytest.mark.parametrize("method", ["own_page", "voice"])
def test_withdrawing_cancels_it_and_only_the_interviewer_hears(
    appointment, agreed, interviewer, member, now, scope, method
):
    withdraw(participant=agreed, scope=scope, by=member, method=method, now=now)
    appointment.refresh_from_db()
    assert (appointment.state, appointment.sequence) == ("cancelled", 1)
    assert "Please don't get in touch." in appointment.cancel_reason
    assert waiting("cancelled") == {interviewer.pk}
    assert waiting("planned") == set()


def test_taking_the_yes_back_cancels_it_and_another_no_does_not(appointment, agreed, form, interviewer, member, now):
    recording = form.statements.get(purpose="recording")
    said = {"participant": agreed, "form": form, "method": "own_page", "by": member, "at": now, "now": now}
    record_decisions(answers={recording: False}, **said)
    assert state_of(appointment) == "planned"
    record_decisions(answers={form.statements.get(purpose="interview"): False}, **said)
    assert state_of(appointment) == "cancelled"
    assert waiting("cancelled") == {interviewer.pk}


def test_a_death_takes_it_off_every_list_at_once_and_is_told_within_minutes(appointment, interviewer, member, now):
    mark_died(membership=member.memberships.get(), by=interviewer, now=now)
    assert list(Appointment.objects.standing()) == []
    settle_appointments()
    appointment.refresh_from_db()
    assert (appointment.state, waiting("cancelled")) == ("cancelled", {interviewer.pk})
    # What it says to the interviewer does not say why.
    assert appointment.cancel_reason == "They can't take part any more. Please don't get in touch."
    assert drop_appointments_of_gone(now=now) == 0


def test_the_task_leaves_others_alone(appointment, now):
    assert drop_appointments_of_gone(now=now) == 0
    assert state_of(appointment) == "planned"


# What it came to


def record(participant, by, now, started_at, **more):
    return record_interview(participant=participant, by=by, now=now, started_at=started_at, **INTERVIEW, **more)


def test_an_interview_at_about_that_time_is_what_it_came_to(appointment, agreed, interviewer):
    later = appointment.starts_at + timedelta(days=1)
    interview = record(agreed, interviewer, later, appointment.starts_at + timedelta(minutes=10))
    appointment.refresh_from_db()
    assert (appointment.state, appointment.interview) == ("held", interview)
    assert waiting("planned") == set()


def test_an_interview_on_another_day_leaves_it_planned(appointment, agreed, interviewer, now):
    record(agreed, interviewer, now, now - timedelta(days=2))
    assert state_of(appointment) == "planned"


def test_recording_it_from_its_own_page_settles_it_whenever_it_was(appointment, agreed, interviewer):
    later = appointment.starts_at + timedelta(days=5)
    interview = record(agreed, interviewer, later, later - timedelta(days=1), appointment=appointment)
    appointment.refresh_from_db()
    assert (appointment.state, appointment.interview) == ("held", interview)


def test_the_guide_and_the_second_interviewer_are_kept_with_the_interview(
    agreed, interviewer, analyst, lead, now, study
):
    guide = publish(study, lead, now)
    interview = record(agreed, interviewer, now, now - timedelta(days=1), topic_guide=guide, second_interviewer=analyst)
    assert (interview.topic_guide, interview.interviewers) == (guide, [interviewer, analyst])


def test_nobody_interviews_beside_themselves(agreed, interviewer, now):
    with pytest.raises(IntegrityError, match="interviewers_differ"), transaction.atomic():
        record(agreed, interviewer, now, now - timedelta(days=1), second_interviewer=interviewer)


# What the database refuses


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"state": "cancelled"}, "cancelled_appointment_has_reason"),
        ({"cancel_reason": "Snow"}, "cancelled_appointment_has_reason"),
        ({"state": "held"}, "held_appointment_has_interview"),
        ({"state": "maybe"}, "appointment_state_known"),
        ({"mode": "letter"}, "appointment_mode_known"),
        ({"place": ""}, "appointment_has_place"),
        ({"ends_at": datetime(2026, 1, 1, tzinfo=UTC)}, "appointment_takes_a_while"),
    ],
)
def test_the_database_holds_what_an_appointment_is(wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AppointmentFactory(**wrong)


def test_the_database_holds_one_planned_appointment_a_participant():
    first = AppointmentFactory()
    again = {"study": first.study, "participant": first.participant}
    with pytest.raises(IntegrityError, match="one_planned_appointment"), transaction.atomic():
        AppointmentFactory(**again)
    AppointmentFactory(state="missed", **again)


def test_worklist_counts_what_was_not_recorded_and_who_has_none_planned(study, agreed, decide, interviewer, now):
    other = ParticipantFactory(study=study)
    decide(other, "interview")

    def counted(at):
        tasks = {str(task.label): task.count for task in worklist(study, now=at)}
        return (
            tasks["Agreed to an interview, and none planned"],
            tasks["Interviews planned for the past, or held, and not recorded"],
        )

    assert counted(now) == (2, 0)
    appointment = plan(agreed, interviewer, now)
    assert counted(now) == (1, 0)
    assert counted(appointment.ends_at) == (1, 1)
    miss_appointment(appointment=appointment, by=interviewer, now=appointment.ends_at)
    assert counted(appointment.ends_at) == (2, 0)
