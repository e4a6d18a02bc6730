"""Writing into the access log what researchers do with participants' content, for each person it is about."""

from datetime import datetime, timedelta

from django.utils import timezone

from evaluation.models import Participant
from members.models import Person
from peersupport.access import log

#: Steps that follow within this time of the first are the same look.
SITTING = timedelta(minutes=30)


def record(*, actor: Person, action: str, obj, participants, route: str, now: datetime) -> None:
    """One entry per participant with an account, so that each sees it; one without a person if there is none."""
    people = Person.objects.filter(identity_keys__participant__in=participants)
    for person in list(people) or [None]:
        log.record(actor=actor, action=action, obj=obj, subject=person, route=route, now=now)


def record_sitting(request, obj, participants: list[Participant]) -> None:
    """As `record_look`, for a page that is loaded again with each small step: once in a sitting."""
    now, route = timezone.now(), request.resolver_match.view_name
    same = log.AccessLogEntry.objects.filter(
        at__gt=now - SITTING, actor=request.user, object_type=obj._meta.label_lower, object_id=obj.pk, route=route
    )
    if not same.exists():
        record_look(request, obj, participants)


def record_look(request, obj, participants: list[Participant]) -> None:
    """The person signed in is about to see `obj`. Raises if that can't be written down, and then nothing is shown."""
    record(
        actor=request.user,
        action=log.Action.VIEWED,
        obj=obj,
        participants=participants,
        route=request.resolver_match.view_name,
        now=timezone.now(),
    )
