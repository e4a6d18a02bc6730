"""What pages show to a member of whom they keep in touch with, from one reading of their pairs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from supportplans.models import KeepInTouch, KeepInTouchWish

State = KeepInTouch.State
#: How long it is said that something ended, and how long where one looks first.
SAID_FOR = timedelta(days=30)
SAID_AT_HOME_FOR = timedelta(days=7)
#: So long someone has time to find somebody, before those who look after the group are told of it.
NOBODY_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Sides:
    """A member's pairs by what there is to do about them; `not_to_ask` are memberships (keys)."""

    to_answer: list[KeepInTouch] = field(default_factory=list)
    waiting: list[KeepInTouch] = field(default_factory=list)
    going: list[KeepInTouch] = field(default_factory=list)
    resting: list[KeepInTouch] = field(default_factory=list)
    over: list[KeepInTouch] = field(default_factory=list)
    not_to_ask: set[int] = field(default_factory=set)


#: What a page asks of a pair: columns, and what `seen_by` adds.
_COLUMNS = ("id", "state", "due_on", "schedule_version", "takes_turns", "ended_at", "ended_by_id")
_SEEN = ("holds", "is_over", "rhythm_weeks", "spoke_at", "other_name", "other_key", "has_agreed", "is_own_turn")


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


def pairs_in_group(*, person, now: datetime) -> QuerySet:
    """`pairs_to_show` as JSON, for a subquery over groups: the home page has no query to spare."""
    pairs = pairs_to_show(person=person, now=now).filter(first__group=OuterRef("pk"))
    return pairs.values(row=JSONObject(**{name: name for name in (*_COLUMNS, *_SEEN)}))


def number_with_nobody(group, *, now: datetime):
    """How many of a group have wanted someone to keep in touch with for a while and have nobody, as a subquery."""
    wishes = KeepInTouchWish.objects.taking_part().filter(membership__group=group, changed_at__lt=now - NOBODY_FOR)
    alone = wishes.with_whether_someone().filter(has_someone=False, is_waiting=False)
    counted = alone.order_by().values("membership__group").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def waiting_at_home(rows: Sequence[dict], *, person, now: datetime) -> Sides:
    """What of `rows` (see `pairs_in_group`) is for the home page: questions, what is due, and what has just ended."""
    sides = sides_of([_pair_of(row) for row in rows], person)
    due = [pair for pair in sides.going if pair.due_on <= timezone.localdate(now)]
    over = [pair for pair in sides.over if not pair.ended_at or pair.ended_at > now - SAID_AT_HOME_FOR]
    return Sides(to_answer=sides.to_answer, going=due, over=over)


def _pair_of(row):
    pair = KeepInTouch(**{name: row[name] for name in _COLUMNS})
    for name in _SEEN:
        setattr(pair, name, row[name])
    pair.due_on = date.fromisoformat(row["due_on"]) if row["due_on"] else None
    for name in ("spoke_at", "ended_at"):
        setattr(pair, name, datetime.fromisoformat(row[name]) if row[name] else None)
    return pair
