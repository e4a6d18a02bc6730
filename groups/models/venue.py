"""Where a group meets."""

from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups.reach import (
    groups_as_member,
    groups_as_role_holder,
    groups_as_tutor,
    programmes_as_tutor,
    rooms_of_groups,
    sites_as_coordinator,
    sites_of_groups,
    sites_of_programmes,
)
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role

MAP = "https://www.openstreetmap.org/search"


def _places(sites):
    return Q(kind="place", site__in=sites)


def _reach(groups_of):
    """The places of the groups' sites, and the groups' own online rooms: no other group's link."""

    def path(person):
        groups = groups_of(person)
        return _places(sites_of_groups(groups)) | (Q(kind="online") & rooms_of_groups(groups))

    return path


class VenueQuerySet(GovernedQuerySet):
    def to_choose_from(self, *, site, group=None):
        """The site's places, and the group's own online room: another group's link is not for these members."""
        places = Q(site=site, kind=Venue.Kind.PLACE, merged_into=None)
        return self.filter(places | Q(pk=group.venue_id if group else None))

    def places(self):
        """The places that stand: no online rooms, nothing that was merged into another."""
        return self.filter(kind=Venue.Kind.PLACE, merged_into=None)


class Venue(Governed):
    """A place, or a link to meet online. The link is for members only."""

    class Kind(models.TextChoices):
        PLACE = "place", _("A place")
        ONLINE = "online", _("Online")

    site = models.ForeignKey("groups.Site", on_delete=models.PROTECT, related_name="venues")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PLACE)
    name = models.CharField(_("name"), max_length=120)
    address = models.TextField(_("address"), blank=True)
    access_notes = models.TextField(_("getting in and around"), blank=True)
    who_to_ask = models.CharField(_("who to ask about the room"), max_length=200, blank=True)
    cost = models.CharField(_("what it costs"), max_length=200, blank=True)
    insurance = models.CharField(_("what insurance it asks for"), max_length=300, blank=True)
    supervision = models.CharField(_("who must be there or lock up"), max_length=300, blank=True)
    conditions = models.TextField(_("what else the venue requires"), blank=True)
    capacity = models.PositiveSmallIntegerField(_("how many people it holds"), null=True, blank=True)
    join_link = models.URLField(_("link to join"), max_length=500, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    created_at = models.DateTimeField()

    view_permission = "groups.view_venue"
    ROLE_PATHS = {
        Role.MEMBER: _reach(groups_as_member),
        Role.ROLE_HOLDER: _reach(groups_as_role_holder),
        Role.TUTOR: lambda person: (
            _reach(groups_as_tutor)(person) | _places(sites_of_programmes(programmes_as_tutor(person)))
        ),
        Role.COORDINATOR: lambda person: _places(sites_as_coordinator(person)),
    }

    objects = VenueQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="venue_name_once_per_site"),
            models.CheckConstraint(name="venue_kind_known", condition=Q(kind__in=["place", "online"])),
            models.CheckConstraint(
                name="venue_has_address_or_link",
                condition=(Q(kind="place") & ~Q(address="")) | (Q(kind="online") & ~Q(join_link="")),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("groups:venue_detail", args=[self.pk])

    @property
    def is_online(self):
        return self.kind == self.Kind.ONLINE

    @property
    def address_in_one_line(self):
        return ", ".join(line.strip(" ,") for line in self.address.splitlines() if line.strip(" ,"))

    @property
    def map_url(self):
        """A map that searches for the address once somebody opens it; nothing of it is loaded here."""
        query = self.address_in_one_line
        return f"{MAP}?{urlencode({'query': query})}" if query else ""


class VenueFeature(models.Model):
    """One line of a venue's access checklist. No line means that nobody knows."""

    class Feature(models.TextChoices):
        STEP_FREE = "step_free", _("Step-free way in")
        PARKING = "parking", _("Parking")
        SEATING = "seating", _("Chairs with backs and arms")
        HEARING_LOOP = "hearing_loop", _("Hearing loop")
        TOILETS = "toilets", _("Accessible toilet")
        BUS = "bus", _("Bus stop nearby")

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="features")
    feature = models.CharField(max_length=20, choices=Feature)
    is_there = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "feature"], name="one_line_per_venue_and_feature"),
            models.CheckConstraint(
                name="venue_feature_known",
                condition=Q(feature__in=["step_free", "parking", "seating", "hearing_loop", "toilets", "bus"]),
            ),
        ]

    def __str__(self):
        return self.get_feature_display()
