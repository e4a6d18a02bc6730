"""A site's set-up steps, and each group's own copy of them."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from groups.models import ChecklistItem, ChecklistStep, Site, SupportGroup
from groups.models.checklist import Page
from members.models import Person

State = ChecklistStep.State


def usual_items() -> list[tuple[str, str, str]]:
    """Page, title and hint of the steps that a new site begins with."""
    return [
        (Page.PURPOSE, _("Say what the group is about"), _("A few plain words that everyone can say yes to.")),
        (Page.PEOPLE, _("Invite the people"), _("By email, or with a sheet that has a code.")),
        (Page.VENUE, _("Find a place to meet"), _("Step-free, with chairs that are kind to backs.")),
        (Page.MEETING, _("Set the first date"), _("Soon after the programme, while people remember each other.")),
        (Page.ROLES, _("Share out the roles"), _("A contact and a deputy first; nobody does it alone.")),
        (Page.CONTACT, _("Agree how to keep in touch"), _("What is welcome between meetings, and what is too much.")),
        (Page.GROUND_RULES, _("Agree ground rules"), _("What is said here stays here, and when it does not.")),
        (Page.PLAN, _("Write your first support plan"), _("Together, around one phone. It can be short.")),
    ]


@transaction.atomic
def add_usual_items(*, site: Site) -> None:
    """The usual steps as a site's template, in their order."""
    ChecklistItem.objects.bulk_create(
        ChecklistItem(site=site, position=number, page=page, title=title, hint=hint)
        for number, (page, title, hint) in enumerate(usual_items(), 1)
    )


@transaction.atomic
def add_item(*, site: Site, title: str, hint: str) -> ChecklistItem:
    """One more step, at the end."""
    last = ChecklistItem.objects.filter(site=site).aggregate(last=Max("position"))["last"] or 0
    return ChecklistItem.objects.create(site=site, position=last + 1, title=title, hint=hint)


@transaction.atomic
def edit_item(*, item: ChecklistItem, title: str, hint: str) -> ChecklistItem:
    item.title, item.hint = title, hint
    item.save(update_fields=["title", "hint"])
    return item


@transaction.atomic
def raise_item(*, item: ChecklistItem) -> None:
    """One place up, past the step before it."""
    Site.objects.select_for_update().get(pk=item.site_id)
    item.refresh_from_db()
    before = ChecklistItem.objects.filter(site=item.site_id, position__lt=item.position).last()
    if before:
        ChecklistItem.objects.filter(pk=before.pk).update(position=item.position)
        ChecklistItem.objects.filter(pk=item.pk).update(position=before.position)


@transaction.atomic
def remove_item(*, item: ChecklistItem) -> None:
    """Groups that have the step already keep it."""
    ChecklistItem.objects.filter(pk=item.pk).delete()


def copy_checklist(*, group: SupportGroup) -> None:
    """The site's steps as the group's own."""
    ChecklistStep.objects.bulk_create(
        ChecklistStep(group=group, position=item.position, title=item.title, hint=item.hint, page=item.page)
        for item in ChecklistItem.objects.filter(site=group.site_id)
    )


@transaction.atomic
def settle_step(*, step: ChecklistStep, state: str, by: Person, now: datetime) -> None:
    """Done, not needed, or open again."""
    settled = {"settled_by": None, "settled_at": None} if state == State.OPEN else {"settled_by": by, "settled_at": now}
    ChecklistStep.objects.filter(pk=step.pk).update(state=state, **settled)


def note_done(*, group: SupportGroup, page: str, by: Person, now: datetime) -> None:
    """Whoever does what a step is about need not tick it as well."""
    ChecklistStep.objects.filter(group=group, page=page, state=State.OPEN).update(
        state=State.DONE, settled_by=by, settled_at=now
    )
