"""A member's flare-ups: nobody else's eyes."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.access import require
from peersupport.paging import page_of
from supportplans.forms.flareup import EditFlareUpForm, LogEarlierFlareUpForm, LogFlareUpForm
from supportplans.models import FlareUp, GoalReview
from supportplans.over_time import MONTHS, months_of
from supportplans.own_plan import when_it_flares
from supportplans.services.flareup import edit_flareup, log_flareup

PAGE = 25
EDITABLE = (
    "kind",
    "started_on",
    "is_start_approximate",
    "ended_on",
    "set_off_by",
    "tried",
    "helped",
    "has_used_plan",
    "has_turned_to_group",
    "contacts",
    "pain",
    "effect",
)


def flareup_list(request):
    own = FlareUp.objects.visible_to(request.user)
    page = page_of(own, key="started_on", query=request.GET, size=PAGE, is_descending=True)
    return render(request, "supportplans/flareup_list.html", {"page": page})


def flareup_log(request):
    """One tap, or a day of one's choice: the second button sends its own form."""
    is_earlier = "earlier" in request.POST or "earlier" in request.GET
    form = (LogEarlierFlareUpForm if is_earlier else LogFlareUpForm)(request.POST or None)
    if form.is_valid():
        details = {"started_on": timezone.localdate()} | form.cleaned_data
        flareup = log_flareup(by=request.user, now=timezone.now(), **details)
        messages.success(request, _("It is logged. You can add more now, later, or never."))
        return redirect(flareup)
    return render(request, "supportplans/flareup_log.html", {"form": form, "is_earlier": is_earlier})


def flareup_detail(request, pk):
    flareup = get_object_or_404(FlareUp.objects.visible_to(request.user), pk=pk)
    contacts = [FlareUp.Contact(value).label for value in flareup.contacts or []]
    plan_says = [] if flareup.ended_on else when_it_flares(request.user, timezone.now())
    context = {"flareup": flareup, "contacts": contacts, "plan_says": plan_says}
    return render(request, "supportplans/flareup_detail.html", context)


def flareup_edit(request, pk):
    flareup = get_object_or_404(FlareUp.objects.visible_to(request.user), pk=pk)
    require(request.user, "supportplans.change_flareup", flareup)
    initial = {name: getattr(flareup, name) for name in EDITABLE}
    form = EditFlareUpForm(request.POST or None, initial=initial, cancel_url=flareup.get_absolute_url())
    if form.is_valid():
        edit_flareup(flareup=flareup, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(flareup)
    return render(request, "supportplans/flareup_edit.html", {"flareup": flareup, "form": form})


def over_time(request):
    """Flare-ups and looks back at goals, month by month. No entry says nothing about a month."""
    today = timezone.localdate()
    flareups = FlareUp.objects.visible_to(request.user).values_list("started_on", "ended_on")
    reviews = GoalReview.objects.filter(goal__person=request.user).values_list("reviewed_at", flat=True)
    months = months_of(today, list(flareups), [timezone.localdate(reviewed_at) for reviewed_at in reviews])
    return render(request, "supportplans/over_time.html", {"months": months, "number": MONTHS})
