"""Before someone's first meeting: who gets the mail, when, and what stands in it."""

from datetime import UTC, datetime, timedelta

import pytest

from groups.services.meeting import cancel_meeting
from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_kind
from peersupport.reminders.registry import kind_named
from tests.factories import (
    NOW,
    AttendanceFactory,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
    VenueFactory,
)
from tests.messages import html_of, letter_of, reason_against

pytestmark = pytest.mark.django_db
KIND = "groups.first_meeting"
DAY = timedelta(days=1)
START = datetime(2026, 12, 1, 14, tzinfo=UTC)
DUE = START - 2 * DAY


@pytest.fixture
def group():
    venue = VenueFactory(name="Hall")
    return SupportGroupFactory(venue=venue, site=venue.site, expectations="We start with tea.")


@pytest.fixture
def newcomer(group):
    return MembershipFactory(group=group, joined_at=DUE - 5 * DAY)


@pytest.fixture
def meeting(group, newcomer):
    return MeetingFactory(group=group, venue=group.venue, starts_at=START)


def plan(now=DUE):
    return plan_kind(kind_named(KIND), now)


def why_not(message):
    return reason_against(message, DUE)


def test_a_newcomer_gets_it_two_days_before_and_once(meeting, newcomer):
    assert [plan(DUE - timedelta(minutes=10)), plan(), plan(DUE + timedelta(minutes=2))] == [0, 1, 0]
    message = Message.objects.get()
    assert (message.recipient, message.due_at, message.expires_at) == (newcomer.person, DUE, START)


def test_it_says_what_to_expect_where_and_who_greets(group, meeting):
    RoleTermFactory(group=group, role="greeter", person__preferred_name="Gill")
    plan()
    message = Message.objects.get()
    letter = letter_of(message)
    html = html_of(letter)
    assert letter.subject == "What to expect on Tuesday"
    for body in (letter.body, html):
        for words in ("We start with tea.", "Gill will greet you.", "Hall", "You don", "no clinician is in the room"):
            assert words in body
    assert any(part.mimetype == "text/calendar" for part in letter.alternatives)


def test_who_has_come_before_needs_none(group, meeting, newcomer):
    earlier = MeetingFactory(group=group, starts_at=newcomer.joined_at - DAY)
    AttendanceFactory(meeting=earlier, membership=newcomer)
    assert plan() == 0


def test_only_the_first_meeting_after_they_joined_counts(group, meeting, newcomer):
    first = MeetingFactory(group=group, starts_at=START - 3 * DAY)
    assert plan() == 0
    cancel_meeting(meeting=first, reason="Snow", by=PersonFactory(), now=NOW)
    assert plan(DUE + timedelta(minutes=1)) == 1


def test_what_was_before_they_joined_does_not_count(group, meeting, newcomer):
    MeetingFactory(group=group, starts_at=newcomer.joined_at - DAY, state="held")
    assert plan() == 1


def test_who_said_no_joins_later_is_away_or_has_no_account_gets_none(group, meeting, newcomer):
    RSVPFactory(meeting=meeting, membership=newcomer, answer="cannot", answered_at=NOW)
    MembershipFactory(group=group, joined_at=DUE + timedelta(minutes=1))
    MembershipFactory(group=group, joined_at=DUE - DAY, state="paused")
    KeptMembershipFactory(group=group, joined_at=DUE - DAY)
    assert plan() == 0


def test_who_says_no_or_leaves_afterwards_gets_none(meeting, newcomer):
    plan()
    message = Message.objects.get()
    assert why_not(message) == ""
    RSVPFactory(meeting=meeting, membership=newcomer, answer="cannot", answered_at=NOW)
    assert why_not(message) == "They said they can't come."
    newcomer.state, newcomer.ended_at = "left", DUE
    newcomer.save()
    assert why_not(message) == "They have left the group."
