"""Telling whoever holds an export that someone in it has withdrawn since."""

from datetime import datetime, timedelta

from django.db import transaction

from evaluation import looks
from evaluation.models import Export, Withdrawal, WithdrawalNotice
from evaluation.refusals import NoticeGiven
from evaluation.reminders.notice import TO_GIVE, people_to_give
from members.models import Person
from peersupport.access.log import Action
from peersupport.reminders import outbox

MAIL_LASTS = timedelta(days=28)


@transaction.atomic
def prepare_notices(*, withdrawal: Withdrawal, now: datetime) -> list[WithdrawalNotice]:
    """One for each finished export that holds the person; those who work with it are told that one waits.

    An export that is being made meanwhile asks for consent once more before it is released, and fails.
    """
    participant = withdrawal.participant
    held = Export.objects.given_out().filter(exported_participants__participant=participant)
    return [_prepare(export, withdrawal, now) for export in held.order_by("pk")]


def _prepare(export, withdrawal, now):
    notice = WithdrawalNotice.objects.create(
        study_id=export.study_id, export=export, withdrawal=withdrawal, prepared_at=now
    )
    outbox.enqueue(
        kind=TO_GIVE, subject_id=notice.pk, recipient_ids=people_to_give(notice), expires_at=now + MAIL_LASTS, now=now
    )
    return notice


@transaction.atomic
def give_notice(*, notice: WithdrawalNotice, how: str, by: Person, now: datetime) -> WithdrawalNotice:
    """Someone told whoever holds the export. The person who withdrew sees that it was done."""
    notice = WithdrawalNotice.objects.select_for_update().get(pk=notice.pk)
    if notice.given_at:
        raise NoticeGiven
    notice.given_at, notice.given_by, notice.how = now, by, how
    notice.save(update_fields=["given_at", "given_by", "how"])
    looks.record(
        actor=by,
        action=Action.CHANGED,
        obj=notice,
        participants=[notice.withdrawal.participant_id],
        route="evaluation:notice_give",
        now=now,
    )
    return notice
