"""The parts of a plan: saved so that nobody overwrites what they have not seen, and nothing written is lost."""

from datetime import datetime, timedelta

from django.db import transaction

from members.models import Person
from supportplans.models import MutualSupportPlan, PlanSection, PlanSectionText
from supportplans.refusals import ChangedMeanwhile, NotADraft
from supportplans.services.plan import locked_plan

#: So long the same text from the same hand is a form sent twice, whatever was written since.
SENT_TWICE_WITHIN = timedelta(minutes=5)


@transaction.atomic
def edit_section(*, section: PlanSection, text: str, revision: int, by: Person, now: datetime) -> PlanSection:
    """Save one part of a draft. `revision` is the one the writer saw: if another was saved since, ChangedMeanwhile.

    The same form sent twice saves once, also where someone else has written on in between.
    """
    plan = locked_plan(pk=section.plan_id)
    if plan.state != MutualSupportPlan.State.DRAFT:
        raise NotADraft
    section = PlanSection.objects.select_related("edited_by").get(pk=section.pk)
    if section.text == text:
        return section
    if section.revision != revision:
        own = section.texts.filter(revision=revision + 1, text=text, written_by=by)
        if own.filter(written_at__gt=now - SENT_TWICE_WITHIN).exists():
            return section
        raise ChangedMeanwhile(section)
    # What stands there may be from before its texts were kept, or from the version before.
    texts = [_as_it_stands(section)] if section.text else []
    section.text, section.revision = text, revision + 1
    section.edited_by, section.edited_at = by, now
    section.save(update_fields=["text", "revision", "edited_by", "edited_at"])
    PlanSectionText.objects.bulk_create([*texts, _as_it_stands(section)], ignore_conflicts=True)
    return section


def _as_it_stands(section):
    writer = {"written_by": section.edited_by, "written_at": section.edited_at}
    return PlanSectionText(section=section, revision=section.revision, text=section.text, **writer)
