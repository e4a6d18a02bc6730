"""A member's goals."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.models import Membership, SupportGroup
from groups.reach import groups_as_member
from peersupport.access import require
from peersupport.refusals import shown_on
from supportplans.forms.goal import EditGoalForm, ReviewGoalForm, ShareGoalForm
from supportplans.models import Goal
from supportplans.services.goal import (
    EDITABLE,
    add_goal,
    edit_goal,
    next_review_on,
    review_goal,
    share_goal,
    unshare_goal,
)

MOST = 200
SURE_ENOUGH = 7


def goal_list(request):
    own = Goal.objects.filter(person=request.user).order_by("-created_at", "-pk")[:MOST]
    shared = Goal.objects.visible_to(request.user).exclude(person=request.user).active()
    context = {
        "going_on": [goal for goal in own if not goal.has_ended],
        "ended": [goal for goal in own if goal.has_ended],
        "shared": shared.select_related("person").order_by("person__preferred_name", "pk")[:MOST],
        "today": timezone.localdate(),
    }
    return render(request, "supportplans/goal_list.html", context)


def goal_add(request):
    form = EditGoalForm(request.POST or None, initial={"rhythm_weeks": ""}, submit_label=_("Set this goal"))
    if form.is_valid():
        goal = add_goal(by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your goal is set."))
        return redirect(goal)
    return render(request, "supportplans/goal_add.html", {"form": form})


def goal_detail(request, pk):
    goal = get_object_or_404(Goal.objects.visible_to(request.user).select_related("person"), pk=pk)
    is_own = goal.person_id == request.user.pk
    shares = list(goal.shares.holding().select_related("group")) if is_own else []
    context = {
        "goal": goal,
        "is_own": is_own,
        "shares": shares,
        "seen_by": _seen_by(goal) if shares else [],
        "reviews": goal.reviews.order_by("-reviewed_at", "-pk"),
        "is_unsure": is_own and goal.confidence is not None and goal.confidence < SURE_ENOUGH and not goal.has_ended,
        "today": timezone.localdate(),
    }
    return render(request, "supportplans/goal_detail.html", context)


def goal_edit(request, pk):
    goal = _own_goal(request, pk, "supportplans.change_goal")
    initial = {name: getattr(goal, name) for name in EDITABLE}
    initial["rhythm_weeks"] = goal.rhythm_weeks or ""
    form = EditGoalForm(request.POST or None, initial=initial, cancel_url=goal.get_absolute_url())
    if form.is_valid():
        edit_goal(goal=goal, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(goal)
    return render(request, "supportplans/goal_edit.html", {"goal": goal, "form": form})


def goal_review(request, pk):
    goal = _own_goal(request, pk, "supportplans.change_goal")
    initial = {"next_step": goal.next_step, "review_on": next_review_on(goal=goal, today=timezone.localdate())}
    form = ReviewGoalForm(request.POST or None, initial=initial, cancel_url=goal.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            review_goal(goal=goal, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Saved. However it went, that is fine."))
            return redirect(goal)
    return render(request, "supportplans/goal_review.html", {"goal": goal, "form": form})


def goal_share(request, pk):
    goal = _own_goal(request, pk, "supportplans.share_goal")
    groups = SupportGroup.objects.filter(pk__in=groups_as_member(request.user)).exclude(
        pk__in=goal.shares.holding().values("group")
    )
    form = ShareGoalForm(request.POST or None, groups=groups, cancel_url=goal.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            share_goal(goal=goal, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your group can see this goal now."))
            return redirect(goal)
    return render(request, "supportplans/goal_share.html", {"goal": goal, "form": form, "groups": form.groups})


@require_POST
def goal_unshare(request, pk, group_pk):
    goal = _own_goal(request, pk, "supportplans.share_goal")
    unshare_goal(goal=goal, group_id=group_pk)
    messages.success(request, _("That group can't see this goal any more."))
    return redirect(goal)


def _own_goal(request, pk, permission):
    goal = get_object_or_404(Goal.objects.visible_to(request.user), pk=pk)
    require(request.user, permission, goal)
    return goal


def _seen_by(goal):
    """The names of those who can see a shared goal, besides its owner."""
    members = Membership.objects.with_account().current().filter(group__in=goal.shares.holding().values("group"))
    members = members.exclude(person=goal.person_id)
    return sorted(set(members.values_list("person__preferred_name", flat=True)))
