"""Members' own plans in the sample story: Maria's is full and has changed; others wrote a line or two, or nothing."""

import uuid
from datetime import datetime, timedelta

from groups.models import Membership
from members.models import Person
from peersupport.demo.cast import Telling
from peersupport.demo.founding import Circle
from supportplans.models import PersonalPlanSection
from supportplans.services.personal_plan import edit_personal_section, note_look
from supportplans.services.sharing import change_audience

Kind = PersonalPlanSection.Kind
#: What people write first, if they write anything.
OFTEN = (Kind.FIRST_STEPS, Kind.HELPS, Kind.CONTACTS, Kind.EARLY_SIGNS, Kind.MATTERS)


def tell_own_plans(telling: Telling, circles: list[Circle]) -> None:
    """Told last, so that chance has told the rest of the story as it was."""
    maria = Person.objects.get(email="member@example.org")
    _tell_whole_plan(telling, maria)
    for circle in circles:
        # In Maria's group they show one another their first steps; elsewhere some do.
        sharing = 1 if maria in circle.members else 0.25
        for person in circle.members:
            if person != maria and telling.often(0.3):
                _tell_some_lines(telling, person, sharing)


def _tell_whole_plan(telling, person):
    """Written on a good day a year ago; after a hard spring two parts were written again."""
    for kind in Kind.values:
        _write(telling.words["own_plan"][kind][0], kind, person, telling.ago(weeks=52))
    for kind in (Kind.FIRST_STEPS, Kind.HELPS):
        _write(telling.words["own_plan"][kind][1], kind, person, telling.ago(weeks=20))
    note_look(by=person, now=telling.ago(weeks=3))
    _share(person, Kind.FIRST_STEPS, telling.ago(weeks=18))


def _tell_some_lines(telling, person, sharing):
    at = telling.ago(days=telling.chance.randint(10, 300))
    for kind in OFTEN[: telling.chance.randint(1, len(OFTEN))]:
        _write(telling.chance.choice(telling.words["own_plan"][kind]), kind, person, at)
    if telling.often(sharing):
        _share(person, Kind.FIRST_STEPS, at)
    if telling.often(0.5):
        note_look(by=person, now=at + timedelta(days=5))


def _share(person, kind, at):
    """With the whole of their group, where they still belong to one."""
    own = Membership.objects.current().filter(person=person).order_by("pk").first()
    if own:
        section = PersonalPlanSection.objects.get(plan__person=person, kind=kind)
        change_audience(item=section, audience=[(own, None)], by=person, now=at)


def _write(text: str, kind: str, person: Person, at: datetime) -> None:
    section = PersonalPlanSection.objects.filter(plan__person=person, kind=kind).first()
    revision = section.revision if section else 0
    edit_personal_section(kind=kind, text=text, revision=revision, sitting=uuid.uuid4(), step=0, by=person, now=at)
