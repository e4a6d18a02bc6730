"""The names that the service itself knows around a study. They are looked for, and never shown with who they are of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import or_

from django.db.models import Q

from evaluation.models import IdentityKey, Replacement, Study, StudyMember
from evaluation.redaction import places
from evaluation.redaction.kinds import Kind
from evaluation.redaction.labels import Labels
from evaluation.redaction.words import Words, parts_of_name
from groups.models import Membership, ProgrammeStaff, RoleTerm, SafeguardingPost, Venue
from members.models import Person

Name = tuple[str, str]


@dataclass(frozen=True)
class Known:
    """Names as they are kept: of people, of groups and organisations, and (name, address) of venues."""

    people: Sequence[str]
    groups: Sequence[str]
    venues: Sequence[tuple[str, str]]

    def names(self) -> Iterator[Name]:
        """As they may stand in a text, with what they are. Of the same words the first counts."""
        yield from ((part, Kind.PERSON) for name in self.people for part in parts_of_name(name))
        yield from ((name, Kind.VENUE) for name, _address in self.venues)
        yield from ((name, Kind.GROUP) for whole in self.groups for name in places.names_of_group(whole))
        yield from ((part, Kind.PLACE) for _name, address in self.venues for part in places.parts_of_address(address))
        yield from ((town, Kind.PLACE) for town in places.CITIES)


def table_of(study: Study) -> list[Replacement]:
    """What words become in this study. Of those that become several things, the first counts."""
    return list(Replacement.objects.current().filter(study=study).order_by("is_another", "pk"))


def known_words(study: Study, table: list[Replacement]) -> Words:
    """What may stand in this study's texts, the study's own table first: it says best what kind the words are."""
    return Words([*((row.words, row.kind) for row in table), *_known(study).names()])


def labels_of(table: list[Replacement]) -> Labels:
    return Labels((row.folded, row.mark) for row in table)


def _known(study):
    """Of the groups covered: members past and present, who looks after them, sites and their venues; and the team."""
    groups, sites = study.groups.values("pk"), study.groups.values("site")
    without_account = IdentityKey.objects.filter(study=study).values_list("name")
    without_account = without_account.union(Membership.objects.filter(group__in=groups).values_list("name"))
    people = Person.objects.filter(_people_of(study, groups, sites)).order_by("pk")
    covered = study.groups.order_by("pk").values_list("name", "site__name")
    return Known(
        people=[
            *people.values_list("preferred_name", flat=True),
            *(name for (name,) in without_account.order_by("name")),
        ],
        groups=list(dict.fromkeys(chain.from_iterable(covered))),
        venues=list(Venue.objects.filter(site__in=sites).order_by("pk").values_list("name", "address")),
    )


def _people_of(study, groups, sites):
    programmes = study.groups.filter(programme__isnull=False).values("programme")
    having_to_do_with_it = (
        IdentityKey.objects.filter(study=study),
        Membership.objects.filter(group__in=groups),
        RoleTerm.objects.filter(Q(group__in=groups) | Q(programme__in=programmes)),
        ProgrammeStaff.objects.filter(site__in=sites),
        SafeguardingPost.objects.filter(site__in=sites),
        StudyMember.objects.filter(study=study),
    )
    return reduce(or_, (Q(pk__in=rows.filter(person__isnull=False).values("person")) for rows in having_to_do_with_it))
