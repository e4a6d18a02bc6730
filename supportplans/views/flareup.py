"""A member's flare-ups: nobody else's eyes."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.group import ConfirmForm
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_to
from supportplans.flareup_spoken import lines_of
from supportplans.forms.flareup import LogEarlierFlareUpForm, LogFlareUpForm
from supportplans.models import FlareUp
from supportplans.own_plan import when_it_flares
from supportplans.services.flareup import end_flareup, go_on_flareup, log_flareup, take_back_flareup

PAGE = 25
#: Who comes back to the button so soon is shown what the first tap did.
JUST_NOW = timedelta(hours=12)
MOST_CHANGES = 200
#: Rows of a flare-up's page, each with what its form asks.
ROWS = {
    "triggers": ["triggers"],
    "remedies": ["remedies"],
    "how_bad": ["pain", "effect"],
    "help": ["has_used_plan", "has_turned_to_group", "contacts"],
}


def flareup_list(request):
    own = FlareUp.objects.visible_to(request.user)
    page = page_of(own, key="started_on", query=request.GET, size=PAGE, is_descending=True)
    today = timezone.localdate()
    # On the first page, what may still be going on; one of long ago is just one whose end nobody wrote down.
    going = next((row for row in page.rows if row.may_be_going(today)), None) if not page.previous_url else None
    return render(request, "supportplans/flareup_list.html", {"page": page, "going": going, "today": today})


def flareup_log(request):
    """One tap, or a day of one's choice: the second button sends its own form."""
    is_earlier = "earlier" in request.POST or "earlier" in request.GET
    form = (LogEarlierFlareUpForm if is_earlier else LogFlareUpForm)(request.POST or None)
    if form.is_valid():
        details = {"started_on": timezone.localdate()} | form.cleaned_data
        with shown_to(request):
            flareup = log_flareup(by=request.user, now=timezone.now(), **details)
            messages.success(request, _("It is logged. You can add more now, later, or never."))
            return redirect(flareup)
        return redirect("supportplans:flareup_log")
    lately = FlareUp.objects.visible_to(request.user).open().filter(logged_at__gt=timezone.now() - JUST_NOW)
    context = {"form": form, "is_earlier": is_earlier, "logged": lately.order_by("-logged_at").first()}
    return render(request, "supportplans/flareup_log.html", context)


def flareup_detail(request, pk):
    flareup = get_object_or_404(FlareUp.objects.visible_to(request.user), pk=pk)
    said = flareup.said()
    now = timezone.now()
    context = {
        "flareup": flareup,
        "lines": {row: [line for line in lines_of(said, names) if line.words] for row, names in ROWS.items()},
        "is_fresh": flareup.is_fresh(now),
        "plan_says": when_it_flares(request.user, now) if flareup.is_open else [],
        "today": timezone.localdate(now),
    }
    return render(request, "supportplans/flareup_detail.html", context)


@require_POST
def flareup_end(request, pk):
    flareup = _own_flareup(request, pk)
    flareup = end_flareup(flareup=flareup, on=timezone.localdate(), now=timezone.now())
    messages.success(request, _("Noted: it is over. If it ended on another day, you can change that here."))
    return redirect(flareup)


@require_POST
def flareup_go_on(request, pk):
    flareup = _own_flareup(request, pk)
    go_on_flareup(flareup=flareup, on=timezone.localdate(), now=timezone.now())
    messages.success(request, _("Noted: it is still going on."))
    return redirect(flareup)


def flareup_take_back(request, pk):
    """One tap while it is fresh; later it is asked once more. Whoever taps twice finds it done."""
    own = FlareUp.objects.allowing(request.user, "supportplans.change_flareup")
    flareup = get_object_or_404(own if request.method == "POST" else own.standing(), pk=pk)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        submit_label=_("Take it out"),
        cancel_url=flareup.get_absolute_url(),
    )
    if form.is_valid():
        take_back_flareup(flareup=flareup, now=timezone.now())
        messages.success(request, _("Taken back. It is shown and counted nowhere."))
        return redirect("supportplans:flareup_list")
    return render(request, "supportplans/flareup_take_back.html", {"flareup": flareup, "form": form})


def flareup_history(request, pk):
    """What stood there before each correction, the latest first."""
    flareup = get_object_or_404(FlareUp.objects.visible_to(request.user), pk=pk)
    changes = flareup.changes.order_by("-revision")[:MOST_CHANGES]
    context = {
        "flareup": flareup,
        "changes": [{"changed_at": change.changed_at, "lines": lines_of(change.before)} for change in changes],
    }
    return render(request, "supportplans/flareup_history.html", context)


def _own_flareup(request, pk):
    flareup = get_object_or_404(FlareUp.objects.visible_to(request.user), pk=pk)
    require(request.user, "supportplans.change_flareup", flareup)
    return flareup
