"""A member's own plan: saved as it is typed, with what it said before."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from members.models import Person
from supportplans.models import PersonalPlan, PersonalPlanSection, PersonalPlanText
from supportplans.refusals import ChangedElsewhere

#: A page left open and typed in again after this long counts as opened anew.
SITTING = timedelta(hours=1)
#: Looks closer together than this are one.
LOOK = timedelta(hours=1)


@transaction.atomic
def edit_personal_section(
    *, kind: str, text: str, revision: int, sitting: uuid.UUID, step: int, by: Person, now: datetime
) -> PersonalPlanSection:
    """Save one section. `revision` is the one that the writer's page saw last: if another was saved since, and not
    by an earlier `step` of the same `sitting` (whose answer got lost), ChangedElsewhere. Nothing said before is lost.
    """
    section = _locked(kind, by, now)
    if section.text == text:
        # The same form sent twice is no conflict.
        return section
    is_own = section.sitting == sitting and step > section.step
    if section.revision != revision and not is_own:
        raise ChangedElsewhere(section)
    if _is_worth_keeping(section, text, sitting, now):
        _keep(section)
    section.text, section.revision, section.changed_at = text, section.revision + 1, now
    section.sitting, section.step = sitting, step
    section.save()
    return section


@transaction.atomic
def restore_personal_text(*, earlier: PersonalPlanText, by: Person, now: datetime) -> PersonalPlanSection:
    """Bring an earlier text back. What stands there now becomes an earlier text in turn."""
    section = _locked(earlier.section.kind, by, now)
    return edit_personal_section(
        kind=section.kind,
        text=earlier.text,
        revision=section.revision,
        sitting=uuid.uuid4(),
        step=0,
        by=by,
        now=now,
    )


def note_look(*, by: Person, now: datetime) -> None:
    """Write down that someone looked at their own plan: one statement, whole by itself."""
    long_ago = Q(looked_at=None) | Q(looked_at__lt=now - LOOK)
    PersonalPlan.objects.filter(long_ago, person=by).update(looked_at=now)


def _locked(kind, person, now):
    """The section, new where there was none; whoever else saves in this plan waits."""
    PersonalPlan.objects.get_or_create(person=person, defaults={"started_at": now})
    plan = PersonalPlan.objects.select_for_update().get(person=person)
    return plan.sections.filter(kind=kind).first() or PersonalPlanSection(plan=plan, kind=kind, changed_at=now)


def _is_worth_keeping(section, text, sitting, now):
    """Whether what stands is the end of an earlier sitting, or more than half of it would go."""
    if not section.text:
        return False
    is_same_sitting = section.sitting == sitting and now - section.changed_at < SITTING
    return not is_same_sitting or len(text) < len(section.text) / 2


def _keep(section):
    PersonalPlanText.objects.create(
        section=section, text=section.text, revision=section.revision, written_at=section.changed_at
    )
