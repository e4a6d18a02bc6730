"""Coding a stretch of a text, and taking that back."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Length

from evaluation.models import Code, Coding, CodingRound, Source
from evaluation.redaction.apply import Replaced, moved, widened
from evaluation.services.code import CodeEnded
from members.models import Person


class OutsideText(Exception):
    """The stretch does not lie within the text."""


class GuidTaken(Exception):
    """The browser's number for this coding belongs to another one."""


class RoundClosed(Exception):
    """The round was closed: what its coders coded stays as it was then."""


def add_coding(
    *, source: Source, code: Code, start: int, end: int, guid: uuid.UUID, by: Person, now: datetime
) -> Coding:
    """`source.text[start:end]` (code points) gets the code: in the round that `by` codes this text in, if one is open.

    Sent twice is one: by its `guid`, and where the same stretch has the same code from the same coder. One that was
    taken back since stays so. A code that was merged stands for what it was merged into. One query besides the insert;
    what the database refuses is looked into afterwards.
    """
    code = code.merged_into or code
    if code.ended_at:
        raise CodeEnded
    if not 0 <= start < end:
        raise OutsideText
    round = CodingRound.objects.open().filter(coders=by, sources=source).first()
    made = {"source": source, "code": code, "coder": by, "round": round, "start": start, "end": end}
    try:
        with transaction.atomic():
            return Coding.objects.create(guid=guid, coded_at=now, **made)
    except IntegrityError:
        return _why_not(made, guid)


def take_back_coding(*, coding: Coding, by: Person, now: datetime) -> None:
    """It was a slip: kept, but shown and counted nowhere from now on. Twice does no harm."""
    try:
        with transaction.atomic():
            Coding.objects.filter(pk=coding.pk, taken_back_at=None).update(taken_back_at=now, taken_back_by=by)
    except IntegrityError as error:
        raise RoundClosed from error


def carry_codings(*, source: Source, to: Source, spans: Sequence[Replaced]) -> None:
    """Give `to`, which is `source` with `spans` replaced, the codings that stand on it, of the same coders and times.

    One that begins or ends within what was replaced now holds the whole mark. Those of an open round stay behind, since
    nobody else is to see them, and those of a closed one go without it: its agreement is about the text it was made on.
    """
    done = Q(round=None) | Q(round__closed_at__isnull=False)
    carried = []
    for coding in Coding.objects.standing().filter(done, source=source):
        start, end = moved(widened((coding.start, coding.end), spans), spans)
        carried.append(
            Coding(
                source=to,
                code_id=coding.code_now,
                coder_id=coding.coder_id,
                start=start,
                end=end,
                coded_at=coding.coded_at,
            )
        )
    Coding.objects.bulk_create(carried, ignore_conflicts=True)


def _why_not(made, guid):
    """The coding that is there already, or the reason why there can't be one."""
    if known := Coding.objects.filter(guid=guid).first():
        if any(getattr(known, name) != made[name] for name in ("source", "coder", "start", "end")):
            raise GuidTaken
        return known
    if same := Coding.objects.filter(**made, taken_back_at=None).first():
        return same
    text = Source.objects.annotate(length=Length("text")).get(pk=made["source"].pk)
    if made["end"] > text.length or text.study_id != made["code"].study_id:
        raise OutsideText
    raise RoundClosed
