"""Members without an account count like everyone, and where an account is needed they are left out."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.services.observation import describable
from groups.models import Attendance, Meeting, SupportGroup
from groups.services.answer import answer_meeting, note_answer, set_capacity
from groups.services.attendance import memberships_of_meeting, record_attendance
from groups.services.meeting import plan_meeting
from peersupport.reminders.models import Message
from tests import world as worlds
from tests.factories import (
    NOW,
    AttendanceFactory,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    MutualSupportPlanFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SupportGroupFactory,
)
from tests.supportplans.planning import propose, say

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group")


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    return RoleTermFactory(group=group, person=person).person


@pytest.fixture
def pat(group, contact):
    return KeptMembershipFactory(group=group, name="Pat", told_by=contact)


def test_they_stand_among_those_of_a_meeting_by_name(group, contact, pat):
    MembershipFactory(group=group, person__preferred_name="Zoe")
    MembershipFactory(group=group, person__preferred_name="ann")
    meeting = MeetingFactory(group=group, starts_at=NOW - DAY)
    assert [member.shown_name for member in memberships_of_meeting(meeting=meeting)] == ["ann", "Carol", "Pat", "Zoe"]


def test_two_of_the_same_name_are_two(group, contact, pat):
    twin = KeptMembershipFactory(group=group, name="Pat")
    meeting = MeetingFactory(group=group, starts_at=NOW - DAY)
    record_attendance(meeting=meeting, outcomes={pat.pk: "attended", twin.pk: "apologies"}, by=contact, now=NOW)
    assert {row.membership: row.outcome for row in Attendance.objects.all()} == {pat: "attended", twin: "apologies"}


def test_they_count_among_those_who_came(group, contact, pat):
    meeting = MeetingFactory(group=group, starts_at=timezone.now() - DAY)
    AttendanceFactory(meeting=meeting, membership=pat)
    AttendanceFactory(meeting=meeting, membership=contact.memberships.get())
    assert Meeting.objects.with_attendance_counts().get().came == 2
    assert SupportGroup.objects.with_meeting_counts(now=timezone.now()).get(pk=group.pk).came == 2


def test_the_coordinator_counts_them_and_reads_no_name(sign_in, group, contact, pat):
    meeting = MeetingFactory(group=group, starts_at=timezone.now() - DAY)
    AttendanceFactory(meeting=meeting, membership=pat)
    coordinator = ProgrammeStaffFactory(site=group.site).person
    page = sign_in(coordinator).get(reverse("groups:register"))
    assert page.context["page"].rows[0].came == 1
    assert "Pat" not in page.text


def test_they_take_a_place_in_a_small_room(group, contact, pat):
    meeting = MeetingFactory(group=group, starts_at=NOW + DAY)
    set_capacity(meeting=meeting, capacity=1, is_for_series=False, by=contact, now=NOW)
    note_answer(meeting=meeting, membership=pat, answer="coming", by=contact, now=NOW)
    later = answer_meeting(meeting=meeting, answer="coming", by=contact, now=NOW + timedelta(minutes=1))
    assert later.turn() == 2


def test_news_goes_to_accounts_only(group, contact, pat):
    details = {"on": (NOW + 9 * DAY).date(), "start_time": NOW.time(), "duration_minutes": 60, "venue": None}
    plan_meeting(group=group, by=contact, now=NOW, **details)
    assert {message.recipient for message in Message.objects.all()} == {contact}


def test_a_plan_that_needs_everyone_needs_everyone_who_can_say_so(group, contact, pat):
    plan = MutualSupportPlanFactory(group=group, started_by=contact)
    plan.sections.create(kind="purpose", text="We keep in touch.")
    plan = propose(plan)
    assert not Message.objects.filter(recipient=None).exists()
    plan = say(plan, contact)
    assert plan.state == "in_use"


def test_nobody_is_described_in_research_who_has_no_account(group, contact, pat, world_study):
    meeting = MeetingFactory(group=group, starts_at=NOW - DAY)
    assert not describable(study=world_study, meeting=meeting, now=NOW).exists()


@pytest.fixture
def world_study():
    return worlds.build().rows["study"]


def test_they_are_not_asked_to_take_a_role(sign_in, group, contact, pat):
    page = sign_in(contact).get(reverse("groups:role_offer", args=[group.pk]))
    offered = page.context["form"].fields["membership"].queryset
    assert [member.shown_name for member in offered] == ["Carol"]


def test_their_page_says_who_keeps_them_told(sign_in, contact, pat):
    page = sign_in(contact).get(reverse("groups:membership_detail", args=[pat.pk])).text
    for words in ("Pat", "By phone", "Carol", "They gave leave on", "Make a code for them"):
        assert words in page


def test_the_group_sees_the_name_and_nothing_about_how_they_are_told(sign_in, group, contact, pat):
    plain = MembershipFactory(group=group).person
    page = sign_in(plain).get(group.get_absolute_url()).text
    assert "Pat" in page
    assert "By phone" not in page
    assert sign_in(plain).get(reverse("groups:membership_detail", args=[pat.pk])).status_code == 404
