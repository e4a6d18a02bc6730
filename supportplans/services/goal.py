"""Goals: set, kept as a draft, started, changed, put to rest. Any end is as good as another."""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from members.models import Person
from peersupport.reminders import outbox
from supportplans.models import Goal
from supportplans.refusals import ChangedElsewhere, GoalEnded, GoalNotReady

REVIEW = "supportplans.goal_review"
EDITABLE = ("what", "why", "where_now", "next_step", "confidence", "rhythm_weeks", "review_on")
#: Under this, out of 10, a smaller step is offered.
SURE_ENOUGH = 7
State = Goal.State


@transaction.atomic
def add_goal(
    *,
    by: Person,
    now: datetime,
    client_id: uuid.UUID | None = None,
    is_draft: bool = False,
    changed_from: Goal | None = None,
    **fields,
) -> Goal:
    """A goal of `by`'s own; `fields` are those of EDITABLE that are filled in. The same `client_id` is the same."""
    Person.objects.select_for_update().get(pk=by.pk)
    if client_id and (sent_before := Goal.objects.filter(person=by, client_id=client_id).first()):
        return sent_before
    goal = Goal(person=by, client_id=client_id or uuid.uuid4(), created_at=now, state_changed_at=now, **fields)
    goal.state, goal.started_at = (State.DRAFT, None) if is_draft else (State.ACTIVE, now)
    goal.changed_from = changed_from
    if goal.review_on is None and not is_draft:
        goal.review_on = next_review_on(goal=goal, today=timezone.localdate(now, timezone=by.zone))
    goal.save()
    return goal


@transaction.atomic
def edit_goal(*, goal: Goal, revision: int | None, now: datetime, **fields) -> Goal:
    """Save what is given of EDITABLE. A rhythm chosen anew without a date gives the first date.

    `revision` is the one the writer saw: if anything else was saved since, ChangedElsewhere.
    """
    goal = locked(goal=goal)
    if is_sent_again(goal=goal, revision=revision, fields=fields):
        return goal
    rhythm, step, review_on = goal.rhythm_weeks, _step_of(goal), fields.pop("review_on", goal.review_on)
    for name, value in fields.items():
        setattr(goal, name, value)
    goal.is_step_kept = goal.is_step_kept and _step_of(goal) == step
    if review_on is None and goal.rhythm_weeks != rhythm and goal.state != State.DRAFT:
        review_on = next_review_on(goal=goal, today=timezone.localdate(now, timezone=goal.person.zone))
    set_review_date(goal=goal, review_on=review_on, now=now)
    save_anew(goal=goal)
    return goal


@transaction.atomic
def start_goal(*, goal: Goal, now: datetime) -> Goal:
    """A draft is worked on from now. Started twice is started once."""
    goal = locked(goal=goal)
    if goal.state != State.DRAFT:
        return goal
    goal.state, goal.started_at, goal.state_changed_at = State.ACTIVE, now, now
    today = timezone.localdate(now, timezone=goal.person.zone)
    if goal.review_on is None or goal.review_on < today:
        set_review_date(goal=goal, review_on=next_review_on(goal=goal, today=today), now=now)
    save_anew(goal=goal)
    return goal


@transaction.atomic
def pause_goal(*, goal: Goal, now: datetime) -> None:
    """Let it rest: nobody is reminded of it."""
    goal = locked(goal=goal)
    _move(goal, State.PAUSED, now, among=(State.ACTIVE, State.PAUSED))
    set_review_date(goal=goal, review_on=None, now=now)
    save_anew(goal=goal)


@transaction.atomic
def resume_goal(*, goal: Goal, now: datetime) -> None:
    """Take up again what was at rest; its rhythm gives the next date."""
    goal = locked(goal=goal)
    was_at_rest = goal.state == State.PAUSED
    _move(goal, State.ACTIVE, now, among=(State.ACTIVE, State.PAUSED))
    if was_at_rest:
        today = timezone.localdate(now, timezone=goal.person.zone)
        set_review_date(goal=goal, review_on=next_review_on(goal=goal, today=today), now=now)
    save_anew(goal=goal)


@transaction.atomic
def shrink_step(*, goal: Goal, next_step: str, revision: int | None) -> Goal:
    """A smaller step in place of one that the member was not sure of; how sure they are of this one is not said yet."""
    goal = locked(goal=goal)
    if is_sent_again(goal=goal, revision=revision, fields={"next_step": next_step, "confidence": None}):
        return goal
    goal.next_step, goal.confidence, goal.is_step_kept = next_step, None, False
    save_anew(goal=goal)
    return goal


@transaction.atomic
def keep_step(*, goal: Goal) -> None:
    """The step stays as it is, and a smaller one is offered no more until step or confidence change."""
    Goal.objects.filter(pk=goal.pk).update(is_step_kept=True)


def next_review_on(*, goal: Goal, today: date) -> date | None:
    """The day the goal's rhythm gives, counted from `today`; None without a rhythm."""
    return today + timedelta(weeks=goal.rhythm_weeks) if goal.rhythm_weeks else None


def locked(*, goal: Goal) -> Goal:
    """The goal as it stands now, kept from others until the transaction ends."""
    return Goal.objects.select_for_update(of=["self"]).select_related("person").get(pk=goal.pk)


def is_sent_again(*, goal: Goal, revision: int | None, fields: dict) -> bool:
    """Whether a form, filled in over `revision`, has been saved already; ChangedElsewhere if something else was."""
    if goal.revision == revision:
        return False
    if all(getattr(goal, name) == value for name, value in fields.items()):
        return True
    raise ChangedElsewhere(goal)


def set_review_date(*, goal: Goal, review_on: date | None, now: datetime) -> None:
    """Another date is another schedule: what waits for the old one does not go out."""
    if review_on == goal.review_on:
        return
    goal.review_on = review_on
    goal.schedule_version += 1
    outbox.drop(kinds=[REVIEW], subject_id=goal.pk, reason="The date was changed.", now=now)


def save_anew(*, goal: Goal) -> None:
    """Save it, so that whoever has an older one before them hears of it."""
    goal.revision += 1
    goal.save()


def _step_of(goal):
    return goal.next_step, goal.confidence


def _move(goal, to, now, *, among):
    if goal.state not in among:
        raise GoalNotReady if goal.state == State.DRAFT else GoalEnded
    if goal.state != to:
        goal.state, goal.state_changed_at = to, now
