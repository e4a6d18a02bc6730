"""Handing over: one role, or everything at once, to a deputy or to someone who is asked."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.forms.role import AskToTakeOverForm, HandOverAllForm, HandOverRoleForm
from groups.models import Membership, RoleTerm, SupportGroup
from groups.services.handing_over import ask_to_take_over, deputies_for, hand_over_all, hand_over_role
from peersupport.access import require
from peersupport.refusals import shown_on


def role_hand_over(request, pk):
    terms = RoleTerm.objects.visible_to(request.user).current().looking_after_group()
    term = get_object_or_404(terms.select_related("group", "person"), pk=pk)
    require(request.user, "groups.end_role", term)
    deputies = deputies_for(group=term.group, person=term.person)
    if not deputies:
        return _ask(request, term.group, term.person, [term])
    form = HandOverRoleForm(request.POST or None, deputies=deputies, cancel_url=term.group.get_absolute_url())
    if form.is_valid():
        person = form.cleaned_data["deputy"].person
        with shown_on(form):
            hand_over_role(term=term, to=person, by=request.user, now=timezone.now())
            return _taken_over(request, term.group, person)
    return render(request, "groups/role_hand_over.html", {"group": term.group, "terms": [term], "form": form})


def group_hand_over(request, pk):
    """One button for someone who is unwell: all they do in the group goes to the deputy."""
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.hand_over", group)
    own = RoleTerm.objects.current().looking_after_group().filter(group=group, person=request.user)
    terms = list(own.exclude(role=RoleTerm.Role.DEPUTY).select_related("group", "person").order_by("pk"))
    deputies = deputies_for(group=group, person=request.user)
    if terms and not deputies:
        return _ask(request, group, request.user, terms)
    form = HandOverAllForm(
        request.POST if request.method == "POST" else None, deputies=deputies, cancel_url=group.get_absolute_url()
    )
    if form.is_valid():
        person = form.cleaned_data["deputy"].person
        with shown_on(form):
            takes_break = form.takes_break
            hand_over_all(group=group, to=person, takes_break=takes_break, by=request.user, now=timezone.now())
            return _taken_over(request, group, person)
    return render(request, "groups/group_hand_over.html", {"group": group, "terms": terms, "form": form})


def _ask(request, group, holder, terms):
    """Nobody has said yes to stepping in, so a member is asked; until they answer the holder goes on."""
    members = Membership.objects.with_account().joined().filter(group=group).exclude(person=holder)
    form = AskToTakeOverForm(
        request.POST or None, memberships=members.ordered_by_name(), cancel_url=group.get_absolute_url()
    )
    if form.is_valid():
        person = form.cleaned_data["membership"].person
        with shown_on(form):
            for term in terms:
                ask_to_take_over(term=term, person=person, by=request.user, now=timezone.now())
            messages.success(request, _("Done. %(name)s is asked.") % {"name": person.preferred_name})
            return redirect(group)
    return render(request, "groups/role_hand_over.html", {"group": group, "terms": terms, "form": form, "asks": True})


def _taken_over(request, group, person):
    messages.success(request, _("%(name)s has taken over.") % {"name": person.preferred_name})
    return redirect(group)
