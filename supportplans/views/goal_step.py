"""What a member does with one goal of their own: start it, look back, make its step smaller, let it rest."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peersupport.refusals import shown_to
from supportplans.forms.goal import ReviewGoalForm, ShrinkStepForm, WriteLevelsForm
from supportplans.services.goal import keep_step, next_review_on, pause_goal, resume_goal, shrink_step, start_goal
from supportplans.services.goal_level import write_levels
from supportplans.services.goal_review import review_goal
from supportplans.views.conflict import shown_with_theirs
from supportplans.views.goal import own_goal


@require_POST
def goal_start(request, pk):
    goal = own_goal(request, pk, "supportplans.change_goal")
    start_goal(goal=goal, now=timezone.now())
    messages.success(request, _("You have started."))
    return redirect(goal)


@require_POST
def goal_pause(request, pk):
    goal = own_goal(request, pk, "supportplans.change_goal")
    with shown_to(request):
        pause_goal(goal=goal, now=timezone.now())
        messages.success(request, _("It rests now. Take it up again whenever you like, or never."))
    return redirect(goal)


@require_POST
def goal_resume(request, pk):
    goal = own_goal(request, pk, "supportplans.change_goal")
    with shown_to(request):
        resume_goal(goal=goal, now=timezone.now())
        messages.success(request, _("You have taken it up again."))
    return redirect(goal)


def goal_review(request, pk):
    goal = own_goal(request, pk, "supportplans.change_goal")
    initial = {
        "next_step": goal.next_step,
        "review_on": next_review_on(goal=goal, today=timezone.localdate()),
        "revision": goal.revision,
    }
    form = ReviewGoalForm(request.POST or None, initial=initial, cancel_url=goal.get_absolute_url())
    if form.is_valid():
        with shown_with_theirs(form):
            review_goal(goal=goal, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Saved. However it went, that is fine."))
            return redirect(goal)
    return render(request, "supportplans/goal_review.html", {"goal": goal, "form": form})


def step_shrink(request, pk):
    """Help for a step that someone is not sure of: one question."""
    goal = own_goal(request, pk, "supportplans.change_goal")
    form = ShrinkStepForm(request.POST or None, initial={"revision": goal.revision}, cancel_url=goal.get_absolute_url())
    if form.is_valid():
        with shown_with_theirs(form):
            shrink_step(goal=goal, **form.cleaned_data)
            messages.success(request, _("That is your next step now."))
            return redirect(goal)
    return render(request, "supportplans/step_shrink.html", {"goal": goal, "form": form})


@require_POST
def step_keep(request, pk):
    goal = own_goal(request, pk, "supportplans.change_goal")
    keep_step(goal=goal)
    messages.success(request, _("Your step stays as it is."))
    return redirect(goal)


def level_write(request, pk):
    """Five levels in one's own words, while the goal is a draft."""
    goal = own_goal(request, pk, "supportplans.change_goal")
    form = WriteLevelsForm(
        request.POST or None,
        texts=dict(goal.levels.values_list("level", "text")),
        initial={"revision": goal.revision},
        cancel_url=goal.get_absolute_url(),
    )
    if form.is_valid():
        with shown_with_theirs(form):
            write_levels(goal=goal, texts=form.texts, revision=form.cleaned_data["revision"])
            messages.success(request, _("Saved."))
            return redirect(goal)
    return render(request, "supportplans/level_write.html", {"goal": goal, "form": form})
