"""Sending: one line a batch, the truth checked at the last moment, one outcome for each message."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone, translation
from django.utils.translation import get_language

from peersupport.reminders import clock, outbox, queue
from peersupport.reminders.channels import CHANNELS, Channel, ChannelAway, LineLost, PutOff, Refused
from peersupport.reminders.models import Message, Preference
from peersupport.reminders.queue import Claim
from peersupport.reminders.registry import Kind, kind_named
from peersupport.reminders.truth import held_until, reason_against_channel, reason_not_to_send

logger = logging.getLogger(__name__)
State = Message.State
#: A pass over one channel ends after this long; the next one goes on. All of them stay below the tasks' time limit.
LONGEST_PASS = timedelta(seconds=60)
#: A batch stops and gives back the rest this long before its lease ends: longer than the slowest server can take
#: over one message, with a time limit for each of its answers.
MARGIN = timedelta(minutes=2)
#: What a batch knows of its messages and recipients is never older than this many seconds when it sends.
FRESH_SECONDS = 1

#: What messages are about, by the kind's name and the row's key.
Rows = dict[str, dict[int, Any]]


@dataclass(frozen=True)
class Ready:
    """A message that is still true, as its channel wrote it."""

    kind: Kind
    written: Any


def send_all_due() -> int:
    """One pass over every channel; gives how many messages went out."""
    clock.set_by_database()
    queue.tidy(clock.now())
    return sum(map(send_due_through, CHANNELS.values()))


def send_due_through(channel: Channel) -> int:
    """Send batch after batch until nothing is due or the pass has lasted long enough; gives how many went out."""
    started, sent = clock.now(), 0
    while clock.now() - started < LONGEST_PASS:
        claim = queue.claim(clock.now(), channel.name)
        if not claim.keys:
            break
        try:
            for was_sent in send_batch(claim, channel):
                sent += was_sent
        except ChannelAway:
            queue.put_off(claim, clock.now())
            break
    return sent


def send_batch(claim: Claim, channel: Channel) -> Iterator[bool]:
    """Send the claimed messages over one line; for each, whether it went out. Raises ChannelAway."""
    line, is_line_good = None, True
    try:
        for message, rows in _in_turn(claim, channel):
            if clock.now() > claim.lease_until - MARGIN:
                queue.give_back(claim, clock.now())
                break
            try:
                ready = _prepare(message, rows, claim, channel)
                if ready:
                    line = line or channel.line()
                    yield _hand_over(message, ready, claim, channel, line)
                is_line_good = True
            except LineLost as error:
                # One message may be what breaks the line, so the next is tried on a new one; twice running is enough.
                if not is_line_good:
                    raise ChannelAway from error
                is_line_good = False
    finally:
        if line:
            line.close()


def _prepare(message, rows, claim, channel) -> Ready | None:
    """The message ready to go, if it is still true; else None, and what became of it is written down."""
    now, kind = clock.now(), kind_named(message.kind)
    if kind is None:
        queue.settle(claim, message.pk, State.DROPPED, now, "This kind of message is no longer sent.")
        return None
    try:
        if later := held_until(message, kind, now):
            queue.hold(claim, message.pk, later)
            return None
        row = rows[kind.name].get(message.subject_id)
        if reason := reason_not_to_send(message, kind, row, now):
            queue.settle(claim, message.pk, State.DROPPED, now, reason)
            return None
        if reason := reason_against_channel(message, kind, channel, now):
            _give_up(message, claim, State.DROPPED, reason)
            return None
        with _locale_of(message.recipient):
            return Ready(kind, channel.write(message, kind, kind.compose(message, row)))
    except (DatabaseError, SoftTimeLimitExceeded):
        raise
    except Exception:
        # One message that can't be written must not hold up the others; the log has the trace, without content.
        logger.exception("message %s of kind %s could not be written", message.pk, message.kind)
        queue.settle(claim, message.pk, State.PARKED, now, "It could not be written.")
        return None


@contextmanager
def _locale_of(person):
    """In the recipient's own language and time zone."""
    zone = person.zone if person else None
    language = person.own_language if person else settings.LANGUAGE_CODE
    if (zone or timezone.get_default_timezone(), language) == (timezone.get_current_timezone(), get_language()):
        yield
        return
    with timezone.override(zone), translation.override(language):
        yield


def _in_turn(claim, channel):
    """The messages of a claim one by one, with what their recipients wish and what they are about. All of it is read
    for many at once, and read again when that is a second ago."""
    wish = Preference.objects.filter(person=OuterRef("recipient"), kind=OuterRef("kind"))
    messages = claim.messages().select_related("recipient__quiet_time", "recipient__weekly_digest").order_by("pk")
    messages = messages.prefetch_related(*(f"recipient__{name}" for name in channel.reads)).annotate(
        is_wanted=Subquery(wish.values("is_wanted")),
        chosen_leads=Subquery(wish.values("lead_minutes")),
        chosen_channels=Subquery(wish.values("channels")),
    )
    unsent = list(messages)
    while unsent:
        read_at = time.monotonic()
        rows = _rows_about(unsent)
        for message in unsent:
            yield message, rows
            if time.monotonic() - read_at > FRESH_SECONDS:
                unsent = list(messages.filter(pk__gt=message.pk))
                break
        else:
            return


def _rows_about(messages) -> Rows:
    """A kind whose rows can't be read is left out, so that only its own messages are parked."""
    keys: dict[str, set[int]] = {}
    for message in messages:
        keys.setdefault(message.kind, set()).add(message.subject_id)
    rows: Rows = {}
    for kind in filter(None, map(kind_named, keys)):
        try:
            rows[kind.name] = kind.rows().in_bulk(keys[kind.name])
        except (DatabaseError, SoftTimeLimitExceeded):
            raise
        except Exception:
            logger.exception("what messages of kind %s are about could not be read", kind.name)
    return rows


def _hand_over(message, ready, claim, channel, line):
    """Whether it went out; what became of it is written down. Raises LineLost and ChannelAway."""
    try:
        line.hand_over(ready.written)
    except PutOff:
        queue.put_off(claim, clock.now(), message.pk)
    except Refused as refusal:
        if refusal.is_of_address:
            channel.note_refused(message)
        _give_up(message, claim, State.PARKED, f"The server refused it ({refusal.code}).")
    except LineLost:
        _lose_line(message, ready.kind, claim)
        raise
    else:
        is_settled = queue.settle(claim, message.pk, State.SENT, clock.now())
        channel.note_sent(message)
        return is_settled
    return False


def _lose_line(message, kind, claim):
    """The line went dead while the message was on it: it may have been taken, so some kinds are not sent again."""
    if kind.at_most_once:
        queue.settle(claim, message.pk, State.UNCERTAIN, clock.now(), "The server did not answer.")
    else:
        queue.doubt(claim, message, clock.now())


@transaction.atomic
def _give_up(message, claim, state, reason):
    """It can't go this way, ever: another that the recipient allows stands in, if there is one."""
    now = clock.now()
    if way := outbox.next_way(message):
        state, reason = State.DROPPED, f"{reason} It takes another way."
    if queue.settle(claim, message.pk, state, now, reason) and way:
        outbox.stand_in(message, way, now)
