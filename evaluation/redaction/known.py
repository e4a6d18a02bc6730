"""The names that the service itself knows around a study. They are looked for, and never shown with who they are of."""

from django.db.models import Q

from evaluation.models import IdentityKey, Replacement, Study, StudyMember
from evaluation.redaction import places
from evaluation.redaction.kinds import Kind
from evaluation.redaction.labels import Labels
from evaluation.redaction.words import Words, parts_of_name
from groups.models import Membership, ProgrammeStaff, RoleTerm, SafeguardingPost, Site, Venue
from members.models import Person

Name = tuple[str, str]


def known_words(study: Study) -> Words:
    """What may stand in this study's texts, the study's own table first: it says best what kind the words are."""
    table = Replacement.objects.current().filter(study=study).values_list("words", "kind")
    return Words([*table, *_people(study), *_places(study), *((town, Kind.PLACE) for town in places.CITIES)])


def labels_of(study: Study) -> Labels:
    """The replacements of a study. Of words with several, the first counts."""
    entries = Replacement.objects.current().filter(study=study).order_by("is_another", "pk")
    return Labels(entries.values_list("folded", "mark"))


def _people(study) -> list[Name]:
    """Participants, members past and present of the groups covered, whoever looks after them, and the team."""
    groups, sites = study.groups.values("pk"), study.groups.values("site")
    programmes = study.groups.filter(programme__isnull=False).values("programme")
    people = Q(pk__in=IdentityKey.objects.filter(study=study, person__isnull=False).values("person"))
    people |= Q(pk__in=Membership.objects.filter(group__in=groups, person__isnull=False).values("person"))
    people |= Q(
        pk__in=RoleTerm.objects.filter(Q(group__in=groups) | Q(programme__in=programmes), person__isnull=False).values(
            "person"
        )
    )
    for posts in (ProgrammeStaff, SafeguardingPost):
        people |= Q(pk__in=posts.objects.filter(site__in=sites).values("person"))
    people |= Q(pk__in=StudyMember.objects.filter(study=study).values("person"))
    names = [
        *Person.objects.filter(people).order_by("pk").values_list("preferred_name", flat=True),
        *IdentityKey.objects.filter(study=study).exclude(name="").order_by("pk").values_list("name", flat=True),
        *Membership.objects.filter(group__in=groups).exclude(name="").order_by("pk").values_list("name", flat=True),
    ]
    return [(part, Kind.PERSON) for name in names for part in parts_of_name(name)]


def _places(study) -> list[Name]:
    """The groups covered, their sites, and the places of these sites with the parts of their addresses."""
    sites = study.groups.values("site")
    groups = study.groups.order_by("pk").values_list("name", flat=True)
    organisations = Site.objects.filter(pk__in=sites).order_by("pk").values_list("name", flat=True)
    venues = Venue.objects.filter(site__in=sites).order_by("pk").values_list("name", "address")
    return [
        *((name, Kind.VENUE) for name, _address in venues),
        *((name, Kind.GROUP) for whole in (*groups, *organisations) for name in places.names_of_group(whole)),
        *((part, Kind.PLACE) for _name, address in venues for part in places.parts_of_address(address)),
    ]
