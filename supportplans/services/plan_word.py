"""A member's word on a proposed plan."""

from datetime import datetime

from django.db import transaction

from groups.models import Membership, SupportGroup
from members.models import Person
from supportplans.models import MutualSupportPlan, PlanWord
from supportplans.refusals import ChangedSinceRead, GroupEnded, NotAMember, NotProposed
from supportplans.services.plan import locked_plan, take_into_use


@transaction.atomic
def say_word(
    *, plan: MutualSupportPlan, word: str, note: str, proposal: int, by: Person, now: datetime
) -> MutualSupportPlan:
    """Say a word, or another one; the one that fulfils the group's rule takes the plan into use.

    `proposal` is the one that was read (`plan.proposals`): nobody agrees to a text that was changed since. The same
    form sent twice is one word.
    """
    plan = locked_plan(pk=plan.pk)
    if plan.state != MutualSupportPlan.State.PROPOSED:
        raise NotProposed
    if plan.proposals != proposal:
        raise ChangedSinceRead
    if plan.group.state == SupportGroup.State.CLOSED:
        raise GroupEnded
    if not Membership.objects.current().filter(group=plan.group_id, person=by).exists():
        raise NotAMember
    counting = PlanWord.objects.counting().filter(plan=plan, person=by)
    if not counting.filter(word=word, note=note).exists():
        PlanWord.objects.create(plan=plan, person=by, word=word, note=note, said_at=now)
    if take_into_use(groups=[plan.group_id], now=now):
        plan.refresh_from_db()
    return plan
