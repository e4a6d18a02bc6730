"""Requests for support: asked, answered, closed."""

from datetime import datetime, timedelta

from django.db import transaction

from groups.models import SupportGroup, SupportRequest
from groups.refusals import GroupHasEnded, NobodyToAsk, RequestSettled
from groups.reminders.support_request import ANSWERED, MADE, people_asked
from members.models import Person
from peersupport.reminders import outbox

State = SupportRequest.State
#: An e-mail about a request or its answer is of no use later than this.
MAIL_LASTS = timedelta(days=14)


@transaction.atomic
def ask_for_support(*, group: SupportGroup, to: str, text: str, by: Person, now: datetime) -> SupportRequest:
    """Ask the group's patient tutors, or the coordinators of its site; each of them gets an e-mail."""
    group = SupportGroup.objects.locked(group)
    if group.state == SupportGroup.State.CLOSED:
        raise GroupHasEnded
    request = SupportRequest(group=group, to=to, text=text, asked_by=by, asked_at=now)
    asked = [pk for pk in people_asked(request) if pk != by.pk]
    if not asked:
        raise NobodyToAsk
    request.save()
    _tell(MADE, request, asked, now)
    return request


@transaction.atomic
def answer_request(*, support_request: SupportRequest, answer: str, by: Person, now: datetime) -> SupportRequest:
    """Answer an open request; whoever asked gets an e-mail that says so."""
    request = _settle(
        support_request, {State.OPEN}, now, state=State.ANSWERED, answer=answer, answered_by=by, answered_at=now
    )
    _tell(ANSWERED, request, [request.asked_by_id], now)
    return request


@transaction.atomic
def close_request(*, support_request: SupportRequest, by: Person, now: datetime) -> SupportRequest:
    """Nothing more is needed, with or without an answer."""
    open_states = {State.OPEN, State.ANSWERED}
    return _settle(support_request, open_states, now, state=State.CLOSED, closed_by=by, closed_at=now)


def _settle(support_request, from_states, now, **changes):
    """Move a request on; what still waits to go out about it goes with it."""
    request = SupportRequest.objects.select_for_update().get(pk=support_request.pk)
    if request.state not in from_states:
        raise RequestSettled
    for field, value in changes.items():
        setattr(request, field, value)
    request.save(update_fields=list(changes))
    outbox.drop(kinds=[MADE], subject_id=request.pk, reason="It has been settled already.", now=now)
    return request


def _tell(kind, request, recipient_ids, now):
    outbox.enqueue(kind=kind, subject_id=request.pk, recipient_ids=recipient_ids, expires_at=now + MAIL_LASTS, now=now)
