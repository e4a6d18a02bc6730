"""What a study asks, and how many answered. Who they are stands with each participant."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.forms.questionnaire import PlanQuestionnairesForm
from evaluation.models import Administration, PlannedInstrument, QuestionnairePlan, Study
from evaluation.questionnaire_counts import counts_of
from evaluation.services.questionnaire import plan_questionnaires
from evaluation.views.study import rights_in
from peersupport.access import require
from peersupport.refusals import shown_on


def questionnaire_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    context = {
        "study": study,
        "plan": QuestionnairePlan.objects.filter(study=study).first(),
        "states": Administration.State.labels,
        "events": counts_of(study),
        "can": rights_in(study, request.user),
    }
    return render(request, "evaluation/questionnaire_list.html", context)


def questionnaire_plan(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.plan_questionnaires", study)
    overview = reverse("evaluation:questionnaire_list", args=[study.pk])
    form = PlanQuestionnairesForm(request.POST or None, initial=_planned(study), cancel_url=overview)
    if form.is_valid():
        with shown_on(form):
            plan_questionnaires(
                study=study,
                chosen=form.chosen,
                window_days=form.cleaned_data["window_days"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The plan is saved."))
            return redirect(overview)
    return render(request, "evaluation/questionnaire_plan.html", {"study": study, "form": form})


def _planned(study):
    """What stands, as the form takes it; nothing before there is a plan."""
    plan = QuestionnairePlan.objects.filter(study=study).first()
    if plan is None:
        return None
    initial = {"window_days": plan.window_days}
    planned = PlannedInstrument.objects.current().filter(study=study).select_related("instrument")
    for row in planned.order_by("event"):
        initial.setdefault(f"asks_{row.instrument.code}", []).append(row.event)
    return initial
