"""One text, as it is kept."""

from django.shortcuts import get_object_or_404, render

from evaluation.looks import record_look
from evaluation.models import Source


def source_detail(request, pk):
    texts = Source.objects.visible_to(request.user).readable()
    source = get_object_or_404(
        texts.select_related("study", "added_by", "interview__participant", "observation__meeting__group"), pk=pk
    )
    about = [source.interview.participant] if source.interview else list(source.observation.described())
    record_look(request, source, about)
    return render(request, "evaluation/source_detail.html", {"source": source})
