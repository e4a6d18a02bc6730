"""Puts an e-mail together with the standard library's older classes.

They take a fifth of the time of the ones that Django uses, which was half of what sending a message took
(docs/decisions/0018). They are used for what we send most: one recipient with a plain address, no attachments.
What they hold is ready to go, so it is joined to octets here: their own way folds each header and copies each part.
"""

import functools
import re
import secrets
from datetime import UTC, datetime
from email import policy
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any, cast

from django.core.mail import EmailMultiAlternatives

from peersupport.mail import PLAIN_ADDRESS

#: Headers are not folded: the only long ones are addresses in the web, which have no place for it.
SMTP = policy.compat32.clone(linesep="\r\n", max_line_length=None)
#: No line of a mail is longer (RFC 5322); what has longer ones is encoded.
LONGEST_LINE = 998
#: Not followed by the blank that carries a long header on.
_NEWLINE = re.compile(r"\r(?!\n[ \t])|(?<!\r)\n")


def is_simple(letter: EmailMultiAlternatives) -> bool:
    """Whether `alternative_of` can write it."""
    is_to_one = [len(letter.to), letter.cc, letter.bcc, letter.reply_to, letter.attachments] == [1, [], [], [], []]
    return is_to_one and bool(PLAIN_ADDRESS.fullmatch(letter.to[0]))


class Alternative(MIMEMultipart):
    """A text and its alternatives, whose parts and headers need nothing done to them any more."""

    def as_bytes(self, *_args: Any, **_options: Any) -> bytes:
        boundary = f"=_{secrets.token_hex(16)}"
        self.set_boundary(boundary)
        parts = (f"{_head_of(part)}{part.written}" for part in cast(list[Part], self.get_payload()))
        body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
        return f"{_head_of(self)}{body}--{boundary}--\r\n".encode("ascii", "surrogateescape")


class Part(MIMENonMultipart):
    """One of them. `written` is its body as it goes out, with octets beyond ASCII as surrogates."""

    written = ""


def alternative_of(letter: EmailMultiAlternatives, calendar_method: str) -> Alternative:
    """Its text and alternatives as one message; headers as Django writes them, a calendar part with its method."""
    message = Alternative("alternative", policy=SMTP)
    message.attach(_part("text/plain", str(letter.body)))
    for content, mimetype in letter.alternatives:
        more = {"method": calendar_method} if mimetype == "text/calendar" else {}
        message.attach(_part(mimetype, str(content), **more))
    message["Subject"] = _words(str(letter.subject))
    message["From"] = _sender(letter.from_email)
    message["To"] = letter.to[0]
    message["Date"] = format_datetime(datetime.now(UTC))
    for name, value in letter.extra_headers.items():
        message[name] = value
    return message


def _part(mimetype, text, **parameters):
    part = Part(*mimetype.split("/"), charset="utf-8", policy=SMTP, **parameters)
    octets = "\n".join(text.splitlines()).encode() + b"\n"
    if max(map(len, octets.split(b"\n"))) > LONGEST_LINE:
        part.set_payload(octets, "utf-8")
        written = str(part.get_payload())
    else:
        part["Content-Transfer-Encoding"] = "8bit"
        written = octets.decode("ascii", "surrogateescape")
        part.set_payload(written)
    part.written = written.replace("\n", "\r\n")
    return part


def _head_of(message):
    """The headers and the blank line after them. Raises ValueError for one that would be two."""
    # `items` would look through each value once more.
    headers = list(message.raw_items())
    for name, value in headers:
        if _NEWLINE.search(value):
            raise ValueError(f"The header {name} has a newline in it.")
    return "".join([f"{name}: {value}\r\n" for name, value in headers]) + "\r\n"


@functools.lru_cache(maxsize=16)
def _sender(address):
    return formataddr(parseaddr(address))


def _words(text):
    return text if text.isascii() else Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
