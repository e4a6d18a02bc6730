"""When a proposed plan comes into use: the group's own rule over its members' latest words."""

from collections.abc import Mapping

from supportplans.models import MutualSupportPlan, PlanWord

Rule, Word = MutualSupportPlan.Rule, PlanWord.Word


def is_agreed(rule: str, members: set[int], words: Mapping[int, str]) -> bool:
    """Whether `rule` is met by the latest `words` (person's key to word) of the current `members` (keys).

    Words of people who have left count for nothing. Under every rule at least one member must agree.
    """
    counted = {person: word for person, word in words.items() if person in members}
    agreeing = sum(word == Word.AGREE for word in counted.values())
    if not agreeing:
        return False
    match rule:
        case Rule.EVERYONE:
            return len(counted) == len(members) and Word.NOT_YET not in counted.values()
        case Rule.MOST:
            return agreeing * 2 > len(members)
        case Rule.NO_ONE_AGAINST:
            return Word.NOT_YET not in counted.values()
    raise ValueError(f"Unknown rule {rule!r}")
