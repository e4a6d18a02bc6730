from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import Attendance, ChecklistStep
from tests.factories import (
    NOW,
    AttendanceFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SiteFactory,
    SupportGroupFactory,
    SupportRequestFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return SiteFactory(name="Southmead")


@pytest.fixture
def coordinating(sign_in, site):
    """A browser with a coordinator of the site signed in."""
    return sign_in(ProgrammeStaffFactory(site=site).person)


def met(group, days_ago, came=(), **fields):
    """A meeting in the past with the outcomes noted for it."""
    meeting = MeetingFactory(group=group, starts_at=timezone.now() - timedelta(days=days_ago), **fields)
    for outcome in came:
        AttendanceFactory(meeting=meeting, outcome=outcome)
    return meeting


def register(client, **query):
    return client.get(reverse("groups:register"), query)


def shown(client, **query):
    return [group.name for group in register(client, **query).context["page"].rows]


def test_each_group_shows_its_last_meeting_and_how_many_came(coordinating, site):
    group = SupportGroupFactory(site=site)
    met(group, 30, ["attended"] * 5)
    met(group, 9, ["attended", "attended", "apologies", "not_known"])
    met(group, 2, state="cancelled", cancel_reason="Ill")
    upcoming = MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=5))
    MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=1), state="cancelled", cancel_reason="Ill")
    (row,) = register(coordinating).context["page"].rows
    assert (row.came, row.next_starts_at) == (2, upcoming.starts_at)
    assert row.last_met_at.date() == (timezone.now() - timedelta(days=9)).date()


def test_a_correction_counts_once(coordinating, site):
    group = SupportGroupFactory(site=site)
    meeting = met(group, 3, ["attended", "attended"])
    first = meeting.attendances.first()
    Attendance.objects.filter(pk=first.pk).update(replaced_at=timezone.now())
    AttendanceFactory(meeting=meeting, membership=first.membership, outcome="apologies")
    assert register(coordinating).context["page"].rows[0].came == 1


@pytest.mark.parametrize(
    ("came", "words"), [(None, "None yet"), ([], "Not noted"), (["apologies"], "0"), (["attended"], "1")]
)
def test_nobody_noted_is_not_nobody_came(coordinating, site, came, words):
    group = SupportGroupFactory(site=site)
    if came is not None:
        met(group, 3, came)
    assert words in register(coordinating).text


def test_only_groups_of_ones_own_sites_are_shown(coordinating, site):
    SupportGroupFactory(site=site, name="Ours")
    SupportGroupFactory(name="Theirs")
    assert shown(coordinating) == ["Ours"]


def test_a_group_in_which_the_coordinator_is_a_member_elsewhere_is_not_in_the_register(sign_in, site):
    person = ProgrammeStaffFactory(site=site).person
    MembershipFactory(person=person, group__name="My own")
    assert shown(sign_in(person)) == []


def test_the_register_shows_no_people(coordinating, site):
    group = SupportGroupFactory(site=site)
    met(group, 3, ["attended"])
    MembershipFactory(group=group, person__preferred_name="Marigold", person__email="marigold@example.org")
    RoleTermFactory(group=group, person__preferred_name="Rosamund")
    page = register(coordinating).text
    assert [name for name in ("Marigold", "marigold@", "Rosamund") if name in page] == []


def test_the_register_leads_to_what_was_reported(coordinating):
    assert f'href="{reverse("supportplans:report_list")}"' in register(coordinating).text
    assert "Nothing was reported" in coordinating.get(reverse("supportplans:report_list")).text


@pytest.mark.parametrize("role", ["member", "tutor", "nobody", "administrator"])
def test_others_have_no_register(sign_in, role):
    person = PersonFactory(is_staff=role == "administrator")
    if role == "member":
        MembershipFactory(person=person)
    elif role == "tutor":
        RoleTermFactory(person=person, role="tutor")
    assert register(sign_in(person)).status_code == 403


