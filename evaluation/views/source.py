"""One text, as it is kept."""

from django.shortcuts import get_object_or_404, render

from evaluation.looks import record_look
from evaluation.models import Source
from evaluation.transcripts.turns import speakers_of, turns_of


def source_detail(request, pk):
    texts = Source.objects.visible_to(request.user).open()
    source = get_object_or_404(
        texts.select_related("study", "added_by", "interview__participant", "observation__meeting__group"), pk=pk
    )
    about = [source.interview.participant] if source.interview else list(source.observation.described())
    record_look(request, source, about)
    turns = turns_of(source.text) if source.kind == Source.Kind.TRANSCRIPT else []
    context = {
        "source": source,
        "can_code": request.user.has_perm("evaluation.view_coding", source.study),
        "is_original": not texts.readable().filter(pk=pk).exists(),
        "turns": [(turn.speaker, source.text[turn.start : turn.end]) for turn in turns],
        "speakers": speakers_of(turns),
    }
    return render(request, "evaluation/source_detail.html", context)
