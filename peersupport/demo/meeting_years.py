"""Two years of meetings: planned, answered, held, now and then cancelled; people who leave; groups that rest or end."""

from datetime import date, time, timedelta

from groups.models import RSVP, Attendance, Meeting
from groups.recurrence import days_of
from groups.services.answer import answer_meeting
from groups.services.attendance import memberships_of_meeting, record_attendance
from groups.services.group_state import close_group, pause_group
from groups.services.meeting import cancel_meeting
from groups.services.membership import leave_group
from groups.services.series import add_series, extend_series
from peersupport.demo.cast import Telling
from peersupport.demo.founding import Circle

LASTS_MINUTES = 120
#: A group that rests or has ended stopped this long ago.
STOPPED_WEEKS = {"paused": 9, "closed": 20}


def tell_meetings(telling: Telling, circle: Circle):
    """Everything that happened at and around a group's meetings, in order, up to now."""
    series = _plan(telling, circle)
    stop = telling.ago(weeks=STOPPED_WEEKS.get(circle.plot["state"], 0))
    leavers = iter(telling.chance.sample(circle.members[3:], k=min(2, len(circle.members) - 3)))
    for number, meeting in enumerate(_past_meetings(telling, series, stop)):
        _tell_one(telling, circle, meeting)
        if number in (8, 15) and (leaver := next(leavers, None)) and leaver.email != "member@example.org":
            reason, left_at = telling.some("leaving_reasons"), meeting.ends_at + timedelta(days=2)
            leave = {"reason": reason, "researchers_may_ask": number == 8}
            leave_group(group=circle.group, by=leaver, now=left_at, **leave)
            circle.members.remove(leaver)
    _stop(telling, circle, stop)


def answer_what_is_next(telling: Telling, circle: Circle):
    """Some have answered for the next meeting; Maria has not yet."""
    upcoming = Meeting.objects.filter(group=circle.group).going_ahead().upcoming(now=telling.now)
    meeting = upcoming.filter(starts_at__gt=telling.now + timedelta(hours=1)).first()
    for person in circle.members if meeting else []:
        if person.email != "member@example.org" and telling.often(0.6):
            _answer(telling, meeting, person, max(meeting.changed_at, telling.now - timedelta(hours=3)))


def _plan(telling: Telling, circle: Circle):
    """The series, from the first fitting day after the group has gathered."""
    plot, group = circle.plot, circle.group
    gathered = telling.ago(weeks=plot["weeks"]) + timedelta(days=18)
    first_on = next(iter(days_of(plot["rule"], gathered.date(), after=gathered.date(), until=date.max)))
    hour, minute = map(int, plot["time"].split(":"))
    now = min(gathered, telling.now - timedelta(minutes=20))
    return add_series(
        group=group,
        rule=plot["rule"],
        first_on=first_on,
        start_time=time(hour, minute),
        duration_minutes=LASTS_MINUTES,
        venue=group.venue,
        now=now,
    )


def _past_meetings(telling: Telling, series, stop):
    """Each meeting when its time comes; the series is extended as the beat would have done, never for days gone by."""
    seen, reached = 0, stop
    while True:
        for meeting in series.meetings.filter(ends_at__lte=stop).order_by("starts_at")[seen:]:
            seen, reached = seen + 1, meeting.ends_at
            yield meeting
        if not extend_series(series=series, now=reached):
            break
    extend_series(series=series, now=stop)


def _tell_one(telling: Telling, circle: Circle, meeting: Meeting):
    if telling.often(0.05):
        cancelled_at = meeting.starts_at - timedelta(days=2)
        cancel_meeting(meeting=meeting, reason=telling.some("cancel_reasons"), by=circle.contact, now=cancelled_at)
        return
    members = list(memberships_of_meeting(meeting=meeting))
    coming = {member: telling.often(0.68) for member in members}
    for member in members:
        if member.person and telling.often(0.6):
            _answer(telling, meeting, member.person, meeting.starts_at - timedelta(days=1), is_coming=coming[member])
    outcomes = {member.pk: _outcome(telling, coming[member]) for member in members}
    recorder = circle.contact if circle.contact in circle.members else circle.tutor
    record_attendance(meeting=meeting, outcomes=outcomes, by=recorder, now=meeting.ends_at + timedelta(hours=1))


def _answer(telling, meeting, person, at, *, is_coming=None):
    if is_coming is None:
        is_coming = telling.often(0.7)
    answer = RSVP.Answer.COMING if is_coming else telling.chance.choice([RSVP.Answer.CANNOT, RSVP.Answer.NOT_SURE])
    answer_meeting(meeting=meeting, answer=answer, by=person, now=at)


def _outcome(telling, came):
    if came:
        return Attendance.Outcome.ATTENDED
    return Attendance.Outcome.APOLOGIES if telling.often(0.5) else Attendance.Outcome.NOT_KNOWN


def _stop(telling: Telling, circle: Circle, stop):
    state = circle.plot["state"]
    circle.group.refresh_from_db()
    if state == "paused":
        pause_group(group=circle.group, cancel_meetings=True, by=circle.contact, now=stop)
    elif state == "closed":
        close_group(group=circle.group, reason=telling.words["closing_reason"], by=circle.contact, now=stop)
