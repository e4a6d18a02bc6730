"""E-mail: over SMTP, or through GOV.UK Notify where that is set up."""

import re
import smtplib
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import mailers
from django.db.models import Case, F, When
from django.utils.translation import gettext_lazy as _

from peersupport.reminders.channels.base import Channel, ChannelAway, LineLost, PutOff, Refused
from peersupport.reminders.channels.notify import NotifyLine, NotifyMail
from peersupport.reminders.letters import letter_for, unsubscribe_address

SERVICE_CLOSING = 421
#: No such mailbox, not here, full, or not a name (RFC 5321), where a server says no more than that.
MAILBOX_CODES = (550, 551, 552, 553)
ENHANCED_CODE = re.compile(rb"\s*5\.(\d+)\.\d+")


class MailChannel(Channel):
    name = "email"
    label = _("Email")

    def reason_against(self, person):
        return "Their address refuses mail." if person.refuses_mail else ""

    def write(self, message, kind, email):
        letter = letter_for(message, kind, email)
        if not settings.NOTIFY_EMAIL_TEMPLATE:
            return letter
        return NotifyMail(
            reference=str(message.message_id),
            may_be_known=message.attempts > 1,
            address=letter.to[0],
            subject=str(letter.subject),
            text=str(letter.body),
            unsubscribe=unsubscribe_address(message, kind),
        )

    def line(self):
        return NotifyLine() if settings.NOTIFY_EMAIL_TEMPLATE else SMTPLine()

    def note_sent(self, message):
        if message.recipient and message.recipient.mail_refusals:
            _people_of(message).update(mail_refusals=0, refused_email="")

    def note_refused(self, message):
        """An address that is refused for good, time and again, is left alone until its owner says otherwise."""
        if message.recipient:
            address = message.recipient.email
            again = When(refused_email=address, then=F("mail_refusals") + 1)
            _people_of(message).update(mail_refusals=Case(again, default=1), refused_email=address)


class SMTPLine:
    def __init__(self):
        self.connection: Any = mailers["default"]

    def hand_over(self, letter):
        try:
            self._open()
            self.connection.send_messages([letter])
        except smtplib.SMTPSenderRefused as refusal:
            # It is us whom the server refuses: no fault of this message or its recipient.
            raise ChannelAway from refusal
        except smtplib.SMTPRecipientsRefused as refusal:
            code, text = min(refusal.recipients.values())
            self._answer(code, is_of_address=_is_of_the_mailbox(code, text))
        except smtplib.SMTPResponseException as refusal:
            self._answer(refusal.smtp_code)
        except OSError as error:
            self.close()
            raise LineLost from error

    def close(self):
        """Close so that the next message opens a fresh one; a line that is dead already needs no goodbye."""
        try:
            self.connection.close()
        except (OSError, smtplib.SMTPException):
            self.connection.connection = None

    def _open(self):
        try:
            self.connection.open()
        except OSError as error:
            self.close()
            raise ChannelAway from error

    def _answer(self, code, is_of_address=False):
        """4xx: later. 5xx: never; the text of the answer is not kept, since it holds the address."""
        if code == SERVICE_CLOSING:
            self.close()
        if 400 <= code < 500:
            raise PutOff
        raise Refused(code, is_of_address)


def _is_of_the_mailbox(code, text):
    """Whether a refusal is for good and about the mailbox (RFC 3463: 5.1 and 5.2), not about us or our mail."""
    if enhanced := ENHANCED_CODE.match(text):
        return enhanced[1] in (b"1", b"2")
    return code in MAILBOX_CODES


def _people_of(message):
    return get_user_model().objects.filter(pk=message.recipient_id)
