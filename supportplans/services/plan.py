"""The group's mutual support plan: started, proposed, taken into use, looked at again, replaced."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max

from groups.models import Membership, SupportGroup
from members.models import Person
from peersupport.reminders import outbox
from supportplans.models import MutualSupportPlan, PlanLook, PlanSection
from supportplans.refusals import AlreadyBeingMade, GroupEnded, NotADraft, NothingWritten, NotInUse, NotProposed
from supportplans.reminders.plan import ABOUT_WORDS, PROPOSED

State = MutualSupportPlan.State
#: How many plans one pass takes into use at most; the next pass goes on.
AT_ONCE = 1000


@transaction.atomic
def start_plan(*, group: SupportGroup, by: Person, now: datetime) -> MutualSupportPlan:
    """A new draft, with the texts and the rule of the plan in use where there is one. Words never carry over."""
    group = SupportGroup.objects.select_for_update().get(pk=group.pk)
    if group.state == SupportGroup.State.CLOSED:
        raise GroupEnded
    plans = MutualSupportPlan.objects.filter(group=group)
    if plans.being_made().exists():
        raise AlreadyBeingMade
    in_use = plans.in_use().first()
    number = (plans.aggregate(last=Max("number"))["last"] or 0) + 1
    rule = in_use.rule if in_use else MutualSupportPlan.Rule.EVERYONE
    plan = MutualSupportPlan.objects.create(group=group, number=number, rule=rule, started_by=by, created_at=now)
    written = {section.kind: section for section in in_use.sections.all()} if in_use else {}
    PlanSection.objects.bulk_create(_begun(plan, kind, written.get(kind)) for kind in PlanSection.Kind.values)
    return plan


@transaction.atomic
def propose_plan(
    *, plan: MutualSupportPlan, rule: str, review_on: date | None, last_day: date, by: Person, now: datetime
) -> MutualSupportPlan:
    """Ask every member for their word, until `last_day` is over where the group is."""
    plan = locked_plan(pk=plan.pk)
    if plan.state != State.DRAFT:
        raise NotADraft
    if plan.group.state == SupportGroup.State.CLOSED:
        raise GroupEnded
    if not plan.sections.exclude(text="").exists():
        raise NothingWritten
    plan.state, plan.rule, plan.review_on, plan.proposed_at = State.PROPOSED, rule, review_on, now
    plan.words_until = datetime.combine(last_day + timedelta(days=1), time(), plan.group.zone)
    plan.save(update_fields=["state", "rule", "review_on", "proposed_at", "words_until"])
    members = Membership.objects.with_account().joined().filter(group=plan.group_id).exclude(person=by)
    outbox.enqueue(
        kind=PROPOSED,
        subject_id=plan.pk,
        recipient_ids=members.values_list("person_id", flat=True),
        expires_at=plan.words_until,
        now=now,
        schedule_version=plan.proposals,
    )
    return plan


@transaction.atomic
def reopen_plan(*, plan: MutualSupportPlan, now: datetime) -> MutualSupportPlan:
    """Back to a draft, to be changed. What was said so far stays on record and counts no more."""
    plan = locked_plan(pk=plan.pk)
    if plan.state != State.PROPOSED:
        raise NotProposed
    plan.state, plan.proposed_at, plan.words_until = State.DRAFT, None, None
    plan.proposals += 1
    plan.save(update_fields=["state", "proposed_at", "words_until", "proposals"])
    outbox.drop(kinds=ABOUT_WORDS, subject_id=plan.pk, reason="The plan is being changed again.", now=now)
    return plan


@transaction.atomic
def keep_plan(*, plan: MutualSupportPlan, review_on: date, by: Person, now: datetime) -> MutualSupportPlan:
    """The group looked at its plan in use and leaves it as it is, until `review_on`. Twice does no harm."""
    plan = locked_plan(pk=plan.pk)
    if plan.state != State.IN_USE:
        raise NotInUse
    if plan.review_on != review_on:
        PlanLook.objects.create(plan=plan, looked_by=by, looked_at=now, next_on=review_on)
        plan.review_on = review_on
        plan.save(update_fields=["review_on"])
    return plan


@transaction.atomic
def settle_plans(*, now: datetime) -> int:
    """Take into use what its group's rule allows by now, though nobody says a word: the time for words is over, or the
    last one who was silent has left. Gives how many. What somebody is at work on waits for the next pass.
    """
    found = list(MutualSupportPlan.objects.agreed(now=now).values_list("group_id", flat=True)[:AT_ONCE])
    if not found:
        return 0
    groups = SupportGroup.objects.filter(pk__in=found).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    # Asked once more of those locked: a word may have come in between.
    return take_into_use(groups=[group.pk for group in groups], now=now)


def take_into_use(*, groups: Collection[int], now: datetime) -> int:
    """Plans of `groups` (keys, locked before) that are agreed now replace what these use; gives how many."""
    agreed = dict(MutualSupportPlan.objects.filter(group__in=groups).agreed(now=now).values_list("pk", "group_id"))
    in_use = MutualSupportPlan.objects.filter(group__in=agreed.values()).in_use()
    in_use.update(state=State.SUPERSEDED, superseded_at=now)
    return MutualSupportPlan.objects.filter(pk__in=agreed).update(state=State.IN_USE, in_use_at=now)


def locked_plan(*, pk: int) -> MutualSupportPlan:
    """The plan, locked after its group: two words or two drafts at once take turns."""
    group = SupportGroup.objects.select_for_update(of=["self"]).get(plans=pk)
    plan = MutualSupportPlan.objects.select_for_update().get(pk=pk)
    plan.group = group
    return plan


def _begun(plan, kind, before):
    """A part of a new version: as it stands `before`, and by whom, or blank."""
    if before is None:
        return PlanSection(plan=plan, kind=kind)
    return PlanSection(plan=plan, kind=kind, text=before.text, edited_by=before.edited_by, edited_at=before.edited_at)
