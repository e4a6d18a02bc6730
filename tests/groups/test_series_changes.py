"""Changing one of a rhythm, this and those after it, or all still ahead; and what a rhythm can be."""

from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from groups import refusals
from groups.models import Meeting, MeetingSeries
from groups.recurrence import Repeat, Unit, rhythm_of
from groups.services.answer import answer_meeting
from groups.services.meeting import (
    cancel_meeting,
    confirm_meeting,
    move_meeting,
    plan_meeting,
    settle_meeting,
)
from groups.services.series import extend_series
from groups.services.series_change import cancel_following, move_series
from peersupport.reminders.models import Message
from tests.factories import NOW, MembershipFactory, PersonFactory, RoleTermFactory, SupportGroupFactory, VenueFactory
from tests.messages import letter_of

pytestmark = pytest.mark.django_db
FIRST = date(2026, 12, 1)
DAY = timedelta(days=1)


@pytest.fixture
def group():
    venue = VenueFactory(name="Library")
    return SupportGroupFactory(name="Tuesday group", site=venue.site, venue=venue)


@pytest.fixture
def member(group):
    return MembershipFactory(group=group).person


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group).person
    return RoleTermFactory(group=group, person=person).person


def plan(group, repeat=Repeat.FORTNIGHTLY, **fields):
    details = {"on": FIRST, "start_time": time(14), "duration_minutes": 120, "venue": group.venue}
    return plan_meeting(group=group, repeat=repeat, by=PersonFactory(), now=NOW, **details | fields).series


def occurrence(series, number):
    return series.meetings.order_by("starts_at")[number]


def move(meeting, on=None, start_time=time(14), is_from_now=False, **fields):
    details = {"duration_minutes": 120, "venue": meeting.venue, "by": PersonFactory(), "now": NOW + DAY}
    on = on or meeting.original_on
    return move_series(meeting=meeting, is_from_now=is_from_now, on=on, start_time=start_time, **details | fields)


def days(series):
    return [meeting.starts_at.date() for meeting in series.meetings.going_ahead().order_by("starts_at")]


# This and those after it


def test_those_before_stay_and_those_after_follow_at_the_new_time(group):
    series = plan(group)
    third = occurrence(series, 2)
    uid = third.uid
    changed = move(third, start_time=time(10))
    assert changed.kept == 0
    assert [meeting.starts_at.hour for meeting in series.meetings.all()] == [14, 14]
    new = MeetingSeries.objects.latest("pk")
    assert {timezone.localtime(meeting.starts_at, new.zone).hour for meeting in new.meetings.all()} == {10}
    third.refresh_from_db()
    # The row is the same, so every calendar keeps its entry and sees a later SEQUENCE.
    assert (third.series, third.uid, third.sequence) == (new, uid, 1)
    series.refresh_from_db()
    assert series.ended_at == NOW + DAY


def test_another_weekday_is_the_weekday_of_all_that_follow(group):
    series = plan(group, Repeat.MONTHLY, on=date(2026, 12, 8))
    second = occurrence(series, 1)
    assert second.original_on == date(2027, 1, 12)
    new = move(second, on=date(2027, 1, 13)).first.series
    assert new.rule == "FREQ=MONTHLY;BYDAY=2WE"
    assert days(new)[:3] == [date(2027, 1, 13), date(2027, 2, 10), date(2027, 3, 10)]


def test_all_still_ahead_change_with_the_one_in_hand(group):
    series = plan(group)
    third = occurrence(series, 2)
    new = move(third, on=third.original_on + 2 * DAY, is_from_now=True).first.series
    assert not series.meetings.exists()
    assert days(new)[:3] == [FIRST + 2 * DAY, FIRST + 16 * DAY, FIRST + 30 * DAY]


def test_a_meeting_that_went_online_on_its_own_stays_online(group):
    series, room = (
        plan(group),
        VenueFactory(kind="online", site=group.site, address="", join_link="https://meet.example.org/1"),
    )
    second = occurrence(series, 1)
    move_meeting(
        meeting=second,
        on=second.original_on,
        start_time=time(14),
        duration_minutes=120,
        venue=second.venue,
        online_venue=room,
        by=PersonFactory(),
        now=NOW,
    )
    assert move(occurrence(series, 0), start_time=time(10)).kept == 1
    second.refresh_from_db()
    assert (second.starts_at.hour, second.online_venue) == (14, room)


