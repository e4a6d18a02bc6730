"""What pages show of a person's own plan."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef

from members.models import Person
from supportplans.audience import names_by_item, spoken_audience
from supportplans.models import PersonalPlanSection, PersonalPlanShare
from supportplans.services.personal_plan import note_look

Kind = PersonalPlanSection.Kind
WHEN_IT_FLARES = (Kind.FIRST_STEPS, Kind.HELPS)


def sections_of(person: Person) -> list[PersonalPlanSection]:
    """All sections in the order of their kinds, new ones for those never written; the plan is loaded with them.

    `is_hidden` says of those that were written whether someone hid them in a group.
    """
    hidden = PersonalPlanShare.objects.filter(item=OuterRef("pk"), hidden_at__isnull=False)
    own = _own(person).select_related("plan").annotate(is_hidden=Exists(hidden))
    by_kind = {section.kind: section for section in own}
    return [by_kind.get(kind) or PersonalPlanSection(kind=kind) for kind in Kind.values]


def section_of(person: Person, kind: str) -> PersonalPlanSection:
    """One section, new if it was never written."""
    return _own(person).filter(kind=kind).select_related("plan").first() or PersonalPlanSection(kind=kind)


def when_it_flares(person: Person, now: datetime) -> list[PersonalPlanSection]:
    """What someone wrote about the first steps and what helps. Showing it to them counts as a look at the plan."""
    sections = in_order(_own(person).written().filter(kind__in=WHEN_IT_FLARES))
    if sections:
        note_look(by=person, now=now)
    return sections


def in_order(sections: Iterable[PersonalPlanSection]) -> list[PersonalPlanSection]:
    """Sections as a plan has them: in the order of their kinds."""
    return sorted(sections, key=lambda section: Kind.values.index(section.kind))


def say_who_sees(sections: list[PersonalPlanSection]) -> None:
    """Adds `audience` to each of these sections of one plan: who can see it, in a sentence."""
    names = names_by_item(sections)
    for section in sections:
        section.audience = spoken_audience(names[section.pk])


def _own(person):
    """By the permission that only the owner has: what others share is not among them."""
    return PersonalPlanSection.objects.allowing(person, "supportplans.edit_personal_plan")
