"""Two who keep in touch: asked, answered, spoken, ended; and what an organiser proposes."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.group import ConfirmForm
from groups.models import SupportGroup
from peersupport.access import require
from peersupport.refusals import shown_on, shown_to
from supportplans.forms.keep_in_touch import ArrangePairsForm, AskBuddyForm
from supportplans.models import CheckIn, KeepInTouch, KeepInTouchWish
from supportplans.services.check_in import UNDO_WITHIN, note_check_in, undo_check_in
from supportplans.services.pair import agree_pair, arrange_pairs, ask_buddy, end_pair


def pair_ask(request, pk):
    wishes = KeepInTouchWish.objects.allowing(request.user, "supportplans.ask_buddy").taking_part()
    others = wishes.exclude(membership__person=request.user).select_related("membership__person", "membership__group")
    wish = get_object_or_404(others, pk=pk)
    page = reverse("supportplans:keep_in_touch_detail", args=[wish.membership.group_id])
    name = wish.membership.shown_name
    form = AskBuddyForm(request.POST or None, name=name, cancel_url=page)
    if form.is_valid():
        with shown_on(form):
            ask_buddy(wish=wish, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("We ask %(name)s. It begins once they say yes.") % {"name": name})
            return redirect(page)
    return render(request, "supportplans/pair_ask.html", {"wish": wish, "name": name, "form": form})


def pair_arrange(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "supportplans.arrange_pairs", group)
    wishes = KeepInTouchWish.objects.allowing(request.user, "supportplans.arrange_pairs").taking_part()
    wishes = list(wishes.filter(membership__group=group).with_whether_someone().ordered_by_name())
    page = reverse("supportplans:keep_in_touch_detail", args=[pk])
    alone = [str(wish.membership_id) for wish in wishes if not wish.has_someone]
    form = ArrangePairsForm(request.POST or None, wishes=wishes, initial={"memberships": alone}, cancel_url=page)
    if form.is_valid():
        with shown_on(form):
            arrange_pairs(group=group, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Whoever is not in touch yet is asked. It begins once both say yes."))
            return redirect(page)
    return render(request, "supportplans/pair_arrange.html", {"group": group, "wishes": wishes, "form": form})


def pair_detail(request, pk):
    pair = _own_pair(request, pk)
    now = timezone.now()
    latest = pair.check_ins.standing().order_by("-said_at", "-pk").first()
    is_on = pair.state == KeepInTouch.State.ON and pair.holds
    context = {
        "pair": pair,
        "group": pair.first.group,
        "is_on": is_on,
        "is_asked_by_other": pair.asked_by_id in (pair.first.person_id, pair.second.person_id),
        "theirs": KeepInTouchWish.objects.visible_to(request.user).filter(membership=pair.other_key).first(),
        "to_undo": latest if is_on and latest and latest.said_at > now - UNDO_WITHIN else None,
        "today": timezone.localdate(now),
    }
    return render(request, "supportplans/pair_detail.html", context)


@require_POST
def pair_agree(request, pk):
    pair = _own_pair(request, pk)
    with shown_to(request):
        begun = agree_pair(pair=pair, by=request.user, now=timezone.now()).state == KeepInTouch.State.ON
        name = {"name": pair.other_name}
        messages.success(
            request,
            _("You and %(name)s keep in touch from now on.") % name
            if begun
            else _("Thank you. It begins once %(name)s says yes.") % name,
        )
    return redirect(pair)


def pair_end(request, pk):
    """Stopping is asked once more; "not now" and taking a question back are one tap."""
    pair = _own_pair(request, pk)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        submit_label=_("Stop"),
        cancel_url=pair.get_absolute_url(),
    )
    if form.is_valid():
        end_pair(pair=pair, by=request.user, now=timezone.now())
        messages.success(request, _("Done. You need not say why."))
        return redirect("supportplans:keep_in_touch_detail", pair.first.group_id)
    return render(request, "supportplans/pair_end.html", {"pair": pair, "form": form})


@require_POST
def check_in_note(request, pk):
    """`spoke` or `tried`, each with the version of the date that the page showed."""
    pair = _own_pair(request, pk)
    outcome = next((outcome for outcome in CheckIn.Outcome.values if outcome in request.POST), None)
    version = request.POST.get(outcome or "", "")
    if outcome and version.isdecimal():
        with shown_to(request):
            note_check_in(
                pair=pair, outcome=outcome, schedule_version=int(version), by=request.user, now=timezone.now()
            )
            messages.success(request, _("Noted.") if outcome == "spoke" else _("Noted. Trying counts."))
    return redirect(pair)


@require_POST
def check_in_undo(request, pk):
    pairs = KeepInTouch.objects.visible_to(request.user)
    check_in = get_object_or_404(CheckIn.objects.filter(pair__in=pairs).select_related("pair"), pk=pk)
    require(request.user, "supportplans.change_pair", check_in.pair)
    with shown_to(request):
        undo_check_in(check_in=check_in, now=timezone.now())
        messages.success(request, _("Taken back."))
    return redirect(check_in.pair)


def _own_pair(request, pk):
    """One's own pair as one sees it; only the two of it have one."""
    pairs = KeepInTouch.objects.visible_to(request.user).seen_by(request.user)
    pair = get_object_or_404(pairs.select_related("first__group", "second", "asked_by"), pk=pk)
    require(request.user, "supportplans.change_pair", pair)
    return pair
