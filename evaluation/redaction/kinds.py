"""What may identify someone, and what stands in its place where nobody says otherwise."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    PERSON = "person", _("A person")
    VENUE = "venue", _("A venue")
    PLACE = "place", _("A town or street")
    GROUP = "group", _("A group or organisation")
    NHS_NUMBER = "nhs_number", _("An NHS number")
    PHONE = "phone", _("A phone number")
    EMAIL = "email", _("An email address")
    POSTCODE = "postcode", _("A postcode")
    DATE = "date", _("A date")
    NUMBER = "number", _("Another number")
    OTHER = "other", _("Something else")


#: Told apart by a letter, the same words by the same one throughout a study. The others are all alike.
NAMED = frozenset({Kind.PERSON, Kind.VENUE, Kind.PLACE, Kind.GROUP, Kind.OTHER})


def plain_label(kind: str) -> str:
    """What takes the place of such words, without brackets and letter."""
    return {
        Kind.PERSON: gettext("person"),
        Kind.VENUE: gettext("venue"),
        Kind.PLACE: gettext("place"),
        Kind.GROUP: gettext("group"),
        Kind.NHS_NUMBER: gettext("NHS number"),
        Kind.PHONE: gettext("phone number"),
        Kind.EMAIL: gettext("email address"),
        Kind.POSTCODE: gettext("postcode"),
        Kind.DATE: gettext("date"),
        Kind.NUMBER: gettext("number"),
        Kind.OTHER: gettext("detail"),
    }[Kind(kind)]
