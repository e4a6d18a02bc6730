"""A kind of message whose text kills the worker that writes it, where the goal it is about says so."""

import os
import signal

from peersupport.reminders.registry import Email, Kind, register
from supportplans.models import Goal

POISON = "poison"


def compose(message, goal):
    if goal.what == POISON:
        os.kill(os.getpid(), signal.SIGKILL)
    return Email(subject="A note for you", template="emails/base")


CRASHING = register(
    Kind(
        name="tests.crashing",
        label="A note",
        why="You get this because of a test.",
        rows=Goal.objects.all,
        reason_not_to_send=lambda message, goal, now: "",
        compose=compose,
    )
)
