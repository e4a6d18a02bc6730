"""The pages around an appointment, for who interviews and for who takes part."""

from datetime import timedelta

import icalendar
import pytest

from evaluation.models import Appointment
from evaluation.services.appointment import cancel_appointment
from evaluation.services.consent import withdraw
from peersupport.access.models import AccessLogEntry
from tests.evaluation.interviewing import address, plan, posted_date
from tests.factories import AppointmentFactory, IdentityKeyFactory, ParticipantFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(participant, decide):
    decide(participant, "interview")
    return participant


@pytest.fixture
def appointment(agreed, interviewer, now):
    return plan(agreed, interviewer, now)


@pytest.fixture
def kept(study, decide, interviewer, now):
    """An appointment with someone without an account."""
    key = IdentityKeyFactory(participant__study=study, person=None, name="Dr Shah", contact="shah@example.org")
    decide(key.participant, "interview")
    return plan(key.participant, interviewer, now)


def facts(interviewer, day, **changes):
    return {
        **posted_date("starts_on", day),
        "start_time": "2:30pm",
        "length_minutes": "45",
        "mode": "phone",
        "place": "We ring you.",
        "interviewer": interviewer.pk,
        "second_interviewer": "",
    } | changes


# Planning


def test_an_appointment_is_made_from_the_participants_page(sign_in, agreed, interviewer, lead, now):
    client, day = sign_in(interviewer), (now + timedelta(days=5)).date()
    assert address("appointment_plan", agreed.pk) in client.get(agreed.get_absolute_url()).text
    form = client.get(address("appointment_plan", agreed.pk)).context["form"]
    assert form["interviewer"].value() == interviewer.pk
    posted = facts(interviewer, day, second_interviewer=lead.pk)
    page = client.post(address("appointment_plan", agreed.pk), posted, follow=True)
    assert "The appointment is made." in page.text
    made = Appointment.objects.get()
    assert (made.interviewers, made.length_minutes, made.place) == ([interviewer, lead], 45, "We ring you.")
    assert "2:30pm" in page.text


