"""Exports: asked for by one person, approved by another, taken, recalled."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from evaluation import looks
from evaluation.exports.folder import discard
from evaluation.models import DownloadLink, Export, Participant, Study
from evaluation.refusals import (
    ExportDecided,
    ExportNotReady,
    ExportUnderWay,
    LinkNotUsable,
    NobodyToApprove,
    OwnExport,
)
from evaluation.reminders.export import RECALLED, REQUESTED, SETTLED, people_to_approve
from evaluation.services.export_job import MAIL_LASTS, start_export
from members.models import Person
from peersupport.access import log, tokens
from peersupport.refusals import refusing
from peersupport.reminders import outbox

#: How long an address to take the file from works, if nobody has used it.
LINK_LASTS = timedelta(hours=24)
State = Export.State


@transaction.atomic
def request_export(
    *, study: Study, profile: str, is_linkable: bool, purpose: str, for_whom: str, by: Person, now: datetime
) -> Export:
    """Ask for a bundle; those who can approve it are told. Unless `is_linkable`, its identifiers are like those of no
    other export."""
    export = Export.objects.create(
        study=study,
        profile=profile,
        salt="" if is_linkable else secrets.token_hex(16),
        purpose=purpose,
        for_whom=for_whom,
        requested_by=by,
        requested_at=now,
    )
    asked = people_to_approve(export)
    if not asked:
        raise NobodyToApprove
    _tell(export, REQUESTED, asked, now)
    return export


@transaction.atomic
def approve_export(*, export: Export, reason: str, by: Person, now: datetime) -> Export:
    """A second person agrees, and a worker starts on it, one export at a time per study."""
    with refusing(ExportUnderWay, constraint="one_export_at_a_time_per_study"):
        export = _decide(export, State.APPROVED, reason, by, now)
    start_export(export_id=export.pk)
    return export


@transaction.atomic
def refuse_export(*, export: Export, reason: str, by: Person, now: datetime) -> Export:
    """A second person says no, and why; whoever asked is told."""
    export = _decide(export, State.REFUSED, reason, by, now)
    _tell(export, SETTLED, [export.requested_by_id], now)
    return export


@transaction.atomic
def recall_export(*, export: Export, reason: str, by: Person, now: datetime) -> Export:
    """Nobody can take the file any more, and everyone who did is asked to delete it."""
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if export.state != State.READY:
        raise ExportNotReady
    export.state, export.recalled_by, export.recalled_at, export.recall_reason = State.RECALLED, by, now, reason
    export.save(update_fields=["state", "recalled_by", "recalled_at", "recall_reason"])
    log.record(actor=by, action=log.Action.CHANGED, obj=export, route="evaluation:export_recall", now=now)
    _tell(export, RECALLED, {export.requested_by_id, *_downloaded_by(export)}, now)
    transaction.on_commit(lambda: discard(export))
    return export


@transaction.atomic
def log_download(*, export: Export, by: Person, route: str, now: datetime) -> None:
    """Write the download down, once for the file and once for each person in it, who can see it. Raises if it can't."""
    log.record(actor=by, action=log.Action.DOWNLOADED, obj=export, route=route, now=now)
    held = Participant.objects.filter(exported_in__export=export, identity_key__person__isnull=False)
    if held.exists():
        looks.record(actor=by, action=log.Action.EXPORTED, obj=export, participants=held, route=route, now=now)


@transaction.atomic
def make_download_link(*, export: Export, for_whom: str, by: Person, now: datetime) -> tuple[DownloadLink, str]:
    """An address's secret for someone who has no account here; it is shown once and not kept."""
    if export.state != State.READY:
        raise ExportNotReady
    token = secrets.token_urlsafe(32)
    link = DownloadLink.objects.create(
        export=export,
        fingerprint=tokens.fingerprint(token),
        for_whom=for_whom,
        made_by=by,
        made_at=now,
        expires_at=now + LINK_LASTS,
    )
    return link, token


@transaction.atomic
def use_download_link(*, link: DownloadLink, now: datetime) -> Export:
    """Take the file, once, however many ask at the same time. It is logged under whoever made the link."""
    usable = DownloadLink.objects.usable(now=now).select_related("export", "made_by")
    link = usable.select_for_update(of=("self", "export")).filter(pk=link.pk).first()
    if not link:
        raise LinkNotUsable
    link.used_at = now
    link.save(update_fields=["used_at"])
    log_download(export=link.export, by=link.made_by, route="evaluation:link_download", now=now)
    return link.export


def _decide(export, state, reason, by, now):
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if export.requested_by_id == by.pk:
        raise OwnExport
    if export.state != State.REQUESTED:
        raise ExportDecided
    export.state, export.decided_by, export.decided_at, export.decision_reason = state, by, now, reason
    export.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    log.record(actor=by, action=log.Action.CHANGED, obj=export, route="evaluation:export_decide", now=now)
    return export


def _downloaded_by(export):
    """Keys: those who took the file, or had others take it."""
    entries = log.AccessLogEntry.objects.filter(
        object_type=export._meta.label_lower, object_id=export.pk, action=log.Action.DOWNLOADED
    )
    return set(entries.values_list("actor", flat=True))


def _tell(export, kind, recipient_ids, now):
    outbox.enqueue(
        kind=kind, subject_id=export.pk, recipient_ids=list(recipient_ids), expires_at=now + MAIL_LASTS, now=now
    )
