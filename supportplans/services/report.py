"""Reporting a shared item, and what those who look after the group do about it. Nobody promises an answer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from groups.models import Membership, ProgrammeStaff, RoleTerm
from members.models import Person
from peersupport.access import log
from peersupport.access.roles import Role
from peersupport.reminders import outbox
from supportplans.models import Report, ReportStep
from supportplans.refusals import NotSharedNow, Settled
from supportplans.reminders.report import MADE

State, Step = Report.State, ReportStep.Step
#: Until when the e-mail that something waits is sent; the report itself waits for as long as it takes.
MAIL_LASTS = timedelta(days=30)


@transaction.atomic
def report_item(*, item, reason: str, words: str, by: Person, now: datetime) -> None:
    """Point `item` out in each group where `by` sees it. While a report of theirs is open, another is the same."""
    _lock(item)
    memberships = {share.membership for share in item.shares.seen_by(by).select_related("membership__group")}
    if not memberships:
        raise NotSharedNow
    mine = {item._meta.model_name: item, "reported_by": by}
    waiting = set(Report.objects.open().filter(**mine).values_list("membership", flat=True))
    for membership in memberships:
        if membership.pk not in waiting:
            report = Report.objects.create(**mine, membership=membership, reason=reason, words=words, reported_at=now)
            _tell(report, now)


def readers_of(*, report: Report) -> set[int]:
    """Keys of those who are told: role holders and tutors of the group who see the item, else the coordinators.

    Never its owner, and not whoever reported it.
    """
    group, sides = report.group, [report.membership.person_id, report.reported_by_id]
    terms = RoleTerm.objects.current().filter(group=group, person__is_active=True).exclude(person__in=sides)
    readers = set(terms.filter(_sees(report, group)).values_list("person", flat=True))
    posts = ProgrammeStaff.objects.current().filter(site=group.site_id, person__is_active=True)
    return readers or set(posts.exclude(person__in=sides).values_list("person", flat=True))


@transaction.atomic
def hide_item(*, report: Report, reason: str, by: Person, now: datetime) -> None:
    """Take what was reported from everyone in the group but its owner, who reads `reason`."""
    item = _lock(report.item)
    shares = item.shares.in_groups([report.group]).filter(hidden_at=None)
    if not shares.update(hidden_at=now, hidden_by=by, hidden_reason=reason):
        raise Settled if item.shares.in_groups([report.group]).exists() else NotSharedNow
    _settle(report, Step.HID, State.HIDDEN, by, now, reason=reason, among=(State.OPEN, State.LEFT))
    _log(report, by, "supportplans:report_hide", now)


@transaction.atomic
def leave_item(*, report: Report, by: Person, now: datetime) -> None:
    """It stays as it is."""
    _lock(report.item)
    _settle(report, Step.LEFT, State.LEFT, by, now)


@transaction.atomic
def show_item(*, report: Report, by: Person, now: datetime) -> None:
    """Show again what was hidden, to those with whom it was shared."""
    item = _lock(report.item)
    hidden = item.shares.in_groups([report.group]).filter(hidden_at__isnull=False)
    if not hidden.update(hidden_at=None, hidden_by=None, hidden_reason=""):
        raise Settled
    _settle(report, Step.SHOWED, State.LEFT, by, now, among=(State.HIDDEN,))
    _log(report, by, "supportplans:report_show", now)


def _tell(report, now):
    outbox.enqueue(
        kind=MADE, subject_id=report.pk, recipient_ids=readers_of(report=report), expires_at=now + MAIL_LASTS, now=now
    )


def _sees(report, group):
    """A Q over role terms: of those whom the item is shown to in the group."""
    shares = report.item.shares.shown().filter(membership=report.membership)
    sees = Q(person__in=shares.filter(chosen__isnull=False).values("chosen__person"))
    if shares.filter(chosen=None).exists():
        members = Membership.objects.current().filter(group=group, person__isnull=False)
        sees |= Q(role=RoleTerm.Role.TUTOR) | Q(person__in=members.values("person"))
    return sees


def _lock(item):
    return type(item).objects.select_for_update().get(pk=item.pk)


def _settle(report, step, state, by, now, *, reason="", among=(State.OPEN,)):
    """One answer settles every report about the same thing in the same group."""
    settled = list(Report.objects.about(report).filter(state__in=among))
    if not settled:
        raise Settled
    ReportStep.objects.bulk_create(ReportStep(report=row, step=step, reason=reason, by=by, at=now) for row in settled)
    Report.objects.filter(pk__in=[row.pk for row in settled]).update(state=state)


def _log(report, by, route, now):
    """What a peer does who looks after the group is no matter of the log, which is about staff."""
    if not {Role.TUTOR, Role.COORDINATOR}.isdisjoint(report.roles_of(by)):
        log.record(actor=by, action=log.Action.CHANGED, obj=report.item, subject=report.owner, route=route, now=now)
