"""What members hear about meetings: planned once, true when sent, and understood by calendars."""

from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
from django.core import mail
from django.utils import timezone

from groups.models import Meeting, Membership
from groups.recurrence import Repeat
from groups.services.answer import answer_meeting
from groups.services.group_state import pause_group
from groups.services.meeting import cancel_meeting, move_meeting, plan_meeting, stop_series
from groups.services.membership import leave_group
from groups.services.series import add_series
from peersupport.reminders import services
from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_kind
from peersupport.reminders.registry import kind_named
from peersupport.reminders.sending import send_all_due
from tests.factories import (
    NOW,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
    VenueFactory,
)
from tests.messages import letter_of, reason_against, received, row_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
COMING = "groups.meeting_coming"
START = datetime(2026, 12, 1, 14, tzinfo=UTC)
DUE = START - DAY


@pytest.fixture
def group():
    venue = VenueFactory(name="Hall", address="1 High Street", access_notes="Ramp at the back")
    return SupportGroupFactory(name="Back pain group", venue=venue, site=venue.site)


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, person__preferred_name="Maria", person__email="maria@example.org").person


@pytest.fixture
def meeting(group, member):
    return MeetingFactory(group=group, venue=group.venue, starts_at=START)


def plan(now):
    return plan_kind(kind_named(COMING), now)


def why_not(message, now=DUE):
    return reason_against(message, now)


def told(kind):
    """The one message of `kind`, written."""
    return letter_of(Message.objects.get(kind=f"groups.meeting_{kind}"))


def calendar_part(letter):
    part = next(part for part in received(letter).walk() if part.get_content_type() == "text/calendar")
    return part, icalendar.Calendar.from_ical(part.get_content())


# Planned


def test_the_reminder_is_planned_once_for_the_day_before(meeting, member):
    assert [plan(moment) for moment in (DUE - timedelta(hours=1), DUE, DUE, DUE + timedelta(minutes=1))] == [0, 1, 0, 0]
    message = Message.objects.get()
    assert (message.subject_id, message.recipient, message.lead_minutes) == (meeting.pk, member, 1440)
    assert (message.due_at, message.expires_at, message.schedule_version) == (DUE, START, 0)


def choose(person, *leads):
    services.choose_reminders(person_id=person.pk, wanted={COMING: bool(leads)}, leads={COMING: list(leads)}, now=NOW)


def test_each_gets_it_as_long_before_as_they_chose(group, meeting, member):
    early = MembershipFactory(group=group).person
    late = MembershipFactory(group=group).person
    none = MembershipFactory(group=group).person
    choose(early, 10080, 120)
    choose(late, 120)
    choose(none)
    for moment in (START - 7 * DAY, DUE, START - timedelta(hours=2)):
        plan(moment)
    planned = Message.objects.order_by("due_at", "pk").values_list("recipient", "lead_minutes", "due_at")
    assert set(planned) == {
        (early.pk, 10080, START - 7 * DAY),
        (member.pk, 1440, DUE),
        (early.pk, 120, START - timedelta(hours=2)),
        (late.pk, 120, START - timedelta(hours=2)),
    }


def test_a_lead_time_that_is_past_when_they_join_or_choose_it_is_left_out(group, meeting, member):
    plan(DUE - DAY)
    choose(member, 10080, 120)
    newcomer = MembershipFactory(group=group, joined_at=DUE).person
    choose(newcomer, 10080, 120)
    plan(DUE)
    assert not Message.objects.exists()
    plan(START - timedelta(hours=2))
    assert set(Message.objects.values_list("recipient", "lead_minutes")) == {(member.pk, 120), (newcomer.pk, 120)}


def test_a_lead_time_given_up_after_planning_is_not_sent(meeting, member):
    soon = timezone.now() + DAY - timedelta(minutes=1)
    Meeting.objects.update(starts_at=soon, ends_at=soon + timedelta(hours=2))
    plan(timezone.now())
    choose(member, 120)
    assert send_all_due() == 0
    message = Message.objects.get()
    assert (message.state, message.reason) == ("dropped", "This reminder was turned off.")


