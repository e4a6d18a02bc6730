"""A group's mutual support plan, from draft to use."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.models import SupportGroup
from peersupport.access import require
from peersupport.refusals import Refused, shown_on, shown_to
from supportplans.changes import changes_between
from supportplans.forms.plan import EditSectionForm, ProposePlanForm, SayWordForm
from supportplans.models import MutualSupportPlan, PlanSection
from supportplans.prompts import PROMPTS
from supportplans.refusals import ChangedMeanwhile
from supportplans.services.plan import edit_section, propose_plan, reopen_plan, say_word, start_plan


def plan_list(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    plans = MutualSupportPlan.objects.visible_to(request.user).filter(group=group)
    context = {
        "group": group,
        "plans": plans,
        "is_being_made": any(plan.state in plan.BEING_MADE for plan in plans),
        "may_draft": request.user.has_perm("supportplans.draft_plan", group),
    }
    return render(request, "supportplans/plan_list.html", context)


@require_POST
def plan_start(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "supportplans.draft_plan", group)
    with shown_to(request):
        plan = start_plan(group=group, by=request.user, now=timezone.now())
        return redirect(plan)
    return redirect("supportplans:plan_list", group.pk)


def plan_detail(request, pk):
    plan = _visible_plan(request, pk)
    words = list(plan.latest_words())
    context = {
        "plan": plan,
        "group": plan.group,
        "sections": in_order(plan.sections.all()),
        "words": words,
        "own_word": next((said for said in words if said.person_id == request.user.pk), None),
        "may_draft": request.user.has_perm("supportplans.draft_plan", plan),
        "may_say": request.user.has_perm("supportplans.say_word", plan),
    }
    return render(request, "supportplans/plan_detail.html", context)


def section_edit(request, pk):
    plans = MutualSupportPlan.objects.visible_to(request.user)
    sections = PlanSection.objects.filter(plan__in=plans).select_related("plan__group")
    section = get_object_or_404(sections, pk=pk)
    require(request.user, "supportplans.draft_plan", section.plan)
    form, theirs = _section_form(request, section, request.POST or None), None
    if form.is_valid():
        try:
            edit_section(section=section, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ChangedMeanwhile as conflict:
            theirs = conflict.theirs
            # Saving again now means: I have seen theirs.
            form = _section_form(request, section, {**request.POST.dict(), "revision": theirs.revision})
            form.add_error("text", str(conflict))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(section.plan)
    context = {"section": section, "plan": section.plan, "form": form, "theirs": theirs}
    return render(request, "supportplans/section_edit.html", context)


def plan_propose(request, pk):
    plan = _visible_plan(request, pk)
    require(request.user, "supportplans.propose_plan", plan)
    form = ProposePlanForm(
        request.POST or None,
        initial={"rule": plan.rule, "review_on": plan.review_on},
        cancel_url=plan.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            propose_plan(plan=plan, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Everyone in the group is asked for their word."))
            return redirect(plan)
    return render(request, "supportplans/plan_propose.html", {"plan": plan, "form": form})


@require_POST
def plan_reopen(request, pk):
    plan = _visible_plan(request, pk)
    require(request.user, "supportplans.propose_plan", plan)
    with shown_to(request):
        reopen_plan(plan=plan, now=timezone.now())
        messages.success(request, _("The plan is a draft again. Words said so far don't count any more."))
    return redirect(plan)


def word_say(request, pk):
    plan = _visible_plan(request, pk)
    require(request.user, "supportplans.say_word", plan)
    form = SayWordForm(request.POST or None, cancel_url=plan.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            plan = say_word(plan=plan, by=request.user, now=timezone.now(), **form.cleaned_data)
            is_in_use = plan.state == plan.State.IN_USE
            messages.success(request, _("The plan is now in use.") if is_in_use else _("Your word is saved."))
            return redirect(plan)
    return render(request, "supportplans/word_say.html", {"plan": plan, "form": form})


def plan_changes(request, pk):
    """What this version says differently from the one before it."""
    plan = _visible_plan(request, pk)
    before = get_object_or_404(
        MutualSupportPlan.objects.visible_to(request.user), group=plan.group_id, number=plan.number - 1
    )
    changes = changes_between(in_order(before.sections.all()), in_order(plan.sections.all()))
    return render(request, "supportplans/plan_changes.html", {"plan": plan, "before": before, "changes": changes})


def in_order(sections):
    """Sections as the plan has them: in the order of their kinds."""
    order = {kind: position for position, kind in enumerate(PlanSection.Kind.values)}
    return sorted(sections, key=lambda section: order[section.kind])


def _visible_plan(request, pk):
    return get_object_or_404(MutualSupportPlan.objects.visible_to(request.user).select_related("group"), pk=pk)


def _section_form(request, section, typed):
    prompt, example = PROMPTS[section.kind]
    return EditSectionForm(
        typed,
        prompt=prompt,
        example=example,
        initial={"text": section.text, "revision": section.revision},
        cancel_url=section.plan.get_absolute_url(),
    )
