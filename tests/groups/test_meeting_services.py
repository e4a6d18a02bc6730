"""Planning, moving, cancelling and answering, without pages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from groups import tasks
from groups.models import RSVP, Meeting, MeetingSeries, SupportGroup
from groups.recurrence import Repeat
from groups.refusals import GroupHasEnded, InThePast, MeetingOver, NeverHappens, NotAMember
from groups.services.answer import answer_meeting
from groups.services.meeting import cancel_meeting, move_meeting, plan_meeting, stop_series
from groups.services.series import add_series, extend_all_series, extend_series
from peersupport.reminders.models import Message
from tests.factories import NOW, TODAY, MeetingFactory, MembershipFactory, SupportGroupFactory, VenueFactory

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
TUESDAY = date(2026, 12, 1)


@pytest.fixture
def group():
    venue = VenueFactory()
    return SupportGroupFactory(venue=venue, site=venue.site)


@pytest.fixture
def member(group):
    return MembershipFactory(group=group).person


@pytest.fixture
def plan(group, member):
    """Plan a meeting on Tuesday 1 December at two, or what differs."""

    def plan(**changes):
        details = {
            "group": group,
            "on": TUESDAY,
            "start_time": time(14),
            "duration_minutes": 120,
            "venue": group.venue,
            "by": member,
            "now": NOW,
        }
        return plan_meeting(**details | changes)

    return plan


@pytest.fixture
def move(member):
    def move(meeting, **changes):
        details = {
            "on": TUESDAY,
            "start_time": time(14),
            "duration_minutes": 120,
            "venue": meeting.venue,
            "by": member,
            "now": NOW,
        }
        return move_meeting(meeting=meeting, **details | changes)

    return move


def messages(kind, state="pending"):
    return Message.objects.filter(kind=f"groups.meeting_{kind}", state=state)


def local_times(meetings, zone=LONDON):
    return {meeting.starts_at.astimezone(zone).time() for meeting in meetings}


# Planning


def test_a_meeting_is_planned_by_the_clock_of_the_group(plan, group):
    SupportGroup.objects.filter(pk=group.pk).update(time_zone="America/New_York")
    group.refresh_from_db()
    meeting = plan()
    assert (meeting.starts_at, meeting.ends_at) == (
        datetime(2026, 12, 1, 19, tzinfo=UTC),
        datetime(2026, 12, 1, 21, tzinfo=UTC),
    )
    assert (meeting.series, meeting.state, meeting.sequence) == (None, "planned", 0)


def test_every_member_hears_of_a_new_meeting_once(plan, group, member):
    others = MembershipFactory.create_batch(2, group=group)
    MembershipFactory(group=group, state="left", ended_at=NOW)
    MembershipFactory()
    meeting = plan()
    told = messages("planned").filter(subject_id=meeting.pk).values_list("recipient_id", flat=True)
    assert sorted(told) == sorted([member.pk, *(membership.person_id for membership in others)])
    assert {(message.due_at, message.expires_at) for message in messages("planned")} == {(NOW, meeting.starts_at)}


def test_a_series_is_half_a_year_of_meetings_and_one_message(plan):
    first = plan(repeat=Repeat.FORTNIGHTLY)
    meetings = Meeting.objects.order_by("starts_at")
    assert (first, first.series.rule) == (meetings[0], "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    assert [meeting.original_on for meeting in meetings] == [
        TUESDAY + timedelta(days=14 * number) for number in range(14)
    ]
    # Winter and summer time both.
    assert local_times(meetings) == {time(14)}
    assert len({meeting.starts_at.time() for meeting in meetings}) == 2
    assert messages("planned").count() == 1


def test_a_series_ends_on_its_last_day(plan):
    plan(repeat=Repeat.WEEKLY, last_on=TUESDAY + timedelta(days=14))
    assert Meeting.objects.count() == 3


def test_a_series_that_never_meets_is_refused_and_leaves_nothing(plan):
    with pytest.raises(NeverHappens), transaction.atomic():
        plan(repeat=Repeat.WEEKLY, last_on=TUESDAY - timedelta(days=1))
    assert not MeetingSeries.objects.exists()


@pytest.mark.parametrize("repeat", [Repeat.NOT, Repeat.WEEKLY])
@pytest.mark.parametrize(
    ("on", "at"), [(TODAY - timedelta(days=1), time(14)), (TODAY, time(11, 59)), (TODAY, time(12))]
)
def test_a_time_that_is_over_is_refused(plan, repeat, on, at):
    with pytest.raises(InThePast):
        plan(on=on, start_time=at, repeat=repeat)


def test_a_meeting_later_today_can_be_planned(plan):
    assert plan(on=TODAY, start_time=time(12, 1)).starts_at == NOW + timedelta(minutes=1)


def test_a_group_that_has_ended_plans_nothing(plan, group):
    SupportGroup.objects.filter(pk=group.pk).update(state="closed", closing_reason="Done")
    with pytest.raises(GroupHasEnded):
        plan()


def test_overlapping_meetings_are_found_and_allowed(plan, group):
    meeting = plan()
    during = plan(start_time=time(15))
    # One that follows at once, one elsewhere and a cancelled one don't overlap.
    plan(start_time=time(17))
    MeetingFactory(starts_at=meeting.starts_at)
    MeetingFactory(group=group, starts_at=meeting.starts_at, state="cancelled", cancel_reason="Snow")
    assert list(Meeting.objects.overlapping()) == [meeting, during]


# A series goes on


def series(group, **changes):
    details = {
        "group": group,
        "rule": "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU",
        "first_on": TUESDAY,
        "start_time": time(14),
        "duration_minutes": 120,
        "venue": None,
        "now": NOW,
    }
    return add_series(**details | changes)


def test_a_series_is_extended_as_time_passes(group):
    made = series(group)
    before = made.meetings.count()
    assert extend_series(series=made, now=NOW + timedelta(days=70)) == 9
    assert made.meetings.count() == before + 9
    assert local_times(made.meetings.all()) == {time(14)}


def test_extending_twice_adds_nothing(group):
    made, later = series(group), NOW + timedelta(days=70)
    assert extend_series(series=made, now=later) > 0
    assert extend_series(series=made, now=later) == 0


def test_extending_tells_nobody(group, member):
    made = series(group)
    extend_series(series=made, now=NOW + timedelta(days=70))
    assert not Message.objects.exists()


def test_a_moved_occurrence_is_not_made_again(group, move):
    made = series(group)
    first = made.meetings.earliest("starts_at")
    move(first, on=TUESDAY + timedelta(days=1))
    extend_series(series=made, now=NOW + timedelta(days=70))
    assert made.meetings.filter(original_on=TUESDAY).count() == 1


def test_days_that_a_long_break_left_out_are_not_made_up(group):
    made = series(group)
    later = NOW + timedelta(days=400)
    extend_series(series=made, now=later)
    assert not made.meetings.filter(starts_at__range=(NOW + timedelta(days=200), later)).exists()
    assert made.meetings.filter(starts_at__gt=later).count() == 26


def test_only_series_that_go_on_in_groups_that_meet_are_extended(group):
    going_on = series(group)
    stopped = series(group)
    MeetingSeries.objects.filter(pk=stopped.pk).update(ended_at=NOW)
    paused = series(SupportGroupFactory(state="paused"))
    until = going_on.meetings.latest("starts_at").starts_at
    extend_all_series(now=NOW + timedelta(days=30))
    ahead = Meeting.objects.filter(starts_at__gt=until)
    assert {meeting.series_id for meeting in ahead} == {going_on.pk}
    assert paused.meetings.count() == stopped.meetings.count()


def test_the_task_extends_by_the_real_clock(group):
    long_ago = datetime.now(UTC) - timedelta(days=100)
    made = series(group, first_on=long_ago.date() + timedelta(days=1), now=long_ago, rule="FREQ=WEEKLY;BYDAY=TU")
    before = made.meetings.count()
    tasks.extend_series()
    assert 13 <= made.meetings.count() - before <= 15


def test_a_series_keeps_its_own_zone_when_the_group_changes_its(group):
    made = series(group)
    SupportGroup.objects.filter(pk=group.pk).update(time_zone="America/New_York")
    extend_series(series=made, now=NOW + timedelta(days=70))
    assert local_times(made.meetings.all()) == {time(14)}


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_each_meeting_once():
    made, later = series(SupportGroupFactory()), NOW + timedelta(days=70)

    def extend(_beat):
        try:
            return extend_series(series=made, now=later)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as beats:
        assert sorted(beats.map(extend, range(2))) == [0, 9]
    days = list(made.meetings.values_list("original_on", flat=True))
    assert len(days) == len(set(days))


@pytest.mark.django_db(transaction=True)
def test_two_organisers_at_once_change_a_meeting_one_after_the_other():
    group = SupportGroupFactory()
    person, meeting = MembershipFactory(group=group).person, MeetingFactory(group=group)

    def move_to(hour):
        details = {"on": TUESDAY, "start_time": time(hour), "duration_minutes": 120, "venue": None}
        try:
            return move_meeting(meeting=meeting, by=person, now=NOW, **details).sequence
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as organisers:
        assert sorted(organisers.map(move_to, [9, 10])) == [1, 2]
    # What the first of them told is no longer true, and is not sent.
    assert sorted(Message.objects.values_list("schedule_version", "state")) == [(1, "dropped"), (2, "pending")]


def test_extending_many_series_costs_the_same_queries_each(group, django_assert_max_num_queries):
    later = NOW + timedelta(days=70)
    for _number in range(3):
        series(group)
    # Per series: savepoint, lock, insert, who usually comes, update, release.
    with django_assert_max_num_queries(1 + 3 * 6):
        extend_all_series(now=later)


# Moving


def test_a_move_changes_one_meeting_and_raises_its_sequence(plan, move):
    first = plan(repeat=Repeat.WEEKLY)
    moved = move(first, on=TUESDAY + timedelta(days=1), start_time=time(10))
    moved.refresh_from_db()
    assert (moved.starts_at, moved.sequence, moved.uid) == (datetime(2026, 12, 2, 10, tzinfo=UTC), 1, first.uid)
    assert (moved.changed_at, moved.original_on) == (NOW, TUESDAY)
    assert set(Meeting.objects.exclude(pk=moved.pk).values_list("sequence", flat=True)) == {0}


def test_a_move_takes_back_what_was_waiting_and_tells_the_new_time(plan, move):
    meeting = plan()
    moved = move(meeting, start_time=time(15))
    assert messages("planned", "dropped").get().reason == "The meeting was moved."
    told = messages("moved").get()
    assert (told.schedule_version, told.expires_at) == (1, moved.starts_at)


def test_another_place_is_a_move_too(plan, move):
    assert move(plan(), venue=None).sequence == 1


def test_a_move_to_where_it_is_changes_nothing(plan, move):
    meeting = plan()
    assert move(meeting).sequence == 0
    assert not messages("moved").exists()


def test_a_move_keeps_the_time_through_the_clock_change(plan, move):
    moved = move(plan(), on=date(2027, 3, 29))
    assert moved.starts_at == datetime(2027, 3, 29, 13, tzinfo=UTC)


def test_a_move_into_the_past_is_refused(plan, move):
    with pytest.raises(InThePast):
        move(plan(), on=TODAY, start_time=time(9))


def test_what_is_over_or_cancelled_is_not_moved(move):
    over = MeetingFactory(starts_at=NOW - timedelta(hours=3))
    cancelled = MeetingFactory(state="cancelled", cancel_reason="Snow")
    for meeting in (over, cancelled):
        with pytest.raises(MeetingOver):
            move(meeting)


def test_a_move_of_a_stale_copy_counts_on_from_what_is_there(plan, move):
    meeting = plan()
    stale = Meeting.objects.get(pk=meeting.pk)
    move(meeting, start_time=time(15))
    assert move(stale, start_time=time(16)).sequence == 2


# Cancelling


def test_a_cancelled_meeting_says_why_and_everyone_hears(plan, member):
    meeting = plan()
    cancel_meeting(meeting=meeting, reason="The hall is flooded.", by=member, now=NOW)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.cancel_reason, meeting.sequence) == ("cancelled", "The hall is flooded.", 1)
    assert messages("planned", "dropped").get().reason == "The meeting was cancelled."
    assert messages("cancelled").get().recipient == member


def test_a_meeting_that_has_begun_can_still_be_called_off(member, group):
    meeting = MeetingFactory(group=group, starts_at=NOW - timedelta(minutes=5))
    cancel_meeting(meeting=meeting, reason="Locked out", by=member, now=NOW)
    assert messages("cancelled").get().expires_at == meeting.ends_at


def test_a_meeting_is_cancelled_once(plan, member):
    meeting = plan()
    cancel_meeting(meeting=meeting, reason="Snow", by=member, now=NOW)
    with pytest.raises(MeetingOver):
        cancel_meeting(meeting=meeting, reason="Ice", by=member, now=NOW)


def test_the_database_keeps_no_cancelled_meeting_without_a_reason(plan):
    meeting = plan()
    with pytest.raises(IntegrityError, match="cancelled_meeting_has_reason"):
        Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")


def test_stopping_a_series_cancels_what_is_ahead_with_one_message(plan, member):
    first = plan(repeat=Repeat.WEEKLY)
    later = NOW + timedelta(days=10)
    held = Meeting.objects.get(original_on=TUESDAY)
    assert stop_series(series=first.series, reason="We stop.", by=member, now=later) == 26
    held.refresh_from_db()
    assert (held.state, Meeting.objects.filter(state="cancelled").count()) == ("planned", 26)
    told = messages("cancelled").get()
    assert told.subject_id == Meeting.objects.get(original_on=TUESDAY + timedelta(days=7)).pk


def test_a_stopped_series_makes_no_more(plan, member):
    first = plan(repeat=Repeat.WEEKLY)
    stop_series(series=first.series, reason="We stop.", by=member, now=NOW)
    before = Meeting.objects.count()
    assert extend_series(series=first.series, now=NOW + timedelta(days=70)) == 0
    assert Meeting.objects.count() == before


# Answering


def test_the_last_word_counts(plan, member):
    meeting = plan()
    answer_meeting(meeting=meeting, answer="coming", by=member, now=NOW)
    answer_meeting(meeting=meeting, answer="cannot", by=member, now=NOW + timedelta(hours=1))
    rsvp = RSVP.objects.get()
    assert (rsvp.answer, rsvp.answered_at) == ("cannot", NOW + timedelta(hours=1))


def test_only_members_answer(plan, group):
    meeting = plan()
    left = MembershipFactory(group=group, state="left", ended_at=NOW).person
    for person in (left, MembershipFactory().person):
        with pytest.raises(NotAMember):
            answer_meeting(meeting=meeting, answer="coming", by=person, now=NOW)


def test_nobody_answers_when_it_is_over_or_cancelled(member, group):
    over = MeetingFactory(group=group, starts_at=NOW - timedelta(days=1))
    cancelled = MeetingFactory(group=group, state="cancelled", cancel_reason="Snow")
    for meeting in (over, cancelled):
        with pytest.raises(MeetingOver):
            answer_meeting(meeting=meeting, answer="coming", by=member, now=NOW)


def test_an_answer_holds_for_the_time_it_was_given_for(plan, move, member):
    meeting = plan()
    answer_meeting(meeting=meeting, answer="cannot", by=member, now=NOW)
    mine = Meeting.objects.with_answer_of(member)
    assert mine.get().my_answer == "cannot"
    move(meeting, start_time=time(15), now=NOW + timedelta(hours=1))
    assert mine.get().my_answer is None
    answer_meeting(meeting=meeting, answer="coming", by=member, now=NOW + timedelta(hours=2))
    assert mine.get().my_answer == "coming"


def test_an_answer_is_ones_own(plan, member, group):
    meeting = plan()
    answer_meeting(meeting=meeting, answer="coming", by=member, now=NOW)
    peer = MembershipFactory(group=group).person
    assert Meeting.objects.with_answer_of(peer).get().my_answer is None
