"""A group's mutual support plan, from draft to use, and its versions."""

from datetime import timedelta
from itertools import groupby

from django.contrib import messages
from django.db.models import Exists, OuterRef, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.group import ConfirmForm
from groups.models import Membership, RoleTerm, SupportGroup
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on, shown_to
from supportplans.changes import changes_between
from supportplans.forms.plan import KeepPlanForm, ProposePlanForm
from supportplans.models import MutualSupportPlan, PlanWord
from supportplans.models.plan import asked_of
from supportplans.services.plan import keep_plan, propose_plan, reopen_plan, start_plan

VERSIONS_ON_A_PAGE = 20
A_YEAR = timedelta(days=365)
State = MutualSupportPlan.State


def plan_list(request, pk):
    """The versions that a group has had, newest first, with what its members said."""
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    plans = MutualSupportPlan.objects.visible_to(request.user).filter(group=group)
    page = page_of(plans, key="number", query=request.GET, size=VERSIONS_ON_A_PAGE, is_descending=True)
    _add_words(page.rows)
    is_being_made = any(plan.is_being_made for plan in page.rows)
    may_draft = request.user.has_perm("supportplans.draft_plan", group) and group.state != SupportGroup.State.CLOSED
    context = {"group": group, "page": page, "may_start": may_draft and not page.previous_url and not is_being_made}
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
    now = timezone.now()
    newer = MutualSupportPlan.objects.being_made().filter(group=OuterRef("group"))
    plans = MutualSupportPlan.objects.visible_to(request.user).with_whether_agreed(now=now)
    plan = get_object_or_404(plans.annotate(newer_pk=Subquery(newer.values("pk"))).select_related("group"), pk=pk)
    today = timezone.localdate(now, timezone=plan.group.zone)
    words = list(_words_on(plan))
    context = {
        "plan": plan,
        "group": plan.group,
        "sections": plan.sections.in_order().select_related("edited_by"),
        "words": words,
        "has_said": any(said.person_id == request.user.pk for said in words),
        "terms": _terms_beside(plan),
        "is_due": plan.state == State.IN_USE and plan.review_on and plan.review_on <= today,
        "may_draft": request.user.has_perm("supportplans.draft_plan", plan),
        "may_say": request.user.has_perm("supportplans.say_word", plan),
    }
    if plan.state == State.PROPOSED:
        context |= _unheard(plan) | {"is_time_up": not plan.words_until or plan.words_until <= now}
    return render(request, "supportplans/plan_detail.html", context)


def plan_propose(request, pk):
    plan = visible_plan(request, pk)
    require(request.user, "supportplans.propose_plan", plan)
    today = timezone.localdate(timezone=plan.group.zone)
    form = ProposePlanForm(
        request.POST or None,
        today=today,
        initial={"rule": plan.rule, "review_on": plan.review_on or today + A_YEAR},
        cancel_url=plan.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            propose_plan(plan=plan, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Everyone in the group is asked for their word."))
            return redirect(plan)
    return render(request, "supportplans/plan_propose.html", {"plan": plan, "form": form})


def plan_reopen(request, pk):
    """Asked once more: all words that were said count no more."""
    plan = visible_plan(request, pk)
    require(request.user, "supportplans.propose_plan", plan)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        submit_label=_("Change the plan"),
        cancel_url=plan.get_absolute_url(),
    )
    if form.is_valid():
        with shown_to(request):
            reopen_plan(plan=plan, now=timezone.now())
            messages.success(request, _("The plan is a draft again. Words said so far don't count any more."))
        return redirect(plan)
    return render(request, "supportplans/plan_reopen.html", {"plan": plan, "form": form})


def plan_keep(request, pk):
    """The group has looked at its plan, and it is still right."""
    plan = visible_plan(request, pk)
    require(request.user, "supportplans.draft_plan", plan)
    form = KeepPlanForm(request.POST or None, cancel_url=plan.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            day = timezone.localdate(timezone=plan.group.zone) + timedelta(weeks=form.cleaned_data["weeks"])
            keep_plan(plan=plan, review_on=day, by=request.user, now=timezone.now())
            messages.success(request, _("The plan stays as it is."))
            return redirect(plan)
    return render(request, "supportplans/plan_keep.html", {"plan": plan, "form": form})


def plan_changes(request, pk):
    """What this version says differently from an earlier one: that with the number `?since=`, or the one before it."""
    plan = visible_plan(request, pk)
    plans = MutualSupportPlan.objects.visible_to(request.user).filter(group=plan.group_id, number__lt=plan.number)
    since = request.GET.get("since", "")
    number = int(since) if since.isdecimal() and len(since) < 6 else plan.number - 1
    before = get_object_or_404(plans, number=number)
    context = {
        "plan": plan,
        "before": before,
        "earlier": plans.exclude(pk=before.pk).order_by("-number")[:VERSIONS_ON_A_PAGE],
        "changes": changes_between(before.sections.in_order(), (sections := plan.sections.in_order())),
        "parts": len(sections),
    }
    return render(request, "supportplans/plan_changes.html", context)


def visible_plan(request, pk):
    return get_object_or_404(MutualSupportPlan.objects.visible_to(request.user).select_related("group"), pk=pk)


def _add_words(plans):
    """Let each of `plans` have `said`: (word, names) as they stand."""
    words = PlanWord.objects.standing().filter(plan__in=plans).select_related("person")
    by_plan = {}
    for said in words.order_by("plan", "word", "person__preferred_name", "pk"):
        by_plan.setdefault(said.plan_id, []).append(said)
    for plan in plans:
        by_word = groupby(by_plan.get(plan.pk, []), key=lambda said: said.get_word_display())
        plan.said = [(word, [said.person.preferred_name for said in rows]) for word, rows in by_word]


def _words_on(plan):
    """While words are asked, those that count; later those that stood then. `is_here`: they are in the group still."""
    here = Membership.objects.current().filter(group=plan.group_id, person=OuterRef("person"))
    words = PlanWord.objects.counting() if plan.state == State.PROPOSED else PlanWord.objects.standing()
    words = words.filter(plan=plan).annotate(is_here=Exists(here)).select_related("person")
    return words.order_by("person__preferred_name", "pk")


def _unheard(plan):
    """Whose word is still waited for, and for whom nobody can say one."""
    said = PlanWord.objects.counting().filter(plan=plan, person=OuterRef("person"))
    asked = asked_of(plan.group_id).filter(pk=OuterRef("pk"))
    members = Membership.objects.current().filter(~Exists(said), group=plan.group_id)
    members = list(members.annotate(is_asked=Exists(asked)).ordered_by_name())
    return {
        "silent": [member for member in members if member.is_asked],
        "resting": [member for member in members if member.person_id and not member.is_asked],
        "kept": [member for member in members if not member.person_id],
    }


def _terms_beside(plan):
    """Who holds which role now, to stand beside what the plan says about it; `ends_first`: before it is looked at."""
    if plan.state == State.SUPERSEDED:
        return []
    terms = RoleTerm.objects.current().looking_after_group().filter(group=plan.group_id).select_related("person")
    terms = list(terms.order_by("accepted_at", "pk"))
    for term in terms:
        term.ends_first = bool(plan.review_on and term.ends_on and term.ends_on < plan.review_on)
    return terms
