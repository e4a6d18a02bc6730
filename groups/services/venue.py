"""Places and online rooms where groups meet."""

import itertools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from groups.models import Meeting, MeetingSeries, Site, SupportGroup, Venue, VenueFeature
from groups.refusals import NameTaken, NotMergeable, VenueNameTaken
from peersupport.refusals import refusing

TEXTS = ("address", "access_notes", "who_to_ask", "cost", "insurance", "supervision", "conditions")
EDITABLE = ("name", *TEXTS, "capacity", "join_link")


@transaction.atomic
def add_venue(*, site: Site, kind: str, name: str, now: datetime, **details: Any) -> Venue:
    """A new venue of the site, with what else is known (see EDITABLE). An online room is named after its group."""
    if kind == Venue.Kind.ONLINE:
        name = _free_room_name(site, name)
    with refusing(VenueNameTaken, constraint="venue_name_once_per_site"):
        return Venue.objects.create(site=site, kind=kind, name=name, created_at=now, **details)


@transaction.atomic
def edit_venue(*, venue: Venue, **details: Any) -> Venue:
    for field in EDITABLE:
        setattr(venue, field, details.get(field, getattr(venue, field)))
    with refusing(NameTaken, constraint="venue_name_once_per_site"):
        venue.save(update_fields=EDITABLE)
    return venue


@transaction.atomic
def note_access(*, venue: Venue, features: Mapping[str, tuple[bool | None, str]]) -> None:
    """What is known about getting in: for each feature whether it is there (None: nobody knows), and a note."""
    VenueFeature.objects.filter(venue=venue, feature__in=features).delete()
    VenueFeature.objects.bulk_create(
        VenueFeature(venue=venue, feature=feature, is_there=is_there, note=note)
        for feature, (is_there, note) in features.items()
        if is_there is not None
    )


@transaction.atomic
def merge_venues(*, venue: Venue, into: Venue) -> Venue:
    """Make a place that was written down twice one: whoever met at `venue` meets at `into`, which keeps its words.

    What only `venue` knew goes over. Its row stays, and leads there.
    """
    locked = Venue.objects.places().select_for_update().order_by("pk").in_bulk([venue.pk, into.pk])
    if len(locked) != 2 or venue.site_id != into.site_id:
        raise NotMergeable
    venue, into = locked[venue.pk], locked[into.pk]
    for user in (SupportGroup, Meeting, MeetingSeries):
        user.objects.filter(venue=venue).update(venue=into)
    _fill_gaps(venue, into)
    Venue.objects.filter(merged_into=venue).update(merged_into=into)
    Venue.objects.filter(pk=venue.pk).update(merged_into=into)
    return into


def _fill_gaps(venue, into):
    for field in (*TEXTS, "capacity"):
        setattr(into, field, getattr(into, field) or getattr(venue, field))
    into.save(update_fields=[*TEXTS, "capacity"])
    known = into.features.values("feature")
    venue.features.exclude(feature__in=known).update(venue=into)


def _free_room_name(site, group_name):
    """ "Tuesday group online", or with a number if that is taken: the room of another group must never be reused."""
    rooms = Venue.objects.filter(site=site)
    for number in itertools.count(1):
        name = _("%(group)s online") % {"group": group_name[:100]} + (f" {number}" if number > 1 else "")
        if not rooms.filter(name=name).exists():
            return name
