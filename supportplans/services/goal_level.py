"""The levels of a goal: written while it is a draft."""

from django.db import transaction

from supportplans.models import Goal, GoalLevel
from supportplans.refusals import ChangedElsewhere, LevelsFixed
from supportplans.services.goal import locked, save_anew


@transaction.atomic
def write_levels(*, goal: Goal, texts: dict[int, str], revision: int | None) -> None:
    """What each level looks like, in the member's own words; a level left blank is not kept."""
    goal = locked(goal=goal)
    if goal.state != Goal.State.DRAFT:
        raise LevelsFixed
    texts = {level: text for level, text in texts.items() if text}
    if goal.revision != revision:
        if dict(goal.levels.values_list("level", "text")) == texts:
            return
        raise ChangedElsewhere(goal)
    goal.levels.all().delete()
    GoalLevel.objects.bulk_create(GoalLevel(goal=goal, level=level, text=text) for level, text in texts.items())
    save_anew(goal=goal)
