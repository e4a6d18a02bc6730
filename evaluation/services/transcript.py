"""The steps that a transcript takes, one after the other."""

from datetime import datetime

from django.db import transaction

from evaluation.models import Interview, Source, TranscriptState, TranscriptStep
from evaluation.refusals import StepOutOfTurn
from evaluation.services.record import refuse_if_locked
from evaluation.stages import stage_of
from members.models import Person

Step = TranscriptStep.Step
State = TranscriptState


@transaction.atomic
def check_transcript(*, source: Source, by: Person, now: datetime) -> TranscriptStep:
    """Someone compared it with the recording or their memory."""
    expect_stage(source=source, state=State.RAW)
    return _take(source, Step.CHECKED, by, now)


@transaction.atomic
def return_transcript(*, source: Source, is_wished: bool, by: Person, now: datetime) -> TranscriptStep:
    """The participant got it to read, or did not wish for it."""
    expect_stage(source=source, state=State.CHECKED)
    return _take(source, Step.RETURNED if is_wished else Step.NOT_WISHED, by, now)


@transaction.atomic
def reopen_transcript(*, source: Source, reason: str, by: Person, now: datetime) -> TranscriptStep:
    """Send a redaction back that is not approved, or open an approved transcript: it can be redacted further."""
    expect_stage(source=source, state=(State.DEIDENTIFIED, State.APPROVED))
    return _take(source, Step.REOPENED, by, now, reason=reason)


def expect_stage(*, source: Source, state: State | tuple[State, ...]) -> None:
    """Lock the interview, and refuse unless `source` is its newest transcript in this state, or one of these."""
    interview = Interview.objects.select_for_update(of=("self",)).get(sources=source)
    refuse_if_locked(record=interview)
    stage = stage_of(interview)
    allowed = state if isinstance(state, tuple) else (state,)
    if stage.source != source or stage.state not in allowed:
        raise StepOutOfTurn


def _take(source, step, by, now, reason=""):
    return TranscriptStep.objects.create(source=source, step=step, reason=reason, taken_by=by, taken_at=now)
