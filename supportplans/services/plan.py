"""The group's mutual support plan: written together, proposed, agreed, replaced."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from groups.models import Membership, SupportGroup
from members.models import Person
from peersupport.reminders import outbox
from supportplans.agreement import is_agreed
from supportplans.models import MutualSupportPlan, PlanSection, PlanWord
from supportplans.refusals import (
    AlreadyBeingMade,
    ChangedMeanwhile,
    NotADraft,
    NotAMember,
    NothingWritten,
    NotProposed,
)

State = MutualSupportPlan.State
PROPOSED = "supportplans.plan_proposed"
PROPOSAL_LASTS = timedelta(days=14)


@transaction.atomic
def start_plan(*, group: SupportGroup, by: Person, now: datetime) -> MutualSupportPlan:
    """A new draft, with the texts of the plan in use where there is one. Words never carry over."""
    SupportGroup.objects.select_for_update().get(pk=group.pk)
    plans = MutualSupportPlan.objects.filter(group=group)
    if plans.being_made().exists():
        raise AlreadyBeingMade
    in_use = plans.in_use().first()
    number = (plans.aggregate(last=Max("number"))["last"] or 0) + 1
    plan = MutualSupportPlan.objects.create(group=group, number=number, started_by=by, created_at=now)
    texts = dict(in_use.sections.values_list("kind", "text")) if in_use else {}
    PlanSection.objects.bulk_create(
        PlanSection(plan=plan, kind=kind, text=texts.get(kind, "")) for kind in PlanSection.Kind.values
    )
    return plan


@transaction.atomic
def edit_section(*, section: PlanSection, text: str, revision: int, by: Person, now: datetime) -> PlanSection:
    """Save one part of a draft. `revision` is the one the writer saw: if another was saved since, ChangedMeanwhile."""
    plan = _locked(section.plan_id)
    if plan.state != State.DRAFT:
        raise NotADraft
    section = PlanSection.objects.get(pk=section.pk)
    if section.revision != revision:
        # The same form sent twice is no conflict.
        if section.text == text:
            return section
        raise ChangedMeanwhile(section)
    section.text, section.revision = text, revision + 1
    section.edited_by, section.edited_at = by, now
    section.save(update_fields=["text", "revision", "edited_by", "edited_at"])
    return section


@transaction.atomic
def propose_plan(
    *, plan: MutualSupportPlan, rule: str, review_on: date | None, by: Person, now: datetime
) -> MutualSupportPlan:
    """Ask every member for their word."""
    plan = _locked(plan.pk)
    if plan.state != State.DRAFT:
        raise NotADraft
    if not plan.sections.exclude(text="").exists():
        raise NothingWritten
    plan.state, plan.rule, plan.review_on, plan.proposed_at = State.PROPOSED, rule, review_on, now
    plan.save(update_fields=["state", "rule", "review_on", "proposed_at"])
    members = Membership.objects.with_account().current().filter(group=plan.group_id).exclude(person=by)
    outbox.enqueue(
        kind=PROPOSED,
        subject_id=plan.pk,
        recipient_ids=members.values_list("person_id", flat=True),
        expires_at=now + PROPOSAL_LASTS,
        now=now,
        schedule_version=plan.proposals,
    )
    return plan


@transaction.atomic
def reopen_plan(*, plan: MutualSupportPlan, now: datetime) -> MutualSupportPlan:
    """Back to a draft, to be changed. What was said so far stays on record and counts no more."""
    plan = _locked(plan.pk)
    if plan.state != State.PROPOSED:
        raise NotProposed
    plan.state, plan.proposed_at, plan.proposals = State.DRAFT, None, plan.proposals + 1
    plan.save(update_fields=["state", "proposed_at", "proposals"])
    outbox.drop(kinds=[PROPOSED], subject_id=plan.pk, reason="The plan is being changed again.", now=now)
    return plan


@transaction.atomic
def say_word(*, plan: MutualSupportPlan, word: str, note: str, by: Person, now: datetime) -> MutualSupportPlan:
    """A member's word on a proposed plan; the one that fulfils the group's rule brings it into use."""
    plan = _locked(plan.pk)
    if plan.state != State.PROPOSED:
        raise NotProposed
    current = Membership.objects.with_account().current().filter(group=plan.group_id)
    members = set(current.values_list("person_id", flat=True))
    if by.pk not in members:
        raise NotAMember
    PlanWord.objects.create(plan=plan, person=by, word=word, note=note, said_at=now)
    words = {said.person_id: said.word for said in plan.latest_words()}
    if is_agreed(plan.rule, members, words):
        _bring_into_use(plan, now)
    return plan


def _bring_into_use(plan, now):
    MutualSupportPlan.objects.filter(group=plan.group_id).in_use().update(state=State.SUPERSEDED, superseded_at=now)
    plan.state, plan.in_use_at = State.IN_USE, now
    plan.save(update_fields=["state", "in_use_at"])


def _locked(pk):
    """The plan, locked after its group: two words or two drafts at once take turns."""
    group_id = MutualSupportPlan.objects.values_list("group_id", flat=True).get(pk=pk)
    SupportGroup.objects.select_for_update().get(pk=group_id)
    return MutualSupportPlan.objects.select_for_update(of=["self"]).select_related("group").get(pk=pk)
