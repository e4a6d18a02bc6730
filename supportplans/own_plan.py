"""What pages show of a person's own plan."""

from datetime import datetime

from members.models import Person
from supportplans.models import PersonalPlanSection
from supportplans.services.personal_plan import note_look

Kind = PersonalPlanSection.Kind
WHEN_IT_FLARES = (Kind.FIRST_STEPS, Kind.HELPS)


def sections_of(person: Person) -> list[PersonalPlanSection]:
    """All sections in the order of their kinds, new ones for those never written; the plan is loaded with them."""
    written = PersonalPlanSection.objects.allowing(person, "supportplans.edit_personal_plan")
    by_kind = {section.kind: section for section in written.select_related("plan")}
    return [by_kind.get(kind) or PersonalPlanSection(kind=kind) for kind in Kind.values]


def section_of(person: Person, kind: str) -> PersonalPlanSection:
    """One section, new if it was never written."""
    written = PersonalPlanSection.objects.allowing(person, "supportplans.edit_personal_plan")
    return written.filter(kind=kind).select_related("plan").first() or PersonalPlanSection(kind=kind)


def when_it_flares(person: Person, now: datetime) -> list[PersonalPlanSection]:
    """What someone wrote about the first steps and what helps. Showing it to them counts as a look at the plan."""
    written = PersonalPlanSection.objects.allowing(person, "supportplans.edit_personal_plan").written()
    by_kind = {section.kind: section for section in written.filter(kind__in=WHEN_IT_FLARES)}
    if by_kind:
        note_look(by=person, now=now)
    return [by_kind[kind] for kind in WHEN_IT_FLARES if kind in by_kind]
