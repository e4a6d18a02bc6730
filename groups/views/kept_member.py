"""Members without an account."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.membership import EditKeptMemberForm, KeepMemberForm
from groups.models import Membership, SupportGroup
from groups.services.kept_member import add_claim, edit_kept_member, keep_member
from peersupport.access import require
from peersupport.refusals import shown_on, shown_to


def kept_member_add(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.keep_member", group)
    form = KeepMemberForm(
        request.POST or None,
        memberships=_tellers(group),
        initial={"teller": _tellers(group).filter(person=request.user).first()},
        cancel_url=reverse("groups:membership_list", args=[pk]),
    )
    if form.is_valid():
        with shown_on(form):
            membership = keep_member(group=group, by=request.user, now=timezone.now(), **form.member_details())
            messages.success(request, _("%(name)s is in the group.") % {"name": membership.name})
            return redirect("groups:membership_detail", membership.pk)
    return render(request, "groups/kept_member_add.html", {"group": group, "form": form})


def kept_member_edit(request, pk):
    membership = _kept(request, pk)
    tellers = _tellers(membership.group)
    form = EditKeptMemberForm(
        request.POST or None,
        memberships=tellers,
        initial={
            "name": membership.name,
            "told_how": membership.told_how,
            "teller": tellers.filter(person=membership.told_by).first(),
        },
        cancel_url=reverse("groups:membership_detail", args=[pk]),
    )
    if form.is_valid():
        with shown_on(form):
            edit_kept_member(membership=membership, by=request.user, **form.member_details())
            messages.success(request, _("Saved."))
            return redirect("groups:membership_detail", pk)
    return render(request, "groups/kept_member_edit.html", {"membership": membership, "form": form})


@require_POST
def claim_add(request, pk):
    membership = _kept(request, pk)
    with shown_to(request):
        invitation = add_claim(membership=membership, by=request.user, now=timezone.now())
        return redirect("groups:invitation_sheet", invitation.pk)
    return redirect("groups:membership_detail", pk)


def _kept(request, pk):
    memberships = Membership.objects.visible_to(request.user).filter(person=None).select_related("group", "told_by")
    membership = get_object_or_404(memberships, pk=pk)
    require(request.user, "groups.keep_member", membership)
    return membership


def _tellers(group):
    return Membership.objects.with_account().current().filter(group=group).ordered_by_name()
