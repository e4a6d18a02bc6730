"""Exports: requested, made in the background, downloaded."""

from datetime import datetime, timedelta

from celery import current_app
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from evaluation.exports.job import Made
from evaluation.models import Export, ExportedParticipant, Study
from members.models import Person
from peersupport.access import log

MAKE_EXPORT = "evaluation.tasks.make_export"
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
State = Export.State


class AlreadyRunning(Exception):
    """The study has an export under way."""


@transaction.atomic
def request_export(*, study: Study, purpose: str, for_whom: str, by: Person, now: datetime) -> Export:
    """Ask for a bundle. It is made in the background, one at a time per study."""
    try:
        with transaction.atomic():
            export = Export.objects.create(
                study=study, requested_by=by, requested_at=now, purpose=purpose, for_whom=for_whom
            )
    except IntegrityError as error:
        raise AlreadyRunning from error
    start_export(export_id=export.pk)
    return export


def start_export(*, export_id: int) -> None:
    """Wake a worker once the transaction is through; without a broker the next `resume_exports` does."""
    transaction.on_commit(lambda: current_app.send_task(MAKE_EXPORT, [export_id], ignore_result=True), robust=True)


def take_export(*, export_id: int, now: datetime) -> Export | None:
    """Make the export this worker's, unless another is at it; None when there is nothing to do."""
    free = Q(state=State.REQUESTED) | Q(state=State.RUNNING, lease_until__lt=now)
    taken = Export.objects.filter(free, pk=export_id).update(
        state=State.RUNNING, progress=0, attempts=F("attempts") + 1, lease_until=now + LEASE
    )
    return Export.objects.select_related("study").get(pk=export_id) if taken else None


class Progress:
    """Tells everyone how far an export is, and keeps its lease, past the transaction that reads the data."""

    def __init__(self, export: Export):
        self.export = export
        self.line = connection.copy()

    def report(self, per_cent: int) -> None:
        with self.line.cursor() as cursor:
            cursor.execute(
                "UPDATE evaluation_export SET progress = %s, lease_until = now() + %s"
                " WHERE id = %s AND state = 'running' AND attempts = %s",
                [per_cent, LEASE, self.export.pk, self.export.attempts],
            )

    def close(self) -> None:
        self.line.close()


@transaction.atomic
def finish_export(*, export: Export, made: Made, now: datetime) -> bool:
    """Release a finished bundle and write down who is in it; False when another worker took over meanwhile."""
    finished = _still_own(export).update(
        state=State.READY,
        progress=100,
        as_of=made.as_of,
        file_name=made.file_name,
        sha256=made.sha256,
        size_bytes=made.size_bytes,
        finished_at=now,
        lease_until=None,
    )
    if finished:
        ExportedParticipant.objects.bulk_create(
            ExportedParticipant(export=export, participant_id=key) for key in made.participant_ids
        )
    return bool(finished)


def fail_export(*, export: Export, why: str, now: datetime) -> None:
    _still_own(export).update(state=State.FAILED, failure=why, finished_at=now, lease_until=None)


def resume_exports(*, now: datetime) -> None:
    """Start again what was left behind, and give up what keeps failing."""
    left = Export.objects.unfinished().filter(Q(lease_until=None) | Q(lease_until__lt=now))
    given_up = left.filter(attempts__gte=MOST_ATTEMPTS)
    given_up.update(
        state=State.FAILED, failure="The work was broken off several times.", finished_at=now, lease_until=None
    )
    for export_id in left.filter(requested_at__lt=now - timedelta(minutes=1)).values_list("pk", flat=True):
        start_export(export_id=export_id)


def log_download(*, export: Export, by: Person, now: datetime) -> None:
    """Each download is on record, for each participant in it with an account."""
    log.record(actor=by, action=log.Action.DOWNLOADED, obj=export, route="evaluation:export_download", now=now)
    people = Person.objects.filter(identity_keys__participant__exported_in__export=export).distinct()
    for person in people:
        log.record(
            actor=by,
            action=log.Action.EXPORTED,
            obj=export,
            subject=person,
            route="evaluation:export_download",
            now=now,
        )


def _still_own(export):
    return Export.objects.filter(pk=export.pk, state=State.RUNNING, attempts=export.attempts)
