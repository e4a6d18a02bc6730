"""A kind of message of the tests' own: about a goal, whose text decides what happens to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peersupport.reminders import outbox
from peersupport.reminders.models import Message
from peersupport.reminders.registry import Email, Kind, forget, register
from supportplans.models import Goal
from tests.factories import GoalFactory

NAME = "tests.note"


def plan_goals(since, until):
    """A goal's `review_on` at midnight UTC is when its note is due; it is of use for two days."""
    return (
        """SELECT id, person_id, 0, schedule_version, review_on::timestamptz, review_on::timestamptz + interval '2 days'
           FROM supportplans_goal WHERE review_on::timestamptz > %s AND review_on::timestamptz <= %s""",
        [since, until],
    )


def compose(message, goal):
    if goal.what == "poison":
        raise ValueError("this can't be written")
    return Email(
        subject="A note for you",
        template="emails/base",
        action=("Look at it", "https://example.org/"),
        calendar=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" if goal.what == "with calendar" else b"",
    )


NOTE = Kind(
    name=NAME,
    label="A note",
    why="You get this because of a test.",
    rows=Goal.objects.all,
    reason_not_to_send=lambda message, goal, now: "It was let go." if goal.state == "let_go" else "",
    compose=compose,
    plan=plan_goals,
)


@pytest.fixture
def note_kind():
    register(NOTE)
    yield NOTE
    forget(NAME)


@pytest.fixture
def once_kind(note_kind):
    """The same kind, never sent again when nobody knows whether it went out."""
    forget(NAME)
    yield register(replace(NOTE, at_most_once=True))
    forget(NAME)


@pytest.fixture
def enqueue(note_kind):
    """Put a note about a new goal into the outbox, due now."""

    def enqueue(now, *, goal=None, **changes):
        goal = goal or GoalFactory()
        times = {"due_at": now, "expires_at": now + timedelta(days=1)} | changes
        outbox.enqueue(kind=NAME, subject_id=goal.pk, recipient_ids=[goal.person_id], now=now, **times)
        return Message.objects.filter(subject_id=goal.pk).latest("pk")

    return enqueue
