"""The outbox as a queue: taking batches, leases, and settling what became of each message.

A message is taken with a lease, outside of any transaction while the mail server is talked to. A worker that is
killed leaves its lease to run out; the message is then taken again, alone, so that one which kills its worker harms
no other. After MOST_ATTEMPTS it is parked.
"""

import random
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, F, OuterRef

from peersupport.reminders.models import Message
from peersupport.reminders.registry import all_kinds

State = Message.State
BATCH = 100
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 4
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)

_CLAIM = """
    UPDATE reminders_message SET state = 'sending', attempts = attempts + 1, lease_until = %(lease)s
    WHERE id IN (
        SELECT m.id FROM reminders_message m
        WHERE m.state = 'pending' AND m.next_attempt_at <= %(now)s AND m.expires_at > %(now)s
          AND (m.attempts > 0) = %(is_retry)s
          AND NOT EXISTS (
            SELECT 1 FROM reminders_message e
            WHERE e.about = m.about AND e.subject_id = m.subject_id AND e.recipient_id = m.recipient_id
              AND e.id < m.id AND e.due_at <= %(now)s AND e.expires_at > %(now)s AND e.state IN ('pending', 'sending')
          )
        ORDER BY m.next_attempt_at, m.id LIMIT %(size)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""


def tidy(now: datetime) -> None:
    """Settle what needs no sending: expired, overtaken by a newer reminder, or left behind by a dead worker."""
    pending = Message.objects.filter(state=State.PENDING)
    _drop(pending.filter(expires_at__lte=now), "It was too late to be of use.", now)
    newer = Message.objects.filter(
        kind=OuterRef("kind"),
        subject_id=OuterRef("subject_id"),
        recipient=OuterRef("recipient"),
        schedule_version=OuterRef("schedule_version"),
        lead_minutes__lt=OuterRef("lead_minutes"),
        due_at__lte=now,
    ).exclude(state=State.DROPPED)
    _drop(pending.filter(Exists(newer), due_at__lte=now), "A newer reminder took its place.", now)
    _recover(now)


def claim(now: datetime, size: int = BATCH) -> list[int]:
    """Keys of messages that are this worker's until the lease ends: first ones in a batch, retried ones alone."""
    with connection.cursor() as cursor:
        for is_retry, most in ((False, size), (True, 1)):
            cursor.execute(_CLAIM, {"now": now, "lease": now + LEASE, "is_retry": is_retry, "size": most})
            if keys := sorted(key for (key,) in cursor.fetchall()):
                return keys
    return []


def give_back(keys: list[int], now: datetime) -> None:
    """Hand unfinished messages to whoever comes next, as if never taken."""
    _taken(keys).update(state=State.PENDING, lease_until=None, attempts=F("attempts") - 1, next_attempt_at=now)


def settle(key: int, state: str, now: datetime, reason: str = "") -> bool:
    """Write down what became of a message; False when the lease was lost and someone else has it."""
    return bool(_taken([key]).update(state=state, reason=reason, settled_at=now, lease_until=None))


def put_off(keys: list[int], now: datetime) -> None:
    """The mail server would not take them now: try again later, a little later each time, not all at once."""
    for message in Message.objects.filter(pk__in=keys).only("failures"):
        _taken([message.pk]).update(
            state=State.PENDING,
            lease_until=None,
            attempts=0,
            failures=F("failures") + 1,
            next_attempt_at=now + wait_after(message.failures),
        )


def wait_after(failures: int) -> timedelta:
    """A minute after the first failure, doubling up to an hour, each between half and one and a half times that."""
    wait = min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT)
    return wait * random.uniform(0.5, 1.5)  # noqa: S311 spreads load, guards nothing


def _recover(now):
    left = Message.objects.filter(state=State.SENDING, lease_until__lte=now)
    once = [kind.name for kind in all_kinds() if kind.at_most_once]
    left.filter(kind__in=once).update(
        state=State.UNCERTAIN, reason="A worker stopped while sending it.", settled_at=now, lease_until=None
    )
    left.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=State.PARKED, reason="Workers stopped while sending it.", settled_at=now, lease_until=None
    )
    left.update(state=State.PENDING, lease_until=None, next_attempt_at=now)


def _taken(keys):
    return Message.objects.filter(pk__in=keys, state=State.SENDING)


def _drop(messages, reason, now):
    messages.update(state=State.DROPPED, reason=reason, settled_at=now)
