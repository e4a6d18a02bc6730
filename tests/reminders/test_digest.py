"""One e-mail a week in place of single reminders."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from peersupport.reminders import services
from peersupport.reminders.digest import DIGEST, lines_for
from peersupport.reminders.models import Message, PlanningProgress, WeeklyDigest
from peersupport.reminders.planning import plan_all, plan_kind
from peersupport.reminders.registry import kind_named
from peersupport.reminders.sending import send_all_due
from tests.factories import GoalFactory, MeetingFactory, MembershipFactory, PersonFactory, RSVPFactory
from tests.messages import letter_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
COMING = "groups.meeting_coming"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def member():
    return MembershipFactory(group__name="Tuesday Group", person__preferred_name="Maria")


@pytest.fixture
def person(member):
    return member.person


def want_digest(person, weekday=1, **changes):
    return WeeklyDigest.objects.create(person=person, weekday=weekday, changed_at=timezone.now(), **changes)


def plan_digests(now, since=None):
    PlanningProgress.objects.update_or_create(
        kind=DIGEST, defaults={"planned_until": since or now - timedelta(hours=1)}
    )
    return plan_kind(kind_named(DIGEST), now)


@pytest.mark.parametrize(
    ("monday", "hour"),
    [(date(2026, 3, 23), 8), (date(2026, 3, 30), 7), (date(2026, 10, 19), 7), (date(2026, 10, 26), 8)],
)
def test_it_comes_at_eight_on_their_day_on_both_sides_of_a_clock_change(person, monday, hour):
    want_digest(person)
    due_at = datetime(monday.year, monday.month, monday.day, hour, tzinfo=UTC)
    assert plan_digests(due_at + timedelta(minutes=1), since=due_at - 6 * DAY) == 1
    assert Message.objects.get().due_at == due_at
    assert plan_digests(due_at + timedelta(minutes=2), since=due_at - 6 * DAY) == 0


def test_it_comes_by_their_own_clock(person):
    person.time_zone = "Pacific/Auckland"
    person.save()
    want_digest(person, weekday=7)
    sunday = datetime(2026, 11, 29, 8, tzinfo=ZoneInfo("Pacific/Auckland"))
    assert plan_digests(sunday + timedelta(minutes=1)) == 1
    assert Message.objects.get().due_at == sunday


def test_nobody_else_gets_one(person, now):
    assert plan_digests(now, since=now - 8 * DAY) == 0


def test_it_stands_for_single_reminders_and_for_those_alone(member, person, now):
    want_digest(person)
    other = MembershipFactory(group=member.group).person
    MeetingFactory(group=member.group, starts_at=now + DAY)
    plan_all(now)
    assert set(Message.objects.filter(kind=COMING).values_list("recipient", flat=True)) == {other.pk}


def test_what_was_planned_before_it_was_chosen_does_not_come_singly(member, person, now):
    MeetingFactory(group=member.group, starts_at=now + DAY)
    plan_all(now)
    want_digest(person)
    assert send_all_due() == 0
    assert Message.objects.get(kind=COMING).reason == "It is in their weekly email."


def test_it_lists_the_week_soonest_first(member, person, now):
    later = MeetingFactory(group=member.group, starts_at=now + 6 * DAY)
    soon = MeetingFactory(group=member.group, starts_at=now + 2 * DAY)
    MeetingFactory(group=member.group, starts_at=now + 8 * DAY)
    MeetingFactory(group=member.group, starts_at=now + 3 * DAY, state="cancelled", cancel_reason="Snow")
    MeetingFactory(starts_at=now + 3 * DAY)
    declined = MeetingFactory(group=member.group, starts_at=now + 4 * DAY)
    RSVPFactory(meeting=declined, membership=member, answer="cannot", answered_at=now + timedelta(minutes=1))
    goal = GoalFactory(person=person, state="active", review_on=(now + 3 * DAY).date())
    GoalFactory(state="active", review_on=(now + 3 * DAY).date())
    addresses = [urlsplit(line.url).path for line in lines_for(person, now)]
    assert addresses == [row.get_absolute_url() for row in (soon, goal, later)]


def test_kinds_that_are_turned_off_are_not_in_it(member, person, now):
    MeetingFactory(group=member.group, starts_at=now + 2 * DAY)
    services.choose_reminders(person_id=person.pk, wanted={COMING: False}, now=now)
    assert lines_for(person, now) == []


def test_someone_having_a_break_is_told_of_no_meeting(member, person, now):
    MeetingFactory(group=member.group, starts_at=now + 2 * DAY)
    member.state = "paused"
    member.save()
    assert lines_for(person, now) == []


def test_mail_says_what_lies_ahead_and_nothing_of_it_in_the_subject(member, person, now):
    meeting = MeetingFactory(group=member.group, starts_at=now + 2 * DAY)
    services.edit_digest(person_id=person.pk, weekday=1, now=now)
    assert send_all_due() == 1
    [letter] = mail.outbox
    assert letter.subject == "Your week"
    assert "Tuesday Group meets" in letter.body
    assert meeting.get_absolute_url() in letter.body
    assert "You get this because you asked for one email a week." in letter.body
    assert "List-Unsubscribe" in letter.extra_headers


def test_week_with_nothing_ahead_sends_nothing(person, now):
    services.edit_digest(person_id=person.pk, weekday=1, now=now)
    assert send_all_due() == 0
    assert Message.objects.get().reason == "Nothing lies ahead this week."


def test_it_is_never_sent_twice_when_nobody_knows():
    assert kind_named(DIGEST).at_most_once


def test_choosing_it_sends_the_first_at_once_and_choosing_it_again_does_not(client, member, person, now):
    MeetingFactory(group=member.group, starts_at=now + 2 * DAY)
    client.force_login(person)
    address = reverse("reminders:digest_edit")
    assert "Choose a day" in client.post(address, {"rhythm": "weekly"}).text
    for weekday in (3, 5):
        assert client.post(address, {"rhythm": "weekly", "weekday": weekday}).status_code == 302
    assert WeeklyDigest.objects.get().weekday == 5
    assert Message.objects.filter(kind=DIGEST).count() == 1
    assert letter_of(Message.objects.get(kind=DIGEST)).subject == "Your week"
    assert client.get(address).context["form"].initial == {"rhythm": "weekly", "weekday": 5}
    client.post(address, {"rhythm": "single"})
    assert not WeeklyDigest.objects.exists()
    assert send_all_due() == 0
    assert Message.objects.get(kind=DIGEST).reason == "They get single reminders again."


def test_stopped_in_the_mail_it_is_single_on_the_page_until_chosen_again(client, person, now):
    client.force_login(person)
    services.edit_digest(person_id=person.pk, weekday=1, now=now)
    services.stop_email_of(person_id=person.pk, kind=DIGEST, now=now)
    address = reverse("reminders:digest_edit")
    assert client.get(address).context["form"].initial["rhythm"] == "single"
    client.post(address, {"rhythm": "weekly", "weekday": 1})
    assert client.get(address).context["form"].initial["rhythm"] == "weekly"


def test_it_is_not_among_the_kinds_to_tick(client, person):
    client.force_login(person)
    assert DIGEST not in client.get(reverse("reminders:preferences")).context["form"].fields


def test_a_stranger_gets_an_empty_page_not_an_error(client):
    client.force_login(PersonFactory())
    assert client.get(reverse("reminders:digest_edit")).status_code == 200
