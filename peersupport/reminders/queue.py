"""The outbox as a queue: taking batches, leases, and settling what became of each message.

A message is taken with a lease, outside of any transaction while a server is talked to. A worker that is
killed leaves its lease to run out; the message is then taken again, alone, so that one which kills its worker harms
no other. After MOST_ATTEMPTS it is parked.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from peersupport.reminders.models import Message
from peersupport.reminders.registry import all_kinds

State = Message.State
BATCH = 250
LEASE = timedelta(minutes=4)
MOST_ATTEMPTS = 4
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)

# Two things are asked again here that `tidy` has seen to, since rows may have come in between: no message goes out
# before an earlier one about the same thing to the same person by the same channel, nor after a newer reminder of its
# own kind is due.
_CLAIM = """
    UPDATE reminders_message SET state = 'sending', attempts = attempts + 1, lease_until = %(lease)s
    WHERE id IN (
        SELECT m.id FROM reminders_message m
        WHERE m.channel = %(channel)s AND m.state = 'pending'
          AND m.next_attempt_at <= %(now)s AND m.expires_at > %(now)s
          AND (m.attempts > 0) = %(is_retry)s
          AND NOT EXISTS (
            SELECT 1 FROM reminders_message e
            WHERE e.about = m.about AND e.subject_id = m.subject_id AND e.recipient_id = m.recipient_id
              AND e.channel = m.channel
              AND e.id < m.id AND e.due_at <= %(now)s AND e.expires_at > %(now)s AND e.state IN ('pending', 'sending')
          )
          AND NOT EXISTS (
            SELECT 1 FROM reminders_message n
            WHERE n.kind = m.kind AND n.subject_id = m.subject_id AND n.recipient_id = m.recipient_id
              AND n.channel = m.channel
              AND n.schedule_version = m.schedule_version AND n.lead_minutes < m.lead_minutes
              AND n.due_at <= %(now)s AND n.state <> 'dropped'
          )
        ORDER BY m.next_attempt_at, m.id LIMIT %(size)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""


# Written out, since it is the one statement that every message costs.
# Not "=", which would have PostgreSQL look for the one message among all that are leased until then.
_SETTLE = """
    UPDATE reminders_message SET state = %s, reason = %s, settled_at = %s, lease_until = NULL
    WHERE id = %s AND state = 'sending' AND lease_until IS NOT DISTINCT FROM %s
"""

# With very many due at once, statistics of quieter times make PostgreSQL look at all of them to find the first few.
# Along the index of what waits, it finds those and stops.
_ALONG_THE_INDEX = "; ".join(
    f"SET LOCAL enable_{way} = off" for way in ("sort", "bitmapscan", "seqscan", "hashjoin", "mergejoin")
)


@dataclass(frozen=True)
class Claim:
    """Messages that are one worker's until `lease_until`. Whoever takes one of them later has another lease, so what
    a worker that overran its own writes down changes nothing."""

    keys: list[int]
    lease_until: datetime

    def messages(self) -> QuerySet[Message]:
        """Those of them that nothing has become of yet."""
        return Message.objects.filter(pk__in=self.keys, state=State.SENDING, lease_until=self.lease_until)


def tidy(now: datetime) -> None:
    """Settle what needs no sending: expired, overtaken by a newer reminder, or left behind by a dead worker."""
    pending = Message.objects.filter(state=State.PENDING)
    _drop(pending.filter(expires_at__lte=now), "It was too late to be of use.", now)
    newer = Message.objects.filter(
        kind=OuterRef("kind"),
        subject_id=OuterRef("subject_id"),
        recipient=OuterRef("recipient"),
        channel=OuterRef("channel"),
        schedule_version=OuterRef("schedule_version"),
        lead_minutes__lt=OuterRef("lead_minutes"),
        due_at__lte=now,
    ).exclude(state=State.DROPPED)
    _drop(pending.filter(Exists(newer), due_at__lte=now), "A newer reminder took its place.", now)
    _recover(now)


def claim(now: datetime, channel: str, size: int = BATCH) -> Claim:
    """Take what is due on a channel: first tries in a batch, retried ones alone; without keys when nothing is due."""
    lease_until = now + LEASE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALONG_THE_INDEX)
        for is_retry, most in ((False, size), (True, 1)):
            asked: dict[str, Any] = {"channel": channel, "is_retry": is_retry, "size": most}
            cursor.execute(_CLAIM, asked | {"now": now, "lease": lease_until})
            if keys := sorted(key for (key,) in cursor.fetchall()):
                return Claim(keys, lease_until)
    return Claim([], lease_until)


def give_back(claim: Claim, now: datetime) -> None:
    """Hand what is left of the batch to whoever comes next, as if never taken."""
    claim.messages().update(state=State.PENDING, lease_until=None, attempts=F("attempts") - 1, next_attempt_at=now)


def hold(claim: Claim, key: int, until: datetime) -> None:
    """The recipient wants it later: it falls due then, as if never taken."""
    claim.messages().filter(pk=key).update(
        state=State.PENDING, lease_until=None, attempts=F("attempts") - 1, due_at=until, next_attempt_at=until
    )


def settle(claim: Claim, key: int, state: str, now: datetime, reason: str = "") -> bool:
    """Write down what became of a message; False when the lease was lost and someone else has it."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [state, reason, now, key, claim.lease_until])
        return bool(cursor.rowcount)


def put_off(claim: Claim, now: datetime, key: int | None = None) -> None:
    """The server would not take one message, or any of the batch, now: later, and not all at once."""
    messages = claim.messages() if key is None else claim.messages().filter(pk=key)
    for message in messages.only("failures"):
        _wait(claim, message, now, attempts=F("attempts") - 1)


def doubt(claim: Claim, message: Message, now: datetime) -> None:
    """Nobody knows whether the server took it: it is tried again later, alone, and counts as maybe sent twice."""
    _wait(claim, message, now)


def wait_after(failures: int) -> timedelta:
    """A minute after the first failure, doubling up to an hour, each between half and one and a half times that."""
    wait = min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT)
    return wait * random.uniform(0.5, 1.5)  # noqa: S311 spreads load, guards nothing


def _wait(claim, message, now, **changes):
    claim.messages().filter(pk=message.pk).update(
        state=State.PENDING,
        lease_until=None,
        failures=F("failures") + 1,
        next_attempt_at=now + wait_after(message.failures),
        **changes,
    )


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


def _drop(messages, reason, now):
    messages.update(state=State.DROPPED, reason=reason, settled_at=now)