def test_after_an_outage_only_the_newest_lead_time_goes(meeting, member):
    now = timezone.now()
    Meeting.objects.update(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=3))
    choose(member, 10080, 1440, 120)
    plan(now - 8 * DAY)
    plan(now)
    assert Message.objects.count() == 3
    assert send_all_due() == 1
    assert Message.objects.get(state="sent").lead_minutes == 120


def test_everyone_who_belongs_is_reminded(group, meeting, member):
    peer = MembershipFactory(group=group).person
    MembershipFactory()
    assert plan(DUE) == 2
    assert set(Message.objects.values_list("recipient", flat=True)) == {member.pk, peer.pk}


def test_a_worker_that_was_away_catches_up(meeting):
    plan(DUE - DAY)
    assert plan(START - timedelta(minutes=5)) == 1


def test_a_meeting_already_begun_is_of_no_use_any_more(meeting):
    plan(DUE - DAY)
    assert plan(START + timedelta(minutes=1)) == 0


@pytest.mark.parametrize(("answer", "number"), [("coming", 1), ("not_sure", 1), ("cannot", 0)])
def test_only_those_who_said_no_are_left_out(meeting, member, answer, number):
    RSVPFactory(meeting=meeting, membership=member.memberships.get(), answer=answer, answered_at=NOW)
    assert plan(DUE) == number


def test_a_no_to_the_time_before_the_move_is_asked_anew(meeting, member):
    RSVPFactory(
        meeting=meeting, membership=member.memberships.get(), answer="cannot", answered_at=meeting.changed_at - DAY
    )
    assert plan(DUE) == 1


@pytest.mark.parametrize("state", ["cancelled", "held", "not_known"])
def test_only_meetings_that_go_ahead_are_planned(meeting, state):
    Meeting.objects.update(state=state, cancel_reason="Snow")
    assert plan(DUE) == 0


@pytest.mark.parametrize("state", ["paused", "left"])
def test_only_those_who_take_part_now_are_reminded(meeting, state):
    Membership.objects.update(state=state, ended_at=NOW if state == "left" else None)
    assert plan(DUE) == 0


def test_who_joins_after_it_was_due_is_not_reminded(meeting, group, member):
    Membership.objects.update(joined_at=DUE + timedelta(minutes=1))
    assert plan(DUE + timedelta(minutes=2)) == 0


def test_what_was_just_planned_or_moved_needs_no_reminder(meeting):
    Meeting.objects.update(changed_at=DUE + timedelta(minutes=1))
    assert plan(DUE + timedelta(minutes=2)) == 0


def test_a_moved_meeting_is_reminded_of_at_its_new_time(meeting, member):
    plan(DUE)
    later = {"on": date(2026, 12, 3), "start_time": time(14), "duration_minutes": 120, "venue": meeting.venue}
    move_meeting(meeting=meeting, by=member, now=DUE, **later)
    assert Message.objects.get(kind=COMING).state == "dropped"
    assert plan(DUE + 2 * DAY) == 1
    reminder = Message.objects.get(kind=COMING, state="pending")
    assert (reminder.due_at, reminder.schedule_version) == (DUE + 2 * DAY, 1)


def test_who_turned_it_off_is_not_reminded(meeting, member):
    services.choose_reminders(person_id=member.pk, wanted={COMING: False}, now=NOW)
    assert plan(DUE) == 0


@pytest.mark.parametrize(
    ("day", "due"),
    # The clocks change in the night between the reminder and the meeting: it comes 24 hours before all the same.
    [
        (date(2026, 3, 29), datetime(2026, 3, 28, 13, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 14, tzinfo=UTC)),
    ],
)
def test_the_day_before_across_a_clock_change(group, member, day, due):
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    Membership.objects.update(joined_at=long_ago)
    add_series(
        group=group,
        rule="FREQ=WEEKLY",
        first_on=day,
        start_time=time(14),
        duration_minutes=120,
        venue=None,
        now=long_ago,
    )
    assert plan(due) == 1
    assert Message.objects.get().due_at == due


