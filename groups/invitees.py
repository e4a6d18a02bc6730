"""The people to invite, read from pasted lines or a small file."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.utils.translation import gettext as _

MOST_LINES = 200
LONGEST_NAME = 80
LONGEST_EMAIL = 254
MOST_OCTETS = 100_000

# "Sam Jones <sam@example.org>", and names and addresses kept apart by a comma, a semicolon or a tab.
IN_BRACKETS = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>[,;]?")
SEPARATED = re.compile(r"(?P<name>.*)[,;\t](?P<email>[^,;\t]*@[^,;\t]*)")
EMAIL_FIRST = re.compile(r"(?P<email>[^,;\t]*@[^,;\t]*)[,;\t](?P<name>.*)")
# The first line of a file saved from a table: "Name,Email address".
HEADINGS = re.compile(r"[^@]*\be-?mail\b[^@]*", re.IGNORECASE)
EMAIL_ONLY = re.compile(r"(?P<name>)(?P<email>\S+@\S+?)[,;]?")


@dataclass(frozen=True)
class Invitee:
    name: str
    email: str


def read_invitees(text: str) -> list[Invitee]:
    """The people in `text`, one a line; blank lines and a line of headings are skipped.

    An address that comes twice is one invitation, to both names: some people share an address. Raises
    ValidationError with one sentence for each line that can't be read, or one for too many lines.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if lines and HEADINGS.fullmatch(lines[0][1]):
        lines.pop(0)
    if len(lines) > MOST_LINES:
        raise ValidationError(
            _("You can invite %(most)s people at a time. There are %(number)s lines here: take some out for now.")
            % {"most": MOST_LINES, "number": len(lines)}
        )
    invitees, complaints = {}, []
    for number, line in lines:
        try:
            invitee = _read(line)
        except ValidationError as complaint:
            complaints.append(_("Line %(number)s: %(what)s") % {"number": number, "what": complaint.message})
        else:
            invitees[invitee.email] = _both(invitees.get(invitee.email), invitee)
    if complaints:
        raise ValidationError(complaints)
    return list(invitees.values())


def read_file(upload) -> str:
    """The text of an uploaded list (a Django UploadedFile); nothing of it is stored. Raises ValidationError."""
    if upload.size > MOST_OCTETS:
        raise ValidationError(_("This file is too big for a list of people. Choose one of less than 100 kB."))
    octets = upload.read()
    if b"\0" in octets or octets.startswith(b"PK"):
        raise ValidationError(_("This is not a text file. In Excel or Word, save it as CSV or plain text first."))
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What older Windows programs write; it knows a character for every octet but five.
        return octets.decode("cp1252", errors="replace")


def _both(known, invitee):
    if known is None or invitee.name in ("", known.name):
        return known or invitee
    names = _("%(one)s and %(other)s") % {"one": known.name, "other": invitee.name}
    return Invitee(names if known.name and len(names) <= LONGEST_NAME else invitee.name, invitee.email)


def _read(line):
    shapes = (IN_BRACKETS, EMAIL_ONLY, SEPARATED, EMAIL_FIRST)
    found = next(filter(None, (shape.fullmatch(line) for shape in shapes)), None)
    if not found:
        raise ValidationError(_("there is no email address. Write it like Sam Jones <sam@example.org>."))
    name = found["name"].strip(" \t,;\"'")
    email = found["email"].strip().lower()
    if len(name) > LONGEST_NAME:
        raise ValidationError(_("the name is too long. Use %(most)s characters or fewer.") % {"most": LONGEST_NAME})
    _check_address(email)
    return Invitee(name, email)


def _check_address(email):
    try:
        MaxLengthValidator(LONGEST_EMAIL)(email)
        validate_email(email)
    except ValidationError as error:
        complaint = _("“%(email)s” is not a full email address. It should look like sam@example.org.")
        raise ValidationError(complaint % {"email": email}) from error
