"""Pacing: a member's own, and nobody else's eyes."""

from datetime import date, timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peersupport.access import require
from supportplans.forms.pacing import AddPacingForm, NotePacingDayForm, SetPacingForm, TryPacingForm
from supportplans.models import PacingBaseline
from supportplans.pacing_amounts import days_of, grown, start_on, suggested_on, suggested_start
from supportplans.services.pacing import (
    add_pacing,
    call_pacing_enough,
    clear_pacing_day,
    note_pacing_day,
    set_pacing,
    stop_pacing,
    try_pacing,
)

MOST = 100
DAYS = 28
#: No one looks further back, and no date runs out of the calendar.
FIRST = date(2000, 1, 1)


def pacing_list(request):
    own, today = PacingBaseline.objects.visible_to(request.user), timezone.localdate()
    baselines = list(own.newest_first().prefetch_related("starts")[:MOST])
    for baseline in baselines:
        starts = list(baseline.starts.all())
        baseline.start = starts[-1] if starts else None
        baseline.suggested = suggested_on(today, starts)
    return render(request, "supportplans/pacing_list.html", {"baselines": baselines})


def pacing_add(request):
    form = AddPacingForm(request.POST or None)
    if form.is_valid():
        baseline = add_pacing(by=request.user, now=timezone.now(), **form.cleaned_data)
        return redirect(baseline)
    return render(request, "supportplans/pacing_add.html", {"form": form})


def pacing_detail(request, pk):
    """Before numbers are set the tries; then today's suggestion, every number, and what was suggested and done."""
    baseline = get_object_or_404(PacingBaseline.objects.visible_to(request.user), pk=pk)
    starts, tries = list(baseline.starts.all()), list(baseline.tries.all())
    context = {
        "baseline": baseline,
        "tries": tries,
        "suggested_start": suggested_start(one.amount for one in tries if not one.is_left_out),
    }
    if starts:
        context |= _today(starts) | _four_weeks(request, baseline, starts)
    return render(request, "supportplans/pacing_detail.html", context)


def pacing_try(request, pk):
    baseline = _own(request, pk)
    initial = {
        f"{name}_{one.number}": getattr(one, name)
        for one in baseline.tries.all()
        for name in ("tried_on", "amount", "is_left_out")
    }
    form = TryPacingForm(
        request.POST or None,
        initial=initial,
        unit=baseline.get_unit_display(),
        cancel_url=baseline.get_absolute_url(),
    )
    if form.is_valid():
        try_pacing(baseline=baseline, tries=form.tries)
        messages.success(request, _("Saved."))
        return redirect(baseline)
    return render(request, "supportplans/pacing_try.html", {"baseline": baseline, "form": form})


def pacing_set(request, pk):
    """Every number on one page, with what was set before or what the tries suggest."""
    baseline = _own(request, pk)
    form = SetPacingForm(
        request.POST or None,
        initial=_numbers_of(baseline),
        unit=baseline.get_unit_display(),
        cancel_url=baseline.get_absolute_url(),
    )
    if form.is_valid():
        set_pacing(baseline=baseline, **form.cleaned_data)
        messages.success(request, _("Saved. You can change it at any time."))
        return redirect(baseline)
    return render(request, "supportplans/pacing_set.html", {"baseline": baseline, "form": form})


def pacing_day_note(request, pk):
    baseline = _own(request, pk)
    form = NotePacingDayForm(
        request.POST or None,
        initial={"done_on": timezone.localdate()},
        unit=baseline.get_unit_display(),
        cancel_url=baseline.get_absolute_url(),
    )
    if form.is_valid():
        done_on, amount = form.cleaned_data["done_on"], form.cleaned_data["amount"]
        if form.is_cleared:
            clear_pacing_day(baseline=baseline, done_on=done_on)
        else:
            note_pacing_day(baseline=baseline, done_on=done_on, amount=amount)
        messages.success(request, _("Saved."))
        return redirect(baseline)
    return render(request, "supportplans/pacing_day_note.html", {"baseline": baseline, "form": form})


@require_POST
def pacing_enough(request, pk):
    baseline = _own(request, pk)
    call_pacing_enough(baseline=baseline, now=timezone.now())
    messages.success(request, _("It stays as it is now. You can change that at any time."))
    return redirect(baseline)


@require_POST
def pacing_stop(request, pk):
    baseline = _own(request, pk)
    stop_pacing(baseline=baseline, now=timezone.now())
    messages.success(request, _("Stopped. That is as good an end as any."))
    return redirect(baseline)


def _own(request, pk):
    baseline = get_object_or_404(PacingBaseline.objects.visible_to(request.user), pk=pk)
    require(request.user, "supportplans.change_pacing", baseline)
    return baseline


def _today(starts):
    today, last = timezone.localdate(), starts[-1]
    counts, suggested = start_on(today, starts), suggested_on(today, starts)
    return {
        "start": last,
        "suggested": suggested,
        "is_rest_day": suggested is None and counts is not None and counts.stopped_on is None,
        "can_note": counts is not None and last.stopped_on is None,
    }


def _four_weeks(request, baseline, starts):
    """Up to the day asked for (`?until=2026-11-24`), and not before the first day that says something."""
    today = timezone.localdate()
    last = max(min(_day_of(request.GET.get("until")) or today, today), FIRST)
    before = last - timedelta(days=DAYS)
    noted = dict(baseline.days.filter(done_on__lte=last).values_list("done_on", "amount"))
    begun = min([starts[0].from_on, *noted])
    return {
        "days": days_of(max(before + timedelta(days=1), begun), last, starts, noted),
        "earlier_url": f"?until={before}" if begun <= before else "",
        "later_url": f"?until={last + timedelta(days=DAYS)}" if last < today else "",
    }


def _numbers_of(baseline):
    """What stands in the form at first: today's amount and the numbers set last, or what the tries suggest."""
    today, start = timezone.localdate(), baseline.starts.last()
    if start:
        numbers = {name: getattr(start, name) for name in ("weekly_percent", "enough", "rest_days")}
        return numbers | {"from_on": today, "amount": grown(start, today)}
    tries = baseline.tries.filter(is_left_out=False).values_list("amount", flat=True)
    return {"from_on": today, "weekly_percent": 10, "amount": suggested_start(tries)}


def _day_of(text):
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
