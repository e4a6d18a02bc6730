"""Exports: made in the background by one worker at a time, released or given up."""

import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from evaluation.consent import ENDING_SCOPES
from evaluation.exports.folder import Made, discard
from evaluation.exports.profile import PROFILES
from evaluation.exports.snapshot import consents
from evaluation.models import Export, ExportedParticipant, Participant
from evaluation.reminders.export import SETTLED
from peersupport.celery import wake
from peersupport.reminders import outbox

MAKE_EXPORT = "evaluation.tasks.make_export"
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
#: An e-mail about an export is of no use later than this.
MAIL_LASTS = timedelta(days=7)
#: Seconds between two reports of the same progress; far less than the lease, which each of them renews.
REPORT_EVERY = 5
State = Export.State


class TakenOver(Exception):
    """The lease ran out, and another worker is at it."""


class ConsentTakenBack(Exception):
    """Someone whom the bundle holds took consent back while it was made."""


def start_export(*, export_id: int) -> None:
    """Wake a worker once the transaction is through; without a broker the next `resume_exports` does."""
    transaction.on_commit(lambda: wake(MAKE_EXPORT, export_id), robust=True)


def take_export(*, export_id: int, now: datetime) -> Export | None:
    """Make the export this worker's, unless another is at it; None when there is nothing to do."""
    free = Q(state=State.APPROVED) | Q(state=State.RUNNING, lease_until__lt=now)
    taken = Export.objects.filter(free, pk=export_id).update(
        state=State.RUNNING, progress=0, attempts=F("attempts") + 1, lease_until=now + LEASE
    )
    return Export.objects.select_related("study").get(pk=export_id) if taken else None


class Progress:
    """Tells everyone how far an export is, and keeps its lease, past the transaction that reads the data."""

    def __init__(self, export: Export):
        self.export = export
        self.line = connection.copy()
        self.told, self.told_at = -1, 0.0

    def report(self, per_cent: int) -> None:
        """Cheap to call often. Raises TakenOver once the export is no longer this worker's."""
        if per_cent == self.told and time.monotonic() - self.told_at < REPORT_EVERY:
            return
        self.told, self.told_at = per_cent, time.monotonic()
        with self.line.cursor() as cursor:
            cursor.execute(
                "UPDATE evaluation_export SET progress = %s, lease_until = now() + make_interval(secs => %s)"
                " WHERE id = %s AND state = 'running' AND attempts = %s",
                [per_cent, LEASE.total_seconds(), self.export.pk, self.export.attempts],
            )
            if not cursor.rowcount:
                raise TakenOver

    def close(self) -> None:
        self.line.close()


@transaction.atomic
def finish_export(*, export: Export, made: Made, now: datetime) -> None:
    """Release a finished bundle and write down who is in it. Raises TakenOver or ConsentTakenBack.

    Whoever withdraws at this moment either does so before, and the bundle is thrown away, or finds it among those that
    hold them and has its users told.
    """
    _hold_still(made.participant_ids)
    finished = _still_own(export).update(
        state=State.READY,
        progress=100,
        as_of=made.as_of,
        counted=made.counted,
        file_name=made.file_name,
        sha256=made.sha256,
        size_bytes=made.size_bytes,
        finished_at=now,
        lease_until=None,
    )
    if not finished:
        raise TakenOver
    holds = consents(export.study, now, PROFILES[export.profile])
    if any(people - holds[purpose] for purpose, people in made.consents.items()):
        raise ConsentTakenBack
    rows = [ExportedParticipant(export=export, participant_id=key) for key in made.participant_ids]
    ExportedParticipant.objects.bulk_create(rows, batch_size=1000)
    _tell(export, now)


def fail_export(*, export: Export, why: str, now: datetime) -> None:
    """Say why it could not be made, and keep nothing of it; unless another worker has it by now."""
    with transaction.atomic():
        if not _still_own(export).update(state=State.FAILED, failure=why, finished_at=now, lease_until=None):
            return
        _tell(export, now)
    discard(export)


def resume_exports(*, now: datetime) -> None:
    """Start again what was left behind, and give up what keeps failing."""
    left = Export.objects.unfinished().filter(Q(lease_until=None) | Q(lease_until__lt=now))
    for export in left.filter(attempts__gte=MOST_ATTEMPTS, state=State.RUNNING):
        why = _("It was broken off %(count)s times. Ask whoever runs the service, then ask for it again.")
        fail_export(export=export, why=why % {"count": export.attempts}, now=now)
    for export_id in left.filter(decided_at__lt=now - timedelta(minutes=1)).values_list("pk", flat=True):
        start_export(export_id=export_id)


def _tell(export, now):
    """Whoever asked for it need not wait at the screen."""
    outbox.enqueue(
        kind=SETTLED, subject_id=export.pk, recipient_ids=[export.requested_by_id], expires_at=now + MAIL_LASTS, now=now
    )


def _hold_still(participant_ids):
    """Nobody of them withdraws until the transaction ends; raises where someone has since the data were read."""
    held = Participant.objects.filter(pk__in=participant_ids)
    # Locked first and asked then, whatever the clocks said while it waited. Not their keys, which others refer to.
    list(held.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    if held.filter(withdrawals__scope__in=ENDING_SCOPES).exists():
        raise ConsentTakenBack


def _still_own(export):
    return Export.objects.filter(pk=export.pk, state=State.RUNNING, attempts=export.attempts)
