"""Pictures: a group's year on one page, and a site's groups along a line of time. Counts only."""

from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from groups.models import Site, SupportGroup
from groups.years import first_year_of, months_of_site, year_of_group
from peersupport.access import require
from peersupport.paging import page_of

PAGE_SIZE = 25
MONTHS = 24
#: How wide a group's line is drawn, whatever it stands for.
WIDTH = 240


def group_year(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    first, last = first_year_of(group), timezone.localdate(timezone=group.zone).year
    year = _year_asked_for(request, last)
    if not first <= year <= last:
        raise Http404
    months = year_of_group(group, year)
    context = {
        "group": group,
        "year": year,
        "months": months,
        "held": sum(month.held for month in months),
        "previous_url": f"?year={year - 1}" if year > first else "",
        "next_url": f"?year={year + 1}" if year < last else "",
    }
    return render(request, "groups/group_year.html", context)


def site_timeline(request, pk):
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.view_timeline", site)
    now = timezone.now()
    months = months_of_site(site, until=timezone.localdate(), months=MONTHS)
    groups = SupportGroup.objects.filter(site=site)
    page = page_of(groups, key="created_at", query=request.GET, size=PAGE_SIZE, is_descending=True)
    first_day = months[0].first_day
    start = datetime(first_day.year, first_day.month, 1, tzinfo=timezone.get_current_timezone())
    for group in page.rows:
        group.ended_at = group.state_changed_at if group.state == SupportGroup.State.CLOSED else None
        group.line_from, group.line_length = _line(start, group.created_at, group.ended_at or now, now)
    context = {"site": site, "months": months, "page": page, "start": start, "width": WIDTH}
    return render(request, "groups/site_timeline.html", context)


def _year_asked_for(request, otherwise):
    text = request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdigit() else otherwise


def _line(start, begins_at, ends_at, now):
    """Where a line begins and how long it is, in units of WIDTH for the time from `start` to `now`."""
    per_second = WIDTH / (now - start).total_seconds()
    begin, end = (max((moment - start).total_seconds(), 0) * per_second for moment in (begins_at, ends_at))
    return round(begin), max(round(end - begin), 2) if ends_at > start else 0
