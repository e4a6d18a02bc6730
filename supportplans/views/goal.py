"""A member's goals."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.access import require
from peersupport.refusals import shown_on
from supportplans.audience import circles_of, names_of_who_sees, spoken_audience
from supportplans.forms.goal import EditGoalForm, ReviewGoalForm
from supportplans.forms.sharing import ChooseAudienceForm
from supportplans.looks import record_looks
from supportplans.models import Goal
from supportplans.services.goal import (
    EDITABLE,
    add_goal,
    edit_goal,
    next_review_on,
    review_goal,
)
from supportplans.services.sharing import change_audience

MOST = 200
SURE_ENOUGH = 7


def goal_list(request):
    own = Goal.objects.filter(person=request.user).order_by("-created_at", "-pk")[:MOST]
    shared = Goal.objects.shared_with(request.user).active().select_related("person")
    shared = list(shared.order_by("person__preferred_name", "pk")[:MOST])
    record_looks(request, shared)
    context = {
        "going_on": [goal for goal in own if not goal.has_ended],
        "ended": [goal for goal in own if goal.has_ended],
        "shared": shared,
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
    record_looks(request, [goal])
    is_own = goal.person_id == request.user.pk
    context = {
        "goal": goal,
        "is_own": is_own,
        "audience": spoken_audience(names_of_who_sees(goal)) if is_own else "",
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
    """Who can see a goal: one page, for every group of its owner."""
    goal = _own_goal(request, pk, "supportplans.share_goal")
    circles = circles_of(goal, request.user)
    form = ChooseAudienceForm(request.POST or None, circles=circles, cancel_url=goal.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            change_audience(item=goal, audience=form.audience(), by=request.user, now=timezone.now())
            messages.success(request, _("Saved. The page says who can see it now."))
            return redirect(goal)
    return render(request, "supportplans/goal_share.html", {"goal": goal, "form": form, "circles": circles})


def _own_goal(request, pk, permission):
    goal = get_object_or_404(Goal.objects.visible_to(request.user), pk=pk)
    require(request.user, permission, goal)
    return goal
