"""Looking back at a goal: a row that stays, and what becomes of the goal."""

import uuid
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from supportplans.models import Goal, GoalReview
from supportplans.refusals import ChangedElsewhere, DayToCome, GoalEnded, GoalNotReady
from supportplans.services.goal import locked, save_anew, set_review_date

State = Goal.State
NOON = time(12)


@transaction.atomic
def review_goal(
    *,
    goal: Goal,
    outcome: str,
    note: str,
    confidence: int | None,
    next_step: str,
    state: str,
    review_on: date | None,
    revision: int | None,
    now: datetime,
    client_id: uuid.UUID | None = None,
    looked_back_on: date | None = None,
) -> GoalReview:
    """Look back at a goal: adds a review, and moves the goal on (`state` is what it becomes).

    `looked_back_on` is the owner's day it is about, today if not given. The same `client_id` is the same review.
    """
    goal = locked(goal=goal)
    if client_id and (sent_before := goal.reviews.filter(client_id=client_id).first()):
        return sent_before
    if goal.state == State.DRAFT or goal.has_ended:
        raise GoalNotReady if goal.state == State.DRAFT else GoalEnded
    if goal.revision != revision:
        raise ChangedElsewhere(goal)
    review = GoalReview.objects.create(
        goal=goal,
        client_id=client_id or uuid.uuid4(),
        outcome=outcome,
        note=note,
        confidence=confidence,
        next_step=next_step,
        state_after=state,
        reviewed_at=_moment_of(looked_back_on, goal.person, now),
        recorded_at=now,
    )
    _move_on(goal, review, review_on if state == State.ACTIVE else None, now)
    return review


def _moment_of(day, person, now):
    """Now for today; noon of an earlier day, by the person's own clock."""
    today = timezone.localdate(now, timezone=person.zone)
    if day is None or day == today:
        return now
    if day > today:
        raise DayToCome
    return datetime.combine(day, NOON, person.zone)


def _move_on(goal, review, review_on, now):
    set_review_date(goal=goal, review_on=review_on, now=now)
    if review.state_after != goal.state:
        goal.state, goal.state_changed_at = review.state_after, now
    if review.next_step or review.confidence is not None:
        goal.is_step_kept = False
    goal.next_step = review.next_step or goal.next_step
    goal.confidence = goal.confidence if review.confidence is None else review.confidence
    save_anew(goal=goal)
