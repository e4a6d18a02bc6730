"""Locking an interview or observation, opening it again, and putting facts of an interview right."""

from datetime import date

from django.contrib import messages
from django.db.models import DateField
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evaluation.forms.record import CorrectInterviewForm, DestroyRecordingForm, UnlockRecordForm
from evaluation.looks import record_look
from evaluation.models import Interview, Observation, Participant, RecordLock
from evaluation.services.record import correct_interview, destroy_recording, lock_record, unlock_record
from peersupport.access import require
from peersupport.refusals import shown_on, shown_to
from peersupport.spoken import spoken_date

RECORDS = {"interviews": Interview, "observations": Observation}


@require_POST
def record_lock(request, kind, pk):
    record = _record_or_404(request, kind, pk)
    with shown_to(request):
        lock_record(record=record, by=request.user, now=timezone.now())
        messages.success(request, _("It is locked. Nothing in it changes until a lead opens it again."))
    return redirect(record)


def record_unlock(request, kind, pk):
    record = _record_or_404(request, kind, pk)
    form = UnlockRecordForm(request.POST or None, cancel_url=record.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            unlock_record(record=record, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("It is open again."))
            return redirect(record)
    return render(request, "evaluation/record_unlock.html", {"record": record, "form": form})


def recording_destroy(request, pk):
    interview = _interview_or_404(request, pk)
    form, now = _form_about(interview, DestroyRecordingForm, request)
    if form.is_valid():
        with shown_on(form):
            destroy_recording(interview=interview, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("Saved. The recording is destroyed."))
            return redirect(interview)
    return render(request, "evaluation/recording_destroy.html", {"interview": interview, "form": form})


def interview_correct(request, pk):
    interview = _interview_or_404(request, pk)
    form, now = _form_about(interview, CorrectInterviewForm, request)
    if form.is_valid():
        with shown_on(form):
            correct_interview(interview=interview, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("Saved. What stood there before is kept."))
            return redirect(interview)
    return render(request, "evaluation/interview_correct.html", {"interview": interview, "form": form})


def _interview_or_404(request, pk):
    interviews = Interview.objects.visible_to(request.user).select_related("study", "participant")
    interview = get_object_or_404(interviews, pk=pk)
    require(request.user, "evaluation.record_interview", interview)
    record_look(request, interview, [interview.participant])
    return interview


def _form_about(interview, form_class, request):
    now = timezone.now()
    today, way_out = timezone.localdate(now), interview.get_absolute_url()
    return form_class(request.POST or None, interview=interview, today=today, cancel_url=way_out), now


def _record_or_404(request, kind, pk):
    record = get_object_or_404(RECORDS[kind].objects.visible_to(request.user).select_related("study"), pk=pk)
    require(request.user, "evaluation.lock_record", record)
    return record


def lock_of(record):
    """What a page says of the lock: one query."""
    steps = list(record.lock_steps.select_related("taken_by"))
    return {"lock_steps": steps, "is_locked": bool(steps) and steps[-1].step == RecordLock.Step.LOCKED}


def corrections_of(interview):
    """(correction, [(what it is called, what it had been)]), newest first: one query."""
    rows = interview.corrections.select_related("corrected_by")
    return [(row, [_had_been(name, value) for name, value in row.before.items()]) for row in rows]


def _had_been(name, value):
    field = Interview._meta.get_field(name)
    words = dict(Participant.Kind.choices if name == "participant_kind" else field.choices or [])
    if isinstance(value, bool):
        value = _("Yes") if value else _("No")
    elif value and isinstance(field, DateField):
        value = spoken_date(date.fromisoformat(value))
    return field.verbose_name, words.get(value, value) or _("nothing")
