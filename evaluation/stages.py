"""How far one interview's transcript is, and what its next step is about."""

from dataclasses import dataclass

from evaluation.models import Interview, Source, TranscriptState, TranscriptStep
from evaluation.models.transcript import state_of


@dataclass(frozen=True)
class Stage:
    """`source` is the newest version, which a next step is about; None where there is no transcript.

    `steps` are all that were taken with any version, in order.
    """

    state: TranscriptState
    source: Source | None
    steps: list[TranscriptStep]

    @property
    def is_waiting(self) -> bool:
        """For a second person."""
        return self.state == TranscriptState.DEIDENTIFIED

    @property
    def is_approved(self) -> bool:
        return self.state == TranscriptState.APPROVED


def stage_of(interview: Interview) -> Stage:
    """Two queries, whatever happened."""
    source = interview.sources.filter(kind=Source.Kind.TRANSCRIPT).select_related("added_by").first()
    steps = list(TranscriptStep.objects.filter(source__interview=interview).select_related("source", "taken_by"))
    last = steps[-1] if steps else None
    state = state_of(source and source.pk, last and last.step, last and last.source_id)
    return Stage(state, source, steps)


def redactors_of(source: Source) -> set[int]:
    """The keys of those who took part in redacting this version: they can't be the second person."""
    decided = set(source.redactions.values_list("decided_by", flat=True))
    finished = source.steps.filter(step=TranscriptStep.Step.DEIDENTIFIED)
    return decided | set(finished.values_list("taken_by", flat=True))
