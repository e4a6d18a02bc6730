"""A member's goals and flare-ups over time. No entry says nothing about a day or a month."""

from datetime import date

from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from supportplans.forms.flareup import FIRST_YEAR
from supportplans.models import FlareUp, GoalReview
from supportplans.month_grid import weeks_of
from supportplans.over_time import first_of, last_months, last_of, month_later, months_of

#: Of one month, under its calendar.
MOST_LISTED = 60


def over_time(request):
    """Flare-ups and looks back at goals, month by month."""
    today = timezone.localdate()
    first = last_months(today)[0]
    flareups = FlareUp.objects.visible_to(request.user).filter(started_on__gte=first)
    reviews = GoalReview.objects.filter(goal__person=request.user, reviewed_at__date__gte=first)
    months = months_of(
        today,
        list(flareups.values_list("started_on", "ended_on", "known_until_on")),
        [timezone.localdate(reviewed_at) for reviewed_at in reviews.values_list("reviewed_at", flat=True)],
    )
    return render(request, "supportplans/over_time.html", {"months": months})


def flareup_calendar(request):
    """One month as a calendar, and the twelve months up to it: only what lies in them is read."""
    today = timezone.localdate()
    first = _month_asked_for(request, today)
    last = last_of(first)
    own = FlareUp.objects.visible_to(request.user)
    known = list(own.known_between(last_months(first)[0], last).newest_first())
    here = [flareup for flareup in known if flareup.known_until_on >= first]
    context = {
        "first": first,
        "today": today,
        "weekdays": list(zip(WEEKDAYS.values(), WEEKDAYS_ABBR.values(), strict=True)),
        "weeks": weeks_of(first, here),
        "flareups": here[:MOST_LISTED],
        "not_listed": max(0, len(here) - MOST_LISTED),
        "months": months_of(first, [(one.started_on, one.ended_on, one.known_until_on) for one in known]),
        "previous": month_later(first, -1) if own.filter(started_on__lt=first).exists() else None,
        "next": month_later(first, 1) if last < today else None,
    }
    return render(request, "supportplans/flareup_calendar.html", context)


def _month_asked_for(request, today):
    """The first day of `?month=2026-11`; of this month where none is asked for, or none that there can be."""
    try:
        asked = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return first_of(today)
    return asked if asked.year >= FIRST_YEAR and asked <= today else first_of(today)
