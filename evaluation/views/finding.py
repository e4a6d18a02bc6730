"""What checks of the records found."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from evaluation.findings import findings
from evaluation.models import Study
from peersupport.access import require


def finding_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_interview", study)
    context = {"study": study, "findings": findings(study, now=timezone.now())}
    return render(request, "evaluation/finding_list.html", context)
