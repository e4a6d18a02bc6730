"""What a year of a group, and some years of a site's groups, looked like: numbers for pictures, never people."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncMonth

from groups.models import Attendance, Meeting, SupportGroup


@dataclass(frozen=True)
class Month:
    """One month of a group. `came` is how many came to a meeting on average, None where nobody noted any."""

    first_day: date
    held: int = 0
    cancelled: int = 0
    came: float | None = None
    first_times: int = 0


@dataclass(frozen=True)
class SiteMonth:
    """One month of a site: groups that started or ended in it, and those that carried on at its end."""

    first_day: date
    started: int
    ended: int
    going: int


def year_of_group(group, year: int) -> list[Month]:
    """The twelve months of `year` by the group's own clock."""
    start, end = (datetime(number, 1, 1, tzinfo=group.zone) for number in (year, year + 1))
    month = TruncMonth("starts_at", tzinfo=group.zone)
    noted = Q(attendances__isnull=False, attendances__replaced_at=None)
    meetings = Meeting.objects.filter(group=group, starts_at__gte=start, starts_at__lt=end)
    rows = meetings.values(month=month).annotate(
        held=Count("pk", filter=Q(state="held"), distinct=True),
        cancelled=Count("pk", filter=Q(state="cancelled"), distinct=True),
        noted=Count("pk", filter=noted, distinct=True),
        visits=Count("attendances", filter=noted & Q(attendances__outcome="attended")),
    )
    counted = {row["month"].month: row for row in rows.order_by()}
    first_times = _first_times(group, start, end)
    return [_month(date(year, number, 1), counted.get(number), first_times[number]) for number in range(1, 13)]


def _month(first_day, row, first_times):
    if not row:
        return Month(first_day)
    average = round(row["visits"] / row["noted"], 1) if row["noted"] else None
    return Month(first_day, row["held"], row["cancelled"], average, first_times)


def _first_times(group, start, end):
    """How many people came for the first time, by the month's number."""
    attended = Attendance.objects.standing().filter(meeting__group=group, outcome="attended")
    firsts = attended.values("membership").annotate(first_at=Min("meeting__starts_at"))
    moments = firsts.filter(first_at__gte=start, first_at__lt=end).values_list("first_at", flat=True)
    return Counter(moment.astimezone(group.zone).month for moment in moments)


def first_year_of(group) -> int:
    return group.created_at.astimezone(group.zone).year


def months_of_site(site, *, until: date, months: int) -> list[SiteMonth]:
    """The last `months` months up to that of `until`, in order."""
    firsts = [_months_before(until, number) for number in reversed(range(months))]
    groups = SupportGroup.objects.filter(site=site)
    started = _by_month(groups, "created_at")
    ended = _by_month(groups.filter(state=SupportGroup.State.CLOSED), "state_changed_at")
    going = sum(_before(started, firsts[0])) - sum(_before(ended, firsts[0]))
    rows = []
    for first_day in firsts:
        going += started[first_day] - ended[first_day]
        rows.append(SiteMonth(first_day, started[first_day], ended[first_day], going))
    return rows


def _by_month(groups, field):
    rows = groups.annotate(month=TruncMonth(field)).values("month").annotate(number=Count("pk")).order_by()
    return Counter({row["month"].date(): row["number"] for row in rows})


def _before(counted, first_day):
    return (number for month, number in counted.items() if month < first_day)


def _months_before(day, number):
    months = day.year * 12 + day.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)
