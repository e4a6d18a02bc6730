"""What people say about being asked to take part in research."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from evaluation.asking import may_still_be_asked, with_leave
from evaluation.models import Approach, ApproachStep, ResearchWish
from evaluation.services.approach import decline_approach
from groups.models import Membership
from groups.services.membership import change_research_leave
from members.models import Person


@transaction.atomic
def choose_asking(*, person: Person, may_be_asked: bool, groups_left: Collection[Membership], now: datetime) -> None:
    """Whether researchers may ask, and about which groups that the person is out of. Taken back, it ends what they
    were asked so far."""
    ResearchWish.objects.update_or_create(person=person, defaults={"may_be_asked": may_be_asked, "changed_at": now})
    change_research_leave(person=person, allowed=groups_left)
    asked = Approach.objects.in_state(ApproachStep.Step.INVITED).filter(key__person=person)
    for approach in with_leave(asked):
        if not may_still_be_asked(approach):
            reason = ApproachStep.Reason.NO_RESEARCH
            decline_approach(approach=approach, reason=reason, words="", by=person, now=now)
