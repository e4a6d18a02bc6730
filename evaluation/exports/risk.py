"""How well people in a bundle are hidden among each other (k-anonymity; Samarati and Sweeney 1998).

Someone who knows a participant may know what kind of participant they are, their group, and whether they were
interviewed. Who shares these three with few others could be recognised in the data by them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.exports.snapshot import Snapshot
from evaluation.models import ConsentStatement, Interview, Participant
from groups.models import SupportGroup


@dataclass(frozen=True)
class Combination:
    """What someone outside may know of a person, in words: `group` is None for no group, "" for the small ones."""

    kind: str
    group: str | None
    is_interviewed: bool


@dataclass(frozen=True)
class Risk:
    """`k` people or more share each combination; None where nobody is in the bundle. `rare` are those that fewer than
    the study's threshold share, rarest first, and `exposed` is how many people they are together."""

    k: int | None
    rare: list[Combination]
    exposed: int
    groups: int
    groups_together: int


def risk(snapshot: Snapshot) -> Risk:
    sizes = Counter(_combinations(snapshot))
    rare = sorted(
        (one for one, number in sizes.items() if number < snapshot.study.small_number_threshold),
        key=lambda one: (sizes[one], one.kind, one.group or "", one.is_interviewed),
    )
    groups = [key for key, number in snapshot.group_sizes.items() if number]
    return Risk(
        k=min(sizes.values(), default=None),
        rare=rare,
        exposed=sum(sizes[one] for one in rare),
        groups=len(groups),
        groups_together=sum(not snapshot.is_shown(key) for key in groups),
    )


def _combinations(snapshot) -> Iterator[Combination]:
    inside = Participant.objects.filter(pk__in=snapshot.included)
    kinds = {pk: Participant.Kind(kind).label for pk, kind in inside.values_list("pk", "kind")}
    asked = snapshot.consents[ConsentStatement.Purpose.INTERVIEW]
    interviews = Interview.objects.filter(participant__in=asked, created_at__lte=snapshot.as_of)
    interviewed = set(interviews.values_list("participant", flat=True))
    names = dict(SupportGroup.objects.filter(pk__in=snapshot.group_sizes).values_list("pk", "name"))
    for person in snapshot.people:
        group = snapshot.groups.get(person.person_id)
        name = None if group is None else names[group] if snapshot.is_shown(group) else ""
        yield Combination(str(kinds[person.pk]), name, person.pk in interviewed)