def test_what_was_changed_on_its_own_or_cancelled_stays_as_it_is(group):
    series = plan(group)
    second, fourth = occurrence(series, 1), occurrence(series, 3)
    place = {"duration_minutes": 60, "venue": None, "by": PersonFactory(), "now": NOW}
    move_meeting(meeting=second, on=second.original_on + DAY, start_time=time(9), **place)
    cancel_meeting(meeting=fourth, reason="Snow", by=PersonFactory(), now=NOW)
    changed = move(occurrence(series, 0), start_time=time(10))
    assert changed.kept == 1
    for meeting, sequence in ((second, 1), (fourth, 1)):
        before = (meeting.starts_at, meeting.state)
        meeting.refresh_from_db()
        assert (meeting.series, meeting.sequence) == (series, sequence)
        assert before[0].date() in (meeting.starts_at.date(), meeting.starts_at.date() - DAY)
    # Neither comes twice: the new rhythm leaves out the days that they stand for.
    assert FIRST + 14 * DAY not in days(changed.first.series)
    assert FIRST + 42 * DAY not in days(changed.first.series)


def test_the_rhythm_goes_on_from_there(group):
    series = plan(group)
    new = move(occurrence(series, 1), start_time=time(10)).first.series
    last = days(new)[-1]
    extend_series(series=new, now=NOW + 60 * DAY)
    later = days(new)
    assert later[-1] > last
    assert len(later) == len(set(later))
    assert {(after - before).days for before, after in pairwise(later)} == {14}


def test_a_rhythm_with_so_many_times_keeps_its_number(group):
    series = plan(group, Repeat.WEEKLY, times=6)
    new = move(occurrence(series, 2), start_time=time(10)).first.series
    assert (series.meetings.count(), new.meetings.count()) == (2, 4)
    assert extend_series(series=new, now=NOW + 300 * DAY) == 0


def test_a_last_day_moves_along_with_the_meetings(group):
    series = plan(group, Repeat.WEEKLY, last_on=FIRST + 21 * DAY)
    new = move(occurrence(series, 1), on=FIRST + 8 * DAY).first.series
    assert days(new) == [FIRST + 8 * DAY, FIRST + 15 * DAY, FIRST + 22 * DAY]


def test_members_get_one_mail_that_speaks_for_all(group, member):
    series = plan(group, Repeat.WEEKLY, times=4)
    move(occurrence(series, 1), start_time=time(10))
    message = Message.objects.get(kind="groups.meeting_moved", recipient=member)
    letter = letter_of(message)
    assert letter.subject == "Your group now meets on Tuesday 8 December"
    assert "2 later meetings change with it." in letter.body
    assert "SEQUENCE:1" in str(letter.alternatives[-1].content)


def test_answers_are_asked_anew_for_each(group, member):
    series = plan(group, Repeat.WEEKLY, times=3)
    for number in range(3):
        answer_meeting(meeting=occurrence(series, number), answer="coming", by=member, now=NOW)
    move(occurrence(series, 1), start_time=time(10))
    answered = Meeting.objects.with_answer_of(member).order_by("starts_at").values_list("my_answer", flat=True)
    assert list(answered) == ["coming", None, None]


def test_a_change_into_the_past_is_refused_and_nothing_changes(group):
    series = plan(group)
    with pytest.raises(refusals.InThePast):
        move(occurrence(series, 0), on=NOW.date() - DAY, now=NOW)
    assert MeetingSeries.objects.get() == series
    assert series.meetings.filter(sequence=0).count() == series.meetings.count()


