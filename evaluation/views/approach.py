"""Approaches by code: who was asked, and what came of it."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.asking import TIME_TO_ANSWER
from evaluation.forms.approach import AddApproachForm, RecordOutcomeForm
from evaluation.models import Approach, ApproachStep, Study
from evaluation.services.approach import add_approach, record_outcome
from evaluation.views.study import rights_in
from peersupport.access import require
from peersupport.access.log import Action, record
from peersupport.paging import page_of
from peersupport.refusals import shown_on

PAGE = 25
#: What `?state=` may also be: those who were invited, and nothing was heard for three weeks.
UNANSWERED = "unanswered"


def approach_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_approach", study)
    approaches = Approach.objects.filter(study=study)
    chosen = request.GET.get("state", "")
    page = page_of(
        _of_state(approaches, chosen).with_state().select_related("group"),
        key="added_at",
        query=request.GET,
        size=PAGE,
        is_descending=True,
    )
    counts = dict(approaches.with_state().order_by().values_list("state").annotate(number=Count("pk")))
    context = {
        "study": study,
        "frames": study.frames.annotate(drawn_count=Count("steps")),
        "states": [(step.value, step.label, counts.get(step.value, 0)) for step in ApproachStep.Step],
        "unanswered": (UNANSWERED, _of_state(approaches, UNANSWERED).count()),
        "chosen": chosen,
        "page": page,
        "can": rights_in(study, request.user),
    }
    return render(request, "evaluation/approach_list.html", context)


def approach_add(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.approach_people", study)
    form = AddApproachForm(
        request.POST or None,
        study=study,
        today=timezone.localdate(),
        cancel_url=reverse("evaluation:approach_list", args=[study.pk]),
    )
    if form.is_valid():
        approach = add_approach(study=study, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved under the code %(code)s.") % {"code": approach.code})
        return redirect(approach)
    return render(request, "evaluation/approach_add.html", {"study": study, "form": form})


def approach_detail(request, pk):
    approach = _approach_or_404(request, pk)
    key = getattr(approach, "key", None)
    person = key.person if key else None
    route = request.resolver_match.view_name
    record(actor=request.user, action=Action.VIEWED, obj=approach, subject=person, route=route)
    can = rights_in(approach.study, request.user)
    is_agreed = approach.state == ApproachStep.Step.AGREED
    context = {
        "approach": approach,
        "study": approach.study,
        "steps": approach.steps.select_related("frame", "taken_by"),
        "can_record": can["approach_people"] and not is_agreed,
        "add_url": f"{reverse('evaluation:participant_add', args=[approach.study_id])}?approach={approach.pk}",
        "can_add": can["add_participant"] and is_agreed and not (approach.is_by_service or approach.participant),
    }
    return render(request, "evaluation/approach_detail.html", context)


def outcome_record(request, pk):
    approach = _approach_or_404(request, pk)
    require(request.user, "evaluation.approach_people", approach)
    today = timezone.localdate()
    form = RecordOutcomeForm(
        request.POST or None,
        approach=approach,
        today=today,
        initial={"happened_on": today},
        cancel_url=approach.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            record_outcome(approach=approach, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("What came of it is saved."))
            return redirect(approach)
    return render(request, "evaluation/outcome_record.html", {"approach": approach, "form": form})


def _approach_or_404(request, pk):
    approaches = Approach.objects.visible_to(request.user).with_state()
    return get_object_or_404(approaches.select_related("study", "group", "participant", "key__person"), pk=pk)


def _of_state(approaches, state):
    if state == UNANSWERED:
        return approaches.unanswered(by=timezone.localdate() - TIME_TO_ANSWER)
    return approaches.in_state(state) if state in ApproachStep.Step else approaches
