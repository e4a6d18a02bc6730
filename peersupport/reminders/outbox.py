"""Putting messages into the outbox, in the same transaction as their cause, and taking them out again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from peersupport.celery import wake
from peersupport.reminders.channels import EMAIL
from peersupport.reminders.models import Message, Preference, StandIn
from peersupport.reminders.registry import kind_named

State = Message.State
#: How long people can see what was sent to them: thirteen months.
KEPT = timedelta(days=396)
FORGOTTEN_AT_ONCE = 5000
SEND_DUE = "peersupport.reminders.tasks.send_due"


def enqueue(
    *,
    kind: str,
    subject_id: int,
    recipient_ids: Iterable[int | None],
    expires_at: datetime,
    now: datetime,
    due_at: datetime | None = None,
    lead_minutes: int = 0,
    schedule_version: int = 0,
) -> int:
    """One message of `kind` about one thing to each recipient who wants it (None: the thing holds the address).

    It takes each way that they chose; due at once, where `due_at` names no later time. The same message twice is one.
    Gives how many want it. A sender is woken on commit; if the broker is down, the next pass finds the rows.
    """
    due_at = due_at or now
    known = kind_named(kind)
    if known is None:
        raise LookupError(f"No kind of message is called {kind}.")
    recipients = list(recipient_ids)
    unwilling, chosen = _wishes(known, recipients)
    wanted = [recipient for recipient in recipients if recipient not in unwilling]
    Message.objects.bulk_create(
        [
            Message(
                kind=kind,
                about=known.about,
                subject_id=subject_id,
                recipient_id=recipient,
                channel=channel,
                lead_minutes=lead_minutes,
                schedule_version=schedule_version,
                due_at=due_at,
                expires_at=expires_at,
                next_attempt_at=due_at,
                created_at=now,
            )
            for recipient in wanted
            for channel in chosen.get(recipient, [EMAIL])
        ],
        ignore_conflicts=True,
    )
    if due_at <= now and wanted:
        wake_sender()
    return len(wanted)


def recipients_of(*, kind: str, subject_id: int, schedule_version: int) -> set[int | None]:
    """Who has a message of `kind` about this thing already, whatever became of it."""
    messages = Message.objects.filter(kind=kind, subject_id=subject_id, schedule_version=schedule_version)
    return set(messages.values_list("recipient_id", flat=True))


def next_way(message: Message) -> str:
    """The channel that its recipient chose or allows to stand in for the message's own, and that was not tried; "" if
    there is none."""
    if message.recipient_id is None:
        return ""
    wish = Preference.objects.filter(person=message.recipient_id, kind=message.kind).first()
    allowed = [*((wish and wish.channels) or []), *stand_ins_of(message.recipient_id)]
    tried = set(_twins(message).values_list("channel", flat=True))
    return next((channel for channel in allowed if channel not in tried), "")


def stand_ins_of(person_id: int) -> list[str]:
    """The channels that may take what another one could not, in order."""
    row = StandIn.objects.filter(person=person_id).first()
    return [EMAIL] if row is None else row.channels


def stand_in(message: Message, channel: str, now: datetime) -> None:
    """The same message another way, at once; of use as long as the first one was."""
    copied = ("kind", "about", "subject_id", "recipient_id", "lead_minutes", "schedule_version", "expires_at")
    twin = Message(
        **{name: getattr(message, name) for name in copied},
        channel=channel,
        stands_in=True,
        due_at=min(now, message.expires_at),
        next_attempt_at=now,
        created_at=now,
    )
    Message.objects.bulk_create([twin], ignore_conflicts=True)
    wake_sender()


def drop(*, kinds: Iterable[str], subject_id: int, reason: str, now: datetime, recipient_id: int | None = None) -> int:
    """Take messages out that wait for their time; gives how many. What a worker has taken on is checked again there."""
    waiting = Message.objects.filter(kind__in=kinds, subject_id=subject_id, state=State.PENDING)
    if recipient_id is not None:
        waiting = waiting.filter(recipient=recipient_id)
    return waiting.update(state=State.DROPPED, reason=reason, settled_at=now)


def forget_old(*, now: datetime) -> int:
    """Delete what was settled longer ago than `KEPT`, some thousands at a time; gives how many."""
    deleted = 0
    old = Message.objects.filter(settled_at__lt=now - KEPT).order_by("settled_at")
    while keys := list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        deleted += Message.objects.filter(pk__in=keys).delete()[0]
    return deleted


def lag(now: datetime) -> timedelta:
    """How long the oldest unsent message has been due (zero when nothing is late)."""
    unsent = Message.objects.filter(state__in=[State.PENDING, State.SENDING], due_at__lt=now, expires_at__gt=now)
    oldest = unsent.order_by("due_at").values_list("due_at", flat=True).first()
    return now - oldest if oldest else timedelta()


def wake_sender() -> None:
    """Tell a worker, once the transaction is through. Without a broker the request goes on all the same.

    However many messages a transaction writes, it tells one worker once: two hundred tries at a broker that hangs
    would hold up the page for minutes.
    """
    waiting = transaction.get_connection().run_on_commit
    if not any(function is _wake for _savepoints, function, _robust in waiting):
        transaction.on_commit(_wake, robust=True)


def _twins(message):
    """What says the same to the same person, by whichever channel."""
    return Message.objects.filter(
        kind=message.kind,
        subject_id=message.subject_id,
        recipient=message.recipient_id,
        lead_minutes=message.lead_minutes,
        schedule_version=message.schedule_version,
    )


def _wake():
    wake(SEND_DUE)


def _wishes(kind, recipients):
    """Keys of those recipients who turned this kind off, and the channels of those who chose any."""
    if not kind.can_turn_off:
        return frozenset(), {}
    wishes = Preference.objects.filter(kind=kind.name, person__in=[pk for pk in recipients if pk])
    rows = list(wishes.values_list("person_id", "is_wanted", "channels"))
    unwilling = frozenset(person for person, is_wanted, _channels in rows if not is_wanted)
    return unwilling, {person: channels for person, _is_wanted, channels in rows if channels}