rhythms = some.tuples(some.sampled_from(Unit), some.integers(min_value=1, max_value=3))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rhythm=rhythms, shift=some.integers(min_value=-3, max_value=3), is_from_now=some.booleans())
def test_whatever_changes_the_one_in_hand_is_where_it_was_put(group, rhythm, shift, is_from_now):
    unit, every = rhythm
    series = plan(group, Repeat.OTHER, unit=unit, every=every, times=5, on=FIRST + 7 * DAY)
    if series.meetings.count() < 2:
        return
    meeting = occurrence(series, 1)
    count = series.meetings.count()
    on = meeting.original_on + shift * DAY
    changed = move(meeting, on=on, start_time=time(9, 30), is_from_now=is_from_now)
    meeting.refresh_from_db()
    shown = timezone.localtime(meeting.starts_at, meeting.zone)
    assert (shown.date(), shown.time()) == (on, time(9, 30))
    assert rhythm_of(changed.first.series.rule) == rhythm
    assert changed.number == (count if is_from_now else count - 1)


# Cancelling


def test_this_and_those_after_it_are_cancelled_with_one_mail(group, member):
    series = plan(group, Repeat.WEEKLY, times=5)
    assert cancel_following(meeting=occurrence(series, 2), reason="Closed", by=PersonFactory(), now=NOW) == 3
    states = series.meetings.order_by("starts_at").values_list("state", flat=True)
    assert list(states) == ["planned", "planned", "cancelled", "cancelled", "cancelled"]
    series.refresh_from_db()
    assert series.ended_at == NOW
    assert Message.objects.filter(kind="groups.meeting_cancelled", recipient=member).count() == 1


# How it stands


def test_a_meeting_is_confirmed_without_troubling_calendars(group):
    meeting = occurrence(plan(group), 0)
    confirm_meeting(meeting=meeting, now=NOW)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.sequence, meeting.is_going_ahead) == ("confirmed", 0, True)


@pytest.mark.parametrize("state", ["held", "not_known"])
def test_a_meeting_that_is_over_was_held_or_nobody_knows(group, state):
    meeting = occurrence(plan(group), 0)
    with pytest.raises(refusals.NotOverYet):
        settle_meeting(meeting=meeting, state=state, now=NOW)
    settle_meeting(meeting=meeting, state=state, now=NOW + 30 * DAY)
    meeting.refresh_from_db()
    assert meeting.state == state
    with pytest.raises(refusals.NotOverYet):
        settle_meeting(meeting=meeting, state="planned", now=NOW + 30 * DAY)


def test_a_cancelled_meeting_was_never_held(group):
    meeting = occurrence(plan(group), 0)
    cancel_meeting(meeting=meeting, reason="Snow", by=PersonFactory(), now=NOW)
    with pytest.raises(refusals.NotOverYet):
        settle_meeting(meeting=meeting, state="held", now=NOW + 30 * DAY)


# The pages


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


def posted(day, **change):
    when = {"on_day": day.day, "on_month": day.month, "on_year": day.year}
    return when | {"start_time": "2pm", "duration_minutes": "120", "venue": "later", "repeat": "not"} | change


@pytest.fixture
def soon():
    return timezone.localdate() + 20 * DAY


def test_any_rhythm_can_be_planned(sign_in, group, contact, soon):
    typed = posted(soon, repeat="other", every="3", unit="weeks", times="4", capacity="8")
    sign_in(contact).post(address("meeting_plan", group), typed)
    series = MeetingSeries.objects.get()
    assert (rhythm_of(series.rule), series.capacity) == ((Unit.WEEKS, 3), 8)
    assert days(series) == [soon + weeks * 21 * DAY for weeks in range(4)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"repeat": "other", "every": ""}, "Enter a number, like 3 for every 3 weeks"),
        ({"repeat": "other", "every": "0"}, "Enter 1 or more"),
        ({"repeat": "other", "every": "3", "unit": "moons"}, "Choose one of the answers"),
        ({"times": "3"}, "A meeting that happens once has no number of times."),
        ({"repeat": "weekly", "times": "201"}, "Enter 200 or fewer"),
        ({"capacity": "0"}, "Enter 1 or more"),
    ],
)
def test_a_rhythm_that_can_not_be_gets_a_sentence(sign_in, group, contact, soon, change, sentence):
    page = sign_in(contact).post(address("meeting_plan", group), posted(soon, **change)).text
    assert sentence in page
    assert 'value="2pm"' in page
    assert not Meeting.objects.exists()


def test_an_end_is_a_day_or_a_number_but_not_both(sign_in, group, contact, soon):
    end = {"last_on_day": soon.day, "last_on_month": soon.month, "last_on_year": soon.year + 1}
    page = sign_in(contact).post(address("meeting_plan", group), posted(soon, repeat="weekly", times="3", **end)).text
    assert "Give a last day or a number of times, not both." in page


