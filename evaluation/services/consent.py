"""Consent forms, what participants decide, and their withdrawal. Nothing here is ever changed or deleted."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from evaluation import looks
from evaluation.consent import ENDING_SCOPES, current_form, latest_decisions
from evaluation.models import (
    ConsentDecision,
    ConsentForm,
    ConsentStatement,
    IdentityKey,
    Participant,
    Study,
    Withdrawal,
)
from evaluation.models.consent import checksum_of
from evaluation.refusals import SameForm, StudyNotSetUp
from evaluation.services.appointment import drop_appointment_of
from evaluation.services.approach import kind_as_approached, note_answered
from evaluation.services.notice import prepare_notices
from evaluation.services.occasion import drop_occasions_of
from evaluation.setting_up import steps_left
from evaluation.texts import canonical
from members.models import Person
from peersupport.access.log import Action

Decision, Method, Purpose = ConsentDecision.Decision, ConsentDecision.Method, ConsentStatement.Purpose


class NotTheCurrentForm(Exception):
    """Someone answers a version that no longer asks, or did not ask yet."""


class HasWithdrawn(Exception):
    """The participant has left the study; nobody can answer for them any more."""


@transaction.atomic
def publish_form(*, study: Study, text: str, statements: Iterable[tuple[str, str]], now: datetime) -> ConsentForm:
    """The next version, for good. `statements` are (purpose, wording) in their order. No answer carries over."""
    study = Study.objects.select_for_update().get(pk=study.pk)
    if left := steps_left(study):
        raise StudyNotSetUp([str(step.label) for step in left])
    text = canonical(text)
    numbered = [(number, purpose, canonical(word)) for number, (purpose, word) in enumerate(statements, start=1)]
    checksum = checksum_of(text, numbered)
    latest = study.consent_forms.first()
    if latest and latest.checksum == checksum:
        raise SameForm
    form = ConsentForm.objects.create(
        study=study,
        version=latest.version + 1 if latest else 1,
        text=text,
        checksum=checksum,
        published_at=now,
    )
    ConsentStatement.objects.bulk_create(
        ConsentStatement(form=form, number=number, purpose=purpose, text=word) for number, purpose, word in numbered
    )
    return form


@transaction.atomic
def answer_consent(
    *, form: ConsentForm, person: Person, answers: Mapping[ConsentStatement, bool], now: datetime
) -> Participant:
    """What a person says on their own page; the first time makes them a participant. The same again adds nothing."""
    # The lock makes a form sent twice at one moment wait its turn.
    Person.objects.select_for_update().get(pk=person.pk)
    key = IdentityKey.objects.filter(study=form.study_id, person=person).select_related("participant").first()
    participant = key.participant if key else _add_participant_with_account(form.study, person, now)
    record_decisions(
        participant=participant,
        form=form,
        answers=answers,
        method=Method.OWN_PAGE,
        by=person,
        at=now,
        now=now,
    )
    note_answered(participant=participant, person=person, has_agreed=any(answers.values()), now=now)
    return participant


def _add_participant_with_account(study, person, now):
    kind = kind_as_approached(study=study, person=person) or Participant.Kind.MEMBER
    participant = Participant.objects.create(study=study, kind=kind, created_at=now)
    IdentityKey.objects.create(participant=participant, study=study, person=person, created_at=now)
    return participant


@transaction.atomic
def record_decisions(
    *,
    participant: Participant,
    form: ConsentForm,
    answers: Mapping[ConsentStatement, bool],
    method: str,
    by: Person,
    at: datetime,
    now: datetime,
) -> list[ConsentDecision]:
    """Write down the answers given at `at`: those that change what stood then. `by` is whoever took them."""
    Participant.objects.select_for_update().get(pk=participant.pk)
    if current_form(form.study_id, at).values_list("pk", flat=True).first() != form.pk:
        raise NotTheCurrentForm
    if participant.withdrawals.filter(scope__in=ENDING_SCOPES).exists():
        raise HasWithdrawn
    stood = dict(latest_decisions(participant, at).values_list("statement", "decision"))
    decided = {statement: _decision(is_yes, stood.get(statement.pk)) for statement, is_yes in answers.items()}
    rows = ConsentDecision.objects.bulk_create(
        ConsentDecision(
            participant=participant,
            statement=statement,
            decision=decision,
            method=method,
            taken_by=by,
            decided_at=at,
        )
        for statement, decision in decided.items()
        if decision != stood.get(statement.pk)
    )
    if method != Method.OWN_PAGE:
        _log_change(participant, by, "evaluation:decision_record", now)
    drop_appointment_of(participant=participant, now=now)
    drop_occasions_of(participant=participant, now=now)
    return rows


def _decision(is_yes, stood):
    """A no after a yes takes it back; a no after a no, or after taking back, is what stood."""
    if is_yes:
        return Decision.GIVEN
    return {None: Decision.REFUSED, Decision.GIVEN: Decision.WITHDRAWN}.get(stood, stood)


@transaction.atomic
def withdraw(*, participant: Participant, scope: str, by: Person, method: str, now: datetime) -> Withdrawal:
    """The participant leaves, as far as `scope` says, from this moment on. Doing it twice is doing it once.

    Every yes is taken back, the notices to whoever holds an earlier export are prepared; "no more contact" takes back
    only the yes to being asked again. What is planned with them is cancelled,
    and nothing more is asked of them.
    """
    Participant.objects.select_for_update().get(pk=participant.pk)
    withdrawal, is_new = Withdrawal.objects.get_or_create(
        participant=participant, scope=scope, defaults={"withdrawn_at": now, "recorded_by": by}
    )
    if not is_new:
        return withdrawal
    yeses = [row for row in latest_decisions(participant, now) if row.decision == Decision.GIVEN]
    if scope not in ENDING_SCOPES:
        asked_again = ConsentStatement.objects.filter(purpose=Purpose.CONTACT_AGAIN).values_list("pk", flat=True)
        yeses = [row for row in yeses if row.statement_id in set(asked_again)]
    ConsentDecision.objects.bulk_create(
        ConsentDecision(
            participant=participant,
            statement_id=row.statement_id,
            decision=Decision.WITHDRAWN,
            method=method,
            taken_by=by,
            decided_at=now,
        )
        for row in yeses
    )
    if scope in ENDING_SCOPES:
        prepare_notices(withdrawal=withdrawal, now=now)
    if method != Method.OWN_PAGE:
        _log_change(participant, by, "evaluation:withdrawal_record", now)
    drop_appointment_of(participant=participant, now=now)
    drop_occasions_of(participant=participant, now=now)
    return withdrawal


def _log_change(participant, by, route, now):
    looks.record(actor=by, action=Action.CHANGED, obj=participant, participants=[participant], route=route, now=now)
