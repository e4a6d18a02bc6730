"""Observations of meetings."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.forms.observation import RecordObservationForm, StartObservationForm
from evaluation.forms.texts import AddTextForm
from evaluation.looks import record_look
from evaluation.models import Observation, Study
from evaluation.refusals import RecordLocked
from evaluation.services.observation import describable, record_observation
from evaluation.services.source import SameText, add_observation_note
from evaluation.views.interview import same_text_sentence
from evaluation.views.record import lock_of
from evaluation.views.study import rights_in
from groups.models import Meeting
from peersupport.access import require


def observation_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_observation", study)
    observations = Observation.objects.filter(study=study).select_related("meeting__group", "observer")
    context = {"study": study, "observations": observations, "can": rights_in(study, request.user)}
    return render(request, "evaluation/observation_list.html", context)


def observation_start(request, pk):
    """Which meeting it was; the questions about it depend on who could be there."""
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.record_observation", study)
    meetings = _meetings_to_observe(study, timezone.now()).exclude(
        observations__study=study, observations__observer=request.user
    )
    form = StartObservationForm(request.POST or None, meetings=meetings, cancel_url=study.get_absolute_url())
    if form.is_valid():
        return redirect("evaluation:observation_record", study.pk, form.cleaned_data["meeting"].pk)
    return render(request, "evaluation/observation_start.html", {"study": study, "form": form})


def observation_record(request, pk, meeting_pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.record_observation", study)
    now = timezone.now()
    meeting = get_object_or_404(_meetings_to_observe(study, now), pk=meeting_pk)
    participants = describable(study=study, meeting=meeting, now=now)
    form = RecordObservationForm(
        request.POST or None, participants=participants, domains=study.domains, cancel_url=study.get_absolute_url()
    )
    if form.is_valid():
        observation = record_observation(study=study, meeting=meeting, by=request.user, now=now, **form.cleaned_data)
        if observation.created_at == now:
            messages.success(request, _("The observation is recorded."))
        else:
            messages.info(request, _("You recorded this meeting before. Here it is."))
        return redirect(observation)
    context = {"study": study, "meeting": meeting, "participants": participants, "form": form}
    return render(request, "evaluation/observation_record.html", context)


def observation_detail(request, pk):
    observation = _observation_or_404(request, pk)
    described = list(observation.described().prefetch_related("withdrawals"))
    record_look(request, observation, described)
    context = {
        "observation": observation,
        "described": described,
        "silent_count": observation.present_count - len(described),
        "sources": observation.sources.readable().select_related("added_by"),
        "can": rights_in(observation.study, request.user),
        **lock_of(observation),
    }
    return render(request, "evaluation/observation_detail.html", context)


def observation_note_add(request, pk):
    observation = _observation_or_404(request, pk)
    require(request.user, "evaluation.record_observation", observation)
    newest = observation.sources.readable().first()
    record_look(request, observation, observation.described())
    form = AddTextForm(
        request.POST or None,
        initial={"text": newest.text if newest else ""},
        cancel_url=observation.get_absolute_url(),
    )
    if form.is_valid():
        try:
            source = add_observation_note(
                observation=observation, text=form.cleaned_data["text"], by=request.user, now=timezone.now()
            )
        except SameText as same:
            form.add_error("text", same_text_sentence(same.source, observation))
        except RecordLocked as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Version %(number)s is saved.") % {"number": source.version})
            return redirect(observation)
    return render(request, "evaluation/observation_note_add.html", {"observation": observation, "form": form})


def _observation_or_404(request, pk):
    observations = Observation.objects.visible_to(request.user)
    return get_object_or_404(observations.select_related("study", "meeting__group", "observer"), pk=pk)


def _meetings_to_observe(study, now):
    """Meetings of the groups covered that have begun and were not called off, newest first."""
    meetings = Meeting.objects.filter(group__in=study.groups.all(), starts_at__lte=now)
    return meetings.exclude(state=Meeting.State.CANCELLED).select_related("group").order_by("-starts_at", "-pk")