def test_bank_holidays_are_pointed_out_and_not_skipped(sign_in, group, contact):
    christmas = date(timezone.localdate().year + 1, 12, 25)
    page = sign_in(contact).post(address("meeting_plan", group), posted(christmas), follow=True).text
    assert "(Christmas Day)" in page
    meeting = Meeting.objects.get()
    assert meeting.starts_at.date() == christmas
    assert "Christmas Day" in sign_in(contact).get(meeting.get_absolute_url()).text


@pytest.mark.parametrize(("scope", "left"), [("this", 4), ("following", 1)])
def test_cancelling_asks_how_many_are_meant(sign_in, group, contact, soon, scope, left):
    sign_in(contact).post(address("meeting_plan", group), posted(soon, repeat="weekly", times="5"))
    meeting = occurrence(MeetingSeries.objects.get(), 1)
    sign_in(contact).post(address("meeting_cancel", meeting), {"reason": "Snow", "scope": scope})
    assert Meeting.objects.going_ahead().count() == left


@pytest.mark.parametrize(("scope", "moved"), [("this", 1), ("following", 3), ("all", 4), ("", 1)])
def test_moving_asks_how_many_are_meant(sign_in, group, contact, soon, scope, moved):
    client = sign_in(contact)
    client.post(address("meeting_plan", group), posted(soon, repeat="weekly", times="4"))
    second = occurrence(MeetingSeries.objects.get(), 1)
    page = client.post(address("meeting_move", second), posted(soon + 8 * DAY, scope=scope), follow=True).text
    assert Meeting.objects.filter(sequence=1).count() == moved
    assert ("meetings are changed." in page) == (moved > 1)


def test_a_meeting_of_its_own_is_not_asked_about_others(sign_in, group, contact, soon):
    client = sign_in(contact)
    client.post(address("meeting_plan", group), posted(soon))
    meeting = Meeting.objects.get()
    assert "Which meetings?" not in client.get(address("meeting_move", meeting)).text
    assert "Which meetings?" not in client.get(address("meeting_cancel", meeting)).text


def test_confirming_and_noting_are_one_tap(sign_in, group, contact, soon):
    client = sign_in(contact)
    client.post(address("meeting_plan", group), posted(soon))
    meeting = Meeting.objects.get()
    assert "The meeting is confirmed." in client.post(address("meeting_confirm", meeting), follow=True).text
    assert (
        "This meeting is not over yet"
        in client.post(address("meeting_settle", meeting), {"state": "held"}, follow=True).text
    )
    past = timezone.now() - DAY
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=past - DAY, ends_at=past)
    assert "It took place" in client.get(meeting.get_absolute_url()).text
    client.post(address("meeting_settle", meeting), {"state": "not_known"})
    meeting.refresh_from_db()
    assert meeting.state == "not_known"


def test_a_place_and_a_link_at_once_is_hybrid_and_the_link_is_for_members(sign_in, group, contact, soon):
    client = sign_in(contact)
    form = client.get(address("group_edit", group)).context["form"]
    link = {"online_link": "https://meet.example.org/tea", "venue": str(group.venue_id), "about": "Tea"}
    client.post(address("group_edit", group), {name: form[name].value() or "" for name in form.fields} | link)
    group.refresh_from_db()
    assert group.online_venue.join_link == "https://meet.example.org/tea"
    client.post(address("meeting_plan", group), posted(soon, venue=str(group.venue_id), is_hybrid="online"))
    meeting = Meeting.objects.get()
    assert (meeting.mode, meeting.online_venue) == (Meeting.Mode.HYBRID, group.online_venue)
    page = client.get(meeting.get_absolute_url()).text
    assert "In person and online" in page
    assert "https://meet.example.org/tea" in page
    # Another link later is the same room.
    link["online_link"] = "https://meet.example.org/new"
    client.post(address("group_edit", group), {name: form[name].value() or "" for name in form.fields} | link)
    meeting.refresh_from_db()
    assert meeting.online_venue.join_link == "https://meet.example.org/new"
