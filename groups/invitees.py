"""The people to invite, read from pasted lines."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.utils.translation import gettext as _

MOST_LINES = 200
LONGEST_NAME = 80
LONGEST_EMAIL = 254

# "Sam Jones <sam@example.org>", and names and addresses kept apart by a comma, a semicolon or a tab.
IN_BRACKETS = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>[,;]?")
SEPARATED = re.compile(r"(?P<name>.*)[,;\t](?P<email>[^,;\t]*@[^,;\t]*)")
EMAIL_FIRST = re.compile(r"(?P<email>[^,;\t]*@[^,;\t]*)[,;\t](?P<name>.*)")
EMAIL_ONLY = re.compile(r"(?P<name>)(?P<email>\S+@\S+?)[,;]?")


@dataclass(frozen=True)
class Invitee:
    name: str
    email: str


def read_invitees(text: str) -> list[Invitee]:
    """The people in `text`, one a line; blank lines are skipped, an address that comes twice counts once.

    Raises ValidationError with one sentence for each line that can't be read, or one for too many lines.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
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
            invitees.setdefault(invitee.email, invitee)
    if complaints:
        raise ValidationError(complaints)
    return list(invitees.values())


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
