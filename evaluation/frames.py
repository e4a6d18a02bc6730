"""A sampling frame: who could be asked now, by kind and group."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from evaluation.asking import kind_of, to_be_asked, to_be_asked_again
from evaluation.models import Approach, Study
from evaluation.sampling import Stratum
from evaluation.small_numbers import shown
from groups.models import Membership, RoleTerm, SupportGroup

ORDER = {kind: place for place, kind in enumerate(Approach.Kind.values)}


@dataclass(frozen=True)
class Criteria:
    """Which people: of these groups and kinds, not asked yet or once more."""

    groups: Collection[SupportGroup]
    kinds: Collection[str]
    asks_again: bool


@dataclass(frozen=True)
class Size:
    """How many there are of one kind in one group; None where they are too few to say."""

    group: SupportGroup
    kind: str
    count: int | None


def strata_of(study: Study, criteria: Criteria, *, now: datetime) -> dict[Stratum, list[int]]:
    """Keys of the people in the frame, each in one stratum: the first that fits, by kind and then group."""
    people = to_be_asked_again(study, now) if criteria.asks_again else to_be_asked(study)
    kinds = _kinds(people, criteria.groups, has_leave=criteria.asks_again)
    fits = [(ORDER[kind], group, person) for (person, group), kind in kinds.items() if kind in criteria.kinds]
    found: dict[Stratum, list[int]] = defaultdict(list)
    seen: set[int] = set()
    for place, group, person in sorted(fits):
        if person not in seen:
            seen.add(person)
            found[Stratum(Approach.Kind.values[place], group)].append(person)
    return dict(found)


def sizes_of(study: Study, criteria: Criteria, *, now: datetime) -> list[Size]:
    """Of every kind and group asked for, in their order; small ones hidden."""
    strata = strata_of(study, criteria, now=now)
    return [
        Size(group, Approach.Kind(kind).label, shown(len(found), study.small_number_threshold))
        for group in sorted(criteria.groups, key=lambda group: (group.name, group.pk))
        for kind in sorted(criteria.kinds, key=ORDER.__getitem__)
        for found in [strata.get(Stratum(kind, group.pk), [])]
    ]


def _kinds(people, groups, *, has_leave):
    """(person key, group key) > what they are to the group. Two queries.

    `has_leave`: all of them said that they may be asked again, in a group or out of it.
    """
    within = {"group__in": groups, "person__in": people}
    roles = defaultdict(set)
    for person, group, role in RoleTerm.objects.current().filter(**within).values_list("person", "group", "role"):
        roles[person, group].add(role)
    memberships = Membership.objects.filter(**within).order_by("joined_at", "pk")
    latest = {
        (person, group): (state, has_leave or may_ask)
        for person, group, state, may_ask in memberships.values_list("person", "group", "state", "researchers_may_ask")
    }
    both = {place: (*latest.get(place, (None, False)), roles[place]) for place in {*latest, *roles}}
    return {place: kind for place, facts in both.items() if (kind := kind_of(*facts))}
