"""What the keep in touch page of a group shows to one of its members, from one reading of their pairs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from supportplans.models import KeepInTouch

State = KeepInTouch.State
#: How long it is said that something ended.
SAID_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Sides:
    """A member's pairs by what there is to do about them; `not_to_ask` are memberships (keys)."""

    to_answer: list[KeepInTouch] = field(default_factory=list)
    waiting: list[KeepInTouch] = field(default_factory=list)
    going: list[KeepInTouch] = field(default_factory=list)
    resting: list[KeepInTouch] = field(default_factory=list)
    over: list[KeepInTouch] = field(default_factory=list)
    not_to_ask: set[int] = field(default_factory=set)


def pairs_to_show(*, person, now: datetime):
    """The person's open pairs, and those that ended lately; as they see them."""
    lately = KeepInTouch.objects.visible_to(person).exclude(ended_at__lt=now - SAID_FOR)
    return lately.seen_by(person).order_by("due_on", "pk")


def sides_of(pairs: Sequence[KeepInTouch], person) -> Sides:
    """`pairs` sorted. What one ended oneself needs no saying; a question that was never answered goes without one."""
    sides = Sides()
    for pair in pairs:
        is_open = pair.state in KeepInTouch.OPEN
        if is_open or pair.ended_by_id not in (None, person.pk):
            sides.not_to_ask.add(pair.other_key)
        if (is_open and pair.is_over) or not is_open:
            if pair.has_agreed and pair.ended_by_id != person.pk:
                sides.over.append(pair)
        elif pair.state == State.ON:
            (sides.going if pair.holds else sides.resting).append(pair)
        elif pair.has_agreed:
            sides.waiting.append(pair)
        elif pair.holds:
            sides.to_answer.append(pair)
    return sides
