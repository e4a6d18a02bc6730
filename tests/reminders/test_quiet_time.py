"""Quiet hours and pauses: nothing comes meanwhile, and nothing that is of use is lost by it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from peersupport.reminders import outbox, quiet, services
from peersupport.reminders.models import Message, QuietTime
from peersupport.reminders.registry import forget, register
from peersupport.reminders.sending import send_all_due
from tests.factories import GoalFactory, PersonFactory
from tests.reminders.conftest import NAME, NOTE

HOUR = timedelta(hours=1)
QUIET = reverse("reminders:quiet_time_edit")
ZONES = ("Europe/London", "America/New_York", "Pacific/Auckland")

clocks = st.times(timezones=st.none()).map(lambda at: at.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@given(starts=clocks, ends=clocks, at=moments, zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_quiet_hours_end_when_the_clock_on_the_wall_says_so(starts, ends, at, zone):
    times = QuietTime(starts=starts, ends=ends)
    clock = at.astimezone(zone).time()
    is_inside = starts <= clock < ends if starts < ends else clock >= starts or clock < ends
    end = quiet.quiet_ends_at(times, zone, at)
    if starts == ends:
        return
    assert (end is not None) == is_inside
    if end:
        assert end.replace(tzinfo=None).time() == ends
        # A day has 25 hours when the clocks go back, and 23 when they go forward.
        assert timedelta() < end - at <= 25 * HOUR


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 8), (date(2026, 3, 29), 9), (date(2026, 10, 24), 10), (date(2026, 10, 25), 9)],
)
def test_eight_is_eight_on_both_sides_of_a_clock_change(day, hours):
    zone = ZoneInfo("Europe/London")
    end = quiet.quiet_ends_at(QuietTime(starts=time(22), ends=time(8)), zone, datetime.combine(day, time(23), zone))
    assert (end.date(), end.time()) == (day + timedelta(days=1), time(8))
    assert end.astimezone(UTC) - datetime.combine(day, time(23), zone).astimezone(UTC) == timedelta(hours=hours)


def test_the_hour_that_comes_twice_is_quiet_until_an_end_that_is_still_ahead():
    again = datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
    end = quiet.quiet_ends_at(QuietTime(starts=time(22), ends=time(1, 45)), ZoneInfo("Europe/London"), again)
    assert end.astimezone(UTC) - again == timedelta(minutes=15)


@pytest.mark.parametrize("resumes_on", [None, date(2026, 11, 22), date(2026, 11, 23)])
def test_a_pause_that_is_over_holds_nothing(resumes_on):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert quiet.resumes_at(QuietTime(resumes_on=resumes_on), ZoneInfo("Europe/London"), now) is None


def test_a_pause_ends_at_midnight_by_their_own_clock():
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    zone = ZoneInfo("Pacific/Auckland")
    assert quiet.resumes_at(QuietTime(resumes_on=date(2026, 11, 25)), zone, now) == datetime(
        2026, 11, 24, 11, tzinfo=UTC
    )


def leave_in_peace(person, *, starts=None, ends=None, resumes_on=None):
    services.edit_quiet_time(person_id=person.pk, starts=starts, ends=ends, resumes_on=resumes_on, now=timezone.now())


def be_quiet(person, now, *, until=HOUR):
    """Quiet hours that began an hour ago, by the clock of `person`."""
    starts, ends = (at.astimezone(person.zone).time() for at in (now - HOUR, now + until))
    leave_in_peace(person, starts=starts, ends=ends)


def time_passes(message, after):
    """As if `after` had gone by since the message was held."""
    Message.objects.filter(pk=message.pk).update(due_at=message.due_at - after, next_attempt_at=message.due_at - after)
    QuietTime.objects.all().delete()


@pytest.fixture
def now():
    return timezone.now()


@pytest.mark.django_db
def test_in_quiet_hours_it_waits_and_then_goes_once(enqueue, now):
    message = enqueue(now)
    be_quiet(message.recipient, now)
    assert (send_all_due(), mail.outbox) == (0, [])
    message.refresh_from_db()
    assert (message.state, message.attempts, message.due_at) == ("pending", 0, message.next_attempt_at)
    assert timedelta() < message.due_at - now <= HOUR
    assert outbox.lag(now + HOUR / 2) == timedelta()
    time_passes(message, HOUR)
    assert (send_all_due(), send_all_due()) == (1, 0)


@pytest.mark.django_db
def test_quiet_hours_let_through_what_would_be_too_late(enqueue, now):
    message = enqueue(now, expires_at=now + HOUR / 2)
    be_quiet(message.recipient, now)
    assert send_all_due() == 1


@pytest.mark.django_db
def test_others_hear_at_once(enqueue, now):
    held, other = enqueue(now), enqueue(now)
    be_quiet(held.recipient, now)
    assert send_all_due() == 1
    assert mail.outbox[0].to == [other.recipient.email]


@pytest.mark.django_db
def test_a_pause_holds_what_is_of_use_afterwards_and_leaves_out_the_rest(enqueue, now):
    goal = GoalFactory()
    tomorrow = now.astimezone(goal.person.zone).date() + timedelta(days=1)
    leave_in_peace(goal.person, resumes_on=tomorrow)
    useful = enqueue(now, goal=goal, expires_at=now + 3 * 24 * HOUR)
    useless = enqueue(now, goal=GoalFactory(person=goal.person), expires_at=now + timedelta(seconds=1))
    Message.objects.filter(pk=useless.pk).update(expires_at=datetime.combine(tomorrow, time(), goal.person.zone))
    assert send_all_due() == 0
    useful.refresh_from_db()
    useless.refresh_from_db()
    assert useful.due_at == datetime.combine(tomorrow, time(), goal.person.zone)
    assert (useless.state, useless.reason) == ("dropped", "They wanted nothing until later.")


@pytest.mark.django_db
def test_a_pause_ends_in_the_morning_where_there_are_quiet_hours(enqueue, now):
    message = enqueue(now, expires_at=now + 3 * 24 * HOUR)
    person = message.recipient
    tomorrow = now.astimezone(person.zone).date() + timedelta(days=1)
    leave_in_peace(person, starts=time(22), ends=time(8), resumes_on=tomorrow)
    send_all_due()
    message.refresh_from_db()
    assert message.due_at == datetime.combine(tomorrow, time(8), person.zone)


@pytest.mark.django_db
def test_a_duty_calls_at_any_time(enqueue, now):
    forget(NAME)
    register(replace(NOTE, can_turn_off=False))
    message = enqueue(now)
    be_quiet(message.recipient, now)
    leave_in_peace(message.recipient, resumes_on=now.date() + timedelta(days=9))
    assert send_all_due() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("times", [{"starts": time(9)}, {"ends": time(9)}, {"starts": time(9), "ends": time(9)}])
def test_half_of_quiet_hours_is_refused_by_the_database(times):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuietTime.objects.create(person=PersonFactory(), changed_at=timezone.now(), **times)


# The page


@pytest.fixture
def person(client):
    person = PersonFactory()
    client.force_login(person)
    return person


def posted(starts="", ends="", resumes_on=None):
    day = resumes_on or ("", "", "")
    return {"starts": starts, "ends": ends} | dict(
        zip(("resumes_on_day", "resumes_on_month", "resumes_on_year"), day, strict=True)
    )


@pytest.mark.django_db
def test_quiet_hours_are_kept_shown_and_taken_away(client, person):
    client.post(QUIET, posted("9pm", "8am"))
    assert (person.quiet_time.starts, person.quiet_time.ends) == (time(21), time(8))
    page = client.get(QUIET).text
    assert "9pm" in page
    assert "8am" in page
    client.post(QUIET, posted())
    assert QuietTime.objects.get().starts is None


@pytest.mark.django_db
def test_a_pause_that_is_over_is_not_shown(client, person):
    leave_in_peace(person, resumes_on=date(2026, 1, 1))
    assert client.get(QUIET).context["form"]["resumes_on"].initial is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (posted("9pm"), "Enter when the quiet hours end, like 8am"),
        (posted("", "8am"), "Enter when the quiet hours begin, like 9pm"),
        (posted("8am", "8:00 am"), "This is when they begin."),
        (posted("9pm", "whenever"), "Enter a time, like 2pm or 14:00"),
        (posted(resumes_on=("1", "1", "2026")), "This day is not ahead."),
    ],
)
def test_what_cannot_be_is_said_and_stays_typed(client, person, times, sentence):
    page = client.post(QUIET, times)
    assert sentence in page.text
    assert f'value="{times["ends"]}"' in page.text or not times["ends"]
    assert not QuietTime.objects.exists()
