"""Puts an e-mail together with the standard library's older classes.

They take a fifth of the time of the ones that Django uses, which was half of what sending a message took
(docs/decisions/0018). They are used for what we send most: one recipient with a plain address, no attachments.
"""

from datetime import UTC, datetime
from email import policy
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr, parseaddr

from django.core.mail import EmailMultiAlternatives

#: Headers are not folded: the only long ones are addresses in the web, which have no place for it.
SMTP = policy.compat32.clone(linesep="\r\n", max_line_length=None)
#: No line of a mail is longer (RFC 5322); what has longer ones is encoded.
LONGEST_LINE = 998


def is_simple(letter: EmailMultiAlternatives) -> bool:
    """Whether `alternative_of` can write it."""
    return [len(letter.to), letter.cc, letter.reply_to, letter.attachments] == [1, [], [], []] and (
        letter.to[0].isascii() and parseaddr(letter.to[0])[0] == ""
    )


def alternative_of(letter: EmailMultiAlternatives) -> Message:
    """Its text and alternatives as one message; headers as Django writes them."""
    message = MIMEMultipart("alternative", policy=SMTP)
    message.attach(_part("text/plain", str(letter.body)))
    for content, mimetype in letter.alternatives:
        message.attach(_part(mimetype, str(content)))
    message["Subject"] = _words(str(letter.subject))
    message["From"] = formataddr(parseaddr(letter.from_email))
    message["To"] = letter.to[0]
    message["Date"] = format_datetime(datetime.now(UTC))
    for name, value in letter.extra_headers.items():
        message[name] = value
    return message


def _part(mimetype, text):
    part = MIMENonMultipart(*mimetype.split("/"), charset="utf-8", policy=SMTP)
    octets = "\n".join(text.splitlines()).encode() + b"\n"
    if max(map(len, octets.split(b"\n"))) > LONGEST_LINE:
        part.set_payload(octets, "utf-8")
    else:
        part["Content-Transfer-Encoding"] = "8bit"
        part.set_payload(octets.decode("ascii", "surrogateescape"))
    return part


def _words(text):
    return text if text.isascii() else Header(text, "utf-8", header_name="Subject").encode()
