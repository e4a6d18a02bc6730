"""One part of a flare-up on a page of its own; with `?all`, one after another."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from supportplans.flareup_spoken import lines_of
from supportplans.forms.flareup_parts import PARTS
from supportplans.models import FlareUp
from supportplans.refusals import ChangedElsewhere
from supportplans.services.flareup import edit_flareup


def flareup_edit(request, pk, part):
    own = FlareUp.objects.allowing(request.user, "supportplans.change_flareup").standing()
    flareup = get_object_or_404(own, pk=pk)
    if part not in PARTS:
        raise Http404
    is_all = "all" in request.GET
    form, theirs = _form(flareup, part, is_all, request.POST or None), []
    if form.is_valid():
        try:
            edit_flareup(flareup=flareup, revision=form.cleaned_data["revision"], now=timezone.now(), **form.said())
        except ChangedElsewhere as conflict:
            theirs = lines_of(conflict.theirs.said(), _names_of(form))
            form = _form(conflict.theirs, part, is_all, _seen(request.POST, conflict.theirs))
            form.add_error(None, str(conflict))
        else:
            messages.success(request, _("Saved."))
            is_to_rate = form.leads_to_helped
            return redirect(_address(flareup, "helped", is_all) if is_to_rate else _past(flareup, part, is_all))
    context = {"flareup": flareup, "form": form, "theirs": theirs}
    return render(request, "supportplans/flareup_edit.html", context)


def _form(flareup, part, is_all, typed):
    """Whoever goes through all parts may skip one; whoever came for one may leave it."""
    return PARTS[part](
        typed,
        flareup=flareup,
        cancel_url=_past(flareup, part, is_all),
        cancel_label=_("Skip this") if is_all else _("Cancel"),
    )


def _seen(typed, theirs):
    """What was typed, as by someone who has seen what stands there now: saving it again means that."""
    typed = typed.copy()
    typed["revision"] = theirs.revision
    return typed


def _names_of(form):
    return {"remedies" if name == "helped" else name for name in form.said()}


def _past(flareup, part, is_all):
    """The part after this one for whoever goes through all; else back to the flare-up."""
    later = [one for one in list(PARTS)[list(PARTS).index(part) + 1 :] if one != "helped"]
    return _address(flareup, later[0], is_all) if is_all and later else flareup.get_absolute_url()


def _address(flareup, part, is_all):
    page = reverse("supportplans:flareup_edit", args=[flareup.pk, part])
    return f"{page}?all" if is_all else page