def test_only_those_who_interview_can_be_chosen(sign_in, agreed, interviewer, lead, analyst, now):
    outsider, day = PersonFactory(), (now + timedelta(days=5)).date()
    client = sign_in(interviewer)
    form = client.get(address("appointment_plan", agreed.pk)).context["form"]
    for name in ("interviewer", "second_interviewer"):
        assert set(form.fields[name].queryset) == {interviewer, lead}
    for wrong in ({"interviewer": outsider.pk}, {"second_interviewer": analyst.pk}, {"interviewer": "x"}):
        page = client.post(address("appointment_plan", agreed.pk), facts(interviewer, day) | wrong)
        assert "Choose one of the answers" in page.text
    assert Appointment.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"starts_on_day": ""}, "Enter the day, the month and the year, like 24 11 2026"),
        ({"starts_on_day": "31", "starts_on_month": "2"}, "Enter a real date, like 24 11 2026"),
        ({"starts_on_year": "2020"}, "Enter a day and time that are still to come"),
        ({"start_time": "2"}, "Add am or pm to the time, like 2:30pm"),
        ({"start_time": ""}, "Enter the time it starts, like 2pm"),
        ({"length_minutes": "0"}, "Enter a number that is 5 or more"),
        ({"length_minutes": "601"}, "Enter a number that is 600 or less"),
        ({"length_minutes": "an hour"}, "Enter a whole number, like 4"),
        ({"mode": ""}, "Choose how you will talk"),
        ({"place": ""}, "Enter where it is, or how to join"),
        ({"place": "a" * 301}, "Use 300 characters or fewer. You have used 301."),
        ({"interviewer": ""}, "Choose who interviews"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(sign_in, agreed, interviewer, now, wrong, said):
    posted = facts(interviewer, (now + timedelta(days=5)).date(), place="The <b>library</b>") | wrong
    page = sign_in(interviewer).post(address("appointment_plan", agreed.pk), posted)
    assert said in page.text
    assert page.context["form"]["place"].value() == posted["place"]
    assert Appointment.objects.count() == 0


def test_nobody_comes_along_with_themselves(sign_in, agreed, interviewer, now):
    posted = facts(interviewer, (now + timedelta(days=5)).date(), second_interviewer=interviewer.pk)
    page = sign_in(interviewer).post(address("appointment_plan", agreed.pk), posted)
    assert "Choose someone else, or nobody" in page.text


def test_whoever_has_not_agreed_is_not_asked(sign_in, participant, form, interviewer, now):
    posted = facts(interviewer, (now + timedelta(days=5)).date())
    page = sign_in(interviewer).post(address("appointment_plan", participant.pk), posted)
    assert "They have not agreed to be interviewed. Record their consent first." in page.text


# Moving, cancelling, not coming


def test_moving_starts_from_what_is_planned_by_its_own_clock(sign_in, appointment, interviewer, now):
    client = sign_in(interviewer)
    form = client.get(address("appointment_move", appointment.pk)).context["form"]
    assert f"{form['start_time'].value()}" in {"14:00:00", "2pm"}
    posted = facts(interviewer, (now + timedelta(days=8)).date(), place="The library")
    page = client.post(address("appointment_move", appointment.pk), posted, follow=True)
    assert "The appointment is moved." in page.text
    appointment.refresh_from_db()
    assert (appointment.sequence, appointment.place) == (1, "The library")


def test_cancelling_asks_for_a_reason(sign_in, appointment, interviewer):
    client = sign_in(interviewer)
    url = address("appointment_cancel", appointment.pk)
    assert "Enter why it is cancelled" in client.post(url, {"reason": " "}).text
    page = client.post(url, {"reason": "Snow."}, follow=True)
    assert "The appointment is cancelled." in page.text
    assert "Snow." in page.text
    assert "can&#x27;t be changed any more" in client.post(url, {"reason": "Again."}).text


def test_not_coming_is_noted_with_one_tap_once_it_has_begun(sign_in, appointment, interviewer, now):
    client = sign_in(interviewer)
    assert "They did not come" not in client.get(appointment.get_absolute_url()).text
    page = client.post(address("appointment_miss", appointment.pk), follow=True)
    assert "Wait until the appointment has begun" in page.text
    Appointment.objects.update(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    page = client.get(appointment.get_absolute_url())
    assert "They did not come" in page.text
    assert f"appointment={appointment.pk}" in page.text
    assert "It is noted." in client.post(address("appointment_miss", appointment.pk), follow=True).text


def test_a_page_opened_before_a_withdrawal_changes_nothing_after_it(
    sign_in, appointment, agreed, interviewer, member, now
):
    withdraw(participant=agreed, scope="remove", by=member, method="own_page", now=now)
    client = sign_in(interviewer)
    posted = facts(interviewer, (now + timedelta(days=8)).date())
    assert "can&#x27;t be changed any more" in client.post(address("appointment_move", appointment.pk), posted).text
    page = client.get(appointment.get_absolute_url()).text
    assert "Please don&#x27;t get in touch." in page
    assert "Start the interview" not in page


# Reading


def test_looking_at_one_is_written_down_for_the_participant(sign_in, appointment, interviewer, member):
    before = AccessLogEntry.objects.filter(subject=member).count()
    sign_in(interviewer).get(appointment.get_absolute_url())
    assert AccessLogEntry.objects.filter(subject=member).count() == before + 1


def test_someone_without_an_account_gets_a_letter_and_a_file(sign_in, kept, interviewer):
    client = sign_in(interviewer)
    page = client.get(kept.get_absolute_url()).text
    assert "They have no account, so nothing is sent to them." in page
    letter = client.get(address("appointment_letter", kept.pk)).text
    assert "Thank you for agreeing to talk with us." in letter
    assert [words for words in ("Shah", kept.participant.pseudonym) if words in letter] == []
    file = client.get(address("appointment_file", kept.pk))
    assert file.headers["Content-Type"] == "text/calendar; charset=utf-8"
    event = icalendar.Calendar.from_ical(file.content).walk("VEVENT")[0]
    assert (str(event["uid"]), event["dtstart"].dt) == (str(kept.uid), kept.starts_at)
    assert "url" not in event
    assert kept.participant.pseudonym not in file.text


def test_someone_with_an_account_is_told_by_the_service(sign_in, appointment, interviewer):
    assert (
        "They get an email with an entry for their calendar"
        in sign_in(interviewer).get(appointment.get_absolute_url()).text
    )


def test_the_list_says_what_is_coming_and_what_became_of_the_rest(sign_in, study, appointment, interviewer, now):
    past = AppointmentFactory(study=study, starts_at=now - timedelta(days=2))
    missed = AppointmentFactory(study=study, starts_at=now - timedelta(days=9), state="missed")
    context = sign_in(interviewer).get(address("appointment_list", study.pk)).context
    assert list(context["coming"]) == [appointment]
    assert list(context["not_recorded"]) == [past]
    assert context["page"].rows == [missed]


def test_lists_cost_the_same_however_many(sign_in, study, interviewer, queries_of, now):
    sign_in(interviewer)
    counts = []
    for number in (1, 3):
        while Appointment.objects.filter(state="planned").count() < 2 * number:
            AppointmentFactory(study=study, starts_at=now + timedelta(days=2))
            AppointmentFactory(study=study, starts_at=now - timedelta(days=2))
            AppointmentFactory(study=study, starts_at=now - timedelta(days=2), state="missed")
        counts.append(queries_of(address("appointment_list", study.pk)))
    assert counts[0] == counts[1] <= 10
    appointment = Appointment.objects.filter(starts_at__gt=now).first()
    assert queries_of(appointment.get_absolute_url()) <= 12


# The participant's own side


def test_a_participant_sees_when_where_and_with_whom(client, appointment, member, study):
    client.force_login(member)
    page = client.get(address("my_study", study.pk)).text
    for words in ("Your appointment", "2pm", "We ring you.", appointment.interviewer.preferred_name):
        assert words in page
    assert appointment.participant.pseudonym not in page


def test_a_participant_calls_it_off_themselves(client, appointment, member, study):
    client.force_login(member)
    url = address("appointment_call_off", appointment.pk)
    assert "That is fine. You still take part in the study" in client.get(url).text
    page = client.post(url, {"reason": ""}, follow=True)
    assert "The appointment is cancelled. The researchers are told." in page.text
    assert "You can take it out of your calendar." in page.text
    assert client.get(url).status_code == 404


def test_nobody_calls_off_somebody_elses(client, appointment, study, interviewer, sign_in):
    for person in (PersonFactory(), IdentityKeyFactory(participant=ParticipantFactory(study=study)).person):
        client.force_login(person)
        assert client.post(address("appointment_call_off", appointment.pk)).status_code == 404
    assert sign_in(interviewer).post(address("appointment_call_off", appointment.pk)).status_code == 404
    appointment.refresh_from_db()
    assert appointment.is_planned


def test_a_cancelled_one_that_is_over_is_not_shown_for_ever(client, appointment, interviewer, member, study, now):
    cancel_appointment(appointment=appointment, reason="Snow.", by=interviewer, now=now)
    client.force_login(member)
    assert "is cancelled" in client.get(address("my_study", study.pk)).text
    Appointment.objects.update(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    assert "is cancelled" not in client.get(address("my_study", study.pk)).text
