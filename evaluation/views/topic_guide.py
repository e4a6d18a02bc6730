"""Topic guides: their versions, one of them to read or print, and the next one."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.forms.topic_guide import PublishTopicGuideForm
from evaluation.models import Participant, Study, TopicGuide
from evaluation.services.topic_guide import publish_topic_guide
from evaluation.views.study import rights_in
from peersupport.access import require
from peersupport.refusals import shown_on


def topic_guide_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_topic_guide", study)
    guides = list(TopicGuide.objects.filter(study=study).select_related("published_by"))
    newest = {}
    for guide in guides:
        newest.setdefault(guide.kind, guide.pk)
    context = {
        "study": study,
        "guides": [(guide, newest[guide.kind] == guide.pk) for guide in guides],
        "can": rights_in(study, request.user),
    }
    return render(request, "evaluation/topic_guide_list.html", context)


def topic_guide_detail(request, pk):
    guides = TopicGuide.objects.visible_to(request.user).select_related("study", "published_by")
    guide = get_object_or_404(guides.prefetch_related("prompts"), pk=pk)
    newest = TopicGuide.objects.filter(study=guide.study, kind=guide.kind).first()
    context = {"guide": guide, "newest": newest, "can": rights_in(guide.study, request.user)}
    return render(request, "evaluation/topic_guide_detail.html", context)


def topic_guide_publish(request, pk):
    """The next version for everyone, or for the `kind` in the address; what is in use is there to start from."""
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.publish_topic_guide", study)
    asked = request.GET.get("kind", "")
    kind = asked if asked in Participant.Kind else ""
    latest = TopicGuide.objects.filter(study=study, kind=kind).first()
    form = PublishTopicGuideForm(
        request.POST or None,
        initial={"kind": kind, "text": latest.text if latest else ""},
        cancel_url=reverse("evaluation:topic_guide_list", args=[study.pk]),
    )
    if form.is_valid():
        with shown_on(form):
            guide = publish_topic_guide(
                study=study,
                kind=form.cleaned_data["kind"],
                questions=form.questions,
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("Version %(number)s is published.") % {"number": guide.version})
            return redirect(guide)
    return render(request, "evaluation/topic_guide_publish.html", {"study": study, "form": form})
