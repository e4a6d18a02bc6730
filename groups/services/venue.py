"""Places and online rooms where groups meet."""

import itertools
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from groups.models import Site, Venue
from groups.refusals import NameTaken, VenueNameTaken
from peersupport.refusals import refusing

EDITABLE = ("name", "address", "access_notes", "who_to_ask", "conditions", "join_link")


@transaction.atomic
def add_venue(*, site: Site, kind: str, name: str, now: datetime, **details: str) -> Venue:
    """A new venue of the site, with its other texts (see EDITABLE). An online room is named after its group."""
    if kind == Venue.Kind.ONLINE:
        name = _free_room_name(site, name)
    with refusing(VenueNameTaken, constraint="venue_name_once_per_site"):
        return Venue.objects.create(site=site, kind=kind, name=name, created_at=now, **details)


@transaction.atomic
def edit_venue(*, venue: Venue, **details: str) -> Venue:
    for field in EDITABLE:
        setattr(venue, field, details.get(field, getattr(venue, field)))
    with refusing(NameTaken, constraint="venue_name_once_per_site"):
        venue.save(update_fields=EDITABLE)
    return venue


def _free_room_name(site, group_name):
    """ "Tuesday group online", or with a number if that is taken: the room of another group must never be reused."""
    rooms = Venue.objects.filter(site=site)
    for number in itertools.count(1):
        name = _("%(group)s online") % {"group": group_name[:100]} + (f" {number}" if number > 1 else "")
        if not rooms.filter(name=name).exists():
            return name
