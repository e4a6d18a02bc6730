"""A member's goals: lists, one goal, setting and changing it, and what is shared with a group."""

from django.contrib import messages
from django.db.models import Exists, F, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import SupportGroup
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on
from supportplans.audience import circles_of, names_of_who_sees, spoken_audience
from supportplans.forms.goal import AddGoalForm, EditGoalForm
from supportplans.forms.sharing import ChooseAudienceForm
from supportplans.looks import record_looks
from supportplans.models import Goal, GoalShare
from supportplans.services.goal import EDITABLE, SURE_ENOUGH, add_goal, edit_goal
from supportplans.services.sharing import change_audience
from supportplans.views.conflict import shown_with_theirs

PAGE, ON_A_SHEET, AT_THE_END = 25, 100, 5


def goal_list(request):
    """Those on the way, page by page; a few of the others, which have pages of their own."""
    own = Goal.objects.filter(person=request.user)
    shown = Exists(GoalShare.objects.shown().filter(item=OuterRef("pk")))
    going_on = own.on_the_way().annotate(is_shared=shown)
    ended = list(own.ended().order_by("-created_at", "-pk")[: AT_THE_END + 1])
    shared = list(_shared_with(request.user).order_by("-created_at", "-pk")[: AT_THE_END + 1])
    record_looks(request, shared[:AT_THE_END])
    context = {
        "page": page_of(going_on, key="created_at", query=request.GET, size=PAGE, is_descending=True),
        "ended": ended[:AT_THE_END],
        "has_more_ended": len(ended) > AT_THE_END,
        "shared": shared[:AT_THE_END],
        "has_more_shared": len(shared) > AT_THE_END,
        "today": timezone.localdate(),
    }
    return render(request, "supportplans/goal_list.html", context)


def goal_ended_list(request):
    own = Goal.objects.filter(person=request.user).ended()
    page = page_of(own, key="created_at", query=request.GET, size=PAGE, is_descending=True)
    return render(request, "supportplans/goal_ended_list.html", {"page": page})


def goal_shared_list(request):
    shared = _shared_with(request.user)
    page = page_of(shared, key="created_at", query=request.GET, size=PAGE, is_descending=True)
    record_looks(request, page.rows)
    return render(request, "supportplans/goal_shared_list.html", {"page": page})


def goal_sheet(request, pk):
    """What the members of a group want to do, as far as they share it with everyone there: to print for a meeting."""
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "supportplans.view_goal_sheet", group)
    goals = Goal.objects.active().shared_with_all_of(group).annotate(owner_name=F("person__preferred_name"))
    page = page_of(goals, key="owner_name", query=request.GET, size=ON_A_SHEET)
    record_looks(request, page.rows)
    context = {"group": group, "page": page, "today": timezone.localdate()}
    return render(request, "supportplans/goal_sheet.html", context)


def goal_add(request):
    before = _goal_before(request)
    initial = {"rhythm_weeks": "", "is_draft": "", "why": before.why if before else ""}
    form = AddGoalForm(request.POST or None, initial=initial)
    if form.is_valid():
        goal = add_goal(by=request.user, now=timezone.now(), changed_from=before, **form.cleaned_data)
        is_draft = goal.state == Goal.State.DRAFT
        messages.success(request, _("Your draft is kept.") if is_draft else _("Your goal is set."))
        return redirect(goal)
    return render(request, "supportplans/goal_add.html", {"form": form, "before": before})


def goal_detail(request, pk):
    goals = Goal.objects.visible_to(request.user).select_related("person", "changed_from")
    goal = get_object_or_404(goals, pk=pk)
    record_looks(request, [goal])
    is_own = goal.person_id == request.user.pk
    context = {
        "goal": goal,
        "is_own": is_own,
        "page": page_of(goal.reviews, key="reviewed_at", query=request.GET, size=PAGE, is_descending=True),
        "levels": goal.levels.all() if is_own else [],
        "changed_into": goal.changed_into.order_by("pk").first() if is_own and goal.has_ended else None,
        "today": timezone.localdate(),
    }
    if is_own:
        context |= {
            "audience": spoken_audience(names_of_who_sees(goal)),
            "hidden": goal.shares.hidden(),
            "is_unsure": _is_unsure(goal),
        }
    return render(request, "supportplans/goal_detail.html", context)


def goal_edit(request, pk):
    goal = own_goal(request, pk, "supportplans.change_goal")
    initial = {name: getattr(goal, name) for name in (*EDITABLE, "revision")}
    initial["rhythm_weeks"] = goal.rhythm_weeks or ""
    form = EditGoalForm(request.POST or None, initial=initial, cancel_url=goal.get_absolute_url())
    if form.is_valid():
        with shown_with_theirs(form):
            edit_goal(goal=goal, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(goal)
    return render(request, "supportplans/goal_edit.html", {"goal": goal, "form": form})


def goal_share(request, pk):
    """Who can see a goal: one page, for every group of its owner."""
    goal = own_goal(request, pk, "supportplans.share_goal")
    circles = circles_of(goal, request.user)
    form = ChooseAudienceForm(request.POST or None, circles=circles, cancel_url=goal.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            change_audience(item=goal, audience=form.audience(), by=request.user, now=timezone.now())
            messages.success(request, _("Saved. The page says who can see it now."))
            return redirect(goal)
    context = {"goal": goal, "form": form, "circles": circles, "hidden": goal.shares.hidden()}
    return render(request, "supportplans/goal_share.html", context)


def own_goal(request, pk, permission):
    """A goal that the person sees, for a page that only `permission` opens."""
    goal = get_object_or_404(Goal.objects.visible_to(request.user), pk=pk)
    require(request.user, permission, goal)
    return goal


def _shared_with(person):
    return Goal.objects.shared_with(person).active().select_related("person")


def _goal_before(request):
    """The goal of one's own that changed into the one being set (`?from=7`), if there is none yet."""
    pk = request.GET.get("from", "")
    if not pk.isdecimal():
        return None
    own = Goal.objects.filter(person=request.user, state=Goal.State.CHANGED, changed_into=None)
    return own.filter(pk=int(pk[:18])).first()


def _is_unsure(goal):
    """Whether help with a smaller step is of use."""
    is_low = goal.confidence is not None and goal.confidence < SURE_ENOUGH
    return is_low and not goal.is_step_kept and goal.state in (Goal.State.ACTIVE, Goal.State.DRAFT)
