"""A message as an e-mail: text and HTML, the headers that mail programs look for, a calendar part."""

import re
from functools import cache

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from peersupport.reminders import mime
from peersupport.reminders.models import Message
from peersupport.reminders.registry import Email, Kind
from peersupport.reminders.rendering import rendered

UNSUBSCRIBE_SALT = "peersupport.reminders.unsubscribe"


class Letter(EmailMultiAlternatives):
    """An e-mail whose calendar part, where it has one, says what it is for (RFC 6047)."""

    calendar_method = ""

    def message(self, **options):
        if mime.is_simple(self):
            return mime.alternative_of(self, self.calendar_method)
        written = super().message(**options)
        for part in written.walk():
            if part.get_content_type() == "text/calendar":
                part.set_param("method", self.calendar_method)
        return written


def letter_for(message: Message, kind: Kind, email: Email) -> Letter:
    """The e-mail for one message. Its Message-ID is the same on every attempt."""
    unsubscribe = unsubscribe_address(message, kind)
    text, html = rendered(message, kind, email, unsubscribe)
    letter = Letter(
        subject=" ".join(email.subject.split()),
        body=_with_single_blank_lines(text),
        to=[email.to or (message.recipient.email if message.recipient else "")],
        headers=_headers(message, unsubscribe),
    )
    letter.attach_alternative(html, "text/html")
    if email.calendar:
        letter.calendar_method = email.calendar_method
        letter.attach_alternative(email.calendar.decode(), "text/calendar")
    return letter


def unsubscribe_address(message: Message, kind: Kind) -> str:
    """Where one click turns this kind off for its recipient; "" where that makes no sense."""
    if not (kind.can_turn_off and message.recipient_id):
        return ""
    token = signing.dumps([message.recipient_id, kind.name], salt=UNSUBSCRIBE_SALT)
    return f"{settings.BASE_URL}{_path_to_unsubscribe()}{token}/"


@cache
def _path_to_unsubscribe():
    """What comes before the token, which every mail has its own of."""
    return reverse("reminders:unsubscribe", args=["token"]).removesuffix("token/")


def read_unsubscribe_token(token: str) -> tuple[int, str]:
    """The person's key and the kind that an unsubscribe address is for. Raises signing.BadSignature."""
    person_id, kind = signing.loads(token, salt=UNSUBSCRIBE_SALT)
    return person_id, kind


def _with_single_blank_lines(text):
    """Whatever a template leaves out, and however a browser or a template ends lines."""
    return re.sub(r"\n{3,}", "\n\n", text.replace("\r\n", "\n")).strip() + "\n"


def _headers(message, unsubscribe):
    domain = settings.CALENDAR_ADDRESS.rpartition("@")[2]
    headers = {"Message-ID": f"<{message.message_id}@{domain}>", "Auto-Submitted": "auto-generated"}
    if unsubscribe:
        headers |= {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers
