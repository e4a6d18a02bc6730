"""What a member wants to be asked about themselves: the page it starts from, turned on, changed and turned off."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.group import ConfirmForm
from peersupport.instruments.catalogue import instrument_of
from supportplans.forms.self_report import EditSelfReportWishForm
from supportplans.models import SelfReport, SelfReportWish
from supportplans.self_report_page import offers_of
from supportplans.services.self_report_wish import edit_self_report_wish, end_self_report_wish, leave_out_self_report

PLACE = "supportplans:self_report_list"


def self_report_list(request):
    now, today = timezone.now(), timezone.localdate()
    wish = _own_wish(request.user)
    offers = offers_of(wish, now=now) if wish else []
    chosen = {offer.instrument.code for offer in offers}
    answered = SelfReport.objects.visible_to(request.user).finished().order_by("instrument")
    codes = answered.values_list("instrument", flat=True).distinct()
    earlier = [instrument for code in codes if code not in chosen and (instrument := instrument_of(code))]
    context = {
        "wish": wish,
        "offers": offers,
        "is_asked": any(offer.is_waiting for offer in offers),
        "first": next((offer for offer in offers if offer.is_waiting or offer.report), None),
        "next_on": wish.next_on(today) if wish else None,
        "earlier": earlier,
    }
    return render(request, "supportplans/self_report_list.html", context)


def self_report_wish_edit(request):
    wish = _own_wish(request.user)
    initial = {"instruments": wish.instruments, "rhythm_weeks": wish.rhythm_weeks or ""} if wish else {}
    form = EditSelfReportWishForm(
        request.POST if request.method == "POST" else None,
        initial={"rhythm_weeks": ""} | initial,
        submit_label=_("Save") if wish else _("Turn it on"),
        cancel_url=reverse(PLACE),
    )
    if form.is_valid():
        edit_self_report_wish(by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved.") if wish else _("It is on. You can stop or change it at any time."))
        return redirect(PLACE)
    return render(request, "supportplans/self_report_wish_edit.html", {"wish": wish, "form": form})


def self_report_wish_end(request):
    form = ConfirmForm(
        request.POST if request.method == "POST" else None, submit_label=_("Turn it off"), cancel_url=reverse(PLACE)
    )
    if form.is_valid():
        end_self_report_wish(by=request.user, now=timezone.now())
        messages.success(request, _("It is off. Nobody asks you any more."))
        return redirect(PLACE)
    return render(request, "supportplans/self_report_wish_end.html", {"form": form})


@require_POST
def self_report_leave_out(request):
    leave_out_self_report(by=request.user, now=timezone.now())
    messages.success(request, _("That is fine. It can wait."))
    return redirect(PLACE)


def _own_wish(person):
    """What they chose, while it is on."""
    return SelfReportWish.objects.filter(person=person, is_on=True).select_related("person").with_answered().first()
