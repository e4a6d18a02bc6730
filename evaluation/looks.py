"""Writing into the access log what researchers do with participants' content, for each person it is about."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from evaluation.models import IdentityKey, ObservationConsent, Participant, Source
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


def record_looks(request, sources: Iterable[Source]) -> None:
    """As `record_look`, for the texts that one page shows something of: three queries, however many they are."""
    sources = list(sources)
    visits = ObservationConsent.objects.filter(observation__in=[one.observation_id for one in sources], is_given=True)
    described = defaultdict(list)
    for observation, participant in visits.values_list("observation", "participant"):
        described[observation].append(participant)
    about = {
        source: [source.interview.participant_id] if source.interview else described[source.observation_id]
        for source in sources
    }
    keys = IdentityKey.objects.filter(participant__in={pk for those in about.values() for pk in those})
    people = {key.participant_id: key.person for key in keys.select_related("person")}
    log.record_each(
        actor=request.user,
        action=log.Action.VIEWED,
        looked_at=[(source, people.get(pk)) for source, those in about.items() for pk in those or [None]],
        route=request.resolver_match.view_name,
        now=timezone.now(),
    )
