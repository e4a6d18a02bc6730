"""Interviews and their texts."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.forms.interview import RecordInterviewForm
from evaluation.forms.texts import AddTextForm, AddTranscriptForm
from evaluation.looks import record_look
from evaluation.models import Interview, Source, Study
from evaluation.refusals import RecordLocked, TranscriptApproved
from evaluation.services.interview import NotConsented, record_interview
from evaluation.services.source import ConsentTakenBack, SameText, add_interview_text
from evaluation.stages import redactors_of, stage_of
from evaluation.views.record import corrections_of, lock_of
from evaluation.views.record_start import start_of_record
from evaluation.views.study import rights_in
from peersupport.access import require

Kind = Source.Kind


def interview_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_interview", study)
    interviews = Interview.objects.filter(study=study).with_transcript_steps().select_related("participant")
    context = {"study": study, "interviews": interviews, "can": rights_in(study, request.user)}
    return render(request, "evaluation/interview_list.html", context)


def interview_record(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.record_interview", study)
    now = timezone.now()
    start = start_of_record(request, study)
    form = RecordInterviewForm(
        request.POST or None,
        study=study,
        now=now,
        by=request.user,
        talk=start.talk,
        initial=start.initial,
        cancel_url=study.get_absolute_url(),
    )
    if form.is_valid():
        try:
            interview = record_interview(
                by=request.user, now=now, talk=start.talk, appointment=start.appointment, **form.cleaned_data
            )
        except NotConsented as refusal:
            facts = form.cleaned_data
            form.say_obstacle(refusal.obstacle, facts["participant"], facts["started_at"])
        else:
            _say_recorded(request, interview, now)
            return redirect(interview)
    return render(request, "evaluation/interview_record.html", {"study": study, "talk": start.talk, "form": form})


def _say_recorded(request, interview, now):
    if interview.created_at == now:
        messages.success(request, _("The interview is recorded."))
    else:
        messages.info(request, _("An interview with them at that time was recorded before. Here it is."))


def interview_detail(request, pk):
    interviews = Interview.objects.visible_to(request.user)
    interview = get_object_or_404(
        interviews.select_related(
            "study", "participant", "interviewer", "second_interviewer", "consent_form", "topic_guide", "talk"
        ),
        pk=pk,
    )
    record_look(request, interview, [interview.participant])
    stage = stage_of(interview)
    context = {
        "interview": interview,
        "sources": interview.sources.readable().select_related("added_by"),
        "stage": stage,
        "talk": getattr(interview, "talk", None),
        "has_redacted": stage.is_waiting and request.user.pk in redactors_of(stage.source),
        "is_closed": interview.participant.withdrawals.filter(scope="remove").exists(),
        "corrections": corrections_of(interview),
        "can": rights_in(interview.study, request.user),
        **lock_of(interview),
    }
    return render(request, "evaluation/interview_detail.html", context)


def transcript_add(request, pk):
    interview = _interview_or_404(request, pk)
    require(request.user, "evaluation.record_interview", interview)
    form = AddTranscriptForm(request.POST or None, request.FILES or None, cancel_url=interview.get_absolute_url())
    if form.is_valid() and _is_added(request, form, interview, Kind.TRANSCRIPT):
        return redirect(interview)
    return render(request, "evaluation/transcript_add.html", {"interview": interview, "form": form})


def field_note_add(request, pk):
    interview = _interview_or_404(request, pk)
    require(request.user, "evaluation.record_interview", interview)
    newest = interview.sources.readable().filter(kind=Kind.FIELD_NOTE).first()
    if newest:
        record_look(request, newest, [interview.participant])
    form = AddTextForm(
        request.POST or None,
        initial={"text": newest.text if newest else ""},
        cancel_url=interview.get_absolute_url(),
    )
    if form.is_valid() and _is_added(request, form, interview, Kind.FIELD_NOTE):
        return redirect(interview)
    return render(request, "evaluation/field_note_add.html", {"interview": interview, "form": form})


def _interview_or_404(request, pk):
    return get_object_or_404(Interview.objects.visible_to(request.user).select_related("participant"), pk=pk)


def _is_added(request, form, interview, kind):
    """Whether the text is now there; if not, `form` says why."""
    try:
        source = add_interview_text(
            interview=interview, kind=kind, text=form.cleaned_data["text"], by=request.user, now=timezone.now()
        )
    except SameText as same:
        form.add_error("text", same_text_sentence(same.source, interview))
    except (TranscriptApproved, RecordLocked) as refusal:
        form.add_error("text", str(refusal))
    except ConsentTakenBack:
        form.add_error("text", _("They have taken their consent back. Nothing more can be added about them."))
    else:
        messages.success(request, _("Version %(number)s is saved.") % {"number": source.version})
    return not form.errors


def same_text_sentence(source, owner):
    if source.interview_id is None or source.interview == owner:
        return _("This is word for word version %(number)s, which is here already.") % {"number": source.version}
    return _(
        "This text is already the transcript of an interview with %(who)s. Check that you took the right file."
    ) % {"who": source.interview.participant.pseudonym}
