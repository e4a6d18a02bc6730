"""The steps that a transcript takes, from its interview's page."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evaluation.forms.transcript import ReopenTranscriptForm, ReturnTranscriptForm
from evaluation.models import Source
from evaluation.services.transcript import check_transcript, reopen_transcript, return_transcript
from peersupport.access import require
from peersupport.refusals import shown_to


@require_POST
def transcript_check(request, pk):
    source = transcript_or_404(request, "evaluation.view_source", pk)
    require(request.user, "evaluation.check_transcript", source)
    with shown_to(request):
        check_transcript(source=source, by=request.user, now=timezone.now())
        messages.success(request, _("The transcript is checked."))
    return redirect(source.interview)


def transcript_return(request, pk):
    source = transcript_or_404(request, "evaluation.view_source", pk)
    require(request.user, "evaluation.check_transcript", source)
    form = ReturnTranscriptForm(request.POST or None, cancel_url=source.interview.get_absolute_url())
    if form.is_valid():
        with shown_to(request):
            return_transcript(source=source, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("It is saved."))
        return redirect(source.interview)
    return render(request, "evaluation/transcript_return.html", {"source": source, "form": form})


def transcript_reopen(request, pk):
    """Sends back what waits for approval, or opens what is approved."""
    source = transcript_or_404(request, "evaluation.reopen_transcript", pk)
    way_out = way_out_of(source, request.user)
    form = ReopenTranscriptForm(request.POST or None, cancel_url=way_out)
    if form.is_valid():
        with shown_to(request):
            reopen_transcript(source=source, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The transcript is open again."))
        return redirect(way_out)
    return render(request, "evaluation/transcript_reopen.html", {"source": source, "form": form})


def transcript_or_404(request, permission, pk):
    """A transcript in which the person signed in may do `permission`; other texts have no steps."""
    transcripts = Source.objects.allowing(request.user, permission).open().filter(kind=Source.Kind.TRANSCRIPT)
    return get_object_or_404(transcripts.select_related("study", "interview__participant"), pk=pk)


def way_out_of(source, person):
    """The interview's page, or for someone who only approves the list that they came from."""
    if person.has_perm("evaluation.view_interview", source.study):
        return source.interview.get_absolute_url()
    return redaction_list_url(source.study_id)


def redaction_list_url(study_pk):
    return reverse("evaluation:redaction_list", args=[study_pk])
