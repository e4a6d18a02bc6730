"""The interview itself, on a tablet: begun, followed by the guide, noted, paused, ended."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evaluation.consent import obstacle_to_appointment, standing
from evaluation.forms.talk import AddTalkEntryForm, PauseTalkForm, StartTalkForm
from evaluation.looks import record_look, record_sitting
from evaluation.models import Participant, Talk, TalkEntry, TopicGuide
from evaluation.refusals import sentence_about
from evaluation.services.record import is_locked
from evaluation.services.talk import add_talk_entry, end_talk, start_talk, start_talk_unplanned
from evaluation.talk_notes import stamp_of, written
from evaluation.views.appointment import appointment_or_404
from peersupport.access import require
from peersupport.refusals import Refused, shown_on

Kind = TalkEntry.Kind


def talk_start(request, pk):
    """What was planned begins; if it has begun already, on another tablet, this one joins in."""
    appointment = appointment_or_404(request, pk)
    require(request.user, "evaluation.record_interview", appointment)
    if hasattr(appointment, "talk"):
        return redirect(appointment.talk)
    form = _start_form(request, appointment.participant, appointment.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            talk = start_talk(
                appointment=appointment,
                topic_guide=form.cleaned_data["topic_guide"],
                by=request.user,
                now=timezone.now(),
            )
            return redirect(talk)
    context = _before_start(request, appointment.participant) | {"appointment": appointment, "form": form}
    return render(request, "evaluation/talk_start.html", context)


def talk_start_unplanned(request, pk):
    """Someone is here now."""
    participants = Participant.objects.visible_to(request.user).select_related("study")
    participant = get_object_or_404(participants, pk=pk)
    require(request.user, "evaluation.record_interview", participant)
    if going := Talk.objects.visible_to(request.user).open().filter(participant=participant).first():
        return redirect(going)
    form = _start_form(request, participant, participant.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            talk = start_talk_unplanned(
                participant=participant,
                topic_guide=form.cleaned_data["topic_guide"],
                by=request.user,
                now=timezone.now(),
            )
            return redirect(talk)
    context = _before_start(request, participant) | {"form": form}
    return render(request, "evaluation/talk_start_unplanned.html", context)


def _start_form(request, participant, cancel_url):
    guides = TopicGuide.objects.filter(study=participant.study)
    chosen = guides.for_participant(participant)
    return StartTalkForm(
        request.POST or None,
        guides=[guide for guide in guides.in_use() if guide.kind in ("", participant.kind)],
        initial={"topic_guide": chosen and chosen.pk},
        cancel_url=cancel_url,
    )


def _before_start(request, participant):
    """What stands of their consent, asked at this moment."""
    record_look(request, participant, [participant])
    now = timezone.now()
    obstacle = obstacle_to_appointment(participant, now)
    return {
        "participant": participant,
        "study": participant.study,
        "decisions": decisions_of(participant, now),
        "obstacle": sentence_about(obstacle) if obstacle else "",
    }


def talk_detail(request, pk):
    """One page for the whole interview. A note, a tick and a pause are the same small form, by script or without."""
    talk = _talk_or_404(request, pk)
    if request.method == "POST":
        require(request.user, "evaluation.record_interview", talk)
    record_sitting(request, talk, [talk.participant])
    form = AddTalkEntryForm(
        request.POST or None, guide=talk.topic_guide, initial={"prompt": _asked_about(request, talk)}
    )
    if request.headers.get("X-Talk"):
        return _answer_to_tablet(request, talk, form)
    if form.is_valid():
        with shown_on(form):
            entry = add_talk_entry(talk=talk, by=request.user, now=timezone.now(), **form.cleaned_data)
            return redirect("evaluation:talk_pause", talk.pk) if entry.kind == Kind.PAUSED else _back(talk, entry)
    now = timezone.now()
    context = {
        "talk": talk,
        "written": written(talk),
        "decisions": decisions_of(talk.participant, now),
        "form": form,
        # What was sent to a record that has just been locked is shown again, so that nothing typed is lost.
        "is_locked": not form.is_bound and bool(talk.interview) and is_locked(talk.interview),
    }
    return render(request, "evaluation/talk_detail.html", context)


def talk_pause(request, pk):
    """The distress protocol, and a line for what was done. Opening it changes nothing: the button before it does."""
    talk = _talk_or_404(request, pk)
    if request.method == "POST":
        require(request.user, "evaluation.record_interview", talk)
    record_sitting(request, talk, [talk.participant])
    form = PauseTalkForm(request.POST or None, cancel_url=talk.get_absolute_url())
    if request.headers.get("X-Talk"):
        return _answer_to_tablet(request, talk, form, kind=Kind.CARED)
    if form.is_valid():
        with shown_on(form):
            add_talk_entry(talk=talk, kind=Kind.CARED, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("What you did is saved."))
            return redirect(talk)
    return render(request, "evaluation/talk_pause.html", {"talk": talk, "form": form})


@require_POST
def talk_end(request, pk):
    """It is over, and leads on to the record of the interview."""
    talk = _talk_or_404(request, pk)
    require(request.user, "evaluation.record_interview", talk)
    end_talk(talk=talk, by=request.user, now=timezone.now())
    if talk.interview:
        return redirect(talk.interview)
    return redirect(f"{reverse('evaluation:interview_record', args=[talk.study_id])}?talk={talk.pk}")


def decisions_of(participant, now):
    """What stands of their consent, in the order of the form."""
    found = standing(participant.study_id, now).get(participant.pk, {}).values()
    return sorted(found, key=lambda row: row.statement.number)


def _answer_to_tablet(request, talk, form, **fixed):
    """400 with a sentence: it can't be kept, and trying again won't help. Else what now stands, also from elsewhere."""
    sentence = ""
    if form.is_valid():
        try:
            entry = add_talk_entry(talk=talk, by=request.user, now=timezone.now(), **fixed, **form.cleaned_data)
        except Refused as refusal:
            sentence = str(refusal)
    else:
        sentence = " ".join(message for errors in form.errors.values() for message in errors)
    if sentence:
        return JsonResponse({"sentence": sentence}, status=400)
    return JsonResponse({"stamp": stamp_of(entry), "covered": written(talk).covered})


def _asked_about(request, talk):
    """The question in the address, by its number."""
    number = request.GET.get("on", "")
    if not (talk.topic_guide and number.isascii() and number.isdecimal()):
        return None
    return talk.topic_guide.prompts.filter(number=min(int(number), 32767)).first()


def _back(talk, entry):
    """To where the person was on the page."""
    place = f"question-{entry.prompt.number}" if entry.prompt else "notes"
    return redirect(f"{talk.get_absolute_url()}#{place}")


def _talk_or_404(request, pk):
    talks = Talk.objects.visible_to(request.user)
    return get_object_or_404(
        talks.select_related("study", "participant", "topic_guide", "interview", "appointment"), pk=pk
    )
