"""Writing into the access log what researchers do with participants' content, for each person it is about."""

from datetime import datetime

from django.utils import timezone

from evaluation.models import Participant
from members.models import Person
from peersupport.access import log


def record(*, actor: Person, action: str, obj, participants, route: str, now: datetime) -> None:
    """One entry per participant with an account, so that each sees it; one without a person if there is none."""
    people = Person.objects.filter(identity_keys__participant__in=participants)
    for person in list(people) or [None]:
        log.record(actor=actor, action=action, obj=obj, subject=person, route=route, now=now)


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
