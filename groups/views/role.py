"""Roles: asked of a person, answered by them, handed over and ended."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.group import ConfirmForm
from groups.forms.role import AppointTutorForm, HandOverRoleForm, OfferRoleForm
from groups.models import Membership, Programme, RoleTerm, SupportGroup
from groups.services.role import accept_role, appoint_tutor, end_role, hand_over_role, offer_role
from peersupport.access import require
from peersupport.refusals import Refused, shown_on


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
        cancel_url=group.get_absolute_url(),
    )
    if form.is_valid():
        person, role = form.cleaned_data["membership"].person, form.cleaned_data["role"]
        with shown_on(form):
            offer_role(group=group, person=person, role=role, by=request.user, now=timezone.now())
            messages.success(request, _("Done. %(name)s is asked.") % {"name": person.preferred_name})
            return redirect(group)
    return render(request, "groups/role_offer.html", {"group": group, "form": form})


@require_POST
def role_accept(request, pk):
    term = get_object_or_404(RoleTerm.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.accept_role", term)
    try:
        accept_role(term=term, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("groups:role_list")
    messages.success(request, _("Thank you. You have said yes."))
    return redirect(term.place)


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
    context = {"term": term, "form": form, "is_own": is_own, "can_hand_over": _deputies(term).exists()}
    return render(request, "groups/role_end.html", context)


def role_hand_over(request, pk):
    term = get_object_or_404(RoleTerm.objects.visible_to(request.user).current(), pk=pk, group__isnull=False)
    require(request.user, "groups.end_role", term)
    form = HandOverRoleForm(request.POST or None, deputies=_deputies(term), cancel_url=term.group.get_absolute_url())
    if form.is_valid():
        person = form.cleaned_data["deputy"].person
        with shown_on(form):
            hand_over_role(term=term, to=person, by=request.user, now=timezone.now())
            messages.success(request, _("%(name)s has taken over.") % {"name": person.preferred_name})
            return redirect(term.group)
    return render(request, "groups/role_hand_over.html", {"term": term, "form": form})


def _deputies(term):
    deputies = RoleTerm.objects.current().filter(group=term.group, role=RoleTerm.Role.DEPUTY)
    return deputies.exclude(person=term.person).exclude(group=None).select_related("person").order_by("pk")


def _end_label(term, is_own):
    if not term.accepted_at:
        return _("No, thank you") if is_own else _("Take the offer back")
    return _("Stop this role")
