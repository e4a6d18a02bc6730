"""Sending: one connection a batch, the truth checked at the last moment, one outcome for each message."""

import logging
import re
import smtplib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.auth import get_user_model
from django.core.mail import mailers
from django.db import Error as DatabaseError
from django.db.models import Case, F, OuterRef, Subquery, When
from django.utils import timezone, translation

from peersupport.reminders import queue, quiet
from peersupport.reminders.letters import Letter, letter_for
from peersupport.reminders.models import Message, Preference
from peersupport.reminders.queue import Claim
from peersupport.reminders.registry import Kind, kind_named

Person = get_user_model()
logger = logging.getLogger(__name__)
State = Message.State
#: A pass ends after this long; the next one goes on. Well below the tasks' time limit.
LONGEST_PASS = timedelta(seconds=60)
#: A batch stops and gives back the rest this long before its lease ends: longer than the slowest mail server can
#: take over one message, with SMTP_TIMEOUT for each of its answers.
MARGIN = timedelta(minutes=2)
#: What a batch knows of its messages and recipients is never older than this many seconds when it sends.
FRESH_SECONDS = 1
SERVICE_CLOSING = 421
#: No such mailbox, not here, full, or not a name (RFC 5321), where a server says no more than that.
MAILBOX_CODES = (550, 551, 552, 553)
ENHANCED_CODE = re.compile(rb"\s*5\.(\d+)\.\d+")


#: What messages are about, by the kind's name and the row's key.
Rows = dict[str, dict[int, Any]]


class LineLost(Exception):
    """The connection broke while a message was on it."""


class MailServerAway(Exception):
    """No mail can be sent at present."""


def send_all_due() -> int:
    """Send batch after batch until nothing is due or the pass has lasted long enough; gives how many went out."""
    started, sent = timezone.now(), 0
    queue.tidy(started)
    while timezone.now() - started < LONGEST_PASS:
        claim = queue.claim(timezone.now())
        if not claim.keys:
            break
        try:
            for was_sent in send_batch(claim):
                sent += was_sent
        except MailServerAway:
            queue.put_off(claim, timezone.now())
            break
    return sent


def send_batch(claim: Claim) -> Iterator[bool]:
    """Send the claimed messages over one connection; for each, whether it went out. Raises MailServerAway."""
    connection, is_line_good = mailers["default"], True
    try:
        for message, rows in _in_turn(claim):
            if timezone.now() > claim.lease_until - MARGIN:
                queue.give_back(claim, timezone.now())
                break
            try:
                yield send_one(message, rows, claim, connection)
                is_line_good = True
            except LineLost as error:
                # One message may be what breaks the line, so the next is tried on a new one; twice running is enough.
                if not is_line_good:
                    raise MailServerAway from error
                is_line_good = False
    finally:
        _close(connection)


def send_one(message: Message, rows: Rows, claim: Claim, connection) -> bool:
    """Send a message if it is still true, and settle it. Raises LineLost and MailServerAway."""
    now = timezone.now()
    try:
        kind = kind_named(message.kind)
        if kind and (later := _held_until(message, kind, now)):
            queue.hold(claim, message.pk, later)
            return False
        letter, reason = _write(message, kind, rows, now)
    except (DatabaseError, SoftTimeLimitExceeded):
        raise
    except Exception:
        # One message that can't be written must not hold up the others; the log has the trace, without content.
        logger.exception("message %s of kind %s could not be written", message.pk, message.kind)
        queue.settle(claim, message.pk, State.PARKED, now, "It could not be written.")
        return False
    if kind is None or letter is None:
        queue.settle(claim, message.pk, State.DROPPED, now, reason)
        return False
    return _hand_over(message, kind, letter, claim, connection)


def reason_not_to_send(message, kind: Kind | None, row, now: datetime) -> str:
    """Why a message is not sent after all, or ""."""
    if kind is None:
        return "This kind of message is no longer sent."
    if row is None:
        return "What it was about is gone."
    if message.expires_at <= now:
        return "It was too late to be of use."
    if message.recipient and not message.recipient.is_active:
        return "The account is closed."
    if message.recipient and message.recipient.died_marked_at:
        return "Nothing is sent to this person any more."
    if message.recipient and message.recipient.refuses_mail:
        return "Their address refuses mail."
    if kind.can_turn_off and _is_turned_off(message, kind):
        return "This reminder was turned off."
    if _pause_of(message, kind, now):
        return "They wanted nothing until later."
    return kind.reason_not_to_send(message, row, now)


def _is_turned_off(message, kind):
    """Whether its recipient wants none of the kind, or not so long before."""
    if message.is_wanted is None:
        return False
    return not message.is_wanted or message.lead_minutes not in (message.chosen_leads or kind.usual_leads)