@pytest.mark.parametrize("number", [1, 30])
def test_planning_is_one_statement_for_any_number(group, meeting, number, django_assert_num_queries):
    MembershipFactory.create_batch(number, group=group)
    plan(DUE - DAY)
    with django_assert_num_queries(6):
        assert plan(DUE) == number + 1


# True when it is sent


def test_a_reminder_that_still_holds_is_sent(meeting):
    plan(DUE)
    assert why_not(Message.objects.get()) == ""


def cancelled(meeting, member):
    Meeting.objects.update(state="cancelled", cancel_reason="Snow")


def moved(meeting, member):
    Meeting.objects.update(sequence=1)


def left(meeting, member):
    Membership.objects.update(state="left", ended_at=NOW)


def said_no(meeting, member):
    RSVPFactory(meeting=meeting, membership=member.memberships.get(), answer="cannot", answered_at=NOW)


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        (cancelled, "The meeting was cancelled."),
        (moved, "The meeting has been changed since."),
        (left, "They have left the group."),
        (said_no, "They said they can't come."),
    ],
)
def test_a_reminder_that_is_no_longer_true_is_not_sent(meeting, member, happened, reason):
    plan(DUE)
    happened(meeting, member)
    assert why_not(Message.objects.get()) == reason


@pytest.mark.parametrize("kind", ["planned", "moved", "cancelled"])
def test_news_goes_to_those_who_still_belong(meeting, member, kind):
    message = Message(kind=f"groups.meeting_{kind}", subject_id=meeting.pk, recipient=member)
    if kind == "cancelled":
        cancelled(meeting, member)
    assert why_not(message) == ""
    left(meeting, member)
    assert why_not(message) == "They have left the group."


@pytest.mark.parametrize("kind", ["planned", "moved"])
def test_news_of_a_meeting_that_is_off_is_not_sent(meeting, member, kind):
    cancelled(meeting, member)
    assert why_not(Message(kind=f"groups.meeting_{kind}", subject_id=meeting.pk, recipient=member)) != ""


def test_a_cancellation_of_a_meeting_that_goes_ahead_is_not_sent(meeting, member):
    message = Message(kind="groups.meeting_cancelled", subject_id=meeting.pk, recipient=member)
    assert why_not(message) == "The meeting goes ahead after all."


def test_a_reason_not_to_send_names_nobody(meeting, member):
    plan(DUE)
    said_no(meeting, member)
    reason = why_not(Message.objects.get())
    assert [word for word in ("Maria", "maria@example.org", "pain") if word in reason] == []


# Written


def test_the_reminder_says_when_where_and_who_greets(meeting, member, group, settings):
    RoleTermFactory(group=group, role="greeter", person__preferred_name="Greta")
    plan(DUE)
    written = told("coming")
    assert (written.to, written.subject) == (["maria@example.org"], "Your group meets on Tuesday 1 December")
    for words in (
        "Hello Maria,",
        "When: Tuesday 1 December 2026, 2pm to 4pm",
        "Where: Hall, 1 High Street",
        "Getting in: Ramp at the back",
        "Greta will greet you.",
        settings.BASE_URL + meeting.get_absolute_url(),
    ):
        assert words in written.body
        assert words in written.alternatives[0].content.replace("<strong>", "").replace("</strong>", "")


def test_whoever_tells_someone_without_an_account_reads_whom(meeting, member, group):
    KeptMembershipFactory(group=group, name="Pat", told_by=member)
    KeptMembershipFactory(group=group, name="Lee", told_by=PersonFactory())
    KeptMembershipFactory(name="Elsewhere", told_by=member)
    plan(DUE)
    mail = told("coming")
    assert "Please tell these people too. They have no account:\n- Pat (by phone)\n" in mail.body
    assert "Lee" not in mail.body
    assert "Elsewhere" not in mail.body


def test_a_member_elsewhere_also_reads_the_time_of_their_own_clock(meeting, member):
    member.time_zone = "America/New_York"
    member.save()
    plan(DUE)
    assert "2pm to 4pm (by your clock: Tuesday 1 December 2026, 9am)" in told("coming").body


