"""Consent, participants and groups as of one instant, read once inside the export's transaction."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from evaluation.consent import consented
from evaluation.exports.identifiers import Identifiers
from evaluation.exports.profile import OTHER_GROUP, PURPOSES
from evaluation.models import IdentityKey, Participant, Study
from groups.models import Membership


@dataclass(frozen=True)
class Person:
    """A participant in the bundle. `group_pk` is None for those in no covered group."""

    identifier: str
    participant: Participant
    person_id: int | None
    entered_on: date
    group_pk: int | None


class Snapshot:
    """Who is in a bundle, under which identifier, with which consents. Everything else in the bundle asks here."""

    def __init__(self, study: Study, as_of: datetime):
        self.study, self.as_of = study, as_of
        self.identifiers = Identifiers(study.pk)
        self.consents = {
            purpose: set(consented(study, purpose, as_of).values_list("pk", flat=True)) for purpose in PURPOSES
        }
        included = set().union(*self.consents.values())
        self.people = self._people(included)
        self.total = Participant.objects.filter(study=study, created_at__lte=as_of).count()
        self.shown_groups = self._groups_with_enough_people()

    def agreed(self, *purposes: str) -> list[Person]:
        """Those whose consent to all of `purposes` holds, by identifier."""
        return [
            person
            for person in self.people
            if all(person.participant.pk in self.consents[purpose] for purpose in purposes)
        ]

    def group_name(self, group_pk: int | None) -> str:
        """The group's identifier; groups with few participants share one."""
        if group_pk is None:
            return ""
        return self.identifiers.of("group", group_pk) if group_pk in self.shown_groups else OTHER_GROUP

    def _people(self, included):
        keys = IdentityKey.objects.filter(participant__in=included).select_related("participant")
        groups = self._groups_of(keys)
        people = [
            Person(
                identifier=self.identifiers.of("participant", key.participant.pseudonym),
                participant=key.participant,
                person_id=key.person_id,
                entered_on=timezone.localdate(key.participant.created_at),
                group_pk=groups.get(key.person_id),
            )
            for key in keys
        ]
        return sorted(people, key=lambda person: person.identifier)

    def _groups_of(self, keys):
        """Each person's covered group: the latest they joined."""
        covered = Membership.objects.filter(
            group__in=self.study.groups.values("pk"),
            person__in=[key.person_id for key in keys],
            joined_at__lte=self.as_of,
        )
        return dict(covered.order_by("joined_at", "pk").values_list("person_id", "group_id"))

    def _groups_with_enough_people(self):
        counts = Counter(person.group_pk for person in self.people)
        return {group for group, number in counts.items() if number >= self.study.small_number_threshold}
