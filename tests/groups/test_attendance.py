"""Who came: written down, corrected, and on the phone in one go."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import Attendance, Meeting, SupportGroup
from groups.refusals import MeetingCancelled, NotBegun
from groups.services.attendance import memberships_of_meeting, record_attendance
from peersupport.access.models import AccessLogEntry
from tests.factories import MeetingFactory, MembershipFactory, PersonFactory, RoleTermFactory, SupportGroupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group")


@pytest.fixture
def members(group):
    return [MembershipFactory(group=group, person__preferred_name=name) for name in ("Ann", "Ben", "Cas")]


@pytest.fixture
def contact(group, members):
    return RoleTermFactory(group=group, person=members[0].person).person


@pytest.fixture
def tutor(group):
    return RoleTermFactory(group=group, role="tutor", person__preferred_name="Tom").person


@pytest.fixture
def meeting(group, members, now):
    return MeetingFactory(group=group, starts_at=now - timedelta(days=1))


def address(meeting):
    return reverse("groups:attendance_record", args=[meeting.pk])


def record(meeting, outcomes, by, now):
    return record_attendance(
        meeting=meeting, outcomes={member.pk: outcome for member, outcome in outcomes.items()}, by=by, now=now
    )


def standing(meeting):
    return dict(Attendance.objects.standing().filter(meeting=meeting).values_list("membership", "outcome"))


# Writing it down


def test_each_member_gets_a_row_and_the_meeting_counts_as_held(meeting, members, contact, now):
    ann, ben, cas = members
    assert record(meeting, {ann: "attended", ben: "apologies", cas: "not_known"}, contact, now) == 3
    assert standing(meeting) == {ann.pk: "attended", ben.pk: "apologies", cas.pk: "not_known"}
    assert Meeting.objects.with_attendance_counts().get().came == 1
    meeting.refresh_from_db()
    # Calendars have nothing to notice.
    assert (meeting.state, meeting.sequence) == ("held", 0)


def test_a_correction_is_a_new_row_and_the_old_one_stays(meeting, members, contact, tutor, now):
    ann, ben, _cas = members
    record(meeting, {ann: "attended", ben: "attended"}, contact, now)
    later = now + timedelta(hours=1)
    assert record(meeting, {ann: "attended", ben: "apologies"}, tutor, later) == 1
    rows = Attendance.objects.filter(membership=ben).order_by("pk")
    assert list(rows.values_list("outcome", "replaced_at", "recorded_by")) == [
        ("attended", later, contact.pk),
        ("apologies", None, tutor.pk),
    ]
    assert Attendance.objects.filter(membership=ann).count() == 1


def test_the_same_twice_adds_nothing(meeting, members, contact, now):
    outcomes = dict.fromkeys(members, "attended")
    assert [record(meeting, outcomes, contact, now) for _time in range(2)] == [3, 0]


def test_people_who_do_not_belong_are_left_out(meeting, contact, now):
    assert record(meeting, {MembershipFactory(): "attended"}, contact, now) == 0
    assert not Attendance.objects.exists()


def test_everyone_who_belonged_then_is_asked_about(group, meeting, members, now):
    left_since = MembershipFactory(group=group, state="left", ended_at=now, person__preferred_name="Dot")
    MembershipFactory(group=group, state="left", ended_at=meeting.starts_at - timedelta(days=1))
    MembershipFactory(group=group, joined_at=now)
    assert list(memberships_of_meeting(meeting=meeting)) == [*members, left_since]


def test_someone_who_came_back_is_asked_about_once(group, meeting, members):
    days = timedelta(days=1)
    MembershipFactory(
        group=group,
        person=PersonFactory(preferred_name="Ed"),
        joined_at=meeting.starts_at - 60 * days,
        state="left",
        ended_at=meeting.ends_at + days,
    )
    assert [member.shown_name for member in memberships_of_meeting(meeting=meeting)] == ["Ann", "Ben", "Cas", "Ed"]


def test_nobody_can_have_been_at_a_cancelled_meeting(group, contact, now):
    cancelled = MeetingFactory(group=group, starts_at=now - timedelta(days=1), state="cancelled", cancel_reason="Snow")
    with pytest.raises(MeetingCancelled):
        record(cancelled, {contact.memberships.get(): "attended"}, contact, now)


def test_what_is_still_to_come_cannot_be_written_down(group, contact, now):
    with pytest.raises(NotBegun):
        record(MeetingFactory(group=group, starts_at=now + timedelta(hours=1)), {}, contact, now)


def test_the_first_meeting_held_sets_a_group_under_way(group, meeting, contact, now):
    SupportGroup.objects.filter(pk=group.pk).update(state="forming")
    record(meeting, {contact.memberships.get(): "attended"}, contact, now)
    group.refresh_from_db()
    assert (group.state, group.state_changed_at) == ("active", now)


def test_a_group_having_a_break_stays_so(group, meeting, contact, now):
    SupportGroup.objects.filter(pk=group.pk).update(state="paused")
    record(meeting, {contact.memberships.get(): "attended"}, contact, now)
    group.refresh_from_db()
    assert group.state == "paused"


def test_what_a_tutor_writes_down_each_member_can_see_in_the_log(meeting, members, tutor, now):
    record(meeting, dict.fromkeys(members, "attended"), tutor, now)
    entries = AccessLogEntry.objects.filter(actor=tutor, route="groups:attendance_record", action="changed")
    assert {entry.subject for entry in entries} == {member.person for member in members}


def test_what_members_write_down_themselves_is_no_look_from_outside(meeting, members, contact, now):
    record(meeting, dict.fromkeys(members, "attended"), contact, now)
    assert not AccessLogEntry.objects.exists()


@pytest.mark.parametrize("number", [1, 12])
def test_recording_costs_the_same_queries_for_any_number(
    group, meeting, contact, now, number, django_assert_num_queries
):
    people = [MembershipFactory(group=group) for _number in range(number)]
    with django_assert_num_queries(8):
        record(meeting, dict.fromkeys(people, "attended"), contact, now)


# The page


def test_nothing_is_known_until_someone_says_so(sign_in, meeting, members, contact):
    page = sign_in(contact).get(address(meeting))
    form = page.context["form"]
    assert [form[name].value() for name in form.memberships] == ["not_known"] * 3
    assert [form[name].label for name in form.memberships] == ["Ann", "Ben", "Cas"]


def test_one_tap_starts_with_everyone_as_there(sign_in, meeting, members, contact, now):
    record(meeting, {members[1]: "apologies"}, contact, now)
    form = sign_in(contact).get(address(meeting) + "?everyone").context["form"]
    assert [form[name].value() for name in form.memberships] == ["attended", "apologies", "attended"]
    assert Attendance.objects.count() == 1


def test_all_answers_go_in_one_go(sign_in, meeting, members, contact):
    answers = dict(
        zip((f"membership_{member.pk}" for member in members), ("attended", "apologies", "not_known"), strict=True)
    )
    page = sign_in(contact).post(address(meeting), answers)
    assert page.url == meeting.get_absolute_url()
    assert list(standing(meeting).values()) == ["attended", "apologies", "not_known"]


def test_the_page_shows_what_is_written_down(sign_in, meeting, members, contact, now):
    record(meeting, {members[1]: "apologies"}, contact, now)
    form = sign_in(contact).get(address(meeting)).context["form"]
    assert form[f"membership_{members[1].pk}"].value() == "apologies"


def test_a_wrong_answer_is_said_and_the_others_are_kept(sign_in, meeting, members, contact):
    ann, ben, cas = (f"membership_{member.pk}" for member in members)
    page = sign_in(contact).post(address(meeting), {ann: "ill", ben: "attended", cas: "attended"})
    assert page.context["form"].errors == {ann: ["Choose one for Ann"]}
    assert page.context["form"][ben].value() == "attended"
    assert not Attendance.objects.exists()


def test_a_meeting_to_come_says_so(sign_in, group, contact, now):
    ahead = MeetingFactory(group=group, starts_at=now + timedelta(days=1))
    page = sign_in(contact).post(
        address(ahead), {f"membership_{member.pk}": "attended" for member in memberships_of_meeting(meeting=ahead)}
    )
    assert "This meeting has not begun." in page.text


@pytest.mark.parametrize("by", ["contact", "tutor"])
def test_organisers_may(sign_in, request, meeting, by):
    assert sign_in(request.getfixturevalue(by)).get(address(meeting)).status_code == 200


def test_members_may_not(sign_in, meeting, members):
    assert sign_in(members[2].person).get(address(meeting)).status_code == 403


def test_others_find_nothing(sign_in, meeting):
    assert sign_in(MembershipFactory().person).get(address(meeting)).status_code == 404


def test_a_member_sees_their_own_line_on_the_meetings_page(sign_in, meeting, members, contact, now):
    record(meeting, {members[1]: "apologies", members[2]: "attended"}, contact, now)
    page = sign_in(members[1].person).get(meeting.get_absolute_url()).text
    assert "Sent apologies" in page
    assert "Came" not in page
