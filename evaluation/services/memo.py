"""Memos, and the summaries in the cells of the matrix."""

from datetime import datetime

from django.db import transaction
from django.db.models import Model

from evaluation.models import CellSummary, Code, Memo, Participant, Study
from evaluation.refusals import WrittenSince
from members.models import Person


@transaction.atomic
def add_memo(*, study: Study, about: dict[str, Model], text: str, by: Person, now: datetime) -> Memo:
    """`about` is {} for the study, or one of source, code, coding, participant. The same memo sent twice is one."""
    Study.objects.select_for_update().get(pk=study.pk)
    subject = {"source": None, "code": None, "coding": None, "participant": None} | about
    same = Memo.objects.filter(study=study, written_by=by, **subject).first()
    if same and same.text == text:
        return same
    return Memo.objects.create(study=study, text=text, written_by=by, written_at=now, **about)


@transaction.atomic
def write_cell(
    *, participant: Participant, code: Code, number: int, text: str, by: Person, now: datetime
) -> CellSummary:
    """The next summary of a cell; `number` is that of the one its writer saw, 0 where there was none.

    Raises WrittenSince where another was written since.
    """
    Participant.objects.select_for_update().get(pk=participant.pk)
    latest = CellSummary.objects.filter(participant=participant, code=code).first()
    if latest and latest.text == text:
        return latest
    if latest and latest.number != number:
        raise WrittenSince
    number = latest.number + 1 if latest else 1
    return CellSummary.objects.create(
        participant=participant, code=code, number=number, text=text, written_by=by, written_at=now
    )
