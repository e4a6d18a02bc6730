"""A member's own side of research: what they are asked, what they agreed to, what exists about them, and stopping."""

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.consent import ENDING_SCOPES, askable, current_form, standing
from evaluation.forms.appointment import CallOffAppointmentForm
from evaluation.forms.consent import AnswerConsentForm, WithdrawForm
from evaluation.models import (
    Administration,
    Appointment,
    Approach,
    ApproachStep,
    ConsentDecision,
    Export,
    Interview,
    ObservationConsent,
    Occasion,
    Participant,
    ResearchWish,
    Study,
    WithdrawalNotice,
)
from evaluation.reach import studies_open_to, studies_taken_part_in, studies_that_ask
from evaluation.services.appointment import call_off_appointment
from evaluation.services.consent import HasWithdrawn, answer_consent, withdraw
from peersupport.access import require
from peersupport.access.log import looks_at
from peersupport.refusals import shown_on

LOOKS_SHOWN = 20
Step = ApproachStep.Step


def my_research(request):
    person, now = request.user, timezone.now()
    mine = studies_taken_part_in(person)
    asked = Approach.objects.in_state(Step.INVITED).filter(key__person=person, study__in=studies_open_to(person))
    approaches = list(asked.select_related("study"))
    waiting = Occasion.objects.open().filter(participant__identity_key__person=person, participant__in=askable(now))
    context = {
        "approaches": approaches,
        "occasions": waiting.select_related("study"),
        "may_be_asked": not ResearchWish.objects.filter(person=person, may_be_asked=False).exists(),
        "taken_part_in": Study.objects.filter(pk__in=mine),
        "open_studies": studies_that_ask(person).exclude(pk__in=[approach.study_id for approach in approaches]),
        "looks": looks_at(person).filter(object_type__startswith="evaluation.")[:LOOKS_SHOWN],
    }
    return render(request, "evaluation/my_research.html", context)


def my_study(request, pk):
    study = _study_or_404(request, pk)
    participant = _participant_of(request.user, study)
    if participant is None:
        return redirect("evaluation:consent_answer", study.pk)
    now = timezone.now()
    decisions = standing(study, now).get(participant.pk, {}).values()
    withdrawals = list(participant.withdrawals.order_by("withdrawn_at"))
    context = {
        "study": study,
        "decisions": sorted(decisions, key=lambda row: row.statement.number),
        "withdrawals": withdrawals,
        "has_ended": any(row.scope in ENDING_SCOPES for row in withdrawals),
        "appointment": Appointment.objects.filter(participant=participant, ends_at__gt=now)
        .select_related("interviewer", "second_interviewer")
        .order_by("-created_at")
        .first(),
        "occasions": Occasion.objects.open().filter(participant__in=askable(now).filter(pk=participant.pk)),
        "has_answered": Administration.objects.answered().filter(occasion__participant=participant).exists(),
        "interviews": Interview.objects.filter(participant=participant).prefetch_related("sources"),
        "observed": ObservationConsent.objects.filter(participant=participant).select_related(
            "observation__meeting__group"
        ),
        "exports": _exports_holding(participant),
    }
    return render(request, "evaluation/my_study.html", context)


def consent_answer(request, pk):
    study = _study_or_404(request, pk)
    now = timezone.now()
    consent_form = get_object_or_404(current_form(study, now))
    if request.method == "POST" and request.POST.get("version") != str(consent_form.version):
        messages.warning(request, _("There is a new version of this form. Please read it and answer again."))
        return redirect("evaluation:consent_answer", study.pk)
    participant = _participant_of(request.user, study)
    form = AnswerConsentForm(request.POST or None, consent_form=consent_form, stood=_stood(study, participant, now))
    if form.is_valid():
        try:
            answer_consent(form=consent_form, person=request.user, answers=form.answers(), now=now)
        except HasWithdrawn:
            messages.warning(request, _("You have stopped taking part in this study, so nothing was saved."))
        else:
            messages.success(request, _("Your answers are saved. You can change them at any time."))
        return redirect("evaluation:my_study", study.pk)
    context = {"study": study, "consent_form": consent_form, "participant": participant, "form": form}
    return render(request, "evaluation/consent_answer.html", context)


def study_withdraw(request, pk):
    study = _study_or_404(request, pk)
    require(request.user, "evaluation.withdraw", study)
    participant = get_object_or_404(Participant, study=study, identity_key__person=request.user)
    form = WithdrawForm(request.POST or None, cancel_url=reverse("evaluation:my_study", args=[study.pk]))
    if form.is_valid():
        method = ConsentDecision.Method.OWN_PAGE
        withdraw(participant=participant, by=request.user, method=method, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("It is done, and holds from now on."))
        return redirect("evaluation:my_study", study.pk)
    context = {"study": study, "exports": _exports_holding(participant), "form": form}
    return render(request, "evaluation/study_withdraw.html", context)


def appointment_call_off(request, pk):
    own = Appointment.objects.allowing(request.user, "evaluation.call_off_appointment").planned()
    appointment = get_object_or_404(own.select_related("study", "participant"), pk=pk)
    my_page = reverse("evaluation:my_study", args=[appointment.study_id])
    form = CallOffAppointmentForm(request.POST or None, cancel_url=my_page)
    if form.is_valid():
        with shown_on(form):
            call_off_appointment(appointment=appointment, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The appointment is cancelled. The researchers are told."))
            return redirect(my_page)
    return render(request, "evaluation/appointment_call_off.html", {"appointment": appointment, "form": form})


def _study_or_404(request, pk):
    return get_object_or_404(Study.objects.allowing(request.user, "evaluation.answer_consent"), pk=pk)


def _participant_of(person, study):
    return Participant.objects.filter(study=study, identity_key__person=person).first()


def _stood(study, participant, now):
    """What the person decided under this form, by statement key."""
    if participant is None:
        return {}
    return {key: row.decision for key, row in standing(study, now).get(participant.pk, {}).items()}


def _exports_holding(participant):
    """The finished exports that hold the participant, newest first, each with the day its users were told, if any."""
    told = WithdrawalNotice.objects.filter(export=OuterRef("pk"), withdrawal__participant=participant)
    held = Export.objects.given_out().filter(exported_participants__participant=participant)
    return held.annotate(told_at=Subquery(told.order_by("-given_at").values("given_at")[:1]))
