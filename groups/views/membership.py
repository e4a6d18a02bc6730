"""Belonging to a group: one's own membership, and what role holders do for the others."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.group import ConfirmForm
from groups.forms.membership import RemoveMemberForm
from groups.models import Membership, SupportGroup
from groups.services.death import mark_died, undo_died
from groups.services.membership import note_never_came, pause_membership, remove_member, resume_membership
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on, shown_to

PAGE_SIZE = 50


def membership_list(request, pk):
    """The people of a group, for those who look after it: now, and (names only) before."""
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.end_membership", group)
    memberships = Membership.objects.filter(group=group).select_related("person", "told_by")
    ended = memberships.exclude(state__in=Membership.CURRENT)
    context = {
        "group": group,
        "members": memberships.current().ordered_by_name(),
        "page": page_of(ended, key="ended_at", query=request.GET, size=PAGE_SIZE, is_descending=True),
    }
    return render(request, "groups/membership_list.html", context)


def membership_detail(request, pk):
    membership = _visible(request, pk)
    is_own = membership.person == request.user
    context = {
        "membership": membership,
        "group": membership.group,
        "is_own": is_own,
        "is_organiser": request.user.has_perm("groups.end_membership", membership),
        "attended": membership.attendances.standing().filter(outcome="attended").count(),
    }
    return render(request, "groups/membership_detail.html", context)


def membership_pause(request, pk):
    membership = _asked(request, pk, "groups.pause_membership")
    form = _confirm(request, membership, _("Have a break"))
    if form.is_valid():
        with shown_on(form):
            pause_membership(membership=membership, by=request.user, now=timezone.now())
            messages.success(request, _("You are having a break. Come back whenever you like."))
            return redirect("groups:membership_detail", pk)
    return render(request, "groups/membership_pause.html", {"membership": membership, "form": form})


@require_POST
def membership_resume(request, pk):
    membership = _asked(request, pk, "groups.pause_membership")
    with shown_to(request):
        resume_membership(membership=membership, by=request.user, now=timezone.now())
        messages.success(request, _("Welcome back."))
    return redirect("groups:membership_detail", pk)


def membership_remove(request, pk):
    membership = _asked(request, pk, "groups.end_membership")
    form = RemoveMemberForm(request.POST or None, cancel_url=reverse("groups:membership_detail", args=[pk]))
    if form.is_valid():
        with shown_on(form):
            remove_member(membership=membership, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("%(name)s is no longer in the group.") % {"name": membership.shown_name})
            return redirect("groups:membership_list", membership.group_id)
    return render(request, "groups/membership_remove.html", {"membership": membership, "form": form})


def membership_never_came(request, pk):
    membership = _asked(request, pk, "groups.end_membership")
    form = _confirm(request, membership, _("Yes, they never came"))
    if form.is_valid():
        with shown_on(form):
            note_never_came(membership=membership, by=request.user, now=timezone.now())
            messages.success(request, _("Noted. They can come back whenever they like."))
            return redirect("groups:membership_list", membership.group_id)
    return render(request, "groups/membership_never_came.html", {"membership": membership, "form": form})


def membership_died(request, pk):
    membership = _asked(request, pk, "groups.end_membership")
    form = _confirm(request, membership, _("Yes, they have died"))
    if form.is_valid():
        with shown_on(form):
            mark_died(membership=membership, by=request.user, now=timezone.now())
            messages.success(request, _("Nothing is sent to them any more."))
            return redirect("groups:membership_list", membership.group_id)
    return render(request, "groups/membership_died.html", {"membership": membership, "form": form})


@require_POST
def membership_died_undo(request, pk):
    """By whoever looks after the group, or by the person, who is here after all."""
    membership = _asked(request, pk, "groups.undo_died")
    with shown_to(request):
        undo_died(membership=membership, by=request.user, now=timezone.now())
        messages.success(request, _("This is taken back. We are sorry for the mistake."))
    return redirect("groups:membership_detail", pk)


def _visible(request, pk):
    memberships = Membership.objects.visible_to(request.user)
    return get_object_or_404(memberships.select_related("person", "group__site", "told_by", "ended_by"), pk=pk)


def _asked(request, pk, permission):
    membership = _visible(request, pk)
    require(request.user, permission, membership)
    return membership


def _confirm(request, membership, label):
    return ConfirmForm(
        request.POST if request.method == "POST" else None,
        submit_label=label,
        cancel_url=reverse("groups:membership_detail", args=[membership.pk]),
    )
