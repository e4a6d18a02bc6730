"""Planning: what falls due soon becomes rows, set by set, however long nobody planned."""

import logging
from datetime import datetime, timedelta

from django.db import Error, connection, transaction

from peersupport.reminders import clock
from peersupport.reminders.channels import EMAIL
from peersupport.reminders.models import PlanningProgress
from peersupport.reminders.registry import Kind, all_kinds

logger = logging.getLogger(__name__)
#: Rows are made this long before they are due, so that a late pass makes no message late.
AHEAD = timedelta(minutes=5)
#: Each pass looks again at what the last one saw: a row committed late is found, and the unique key spares the rest.
AGAIN = timedelta(minutes=15)
#: How far the first pass ever looks back.
FIRST_LOOK_BACK = timedelta(hours=1)
#: What an outage left may be more than the usual limit for a statement allows; well below the task's time limit.
LONGEST_STATEMENT_SECONDS = 120

_INSERT = """
    INSERT INTO reminders_message (
        kind, about, subject_id, recipient_id, channel, lead_minutes, schedule_version, due_at, expires_at,
        next_attempt_at, created_at, state, reason, attempts, failures, message_id
    )
    SELECT %s, %s, planned.subject_id, planned.recipient_id, way.channel, planned.lead_minutes,
           planned.schedule_version, planned.due_at, planned.expires_at, planned.due_at, %s, 'pending', '', 0, 0,
           gen_random_uuid()
    FROM ({select}) AS planned (subject_id, recipient_id, lead_minutes, schedule_version, due_at, expires_at)
    LEFT JOIN reminders_preference wish ON wish.person_id = planned.recipient_id AND wish.kind = %s
    LEFT JOIN reminders_weeklydigest digest ON digest.person_id = planned.recipient_id
    CROSS JOIN LATERAL unnest(COALESCE(wish.channels, %s)) AS way (channel)
    WHERE planned.expires_at > %s
      AND COALESCE(wish.is_wanted, TRUE)
      AND NOT (%s AND digest.person_id IS NOT NULL)
      AND planned.lead_minutes = ANY (COALESCE(wish.lead_minutes, %s))
    ORDER BY planned.due_at, planned.recipient_id
    ON CONFLICT DO NOTHING
"""


def plan_due() -> int:
    """Plan what falls due now; gives how many rows were added."""
    clock.set_by_database()
    return plan_all(clock.now())


def plan_all(now: datetime) -> int:
    """Plan every kind that has a plan; gives how many rows were added. One that can't be planned holds up no other."""
    added = 0
    for kind in all_kinds():
        try:
            added += plan_kind(kind, now)
        except Error:
            logger.exception("kind %s could not be planned", kind.name)
    return added


@transaction.atomic
def plan_kind(kind: Kind, now: datetime) -> int:
    """Add the messages of one kind that fall due from its last success until a little ahead of `now`.

    What has expired meanwhile is left out: it is of no use any more. Two planners at once take turns.
    """
    if kind.plan is None:
        return 0
    until = now + AHEAD
    progress, _is_new = PlanningProgress.objects.select_for_update().get_or_create(
        kind=kind.name, defaults={"planned_until": now - FIRST_LOOK_BACK}
    )
    select, parameters = kind.plan(min(progress.planned_until, now) - AGAIN, until)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [LONGEST_STATEMENT_SECONDS * 1000])
        in_digest, usual = kind.ahead is not None, list(kind.usual_leads)
        asked = [kind.name, kind.about, now, *parameters, kind.name, [EMAIL], now, in_digest, usual]
        cursor.execute(_INSERT.format(select=select), asked)
        added = cursor.rowcount
    if progress.planned_until < until:
        progress.planned_until = until
        progress.save(update_fields=["planned_until"])
    return added