def _quiet_time_of(message, kind):
    """What someone's duty asks of them comes at any time."""
    return getattr(message.recipient, "quiet_time", None) if kind.can_turn_off else None


def _pause_of(message, kind, now):
    times = _quiet_time_of(message, kind)
    return times and quiet.resumes_at(times, message.recipient.zone, now)


def _held_until(message, kind, now):
    """When it may go, if not now: never too late to be of use. What quiet hours would make too late goes at once."""
    times = _quiet_time_of(message, kind)
    if times is None:
        return None
    zone = message.recipient.zone
    resumed = quiet.resumes_at(times, zone, now)
    later = quiet.quiet_ends_at(times, zone, resumed or now) or resumed
    if resumed and later >= message.expires_at:
        later = resumed
    return later if later and later < message.expires_at else None


def _in_turn(claim):
    """The messages of a claim one by one, with what their recipients wish and what they are about. All of it is read
    for many at once, and read again when that is a second ago."""
    wish = Preference.objects.filter(person=OuterRef("recipient"), kind=OuterRef("kind"))
    messages = claim.messages().select_related("recipient__quiet_time").order_by("pk")
    messages = messages.annotate(
        is_wanted=Subquery(wish.values("is_wanted")), chosen_leads=Subquery(wish.values("lead_minutes"))
    )
    done = 0
    while unsent := list(messages.filter(pk__gt=done)):
        read_at = time.monotonic()
        rows = _rows_about(unsent)
        for message in unsent:
            yield message, rows
            done = message.pk
            if time.monotonic() - read_at > FRESH_SECONDS:
                break


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


def _write(message, kind, rows, now) -> tuple[Letter | None, str]:
    """The letter, or None and why it is not sent after all."""
    row = kind and rows[kind.name].get(message.subject_id)
    if reason := reason_not_to_send(message, kind, row, now):
        return None, reason
    with timezone.override(message.recipient.zone if message.recipient else None), translation.override("en-gb"):
        return letter_for(message, kind, kind.compose(message, row)), ""


def _hand_over(message, kind, letter, claim, connection):
    try:
        _open(connection)
        connection.send_messages([letter])
    except smtplib.SMTPSenderRefused as refusal:
        # It is us whom the server refuses: no fault of this message or its recipient.
        raise MailServerAway from refusal
    except smtplib.SMTPRecipientsRefused as refusal:
        code, text = min(refusal.recipients.values())
        if _is_of_the_mailbox(code, text):
            _count_refusal(message)
        _settle_refusal(message, code, claim, connection)
    except smtplib.SMTPResponseException as refusal:
        _settle_refusal(message, refusal.smtp_code, claim, connection)
    except OSError as error:
        _lose_line(message, kind, claim, connection)
        raise LineLost from error
    else:
        is_settled = queue.settle(claim, message.pk, State.SENT, timezone.now())
        if message.recipient and message.recipient.mail_refusals:
            Person.objects.filter(pk=message.recipient_id).update(mail_refusals=0, refused_email="")
        return is_settled
    return False


def _is_of_the_mailbox(code, text):
    """Whether a refusal is for good and about the mailbox (RFC 3463: 5.1 and 5.2), not about us or our mail."""
    if enhanced := ENHANCED_CODE.match(text):
        return enhanced[1] in (b"1", b"2")
    return code in MAILBOX_CODES


def _count_refusal(message):
    """An address that is refused for good, time and again, is left alone until its owner says otherwise."""
    if message.recipient:
        address = message.recipient.email
        again = When(refused_email=address, then=F("mail_refusals") + 1)
        Person.objects.filter(pk=message.recipient_id).update(
            mail_refusals=Case(again, default=1), refused_email=address
        )


def _open(connection):
    try:
        connection.open()
    except OSError as error:
        _close(connection)
        raise MailServerAway from error


def _lose_line(message, kind, claim, connection):
    """The line went dead while the message was on it: it may have been taken, so some kinds are not sent again."""
    _close(connection)
    now = timezone.now()
    if kind.at_most_once:
        queue.settle(claim, message.pk, State.UNCERTAIN, now, "The mail server did not answer.")
    else:
        queue.doubt(claim, message, now)


def _settle_refusal(message, code, claim, connection):
    """4xx: later. 5xx: never; the text of the answer is not kept, since it holds the address."""
    now = timezone.now()
    if code == SERVICE_CLOSING:
        _close(connection)
    if 400 <= code < 500:
        queue.put_off(claim, now, message.pk)
    else:
        queue.settle(claim, message.pk, State.PARKED, now, f"The mail server refused it ({code}).")


def _close(connection):
    """Close so that the next message opens a fresh one; a line that is dead already needs no goodbye."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        connection.connection = None
