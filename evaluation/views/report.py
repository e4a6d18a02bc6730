"""A study's numbers, each a table with its chart."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from evaluation.models import Study
from evaluation.study_report import Outcome, StudyReport
from peersupport.access import require


def study_report(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_report", study)
    now = timezone.now()
    report = StudyReport(study, now)
    context = {
        "study": study,
        "now": now,
        "report": report,
        "outcomes": [outcome.label for outcome in Outcome],
        "codes": report.code_rows(),
    }
    return render(request, "evaluation/study_report.html", context)
