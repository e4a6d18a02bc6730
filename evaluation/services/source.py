"""The texts of a study: added as the next version, never changed."""

from datetime import datetime

from django.db import transaction

from evaluation import looks
from evaluation.consent import is_taken_back
from evaluation.models import ConsentStatement, Interview, Observation, Source
from evaluation.refusals import TranscriptApproved
from evaluation.services.record import refuse_if_locked
from evaluation.stages import stage_of
from evaluation.texts import canonical, sha256_of
from members.models import Person
from peersupport.access.log import Action

Kind = Source.Kind


class SameText(Exception):
    """This text is already kept as `source`."""

    def __init__(self, source):
        super().__init__(f"source {source.pk}")
        self.source = source


class ConsentTakenBack(Exception):
    """The participant has taken their consent back since: nothing more is added about them."""


@transaction.atomic
def add_interview_text(*, interview: Interview, kind: str, text: str, by: Person, now: datetime) -> Source:
    """The next version of an interview's transcript or field note. A transcript that is approved is locked."""
    locked = Interview.objects.select_for_update().get(pk=interview.pk)
    refuse_if_locked(record=locked)
    if kind == Kind.TRANSCRIPT and stage_of(locked).is_approved:
        raise TranscriptApproved
    participant = interview.participant
    if is_taken_back(participant, ConsentStatement.Purpose.INTERVIEW, now):
        raise ConsentTakenBack
    route = "evaluation:transcript_add" if kind == Kind.TRANSCRIPT else "evaluation:field_note_add"
    source = _add_source(owner={"interview": interview}, kind=kind, text=text, by=by, now=now)
    _log_added(source, by, [participant], route, now)
    return source


@transaction.atomic
def add_observation_note(*, observation: Observation, text: str, by: Person, now: datetime) -> Source:
    """The next version of what was observed."""
    refuse_if_locked(record=Observation.objects.select_for_update().get(pk=observation.pk))
    source = _add_source(owner={"observation": observation}, kind=Kind.OBSERVATION_NOTE, text=text, by=by, now=now)
    _log_added(source, by, observation.described(), "evaluation:observation_note_add", now)
    return source


def same_text(*, owner: dict, kind: str, text: str) -> Source | None:
    """Where this very text is kept already: as the owner's newest version, or as the transcript of another interview.

    `owner` is {"interview": ...} or {"observation": ...}.
    """
    digest = sha256_of(canonical(text))
    newest = Source.objects.filter(**owner, kind=kind).order_by("-version").first()
    if newest and newest.sha256 == digest:
        return newest
    if kind != Kind.TRANSCRIPT:
        return None
    elsewhere = Source.objects.filter(study=owner["interview"].study_id, kind=kind, sha256=digest)
    return elsewhere.exclude(**owner).select_related("interview__participant").first()


def _add_source(*, owner, kind, text, by, now):
    if same := same_text(owner=owner, kind=kind, text=text):
        raise SameText(same)
    text = canonical(text)
    (row,) = owner.values()
    newest = Source.objects.filter(**owner, kind=kind).order_by("-version").first()
    return Source.objects.create(
        study_id=row.study_id,
        kind=kind,
        version=newest.version + 1 if newest else 1,
        text=text,
        sha256=sha256_of(text),
        added_by=by,
        added_at=now,
        **owner,
    )


def _log_added(source, by, participants, route, now):
    looks.record(actor=by, action=Action.ADDED, obj=source, participants=participants, route=route, now=now)
