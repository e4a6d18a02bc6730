"""Meetings in the nights when the clocks change: their reminders go out at the right moment and say the right time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from groups.services.meeting import COMING, plan_meeting
from peersupport.reminders.models import Message
from peersupport.spoken import spoken_datetime
from tests.factories import MembershipFactory, PersonFactory, SupportGroupFactory
from tests.faults.history import check_history

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
ELSEWHERE = "America/New_York"


def texts_of(letter):
    """The text and the calendar part of a letter."""
    parts = {part.get_content_type(): part for part in letter.walk()}
    return parts["text/plain"].get_content(), parts["text/calendar"].get_content()


@pytest.mark.parametrize(
    ("day", "at", "starts_at", "said"),
    [
        (SPRING, time(18), datetime(2026, 3, 29, 17, tzinfo=UTC), "Sunday 29 March 2026, 6pm to 7pm"),
        # The clocks skip this time: it is half an hour after they change.
        (SPRING, time(1, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "Sunday 29 March 2026, 2:30am to 3:30am"),
        (AUTUMN, time(18), datetime(2026, 10, 25, 18, tzinfo=UTC), "Sunday 25 October 2026, 6pm to 7pm"),
        # This time comes twice: it is the first of them.
        (AUTUMN, time(1, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Sunday 25 October 2026, 1:30am to 1:30am"),
    ],
)
def test_reminder_across_a_clock_change(mail_sink, run_passes_at, day, at, starts_at, said):
    # Given a meeting on the day of the change, planned long before
    long_ago = starts_at - timedelta(days=20)
    group = SupportGroupFactory(created_at=long_ago)
    near = MembershipFactory(group=group, joined_at=long_ago).person
    far = MembershipFactory(group=group, joined_at=long_ago, person__time_zone=ELSEWHERE).person
    place = {"on": day, "start_time": at, "duration_minutes": 60, "venue": None}
    assert plan_meeting(group=group, by=PersonFactory(), now=long_ago, **place).starts_at == starts_at
    # When passes run until it begins, after two that told of it and asked who comes
    due_at = starts_at - timedelta(days=1)
    run_passes_at(long_ago, due_at - timedelta(seconds=1))
    check_history(mail_sink, sent=4, waiting={COMING})
    run_passes_at(*(due_at + timedelta(minutes=minutes) for minutes in range(0, 24 * 60, 30)))
    # Then everyone is reminded once, as soon as it is due: a day before, however long the night
    check_history(mail_sink, sent=6)
    [sent_at] = {reminder.settled_at for reminder in Message.objects.filter(kind=COMING)}
    assert sent_at == due_at
    # And reads when it is by the group's clock, and by their own where that is another
    for person in (near, far):
        text, calendar = texts_of(mail_sink.received_by(person.email)[-1])
        assert said in text
        assert ("by your clock: " + spoken_datetime(starts_at, ELSEWHERE) in text) == (person == far)
        assert f"DTSTART:{starts_at:%Y%m%dT%H%M%SZ}" in calendar
