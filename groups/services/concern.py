"""Concerns: raised by someone in a group, then read, passed on and closed by the safeguarding lead or deputy."""

from datetime import datetime, timedelta

from django.db import transaction

from groups.models import Concern, ConcernStep, SafeguardingPost, SupportGroup
from groups.refusals import ConcernClosed, NobodyReadsConcerns
from groups.reminders.concern import RAISED
from members.models import Person
from peersupport.access import log
from peersupport.reminders import outbox

State = Concern.State
#: Until when the e-mail that something waits is sent; the concern itself waits for as long as it takes.
MAIL_LASTS = timedelta(days=30)


@transaction.atomic
def raise_concern(*, group: SupportGroup, text: str, by: Person, now: datetime) -> Concern:
    """Send a concern to the lead and the deputy of the group's site, and to nobody else."""
    posts = SafeguardingPost.objects.current().filter(site=group.site_id)
    readers = list(posts.order_by("pk").values_list("person_id", flat=True))
    if not readers:
        raise NobodyReadsConcerns
    concern = Concern.objects.create(site_id=group.site_id, group=group, text=text, raised_by=by, raised_at=now)
    outbox.enqueue(kind=RAISED, subject_id=concern.pk, recipient_ids=readers, expires_at=now + MAIL_LASTS, now=now)
    return concern


@transaction.atomic
def read_concern(*, concern: Concern, by: Person, now: datetime) -> None:
    """Open a concern for the first time. Lead and deputy each do so, and whoever raised it sees that it is read."""
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    if concern.steps.filter(by=by).exists():
        return
    state = State.SEEN if concern.state == State.SENT else concern.state
    _add_step(concern, State.SEEN, "", by, now, state=state)


@transaction.atomic
def pass_on_concern(*, concern: Concern, note: str, by: Person, now: datetime) -> None:
    """Write down to whom it went (`note`): for lead and deputy only."""
    _add_step(_locked(concern), State.PASSED_ON, note, by, now)


@transaction.atomic
def close_concern(*, concern: Concern, note: str, by: Person, now: datetime) -> None:
    _add_step(_locked(concern), State.CLOSED, note, by, now)


def _locked(concern):
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    if concern.is_closed:
        raise ConcernClosed
    return concern


def _add_step(concern, step, note, by, now, state=None):
    ConcernStep.objects.create(concern=concern, state=step, note=note, by=by, at=now)
    Concern.objects.filter(pk=concern.pk).update(state=state or step)
    log.record(
        actor=by,
        action=log.Action.CHANGED,
        obj=concern,
        subject=concern.raised_by,
        route="groups:concern_detail",
        now=now,
    )