def test_members_of_the_same_hour_are_not_told_twice(meeting, member):
    member.time_zone = "Europe/Lisbon"
    member.save()
    plan(DUE)
    assert "by your clock" not in told("coming").body


def test_an_online_meeting_gives_the_link(meeting, group):
    meeting.venue = VenueFactory(kind="online", address="", join_link="https://meet.example.org/tea")
    meeting.save()
    plan(DUE)
    assert "Join online: https://meet.example.org/tea" in told("coming").body


def test_a_new_series_says_how_often_and_where_to_get_them_all(group, member, settings):
    details = {"on": date(2026, 12, 1), "start_time": time(14), "duration_minutes": 120, "venue": None}
    plan_meeting(group=group, repeat=Repeat.FORTNIGHTLY, by=member, now=NOW, **details)
    written = told("planned")
    assert written.subject == "Your group will meet on Tuesday 1 December"
    assert "And then: every 2 weeks" in written.body
    assert f"All of these meetings in your calendar: {settings.BASE_URL}/calendar/" in written.body
    assert f'<a href="{settings.BASE_URL}/calendar/">' in written.alternatives[0].content


def test_a_cancellation_says_why_and_names_no_time_to_come(meeting, member):
    cancel_meeting(meeting=meeting, reason="The hall's <flooded>.", by=member, now=NOW)
    written = told("cancelled")
    assert written.subject == "Your group does not meet on Tuesday 1 December"
    assert "does not meet on Tuesday 1 December 2026, 2pm." in written.body
    assert "Why: The hall's <flooded>." in written.body
    assert "The hall&#x27;s &lt;flooded&gt;." in written.alternatives[0].content
    assert "later meeting" not in written.body


@pytest.mark.parametrize(("weeks", "words"), [(1, "1 later meeting is cancelled too."), (3, "3 later meetings are")])
def test_one_mail_speaks_for_all_that_is_cancelled_together(group, member, weeks, words):
    details = {"on": date(2026, 12, 1), "start_time": time(14), "duration_minutes": 120, "venue": None}
    last_on = date(2026, 12, 1) + weeks * timedelta(days=7)
    first = plan_meeting(group=group, repeat=Repeat.WEEKLY, last_on=last_on, by=member, now=NOW, **details)
    stop_series(series=first.series, reason="We stop.", by=member, now=NOW + timedelta(hours=1))
    assert words in told("cancelled").body


def test_a_break_of_the_group_is_one_mail_too(group, member, meeting):
    MeetingFactory(group=group, starts_at=START + 7 * DAY)
    pause_group(group=group, cancel_meetings=True, by=member, now=NOW)
    written = told("cancelled")
    assert "Why: The group is having a break." in written.body
    assert "1 later meeting is cancelled too." in written.body


def planned_now(group, member, meeting):
    details = {"on": date(2026, 12, 1), "start_time": time(14), "duration_minutes": 120, "venue": None}
    plan_meeting(group=group, by=member, now=NOW, **details)


def moved_now(group, member, meeting):
    details = {"on": date(2026, 12, 2), "start_time": time(14), "duration_minutes": 120, "venue": None}
    move_meeting(meeting=meeting, by=member, now=NOW, **details)


def cancelled_now(group, member, meeting):
    cancel_meeting(meeting=meeting, reason="Pain is bad", by=member, now=NOW)


def coming_now(group, member, meeting):
    plan(DUE)


ALL = {"planned": planned_now, "moved": moved_now, "cancelled": cancelled_now, "coming": coming_now}


@pytest.mark.parametrize("kind", ALL)
def test_subject_and_calendar_title_say_nothing_about_health_or_group(group, member, meeting, kind):
    ALL[kind](group, member, meeting)
    written = told(kind)
    _part, calendar = calendar_part(written)
    shown = written.subject + calendar.events[0]["SUMMARY"]
    assert shown.startswith("Your group ")
    assert [word for word in ("pain", "back", "hall") if word in shown.lower()] == []


