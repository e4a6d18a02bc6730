"""Recording what was seen at a meeting, of those who agreed that day."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from evaluation import looks
from evaluation.consent import consented, taken_back
from evaluation.models import ConsentStatement, Observation, ObservationConsent, Participant, Study
from evaluation.services.source import add_observation_note
from groups.models import Meeting, Membership
from members.models import Person
from peersupport.access.log import Action


class GroupSaidNo(Exception):
    """One no from the group is enough: the meeting is not observed."""


class NotToBeDescribed(Exception):
    """Someone is named who has not consented to observation."""


class MoreDescribedThanPresent(Exception):
    """Fewer people were there than are said to have been."""


def describable(*, study: Study, meeting: Meeting, now: datetime) -> QuerySet[Participant]:
    """Participants who belonged to the group that day, had agreed to be observed when the meeting began, and have not
    taken it back since. Nobody else is ever described."""
    members = Membership.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=meeting.starts_at),
        group=meeting.group,
        joined_at__lte=meeting.starts_at,
        person__isnull=False,
    )
    observation = ConsentStatement.Purpose.OBSERVATION
    return (
        consented(study, observation, meeting.starts_at)
        .filter(identity_key__person__in=members.values("person"))
        .exclude(pk__in=taken_back(study, observation, now).values("pk"))
    )


@transaction.atomic
def record_observation(
    *,
    study: Study,
    meeting: Meeting,
    has_group_agreed: bool,
    present_count: int,
    consents: Mapping[Participant, bool],
    text: str,
    by: Person,
    now: datetime,
    **facts,
) -> Observation:
    """`consents` holds the participants who were there, and whether each agreed that day to be described.

    One observer records one meeting once: sent again, the first record stands.
    """
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    once = {"study": study, "meeting": meeting, "observer": by}
    if known := Observation.objects.filter(**once).first():
        return known
    if not has_group_agreed:
        raise GroupSaidNo
    _check_described(study, meeting, consents, present_count, now)
    facts |= {"has_group_agreed": True, "present_count": present_count, "created_at": now}
    observation = Observation.objects.create(**once, **facts)
    _note_consents(observation, consents, by, now)
    add_observation_note(observation=observation, text=text, by=by, now=now)
    return observation


def _note_consents(observation, consents, by, now):
    ObservationConsent.objects.bulk_create(
        ObservationConsent(observation=observation, participant=participant, is_given=is_given)
        for participant, is_given in consents.items()
    )
    looks.record(
        actor=by,
        action=Action.ADDED,
        obj=observation,
        participants=observation.described(),
        route="evaluation:observation_record",
        now=now,
    )


def _check_described(study, meeting, described, present_count, now):
    if not set(described) <= set(describable(study=study, meeting=meeting, now=now)):
        raise NotToBeDescribed
    if present_count < len(described):
        raise MoreDescribedThanPresent
