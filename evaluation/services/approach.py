"""Approaches: what became of asking someone. A researcher writes it down, or the person says it on their own page."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from evaluation.asking import INVITATION, TIME_TO_ANSWER
from evaluation.models import Approach, ApproachKey, ApproachStep, Participant, Study
from evaluation.refusals import BeforeInvited, NotAgreed, OnlyTheySay, OutcomeOutOfTurn, TooSoon
from groups.models import SupportGroup
from members.models import Person
from peersupport.reminders import outbox

Step, Way, Reason = ApproachStep.Step, ApproachStep.Way, ApproachStep.Reason
#: Who was not reached may say so later; who said no may think again.
NEXT = {
    Step.INVITED: {Step.AGREED, Step.DECLINED, Step.NOT_REACHED},
    Step.NOT_REACHED: {Step.AGREED, Step.DECLINED, Step.INVITED},
    Step.DECLINED: {Step.AGREED},
    Step.AGREED: {Step.INVITED},
}


@transaction.atomic
def add_approach(
    *, study: Study, kind: str, group: SupportGroup | None, way: str, happened_on: date, by: Person, now: datetime
) -> Approach:
    """Someone whom a researcher asked themselves: a clinician, or someone met elsewhere. No name until they agree."""
    approach = Approach.objects.create(
        study=study, kind=kind, group=group, is_by_service=False, added_by=by, added_at=now
    )
    _take(approach, Step.INVITED, by, now, way=way, happened_on=happened_on)
    return approach


@transaction.atomic
def record_outcome(
    *,
    approach: Approach,
    step: str,
    way: str,
    happened_on: date,
    by: Person,
    now: datetime,
    reason: str = "",
    words: str = "",
) -> ApproachStep:
    """What a researcher heard, or that they heard nothing."""
    state, since = _locked(approach)
    if step not in NEXT[state]:
        raise OutcomeOutOfTurn
    if happened_on < since:
        raise BeforeInvited
    if approach.is_by_service and step == Step.AGREED:
        raise OnlyTheySay
    if approach.is_by_service and step == Step.NOT_REACHED and happened_on < since + TIME_TO_ANSWER:
        raise TooSoon
    said = {"reason": reason or Reason.NOT_SAID, "words": words} if step == Step.DECLINED else {}
    return _take(approach, step, by, now, way=way, happened_on=happened_on, **said)


@transaction.atomic
def decline_approach(*, approach: Approach, reason: str, words: str, by: Person, now: datetime) -> ApproachStep:
    """The person asked says no, with a reason if they like."""
    state, _since = _locked(approach)
    if Step.DECLINED not in NEXT[state]:
        raise OutcomeOutOfTurn
    return _answer(approach, Step.DECLINED, by, now, reason=reason or Reason.NOT_SAID, words=words)


@transaction.atomic
def note_answered(*, participant: Participant, person: Person, has_agreed: bool, now: datetime) -> None:
    """Someone answered the consent form on their own page: that closes their approach, if they have one."""
    approach = Approach.objects.filter(study=participant.study_id, key__person=person).first()
    if approach is None:
        return
    state, _since = _locked(approach)
    Approach.objects.filter(pk=approach.pk, participant=None).update(participant=participant)
    step = Step.AGREED if has_agreed else Step.DECLINED
    if step in NEXT[state]:
        _answer(approach, step, person, now, **({} if has_agreed else {"reason": Reason.NOT_SAID}))


@transaction.atomic
def link_participant(*, approach: Approach, participant: Participant) -> None:
    """The person of an approach that a researcher made has agreed, and is `participant` from now on."""
    state, _since = _locked(approach)
    if state != Step.AGREED or approach.is_by_service or approach.participant_id:
        raise NotAgreed
    Approach.objects.filter(pk=approach.pk).update(participant=participant)


def kind_as_approached(*, study: Study, person: Person) -> str | None:
    """What someone was to the groups when they were drawn; None if they never were."""
    key = ApproachKey.objects.filter(study=study, person=person).select_related("approach").first()
    return key.approach.participant_kind if key else None


def _locked(approach):
    """The last step of the approach and its day, which nobody else adds to meanwhile."""
    fresh = Approach.objects.select_for_update().get(pk=approach.pk)
    approach.participant_id = fresh.participant_id
    last = fresh.steps.latest("pk")
    return Step(last.step), last.happened_on


def _answer(approach, step, by, now, **said):
    outbox.drop(kinds=[INVITATION], subject_id=approach.pk, reason="They have answered.", now=now)
    return _take(approach, step, by, now, way=Way.SERVICE, happened_on=timezone.localdate(now), **said)


def _take(approach, step, by, now, **facts):
    return ApproachStep.objects.create(approach=approach, step=step, taken_by=by, taken_at=now, **facts)
