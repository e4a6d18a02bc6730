"""Goals: set, looked back at, changed. Any end is as good as another."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from members.models import Person
from peersupport.reminders import outbox
from supportplans.models import Goal, GoalReview
from supportplans.refusals import GoalEnded

REVIEW = "supportplans.goal_review"
EDITABLE = ("what", "why", "where_now", "next_step", "confidence", "rhythm_weeks", "review_on")


@transaction.atomic
def add_goal(*, by: Person, now: datetime, **fields) -> Goal:
    """A goal of `by`'s own; `fields` are those of EDITABLE that are filled in."""
    goal = Goal(person=by, created_at=now, state_changed_at=now, **fields)
    if goal.review_on is None:
        goal.review_on = next_review_on(goal=goal, today=timezone.localdate(now, timezone=by.zone))
    goal.save()
    return goal


@transaction.atomic
def edit_goal(*, goal: Goal, now: datetime, **fields) -> Goal:
    """Save what is given of EDITABLE. A rhythm chosen anew without a date gives the first date."""
    goal = Goal.objects.select_for_update().select_related("person").get(pk=goal.pk)
    rhythm, review_on = goal.rhythm_weeks, fields.pop("review_on", goal.review_on)
    for name, value in fields.items():
        setattr(goal, name, value)
    if review_on is None and goal.rhythm_weeks != rhythm:
        review_on = next_review_on(goal=goal, today=timezone.localdate(now, timezone=goal.person.zone))
    _set_review_date(goal, review_on, now)
    goal.save(update_fields=[*fields, "review_on", "schedule_version"])
    return goal


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
    now: datetime,
) -> GoalReview:
    """Look back at a goal: adds a review, and moves the goal on (`state` is what it becomes)."""
    goal = Goal.objects.select_for_update().get(pk=goal.pk)
    if goal.has_ended:
        raise GoalEnded
    review = GoalReview.objects.create(
        goal=goal,
        outcome=outcome,
        note=note,
        confidence=confidence,
        next_step=next_step,
        state_after=state,
        reviewed_at=now,
    )
    _set_review_date(goal, review_on if state == Goal.State.ACTIVE else None, now)
    if state != goal.state:
        goal.state, goal.state_changed_at = state, now
    goal.next_step = next_step or goal.next_step
    goal.confidence = goal.confidence if confidence is None else confidence
    goal.save()
    return review


def next_review_on(*, goal: Goal, today: date) -> date | None:
    """The day the goal's rhythm gives, counted from `today`; None without a rhythm."""
    return today + timedelta(weeks=goal.rhythm_weeks) if goal.rhythm_weeks else None


def _set_review_date(goal, review_on, now):
    """Another date is another schedule: what waits for the old one does not go out."""
    if review_on == goal.review_on:
        return
    goal.review_on = review_on
    goal.schedule_version += 1
    outbox.drop(kinds=[REVIEW], subject_id=goal.pk, reason="The date was changed.", now=now)
