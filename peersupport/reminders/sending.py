"""Sending: one connection a batch, the truth checked at the last moment, one outcome for each message."""

import logging
import smtplib
from datetime import timedelta

from django.core.mail import mailers
from django.utils import timezone, translation

from peersupport.reminders import queue
from peersupport.reminders.letters import letter_for
from peersupport.reminders.models import Message, Preference
from peersupport.reminders.registry import kind_named

logger = logging.getLogger(__name__)
State = Message.State
#: A pass ends after this long; the next one goes on. Well below the tasks' time limit.
LONGEST_PASS = timedelta(seconds=60)
#: A batch stops and gives back the rest this long before its lease ends.
MARGIN = timedelta(seconds=45)
SERVICE_CLOSING = 421


class MailServerAway(Exception):
    """The connection is gone: the rest of the batch waits too."""


def send_all_due() -> int:
    """Send batch after batch until nothing is due or the pass has lasted long enough; gives how many went out."""
    started, sent = timezone.now(), 0
    queue.tidy(started)
    while timezone.now() - started < LONGEST_PASS:
        now = timezone.now()
        keys = queue.claim(now)
        if not keys:
            break
        sent += send_batch(keys, now)
    return sent


def send_batch(keys: list[int], claimed_at) -> int:
    """Send the claimed messages over one connection; what is not reached is given back or put off."""
    messages = list(Message.objects.filter(pk__in=keys).select_related("recipient").order_by("pk"))
    connection, sent = mailers["default"], 0
    for position, message in enumerate(messages):
        rest = [other.pk for other in messages[position:]]
        if timezone.now() > claimed_at + queue.LEASE - MARGIN:
            queue.give_back(rest, timezone.now())
            break
        try:
            sent += send_one(message, connection)
        except MailServerAway:
            queue.put_off(rest, timezone.now())
            break
    _close(connection)
    return sent


def send_one(message: Message, connection) -> bool:
    """Send a message if it is still true, and settle it. Raises MailServerAway when no mail can be sent at all."""
    kind, now = kind_named(message.kind), timezone.now()
    row = kind and kind.load(message.subject_id)
    reason = reason_not_to_send(message, kind, row, now)
    if kind is None or reason:
        queue.settle(message.pk, State.DROPPED, now, reason)
        return False
    try:
        with timezone.override(message.recipient.zone if message.recipient else None), translation.override("en-gb"):
            letter = letter_for(message, kind, kind.compose(message, row))
    except Exception:
        # One message that can't be written must not hold up the others; the log has the trace, without content.
        logger.exception("message %s of kind %s could not be written", message.pk, message.kind)
        queue.settle(message.pk, State.PARKED, now, "It could not be written.")
        return False
    return _hand_over(message, kind, letter, connection)


def reason_not_to_send(message, kind, row, now) -> str:
    """Why a message is not sent after all, or ""."""
    if kind is None:
        return "This kind of message is no longer sent."
    if row is None:
        return "What it was about is gone."
    if message.expires_at <= now:
        return "It was too late to be of use."
    if message.recipient and not message.recipient.is_active:
        return "The account is closed."
    if message.recipient and kind.can_turn_off and _is_turned_off(message):
        return "This reminder was turned off."
    return kind.reason_not_to_send(message, row, now)


def _hand_over(message, kind, letter, connection):
    try:
        _open(connection)
        connection.send_messages([letter])
    except smtplib.SMTPRecipientsRefused as refusal:
        _settle_refusal(message, min(code for code, _text in refusal.recipients.values()), connection)
    except smtplib.SMTPResponseException as refusal:
        _settle_refusal(message, refusal.smtp_code, connection)
    except OSError as error:
        _lose_line(message, kind, connection, error)
    else:
        return queue.settle(message.pk, State.SENT, timezone.now())
    return False


def _open(connection):
    try:
        connection.open()
    except OSError as error:
        _close(connection)
        raise MailServerAway from error


def _lose_line(message, kind, connection, error):
    """The line went dead while the message was on it: it may have been taken, so some kinds are not sent again."""
    _close(connection)
    if not kind.at_most_once:
        raise MailServerAway from error
    queue.settle(message.pk, State.UNCERTAIN, timezone.now(), "The mail server did not answer.")


def _settle_refusal(message, code, connection):
    """4xx: later. 5xx: never; the text of the answer is not kept, since it holds the address."""
    now = timezone.now()
    if code == SERVICE_CLOSING:
        _close(connection)
    if 400 <= code < 500:
        queue.put_off([message.pk], now)
    else:
        queue.settle(message.pk, State.PARKED, now, f"The mail server refused it ({code}).")


def _is_turned_off(message):
    return Preference.objects.filter(person=message.recipient_id, kind=message.kind, is_wanted=False).exists()


def _close(connection):
    """Close so that the next message opens a fresh one; a line that is dead already needs no goodbye."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        connection.connection = None
