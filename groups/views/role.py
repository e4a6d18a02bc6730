"""Roles: asked of a person, answered by them, ended."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.group import ConfirmForm
from groups.forms.role import AppointTutorForm, EditRoleForm, OfferRoleForm
from groups.models import Membership, Programme, RoleTerm, SupportGroup
from groups.services.handing_over import deputies_for
from groups.services.role import accept_role, appoint_tutor, edit_role, end_role, offer_role
from peersupport.access import require
from peersupport.refusals import shown_on, shown_to


def tutor_appoint(request, pk):
    programme = get_object_or_404(Programme.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.appoint_tutor", programme)
    form = AppointTutorForm(request.POST or None, cancel_url=programme.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            term = appoint_tutor(programme=programme, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("We have sent %(name)s an email.") % {"name": term.name})
            return redirect(programme)
    return render(request, "groups/tutor_appoint.html", {"programme": programme, "form": form})


def role_list(request):
    """What the person was asked to do and has not answered, and the roles they have."""
    terms = RoleTerm.objects.open().filter(person=request.user).select_related("group", "programme", "offered_by")
    terms = list(terms.order_by("offered_at", "pk"))
    context = {
        "offers": [term for term in terms if not term.accepted_at],
        "roles": [term for term in terms if term.accepted_at],
    }
    return render(request, "groups/role_list.html", context)


def role_offer(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.offer_role", group)
    memberships = Membership.objects.with_account().current().filter(group=group)
    form = OfferRoleForm(
        request.POST or None,
        memberships=memberships.ordered_by_name(),
        today=timezone.localdate(timezone=group.zone),
        cancel_url=group.get_absolute_url(),
    )
    if form.is_valid():
        person = form.cleaned_data["membership"].person
        with shown_on(form):
            offer_role(group=group, person=person, by=request.user, now=timezone.now(), **form.role_details())
            messages.success(request, _("Done. %(name)s is asked.") % {"name": person.preferred_name})
            return redirect(group)
    return render(request, "groups/role_offer.html", {"group": group, "form": form})


@require_POST
def role_accept(request, pk):
    term = get_object_or_404(RoleTerm.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.accept_role", term)
    with shown_to(request):
        accept_role(term=term, by=request.user, now=timezone.now())
        messages.success(request, _("Thank you. You have said yes."))
        return redirect(term.place)
    return redirect("groups:role_list")


def role_end(request, pk):
    """Stop, or say no to an offer: asked first on its own page, or posted straight from where the offer is shown."""
    term = get_object_or_404(RoleTerm.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.end_role", term)
    is_own = term.person == request.user
    back = "groups:role_list" if is_own else term.place
    form = ConfirmForm(request.POST if request.method == "POST" else None, submit_label=_end_label(term, is_own))
    if form.is_valid():
        with shown_on(form):
            end_role(term=term, by=request.user, now=timezone.now())
            messages.success(request, _("Done."))
            return redirect(back)
    context = {
        "term": term,
        "form": form,
        "is_own": is_own,
        "can_hand_over": deputies_for(group=term.group, person=term.person).exists(),
    }
    return render(request, "groups/role_end.html", context)


def role_edit(request, pk):
    """Until when someone means to do it."""
    term = get_object_or_404(RoleTerm.objects.visible_to(request.user).open(), pk=pk, group__isnull=False)
    require(request.user, "groups.change_role", term)
    back = "groups:role_list" if term.person == request.user else term.group
    form = EditRoleForm(
        request.POST or None,
        today=timezone.localdate(timezone=term.group.zone),
        initial={"ends_on": term.ends_on},
        cancel_url=resolve_url(back),
    )
    if form.is_valid():
        with shown_on(form):
            edit_role(term=term, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(back)
    return render(request, "groups/role_edit.html", {"term": term, "form": form})


def _end_label(term, is_own):
    if not term.accepted_at:
        return _("No, thank you") if is_own else _("Take the offer back")
    return _("Stop this role")
