"""What the home page says of support plans, in one query: words that are waited for, and plans to be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from groups.reach import groups_as_member, groups_as_role_holder
from supportplans.models import MutualSupportPlan, PlanWord

#: So long those who look after a group are told nothing of who has not said a word: it is early.
EARLY = timedelta(days=7)


@dataclass(frozen=True)
class PlansAtHome:
    """`to_say`: wait for the person's own word. `unheard`: in their care, and some said nothing so far. `to_review`:
    the day has come to look at them again."""

    to_say: Sequence[MutualSupportPlan]
    unheard: Sequence[MutualSupportPlan]
    to_review: Sequence[MutualSupportPlan]


def plans_at_home(*, person, now: datetime) -> PlansAtHome:
    own, held = Q(group__in=groups_as_member(person)), Q(group__in=groups_as_role_holder(person))
    due = MutualSupportPlan.objects.due_for_review(now=now).values("pk")
    said = PlanWord.objects.counting().filter(plan=OuterRef("pk"), person=person)
    plans = (
        MutualSupportPlan.objects.filter(own | held)
        .filter(Q(state=MutualSupportPlan.State.PROPOSED) | Q(pk__in=due))
        .with_words()
        .annotate(is_own=own, is_held=held, has_said=Exists(said))
        .select_related("group")
        .order_by("group__name", "pk")
    )
    proposed, to_review = [], []
    for plan in plans:
        (to_review if plan.state == MutualSupportPlan.State.IN_USE else proposed).append(plan)
    return PlansAtHome(
        to_say=[plan for plan in proposed if plan.is_own and not plan.has_said],
        unheard=[plan for plan in proposed if plan.is_held and plan.silent and plan.proposed_at < now - EARLY],
        to_review=to_review,
    )
