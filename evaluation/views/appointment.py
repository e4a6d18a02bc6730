"""Appointments for interviews: what is coming and what became of what was planned."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evaluation.appointment_entries import file_for_participant, with_whom
from evaluation.consent import obstacle_to_appointment, taking_part
from evaluation.forms.appointment import CancelAppointmentForm, MoveAppointmentForm, PlanAppointmentForm
from evaluation.looks import record_look
from evaluation.models import Appointment, Participant, Study, Talk
from evaluation.refusals import sentence_about
from evaluation.services.appointment import (
    cancel_appointment,
    miss_appointment,
    move_appointment,
    plan_appointment,
)
from evaluation.views.study import rights_in
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on, shown_to
from peersupport.spoken import in_zone

PAGE = 25


def appointment_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_appointment", study)
    now = timezone.now()
    appointments = Appointment.objects.filter(study=study).select_related("participant", "interviewer")
    standing = appointments.standing()
    context = {
        "study": study,
        "coming": standing.filter(ends_at__gt=now),
        "not_recorded": appointments.not_recorded(now=now),
        "talks_not_recorded": Talk.objects.filter(participant__in=taking_part(study, now))
        .not_recorded(now=now)
        .select_related("participant", "started_by"),
        "page": page_of(
            appointments.exclude(pk__in=standing.values("pk")),
            key="starts_at",
            query=request.GET,
            size=PAGE,
            is_descending=True,
        ),
        "can": rights_in(study, request.user),
    }
    return render(request, "evaluation/appointment_list.html", context)


def appointment_detail(request, pk):
    appointment = appointment_or_404(request, pk)
    record_look(request, appointment, [appointment.participant])
    now = timezone.now()
    obstacle = obstacle_to_appointment(appointment.participant, now) if appointment.is_planned else None
    context = {
        "appointment": appointment,
        "talk": getattr(appointment, "talk", None),
        "has_account": appointment.participant_person_id is not None,
        "has_begun": appointment.starts_at <= now,
        "obstacle": sentence_about(obstacle) if obstacle else "",
        "can": rights_in(appointment.study, request.user),
    }
    return render(request, "evaluation/appointment_detail.html", context)


def appointment_plan(request, pk):
    participants = Participant.objects.visible_to(request.user).select_related("study")
    participant = get_object_or_404(participants, pk=pk)
    require(request.user, "evaluation.plan_appointment", participant)
    form = PlanAppointmentForm(
        request.POST or None,
        study=participant.study,
        initial={"interviewer": request.user.pk},
        cancel_url=participant.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            appointment = plan_appointment(
                participant=participant, by=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("The appointment is made."))
            return redirect(appointment)
    context = {"participant": participant, "zone": participant.study.time_zone, "form": form}
    return render(request, "evaluation/appointment_plan.html", context)


def appointment_move(request, pk):
    appointment = appointment_or_404(request, pk)
    require(request.user, "evaluation.plan_appointment", appointment)
    starts_at = in_zone(appointment.starts_at, appointment.time_zone)
    initial = {name: getattr(appointment, name) for name in ("length_minutes", "mode", "place")}
    form = MoveAppointmentForm(
        request.POST or None,
        initial=initial | {"starts_on": starts_at.date(), "start_time": starts_at.time()},
        cancel_url=appointment.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            move_appointment(appointment=appointment, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The appointment is moved."))
            return redirect(appointment)
    return render(request, "evaluation/appointment_move.html", {"appointment": appointment, "form": form})


def appointment_cancel(request, pk):
    appointment = appointment_or_404(request, pk)
    require(request.user, "evaluation.plan_appointment", appointment)
    form = CancelAppointmentForm(request.POST or None, cancel_url=appointment.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            cancel_appointment(appointment=appointment, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The appointment is cancelled."))
            return redirect(appointment)
    return render(request, "evaluation/appointment_cancel.html", {"appointment": appointment, "form": form})


@require_POST
def appointment_miss(request, pk):
    appointment = appointment_or_404(request, pk)
    require(request.user, "evaluation.plan_appointment", appointment)
    with shown_to(request):
        miss_appointment(appointment=appointment, by=request.user, now=timezone.now())
        messages.success(request, _("It is noted. You can plan another one whenever they like."))
    return redirect(appointment)


def appointment_letter(request, pk):
    """A page to print, for someone without an account. Their name is written in by hand: it is in the key alone."""
    appointment = appointment_or_404(request, pk)
    record_look(request, appointment, [appointment.participant])
    context = {"appointment": appointment, "who": with_whom(appointment, is_for_participant=True)}
    return render(request, "evaluation/appointment_letter.html", context)


def appointment_file(request, pk):
    """The calendar entry as the participant sees it."""
    appointment = appointment_or_404(request, pk)
    record_look(request, appointment, [appointment.participant])
    response = HttpResponse(file_for_participant(appointment), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def appointment_or_404(request, pk):
    people = ("participant__identity_key", "interviewer", "second_interviewer")
    appointments = Appointment.objects.visible_to(request.user).select_related("study", "talk", "interview", *people)
    return get_object_or_404(appointments, pk=pk)
