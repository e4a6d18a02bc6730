"""Deciding span by span what is replaced, and a second person's approval, which makes the de-identified version."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from evaluation import looks
from evaluation.models import Participant, Redaction, Replacement, Source, Study, TranscriptState, TranscriptStep
from evaluation.redaction.apply import redacted
from evaluation.redaction.desk import Desk
from evaluation.redaction.kinds import NAMED, Kind
from evaluation.redaction.known import labels_of, table_of
from evaluation.redaction.words import Span, Words, folded, words_of
from evaluation.refusals import (
    AlreadyDecided,
    MarkGivesAway,
    MarkTaken,
    OtherMark,
    OutsideText,
    OwnRedaction,
    SuggestionsLeft,
    WordsNotThere,
)
from evaluation.services.coding import carry_codings
from evaluation.services.transcript import expect_stage
from evaluation.stages import redactors_of
from evaluation.texts import sha256_of
from members.models import Person
from peersupport.access.log import Action

State = TranscriptState
Place = tuple[int, int]


@transaction.atomic
def replace_spans(
    *,
    source: Source,
    places: Sequence[Place],
    kind: str,
    mark: str,
    by: Person,
    now: datetime,
    offered: str = "",
    is_another: bool = False,
) -> None:
    """Put `mark` in place of the words at `places`, (start, end) in code points; the words are the same at each.

    In the study these words become this from now on. `offered` is what the page had offered. `is_another` says that
    this is someone else of the same name.
    """
    taken = _ready(source, places)
    if any(start < row.end and row.start < end for row in taken if row.mark for start, end in places):
        raise AlreadyDecided
    words = source.text[slice(*places[0])]
    _refuse_to_give_away(words, mark)
    entry = _entry(source.study, words, kind, mark, offered, is_another, by, now) if kind in NAMED else None
    _decide(source, places, by, now, kind=kind, mark=mark, entry=entry)


@transaction.atomic
def leave_spans(*, source: Source, places: Sequence[Place], kind: str, by: Person, now: datetime) -> None:
    """Leave the words at `places` as they are."""
    _ready(source, places)
    _decide(source, places, by, now, kind=kind, mark="")


@transaction.atomic
def undo_redaction(*, redaction: Redaction, by: Person, now: datetime) -> None:
    """The span is open again. What its words become in the study is forgotten with their last use."""
    _open(redaction.source)
    Redaction.objects.standing().filter(pk=redaction.pk).update(undone_by=by, undone_at=now)
    entry = redaction.entry
    if entry and not entry.redactions.standing().exists():
        Replacement.objects.current().filter(pk=entry.pk).update(retired_at=now)


@transaction.atomic
def add_words(*, source: Source, words: str, kind: str, mark: str, by: Person, now: datetime) -> Span:
    """Words that nobody suggested: each place where they stand is a suggestion from now on. Gives the first."""
    _open(source)
    found = next(Words([(words, kind)]).spans_in(source.text), None)
    if not found:
        raise WordsNotThere
    _refuse_to_give_away(words, mark)
    _entry(source.study, words, kind, mark, "", False, by, now)
    return found


@transaction.atomic
def finish_redaction(*, source: Source, by: Person, now: datetime) -> TranscriptStep:
    """Each suggestion was decided on: the text waits for a second person."""
    expect_stage(source=source, state=State.RETURNED)
    if left := len(Desk(source).open):
        raise SuggestionsLeft(left)
    return _take(source, TranscriptStep.Step.DEIDENTIFIED, by, now)


@transaction.atomic
def approve_redaction(*, source: Source, by: Person, now: datetime) -> Source:
    """A second person read it: the de-identified version stands for `source`, which is for key-holders from now on."""
    expect_stage(source=source, state=State.DEIDENTIFIED)
    if by.pk in redactors_of(source):
        raise OwnRedaction
    text = redacted_text(source=source)
    approved = Source.objects.create(
        study_id=source.study_id,
        interview_id=source.interview_id,
        kind=source.kind,
        version=source.version + 1,
        text=text,
        sha256=sha256_of(text),
        redacted_from=source,
        added_by=by,
        added_at=now,
    )
    _take(approved, TranscriptStep.Step.APPROVED, by, now)
    carry_codings(source=source, to=approved, spans=_replaced(source))
    looks.record(
        actor=by,
        action=Action.ADDED,
        obj=approved,
        participants=Participant.objects.filter(interviews__sources=source),
        route="evaluation:redaction_approve",
        now=now,
    )
    return approved


def redacted_text(*, source: Source) -> str:
    """The text as it would be approved."""
    return redacted(source.text, _replaced(source))


def _replaced(source):
    return [row.as_replaced() for row in source.redactions.replacing()]


def _open(source):
    """Refuse unless the text is being redacted; nobody else decides on it or changes the study's table meanwhile."""
    # Not its key, which rows made at the same time refer to: they would wait for one another.
    Study.objects.select_for_update(no_key=True).get(pk=source.study_id)
    expect_stage(source=source, state=State.RETURNED)


def _ready(source, places):
    """The decisions that stand, where none of them is about one of `places`."""
    _open(source)
    if not places or not all(0 <= start < end <= len(source.text) for start, end in places):
        raise OutsideText
    standing = list(source.redactions.standing())
    if not {(row.start, row.end) for row in standing}.isdisjoint(places):
        raise AlreadyDecided
    return standing


def _refuse_to_give_away(words, mark):
    own = words_of(words)
    if own and f" {' '.join(own)} " in f" {folded(mark)} ":
        raise MarkGivesAway


def _entry(study, words, kind, mark, offered, is_another, by, now):
    """The row of the study's table for these words, made where there is none."""
    rows = list(Replacement.objects.current().filter(study=study, folded=folded(words)).order_by("is_another", "pk"))
    known = next((row for row in rows if row.mark == mark), None)
    if known or not folded(words):
        return known
    if rows and not is_another:
        raise OtherMark(rows[0].mark)
    if mark == offered and not rows:
        _refuse_if_taken(study, words, kind, mark)
    return Replacement.objects.create(
        study=study,
        words=words,
        folded=folded(words),
        kind=Kind(kind),
        mark=mark,
        is_another=bool(rows),
        added_by=by,
        added_at=now,
    )


def _refuse_if_taken(study, words, kind, mark):
    """Someone else may have used what was offered as new since it was offered."""
    labels = labels_of(table_of(study))
    (fresh,) = labels.offered(words, [Span(0, len(words), kind)])
    if mark in labels.used and fresh != mark:
        raise MarkTaken(fresh)


def _decide(source, places, by, now, **decision):
    Redaction.objects.bulk_create(
        Redaction(source=source, start=start, end=end, decided_by=by, decided_at=now, **decision)
        for start, end in places
    )


def _take(source, step, by, now):
    return TranscriptStep.objects.create(source=source, step=step, taken_by=by, taken_at=now)