@pytest.mark.parametrize(
    ("kind", "method", "sequence", "status"),
    [
        ("planned", "REQUEST", 0, "CONFIRMED"),
        ("coming", "REQUEST", 0, "CONFIRMED"),
        ("moved", "REQUEST", 1, "CONFIRMED"),
        ("cancelled", "CANCEL", 1, "CANCELLED"),
    ],
)
def test_the_calendar_part_is_for_its_one_recipient(group, member, meeting, settings, kind, method, sequence, status):
    MembershipFactory(group=group, person__email="peer@example.org")
    ALL[kind](group, member, meeting)
    written = letter_of(Message.objects.get(kind=f"groups.meeting_{kind}", recipient=member))
    part, calendar = calendar_part(written)
    (entry,) = calendar.events
    assert (part.get_param("method"), calendar["METHOD"]) == (method, method)
    assert (entry["SEQUENCE"], entry["STATUS"]) == (sequence, status)
    assert entry["ORGANIZER"] == f"mailto:{settings.CALENDAR_ADDRESS}"
    assert (entry["ATTENDEE"], entry["ATTENDEE"].params["RSVP"]) == ("mailto:maria@example.org", "FALSE")
    assert "peer@example.org" not in part.get_content()


def test_planned_moved_and_cancelled_are_one_entry_in_the_calendar(group, member, meeting):
    uids = set()
    for kind in ("coming", "moved", "cancelled"):
        ALL[kind](group, member, meeting)
        uids.add(str(calendar_part(told(kind))[1].events[0]["UID"]))
    assert len(uids) == 1


@pytest.mark.parametrize("kind", ALL)
def test_a_mail_can_be_stopped_where_it_is_received(group, member, meeting, kind):
    ALL[kind](group, member, meeting)
    written = told(kind)
    assert written.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Stop this kind of email" in written.body
    assert "You get this because you belong to this group." in written.body


def test_writing_costs_one_query_at_most(group, member, meeting, django_assert_max_num_queries):
    for kind in ("coming", "cancelled"):
        ALL[kind](group, member, meeting)
        message = Message.objects.select_related("recipient").get(kind=f"groups.meeting_{kind}")
        known = kind_named(message.kind)
        row = row_of(message)
        with django_assert_max_num_queries(1):
            known.compose(message, row)


def test_a_meeting_that_is_gone_has_nothing_to_load():
    assert row_of(Message(kind=COMING, subject_id=0)) is None


# All the way


def real_meeting(group, member):
    """One so soon that its reminder is due by the real clock."""
    now = timezone.now()
    Membership.objects.update(joined_at=now - 9 * DAY)
    return MeetingFactory(group=group, starts_at=now + timedelta(hours=23), changed_at=now - 5 * DAY)


def test_a_reminder_goes_out_once(group, member):
    real_meeting(group, member)
    for _pass in range(3):
        plan(timezone.now())
        send_all_due()
    assert [letter.subject.startswith("Your group meets on") for letter in mail.outbox] == [True]


def test_after_a_cancellation_only_that_goes_out(group, member):
    meeting = real_meeting(group, member)
    plan(timezone.now())
    cancel_meeting(meeting=meeting, reason="Snow", by=member, now=timezone.now())
    plan(timezone.now())
    send_all_due()
    assert [letter.subject.startswith("Your group does not meet on") for letter in mail.outbox] == [True]


def test_who_leaves_between_planning_and_sending_gets_nothing(group, member):
    real_meeting(group, member)
    plan(timezone.now())
    leave_group(group=group, by=member, now=timezone.now())
    send_all_due()
    assert (mail.outbox, Message.objects.get().state) == ([], "dropped")


def test_who_says_no_after_planning_gets_nothing(group, member):
    meeting = real_meeting(group, member)
    plan(timezone.now())
    answer_meeting(meeting=meeting, answer="cannot", by=member, now=timezone.now())
    send_all_due()
    assert (mail.outbox, Message.objects.get().reason) == ([], "They said they can't come.")
