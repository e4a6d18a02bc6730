"""Since when a group is quiet, the one gentle question after twelve weeks, and its page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from groups.models import SupportGroup
from groups.services.group_state import note_last_meetings, pause_group, resume_group, say_group_goes_on
from groups.tasks import note_quiet_groups
from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_kind
from peersupport.reminders.registry import kind_named
from tests.factories import MeetingFactory, MembershipFactory, RoleTermFactory, SupportGroupFactory
from tests.messages import letter_of, reason_against

pytestmark = pytest.mark.django_db
QUIET = timedelta(weeks=12)
KIND = "groups.still_going"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def group(now):
    """A group whose twelve quiet weeks are over a minute ago."""
    return SupportGroupFactory(name="Tuesday group", quiet_since=now - QUIET - timedelta(minutes=1))


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    return RoleTermFactory(group=group, person=person).person


def plan(now):
    return plan_kind(kind_named(KIND), now)


def recipients():
    return set(Message.objects.filter(kind=KIND).values_list("recipient__preferred_name", flat=True))


def why_not(now):
    message = Message.objects.latest("pk")
    return reason_against(message, now)


def page_of(client, group):
    return client.get(reverse("groups:group_still_going", args=[group.pk])).text


# Who is asked, and how often


def test_role_holders_are_asked_and_nobody_else(group, contact, now):
    MembershipFactory(group=group, person__preferred_name="Maria")
    RoleTermFactory(group=group, role="tutor", person__preferred_name="Tom")
    RoleTermFactory(group=group, role="deputy", person__preferred_name="Dee")
    RoleTermFactory(group=group, role="host", accepted_at=None, person__preferred_name="Offered")
    RoleTermFactory(group=group, role="greeter", ended_at=now, person__preferred_name="Ended")
    assert plan(now) == 2
    assert recipients() == {"Carol", "Dee"}


def test_someone_with_two_roles_is_asked_once(group, contact, now):
    RoleTermFactory(group=group, person=contact, role="host")
    assert plan(now) == 1


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_group_at_rest_is_not_asked(group, contact, now, state):
    SupportGroup.objects.update(state=state, closing_reason="Done")
    assert plan(now) == 0


@pytest.mark.parametrize("quiet_for", [timedelta(weeks=11), timedelta(weeks=20)])
def test_neither_before_its_time_nor_long_after(group, contact, now, quiet_for):
    """What fell due before anybody planned is of no use any more."""
    SupportGroup.objects.update(quiet_since=now - quiet_for)
    assert plan(now) == 0


def test_one_quiet_time_is_asked_about_once(group, contact, now):
    assert [plan(now), plan(now + timedelta(hours=1)), plan(now + timedelta(days=3))] == [1, 0, 0]


def test_the_next_quiet_time_is_asked_about_again(group, contact, now):
    plan(now)
    say_group_goes_on(group=group, now=now)
    later = now + QUIET
    assert [plan(later - timedelta(days=1)), plan(later)] == [0, 1]
    assert Message.objects.filter(kind=KIND).count() == 2


def test_the_question_reads_gently(group, contact, now, settings):
    plan(now)
    message = Message.objects.get()
    letter = letter_of(message)
    assert (letter.to, letter.subject) == ([contact.email], "Are you still going?")
    assert f"{settings.BASE_URL}/groups/{group.pk}/still-going/" in letter.body
    assert "If you do nothing, nothing changes." in letter.body


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda group, now: None, ""),
        (lambda group, now: say_group_goes_on(group=group, now=now), "Something was heard of the group since."),
        (
            lambda group, now: pause_group(group=group, cancel_meetings=False, by=None, now=now),
            "The group is having a break or has ended.",
        ),
        (lambda group, now: group.role_terms.update(ended_at=now), "They don't look after the group any more."),
    ],
)
def test_the_question_goes_only_while_it_is_true(group, contact, now, happens, reason):
    plan(now)
    happens(group, now)
    assert why_not(now) == reason


@pytest.mark.parametrize("seconds", [0, 0.5, 29.7, 30, 30.5, 59.999])
def test_planner_and_sender_agree_on_the_quiet_time(group, contact, now, seconds):
    whole_minute = (now - QUIET).replace(second=0, microsecond=0) - timedelta(minutes=2)
    SupportGroup.objects.update(quiet_since=whole_minute + timedelta(seconds=seconds))
    plan(now)
    assert why_not(now) == ""


# The page


def test_one_tap_says_that_it_goes_on(sign_in, group, contact, now):
    client = sign_in(contact)
    assert "Yes, we are still going" in page_of(client, group)
    page = client.post(reverse("groups:group_still_going", args=[group.pk]), follow=True).text
    assert "We won&#x27;t ask again for 12 weeks." in page
    group.refresh_from_db()
    assert group.quiet_since >= now


def test_the_other_ways_stand_beside_it(sign_in, group, contact):
    page = page_of(sign_in(contact), group)
    ways = ("group_pause", "support_request_add", "group_close")
    assert [name for name in ways if reverse(f"groups:{name}", args=[group.pk]) not in page] == []


@pytest.mark.parametrize(("state", "words"), [("paused", "having a break"), ("closed", "has ended")])
def test_a_group_at_rest_has_nothing_to_answer(sign_in, group, contact, state, words):
    before = group.quiet_since
    SupportGroup.objects.update(state=state, closing_reason="Done")
    client = sign_in(contact)
    page = page_of(client, group)
    assert words in page
    assert "Yes, we are still going" not in page
    client.post(reverse("groups:group_still_going", args=[group.pk]))
    group.refresh_from_db()
    assert group.quiet_since == before


def test_looking_at_the_page_changes_nothing(sign_in, group, contact):
    before = group.quiet_since
    page_of(sign_in(contact), group)
    group.refresh_from_db()
    assert group.quiet_since == before


# Since when


def met(group, ends_at, **fields):
    return MeetingFactory(group=group, starts_at=ends_at - timedelta(hours=2), ends_at=ends_at, **fields)


def test_a_held_meeting_counts_as_heard_of(group, now):
    met(group, now - timedelta(days=30), state="held")
    last = met(group, now - timedelta(days=9), state="held")
    assert note_last_meetings(now=now) == 1
    group.refresh_from_db()
    assert group.quiet_since == last.ends_at


@pytest.mark.parametrize(
    "fields",
    [{"state": "planned"}, {"state": "cancelled", "cancel_reason": "Ill"}, {"state": "not_known"}],
)
def test_what_nobody_held_does_not_count(group, now, fields):
    met(group, now - timedelta(days=9), **fields)
    assert note_last_meetings(now=now) == 0


def test_an_older_meeting_noted_late_takes_nothing_back(group, now):
    SupportGroup.objects.update(quiet_since=now - timedelta(days=1))
    met(group, now - timedelta(days=9), state="held")
    assert note_last_meetings(now=now) == 0


def test_a_meeting_that_is_not_over_does_not_count_yet(group, now):
    met(group, now + timedelta(hours=1), state="held")
    assert note_last_meetings(now=now) == 0


def test_a_group_that_has_ended_stays_as_it_was(group, now):
    met(group, now - timedelta(days=9), state="held")
    SupportGroup.objects.update(state="closed", closing_reason="Done")
    assert note_last_meetings(now=now) == 0


@pytest.mark.parametrize("number", [1, 3])
def test_all_groups_are_kept_up_in_one_statement(now, number):
    for _number in range(number):
        met(SupportGroupFactory(quiet_since=now - timedelta(days=90)), now - timedelta(days=2), state="held")
    with CaptureQueriesContext(connection) as queries:
        note_quiet_groups()
    assert len(queries) == 1
    assert set(SupportGroup.objects.values_list("quiet_since", flat=True)) == {now - timedelta(days=2)}


def test_coming_back_from_a_break_begins_anew(group, contact, now):
    pause_group(group=group, cancel_meetings=False, by=contact, now=now)
    resume_group(group=group, now=now + timedelta(days=200))
    group.refresh_from_db()
    assert group.quiet_since == now + timedelta(days=200)
