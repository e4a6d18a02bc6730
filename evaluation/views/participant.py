"""Participants by pseudonym, and what they decided. Who they are is apart: see `identity`."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.consent import current_form, standing
from evaluation.forms.consent import RecordDecisionsForm, RecordWithdrawalForm
from evaluation.forms.participant import AddParticipantForm
from evaluation.looks import record_look
from evaluation.models import (
    Appointment,
    Approach,
    Interview,
    Observation,
    Participant,
    Study,
    WithdrawalNotice,
)
from evaluation.services.consent import HasWithdrawn, NotTheCurrentForm, record_decisions, withdraw
from evaluation.services.participant import add_participant
from evaluation.views.study import rights_in
from peersupport.access import require
from peersupport.refusals import shown_on


def participant_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_participant", study)
    stands = standing(study, timezone.now())
    participants = (
        Participant.objects.filter(study=study)
        .annotate(interview_count=Count("interviews"))
        .prefetch_related("withdrawals")
    )
    rows = [(row, yeses_in(stands.get(row.pk, {})), row.pk in stands) for row in participants]
    context = {"study": study, "rows": rows, "can": rights_in(study, request.user)}
    return render(request, "evaluation/participant_list.html", context)


def participant_add(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.add_participant", study)
    approach = _approach_named(request, study)
    form = AddParticipantForm(
        request.POST or None,
        initial={"kind": approach.participant_kind} if approach else None,
        cancel_url=(approach or study).get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            participant = add_participant(
                study=study, approach=approach, by=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("They are %(pseudonym)s in this study.") % {"pseudonym": participant.pseudonym})
            return redirect(participant)
    return render(request, "evaluation/participant_add.html", {"study": study, "approach": approach, "form": form})


def participant_detail(request, pk):
    participant = participant_or_404(request, pk)
    study, now = participant.study, timezone.now()
    record_look(request, participant, [participant])
    context = {
        "participant": participant,
        "study": study,
        "consent_form": current_form(study, now).first(),
        "decisions": sorted(
            standing(study, now).get(participant.pk, {}).values(), key=lambda row: row.statement.number
        ),
        "withdrawals": participant.withdrawals.order_by("withdrawn_at"),
        "appointments": Appointment.objects.visible_to(request.user).filter(participant=participant),
        "interviews": Interview.objects.visible_to(request.user).filter(participant=participant),
        "observations": _observations_of(participant, request.user),
        "notices": WithdrawalNotice.objects.filter(withdrawal__participant=participant).select_related("export"),
        "can": rights_in(study, request.user),
    }
    return render(request, "evaluation/participant_detail.html", context)


def decision_record(request, pk):
    participant = participant_or_404(request, pk)
    require(request.user, "evaluation.record_consent", participant)
    now = timezone.now()
    consent_form = get_object_or_404(current_form(participant.study, now))
    form = RecordDecisionsForm(
        request.POST or None, consent_form=consent_form, now=now, cancel_url=participant.get_absolute_url()
    )
    if form.is_valid():
        try:
            record_decisions(
                participant=participant,
                form=consent_form,
                answers=form.answers(),
                method=form.cleaned_data["method"],
                by=request.user,
                at=form.decided_at,
                now=now,
            )
        except HasWithdrawn:
            form.add_error(None, _("They have withdrawn from the study. Nothing more can be recorded."))
        except NotTheCurrentForm:
            form.add_error(None, _("A new version of the form is in force. Open this page again."))
        else:
            messages.success(request, _("What they said is saved."))
            return redirect(participant)
    context = {"participant": participant, "consent_form": consent_form, "form": form}
    return render(request, "evaluation/decision_record.html", context)


def withdrawal_record(request, pk):
    participant = participant_or_404(request, pk)
    require(request.user, "evaluation.record_consent", participant)
    form = RecordWithdrawalForm(request.POST or None, cancel_url=participant.get_absolute_url())
    if form.is_valid():
        withdraw(participant=participant, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("It is recorded, and holds from now on."))
        return redirect(participant)
    return render(request, "evaluation/withdrawal_record.html", {"participant": participant, "form": form})


def _approach_named(request, study):
    """The approach that the page was opened from (`?approach=`), where someone agreed; None without one."""
    key = request.GET.get("approach", "")
    if not key.isdecimal():
        return None
    return get_object_or_404(Approach.objects.visible_to(request.user), study=study, pk=key)


def participant_or_404(request, pk):
    return get_object_or_404(Participant.objects.visible_to(request.user).select_related("study"), pk=pk)


def yeses_in(decisions):
    """The purposes that a participant said yes to, in words, in the order of the form."""
    yeses = [row.statement for row in decisions.values() if row.decision == row.Decision.GIVEN]
    return [statement.get_purpose_display() for statement in sorted(yeses, key=lambda row: row.number)]


def _observations_of(participant, person):
    described = Observation.objects.visible_to(person).filter(
        consents__participant=participant, consents__is_given=True
    )
    return described.select_related("meeting__group")
