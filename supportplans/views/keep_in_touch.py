"""Keeping in touch between meetings: the page of a group, and what a member says about it for themselves."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.group import ConfirmForm
from groups.models import Membership, SupportGroup
from peersupport.access import require
from peersupport.refusals import shown_on, shown_to
from supportplans.forms.keep_in_touch import EditWishForm
from supportplans.models import KeepInTouchWish
from supportplans.services.wish import edit_wish, end_wish, pause_wish, resume_wish
from supportplans.touch_page import pairs_to_show, sides_of

SAID = ("ways", "rhythm_weeks", "reach", "best_time")


def keep_in_touch_list(request):
    """Of all one's groups: mostly one, and one tap away."""
    memberships = _own_memberships(request.user).exclude(group__state=SupportGroup.State.CLOSED)
    sides = sides_of(pairs_to_show(person=request.user, now=timezone.now()), request.user)
    context = {"memberships": memberships.order_by("group__name"), "sides": sides, "today": timezone.localdate()}
    return render(request, "supportplans/keep_in_touch_list.html", context)


def keep_in_touch_detail(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    membership = _own_memberships(request.user).filter(group=group).first()
    pairs = pairs_to_show(person=request.user, now=timezone.now()).filter(first__group=group) if membership else []
    context = {
        "group": group,
        "membership": membership,
        "wish": _wish_of(membership),
        "sides": (sides := sides_of(pairs, request.user)),
        "to_ask": _to_ask(request.user, membership, sides),
        "today": timezone.localdate(),
    }
    if request.user.has_perm("supportplans.arrange_pairs", group):
        context |= _arranging(request.user, group)
    return render(request, "supportplans/keep_in_touch_detail.html", context)


def wish_edit(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "supportplans.make_wish", group)
    membership = get_object_or_404(_own_memberships(request.user), group=group)
    wish = _wish_of(membership)
    page = reverse("supportplans:keep_in_touch_detail", args=[pk])
    form = EditWishForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(wish, name) for name in SAID} if wish else {},
        submit_label=_("Save") if wish else _("Turn it on"),
        cancel_url=page,
    )
    if form.is_valid():
        with shown_on(form):
            edit_wish(membership=membership, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Saved.") if wish else _("It is on. You can have a rest or stop at any time."))
            return redirect(page)
    return render(request, "supportplans/wish_edit.html", {"group": group, "wish": wish, "form": form})


@require_POST
def wish_pause(request, pk):
    wish = _own_wish(request, pk)
    with shown_to(request):
        pause_wish(wish=wish, now=timezone.now())
        messages.success(request, _("You are having a rest from it. Nobody is asked to get in touch with you."))
    return redirect("supportplans:keep_in_touch_detail", wish.membership.group_id)


@require_POST
def wish_resume(request, pk):
    wish = _own_wish(request, pk)
    with shown_to(request):
        resume_wish(wish=wish, now=timezone.now())
        messages.success(request, _("Good to have you back."))
    return redirect("supportplans:keep_in_touch_detail", wish.membership.group_id)


def wish_end(request, pk):
    wish = _own_wish(request, pk)
    page = reverse("supportplans:keep_in_touch_detail", args=[wish.membership.group_id])
    form = ConfirmForm(
        request.POST if request.method == "POST" else None, submit_label=_("Turn it off"), cancel_url=page
    )
    if form.is_valid():
        with shown_on(form):
            end_wish(wish=wish, by=request.user, now=timezone.now())
            messages.success(request, _("It is off, and how to reach you is deleted."))
            return redirect(page)
    return render(request, "supportplans/wish_end.html", {"wish": wish, "form": form})


def _own_memberships(person):
    return Membership.objects.current().filter(person=person).select_related("group", "touch_wish")


def _wish_of(membership):
    """What they said, while it is on or resting."""
    wish = getattr(membership, "touch_wish", None)
    return wish if wish and wish.state != KeepInTouchWish.State.OFF else None


def _own_wish(request, pk):
    wishes = KeepInTouchWish.objects.visible_to(request.user).select_related("membership__group")
    wish = get_object_or_404(wishes, pk=pk)
    require(request.user, "supportplans.change_wish", wish)
    return wish


def _to_ask(person, membership, sides):
    """Those whom the person can ask: they want it as well, and nothing stands between the two."""
    if not _wish_of(membership):
        return []
    wishes = KeepInTouchWish.objects.allowing(person, "supportplans.ask_buddy").taking_part()
    others = wishes.filter(membership__group=membership.group_id).exclude(membership=membership).ordered_by_name()
    return [wish for wish in others if wish.membership_id not in sides.not_to_ask]


def _arranging(person, group):
    wishes = KeepInTouchWish.objects.allowing(person, "supportplans.arrange_pairs").taking_part()
    wishes = list(wishes.filter(membership__group=group).with_whether_someone().ordered_by_name())
    return {"is_organiser": True, "wishes": wishes, "alone": [wish for wish in wishes if not wish.has_someone]}
