"""One meeting of a group."""

import uuid
import zoneinfo
from datetime import timedelta

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups.reach import group_paths, groups_as_member
from peersupport.access.governed import Governed, GovernedQuerySet

#: No meeting lasts longer; the database sees to it.
LONGEST = timedelta(days=1)


class MeetingQuerySet(GovernedQuerySet):
    def upcoming(self, *, now):
        """Meetings that are not over yet, cancelled ones included, soonest first."""
        # The bound on the start lets an index skip the past, however long it is.
        return self.filter(ends_at__gt=now, starts_at__gt=now - LONGEST).order_by("starts_at", "pk")

    def next_of(self, person, *, now):
        """What comes next for `person` as a member, with their own answer and who greets; None if nothing does."""
        theirs = self.filter(group__in=groups_as_member(person)).going_ahead().upcoming(now=now)
        return theirs.select_related("group", "venue").with_answer_of(person).with_greeter().first()

    def past(self, *, now):
        return self.filter(ends_at__lte=now, starts_at__lt=now).order_by("-starts_at", "-pk")

    def going_ahead(self):
        return self.filter(state__in=Meeting.GOING_AHEAD)

    def overlapping(self):
        """Meetings that go ahead while another one of their group does, soonest first."""
        others = Meeting.objects.going_ahead().filter(group=OuterRef("group")).exclude(pk=OuterRef("pk"))
        during = others.filter(starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at"))
        return self.going_ahead().filter(Exists(during)).order_by("starts_at", "pk")

    def with_answer_of(self, person):
        """Adds `my_answer`: what `person` said to the meeting as it now is; None if nothing, or before it was moved.

        And `my_wait`: their number on the waiting list; zero or less for a place, None where nobody need wait. And
        `my_answer_shows`: whether they let the group see that they come.
        """
        answers = apps.get_model("groups", "RSVP").objects.holding()
        own = answers.filter(meeting=OuterRef("pk"), membership__in=_current_of(person))
        earlier = answers.filter(
            Q(coming_since__lt=OuterRef("coming_since"))
            | Q(coming_since=OuterRef("coming_since"), pk__lte=OuterRef("pk")),
            meeting=OuterRef("meeting"),
        )
        turn = Subquery(earlier.order_by().values("meeting").annotate(number=Count("pk")).values("number"))
        return self.annotate(
            my_answer=Subquery(own.values("answer")[:1]),
            my_answer_shows=Exists(_current_of(person).filter(group=OuterRef("group"), shows_answer=True)),
            my_wait=Subquery(own.annotate(wait=turn - F("meeting__capacity")).values("wait")[:1]),
        )

    def with_greeter(self):
        """Adds `greeter`: the preferred name of who greets in the group now; None if nobody does."""
        terms = apps.get_model("groups", "RoleTerm").objects.current().filter(group=OuterRef("group"), role="greeter")
        return self.annotate(greeter=Subquery(terms.order_by("accepted_at").values("person__preferred_name")[:1]))

    def with_outcome_of(self, person):
        """Adds `my_outcome`: how it was noted for `person`; None if nobody noted anything."""
        noted = apps.get_model("groups", "Attendance").objects.standing()
        own = noted.filter(meeting=OuterRef("pk"), membership__person=person)
        return self.annotate(my_outcome=Subquery(own.values("outcome")[:1]))

    def with_outcome_counts(self):
        """Adds `came`, `apologies` and `not_known`: how many of each were noted."""
        return self.annotate(came=_noted("attended"), apologies=_noted("apologies"), not_known=_noted("not_known"))

    def with_attendance_counts(self):
        """Adds `came`: how many were noted as there."""
        return self.annotate(came=_noted("attended"))


def _noted(outcome):
    """How many people were noted so for the meeting of the outer query."""
    noted = apps.get_model("groups", "Attendance").objects.standing().filter(meeting=OuterRef("pk"), outcome=outcome)
    return Coalesce(Subquery(noted.order_by().values("meeting").annotate(number=Count("pk")).values("number")), 0)


def _current_of(person):
    """Answers are given anew by someone who comes back: only those of a current membership count."""
    return apps.get_model("groups", "Membership").objects.current().filter(person=person)


class Meeting(Governed):
    class Mode(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        ONLINE = "online", _("Online")
        HYBRID = "hybrid", _("In person and online")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        CONFIRMED = "confirmed", _("Confirmed")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")
        NOT_KNOWN = "not_known", _("Not known")

    GOING_AHEAD = ("planned", "confirmed")

    group = models.ForeignKey("groups.SupportGroup", on_delete=models.PROTECT, related_name="meetings")
    series = models.ForeignKey("groups.MeetingSeries", null=True, on_delete=models.PROTECT, related_name="meetings")
    original_on = models.DateField(null=True, help_text="The day this occurrence has by its series' rule.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    venue = models.ForeignKey("groups.Venue", null=True, on_delete=models.PROTECT, related_name="meetings")
    online_venue = models.ForeignKey(
        "groups.Venue",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The online room of a meeting that has a place as well.",
    )
    capacity = models.PositiveSmallIntegerField(null=True, help_text="How many can come; blank is as many as like.")
    state = models.CharField(max_length=20, choices=State, default=State.PLANNED)
    cancel_reason = models.TextField(_("why the meeting is cancelled"), blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, help_text="Rises when time, place or state change (RFC 5545).")
    changed_at = models.DateTimeField()
    created_at = models.DateTimeField()

    view_permission = "groups.view_meeting"
    ROLE_PATHS = group_paths("group")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "original_on"], name="one_meeting_per_occurrence"),
            models.CheckConstraint(name="meeting_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="meeting_ends_in_a_day", condition=Q(ends_at__lte=F("starts_at") + LONGEST)),
            models.CheckConstraint(
                name="meeting_state_known",
                condition=Q(state__in=["planned", "confirmed", "held", "cancelled", "not_known"]),
            ),
            models.CheckConstraint(
                name="cancelled_meeting_has_reason", condition=~Q(state="cancelled") | ~Q(cancel_reason="")
            ),
            models.CheckConstraint(
                name="meeting_has_room_for_someone", condition=Q(capacity=None) | Q(capacity__gte=1)
            ),
            models.CheckConstraint(
                name="occurrence_has_series_and_day",
                condition=Q(series=None, original_on=None) | Q(series__isnull=False, original_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["group", "starts_at"], name="meeting_group_start"),
            models.Index(fields=["starts_at"], name="meeting_start"),
        ]

    def __str__(self):
        return f"{self.group} {self.starts_at:%Y-%m-%d %H:%M}Z"

    def get_absolute_url(self):
        return reverse("groups:meeting_detail", args=[self.pk])

    @property
    def zone(self):
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def is_cancelled(self):
        return self.state == self.State.CANCELLED

    @property
    def is_going_ahead(self):
        return self.state in self.GOING_AHEAD

    @property
    def mode(self):
        """In person, online or both; None while nobody knows where. The venues must be loaded."""
        if self.venue is None:
            return None
        if self.venue.kind == "online":
            return self.Mode.ONLINE
        return self.Mode.HYBRID if self.online_venue_id else self.Mode.IN_PERSON

    def is_at_another_hour_for(self, person):
        """Whether `person`'s own clock says something else than the group's when the meeting starts."""
        return self.starts_at.astimezone(self.zone).utcoffset() != self.starts_at.astimezone(person.zone).utcoffset()
