"""How delivery stands, in numbers: for the operators' page and `/metrics`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from peersupport.reminders.models import Message, PlanningProgress
from peersupport.reminders.outbox import lag
from peersupport.reminders.registry import all_kinds

#: Passes come every half minute: what is due for longer than this is held up.
LATE = timedelta(minutes=5)
#: Since when `settled` counts.
LATELY = timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """Numbers of messages: `waiting` by what they wait for, `settled` by what became of them in the last day."""

    waiting: dict[str, int]
    settled: dict[str, int]
    oldest_unsent: timedelta
    planning_lag: timedelta


def figures(now: datetime) -> Figures:
    unsent = Q(state__in=["pending", "sending"])
    waiting = Message.objects.filter(unsent).aggregate(
        due=Count("pk", filter=Q(due_at__lte=now)),
        late=Count("pk", filter=Q(due_at__lte=now - LATE)),
        not_yet=Count("pk", filter=Q(due_at__gt=now)),
        put_off=Count("pk", filter=Q(failures__gt=0)),
    )
    settled = Message.objects.filter(settled_at__gt=now - LATELY).aggregate(
        sent=Count("pk", filter=Q(state="sent")),
        maybe_twice=Count("pk", filter=Q(state="sent", attempts__gt=1)),
        dropped=Count("pk", filter=Q(state="dropped")),
        parked=Count("pk", filter=Q(state="parked")),
        uncertain=Count("pk", filter=Q(state="uncertain")),
    )
    return Figures(waiting, settled, lag(now), planning_lag(now))


def planning_lag(now: datetime) -> timedelta:
    """How long ago the kind that is furthest behind was planned up to the present; zero before the first pass."""
    planned = [kind.name for kind in all_kinds() if kind.plan]
    least = PlanningProgress.objects.filter(kind__in=planned).aggregate(least=Min("planned_until"))["least"]
    return max(now - least, timedelta()) if least else timedelta()
