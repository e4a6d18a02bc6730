"""What key-holders see of redactions: who became what in a study, and what was decided on each text."""

from django.shortcuts import get_object_or_404, render

from evaluation.looks import record_look
from evaluation.models import Replacement, Source, Study
from evaluation.views.transcript import transcript_or_404
from peersupport.access import require


def replacement_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_replacement", study)
    record_look(request, study, [])
    originals = Source.objects.allowing(request.user, "evaluation.view_replacement").open().filter(study=study)
    context = {
        "study": study,
        "replacements": Replacement.objects.visible_to(request.user).current().filter(study=study),
        "originals": originals.select_related("interview__participant").defer("text").order_by("interview", "version"),
    }
    return render(request, "evaluation/replacement_list.html", context)


def redaction_log(request, pk):
    """Every decision on a text that a de-identified version stands for."""
    source = transcript_or_404(request, "evaluation.view_replacement", pk)
    record_look(request, source, [source.interview.participant])
    rows = source.redactions.select_related("decided_by", "undone_by").order_by("decided_at", "start", "pk")
    context = {"source": source, "rows": [(row, source.text[row.start : row.end]) for row in rows]}
    return render(request, "evaluation/redaction_log.html", context)
