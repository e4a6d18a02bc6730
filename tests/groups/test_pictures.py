"""A group's year and a site's groups over time: numbers that add up, each with its table, and no names of people."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import Attendance, SupportGroup
from groups.years import Month, months_of_site, year_of_group
from tests.factories import (
    AttendanceFactory,
    MeetingFactory,
    MembershipFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SiteFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group", created_at=datetime(2024, 5, 1, tzinfo=UTC))


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, person__preferred_name="Marigold")


@pytest.fixture
def site():
    return SiteFactory(name="Southmead")


@pytest.fixture
def coordinating(sign_in, site):
    return sign_in(ProgrammeStaffFactory(site=site).person)


def met(group, day, came=(), **fields):
    """A meeting on `day` (year, month, day) at 2pm UTC, to which the memberships in `came` came."""
    fields = {"state": "held"} | fields
    meeting = MeetingFactory(group=group, starts_at=datetime(*day, 14, tzinfo=UTC), **fields)
    for membership in came:
        AttendanceFactory(meeting=meeting, membership=membership)
    return meeting


def year_page(client, group, **query):
    return client.get(reverse("groups:group_year", args=[group.pk]), query)


# A group's year


def test_each_month_says_what_was(group):
    first, second = MembershipFactory(group=group), MembershipFactory(group=group)
    met(group, (2025, 3, 4), [first])
    met(group, (2025, 3, 18), [first, second])
    met(group, (2025, 3, 25), state="cancelled", cancel_reason="Ill")
    met(group, (2025, 6, 3))
    met(group, (2025, 7, 1), state="not_known")
    months = year_of_group(group, 2025)
    assert months[2] == Month(date(2025, 3, 1), held=2, cancelled=1, came=1.5, first_times=2)
    assert months[5] == Month(date(2025, 6, 1), held=1, came=None)
    assert months[6] == Month(date(2025, 7, 1))
    assert [month.first_day.month for month in months] == list(range(1, 13))


def test_a_meeting_that_nobody_noted_is_left_out_of_how_many_came(group):
    members = MembershipFactory.create_batch(3, group=group)
    met(group, (2025, 3, 4), members)
    met(group, (2025, 3, 18))
    assert year_of_group(group, 2025)[2] == Month(date(2025, 3, 1), held=2, came=3.0, first_times=3)


def test_someone_comes_for_the_first_time_once(group):
    membership = MembershipFactory(group=group)
    met(group, (2024, 12, 3), [membership])
    met(group, (2025, 1, 7), [membership])
    assert sum(month.first_times for month in year_of_group(group, 2025)) == 0
    assert year_of_group(group, 2024)[11].first_times == 1


def test_a_correction_counts_once(group):
    membership = MembershipFactory(group=group)
    meeting = met(group, (2025, 3, 4), [membership])
    Attendance.objects.update(replaced_at=timezone.now())
    AttendanceFactory(meeting=meeting, membership=membership, outcome="apologies")
    assert year_of_group(group, 2025)[2] == Month(date(2025, 3, 1), held=1, came=0.0)


def test_a_month_is_one_of_the_groups_own_clock(group):
    group.time_zone = "Pacific/Auckland"
    meeting = met(group, (2025, 3, 31))
    AttendanceFactory(meeting=meeting, membership=MembershipFactory(group=group))
    months = year_of_group(group, 2025)
    assert (months[2].held, months[3].held, months[3].first_times) == (0, 1, 1)


def test_another_group_is_no_part_of_it(group):
    met(SupportGroupFactory(), (2025, 3, 4))
    assert {month.held for month in year_of_group(group, 2025)} == {0}


def test_a_member_sees_the_year_without_names(sign_in, group, member):
    other = MembershipFactory(group=group, person__preferred_name="Rosamund")
    met(group, (2025, 3, 4), [member, other])
    page = year_page(sign_in(member.person), group, year=2025).text
    page = page[page.index("<main") :]
    assert "The group met 1 time." in page
    assert "data-chart" in page
    assert [name for name in ("Rosamund", "Marigold", "@example.org") if name in page] == []


def test_an_empty_month_is_a_gap_and_not_a_nought(sign_in, group, member):
    page = year_page(sign_in(member.person), group, year=2025).text
    assert page.count('<td class="nhsuk-table__cell"></td>') == 48


def test_one_leafs_through_the_years(sign_in, group, member):
    client = sign_in(member.person)
    page = year_page(client, group, year=2025).text
    assert ('href="?year=2024"' in page, 'href="?year=2026"' in page) == (True, True)
    assert 'href="?year=2023"' not in year_page(client, group, year=2024).text


@pytest.mark.parametrize(("year", "status"), [("2023", 404), ("9999", 404), ("x", 200), ("²", 200), ("", 200)])
def test_years_that_never_were(sign_in, group, member, year, status):
    assert year_page(sign_in(member.person), group, year=year).status_code == status


def test_whoever_left_sees_no_year(sign_in, group, member):
    member.state, member.ended_at = "left", timezone.now()
    member.save()
    assert year_page(sign_in(member.person), group).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_a_year_costs_the_same_queries(sign_in, group, member, number, django_assert_num_queries):
    for index in range(number):
        met(group, (2025, index + 1, 4), [member])
    client = sign_in(member.person)
    year_page(client, group, year=2025)
    with django_assert_num_queries(7):
        year_page(client, group, year=2025)


# A site's groups


def started(site, *day, **fields):
    return SupportGroupFactory(site=site, created_at=datetime(*day, 12, tzinfo=UTC), **fields)


def ended(site, started_on, ended_on, **fields):
    state = {"state": "closed", "closing_reason": "Done", "state_changed_at": datetime(*ended_on, 12, tzinfo=UTC)}
    return started(site, *started_on, **state, **fields)


def counts(site):
    months = months_of_site(site, until=date(2026, 3, 15), months=3)
    return [(month.first_day, month.going, month.started, month.ended) for month in months]


def test_groups_are_counted_by_month(site):
    started(site, 2020, 1, 5)
    ended(site, (2020, 2, 5), (2021, 1, 5))
    ended(site, (2025, 11, 5), (2026, 2, 5))
    started(site, 2026, 3, 2)
    started(SiteFactory(), 2026, 1, 2)
    assert counts(site) == [
        (date(2026, 1, 1), 2, 0, 0),
        (date(2026, 2, 1), 1, 0, 1),
        (date(2026, 3, 1), 2, 1, 0),
    ]


def test_a_paused_group_carries_on(site):
    started(site, 2025, 1, 1, state="paused")
    assert [going for _month, going, _started, _ended in counts(site)] == [1, 1, 1]


def timeline(client, site, **query):
    return client.get(reverse("groups:site_timeline", args=[site.pk]), query)


def test_each_group_is_a_line_from_its_start_to_its_end(coordinating, site):
    now = timezone.now()
    SupportGroupFactory(site=site, name="Old", created_at=now - timedelta(days=2000))
    new = SupportGroupFactory(site=site, name="New", created_at=now - timedelta(days=30))
    SupportGroup.objects.filter(pk=new.pk).update(state="closed", closing_reason="x", state_changed_at=now)
    before = {"state": "closed", "closing_reason": "x", "state_changed_at": now - timedelta(days=1900)}
    SupportGroupFactory(site=site, name="Before", created_at=now - timedelta(days=2000), **before)
    lines = {row.name: (row.line_from, row.line_length) for row in timeline(coordinating, site).context["page"].rows}
    assert lines["Old"] == (0, 240)
    assert lines["Before"] == (0, 0)
    assert 225 <= lines["New"][0] <= 235
    assert sum(lines["New"]) == pytest.approx(240, abs=1)


def test_a_coordinator_sees_groups_and_no_people(coordinating, site):
    group = SupportGroupFactory(site=site, name="Ours")
    SupportGroupFactory(name="Theirs")
    MembershipFactory(group=group, person__preferred_name="Marigold")
    RoleTermFactory(group=group, person__preferred_name="Rosamund")
    page = timeline(coordinating, site).text
    assert [name for name in ("Ours", "Theirs", "Marigold", "Rosamund") if name in page] == ["Ours"]


def test_a_site_without_groups_says_how_they_come(coordinating, site):
    assert "Groups appear here once a patient tutor starts them." in timeline(coordinating, site).text


def test_the_timeline_comes_in_pages(coordinating, site):
    for number in range(30):
        SupportGroupFactory(site=site, name=f"G{number:02}")
    first = timeline(coordinating, site).context["page"]
    second = coordinating.get(reverse("groups:site_timeline", args=[site.pk]) + first.next_url).context["page"]
    assert len({row.pk for row in (*first.rows, *second.rows)}) == 30


@pytest.mark.parametrize("number", [1, 3])
def test_the_timeline_costs_the_same_queries(coordinating, site, number, django_assert_num_queries):
    for _number in range(number):
        SupportGroupFactory(site=site)
    timeline(coordinating, site)
    with django_assert_num_queries(9):
        timeline(coordinating, site)