def test_groups_are_filtered_by_state_and_site(sign_in, site):
    person = ProgrammeStaffFactory(site=site).person
    other = ProgrammeStaffFactory(person=person).site
    SupportGroupFactory(site=site, name="Old", state="paused")
    SupportGroupFactory(site=site, name="New", state="forming")
    SupportGroupFactory(site=other, name="Other", state="forming")
    client = sign_in(person)
    assert shown(client, state="forming") == ["New", "Other"]
    assert shown(client, site=site.pk) == ["New", "Old"]
    assert shown(client, site=site.pk, state="forming") == ["New"]


@pytest.mark.parametrize("query", [{"state": "nonsense"}, {"site": "999999"}, {"site": "x"}, {"sort": "nonsense"}])
def test_a_choice_that_is_not_offered_counts_as_none(coordinating, site, query):
    SupportGroupFactory(site=site, name="Ours")
    assert shown(coordinating, **query) == ["Ours"]


def test_groups_are_sorted(coordinating, site):
    now = timezone.now()
    for name, days_old, days_quiet in (("B", 300, 5), ("A", 200, 50), ("C", 100, 100)):
        started, quiet_since = (now - timedelta(days=days) for days in (days_old, days_quiet))
        SupportGroupFactory(site=site, name=name, created_at=started, quiet_since=quiet_since)
    assert shown(coordinating) == ["A", "B", "C"]
    assert shown(coordinating, sort="quiet") == ["C", "A", "B"]
    assert shown(coordinating, sort="newest") == ["C", "A", "B"]


@pytest.mark.parametrize("sort", ["name", "quiet", "newest"])
def test_pages_hold_each_group_once_and_keep_the_choices(coordinating, site, sort):
    for number in range(30):
        SupportGroupFactory(site=site, name=f"G{number:02}", state="forming")
    SupportGroupFactory(site=site, name="Paused", state="paused")
    first = register(coordinating, sort=sort, state="forming").context["page"]
    second = coordinating.get(reverse("groups:register") + first.next_url).context["page"]
    names = [group.name for group in (*first.rows, *second.rows)]
    assert (len(names), len(set(names)), second.next_url) == (30, 30, "")
    assert "state=forming" in first.next_url


@pytest.mark.parametrize("number", [1, 3, 5, 50])
@pytest.mark.parametrize("sort", ["name", "quiet"])
def test_the_register_costs_the_same_queries(coordinating, site, number, sort, django_assert_num_queries):
    for _index in range(number):
        met(SupportGroupFactory(site=site), 3, ["attended"])
    with django_assert_num_queries(8):
        register(coordinating, sort=sort)


def test_an_empty_register_says_how_groups_come_here(coordinating):
    assert "Groups appear here once a patient tutor starts them" in register(coordinating).text
    assert "No group fits what you chose." in register(coordinating, state="paused").text


def test_open_steps_and_requests_are_counted(coordinating, site):
    group = SupportGroupFactory(site=site, state="forming")
    for state, settled in (("open", {}), ("open", {}), ("done", {"settled_by": PersonFactory(), "settled_at": NOW})):
        ChecklistStep.objects.create(group=group, position=1, title="Venue", state=state, **settled)
    SupportRequestFactory(group=group)
    SupportRequestFactory(group=group, to="tutor")
    SupportRequestFactory(group=group, state="closed", closed_by=PersonFactory(), closed_at=NOW)
    (row,) = register(coordinating).context["page"].rows
    assert (row.steps_open, row.requests_open) == (2, 1)
    page = register(coordinating).text
    assert "1 request<" in page
    assert reverse("groups:support_request_list") in page


def test_a_group_with_nothing_to_do_counts_nought(coordinating, site):
    SupportGroupFactory(site=site)
    (row,) = register(coordinating).context["page"].rows
    assert (row.steps_open, row.requests_open) == (0, 0)


def test_quiet_groups_are_found(coordinating, site):
    now = timezone.now()
    SupportGroupFactory(site=site, name="Quiet", quiet_since=now - timedelta(weeks=13))
    SupportGroupFactory(site=site, name="Resting", quiet_since=now - timedelta(weeks=13), state="paused")
    SupportGroupFactory(site=site, name="Lively", quiet_since=now - timedelta(weeks=11))
    assert shown(coordinating, quiet="yes") == ["Quiet"]
    assert shown(coordinating, quiet="nonsense") == ["Lively", "Quiet", "Resting"]
