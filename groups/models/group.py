"""A group: the people of one finished programme, carrying on together."""

import zoneinfo
from datetime import timedelta

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups.reach import group_paths, site_path
from members.models import validate_time_zone
from peersupport.access.governed import Governed, GovernedQuerySet

#: After this long without a meeting the people who look after a group are asked whether it goes on.
QUIET = timedelta(weeks=12)


class SupportGroupQuerySet(GovernedQuerySet):
    def meeting_on(self):
        """Groups that are under way or about to be: not paused, not closed."""
        return self.filter(state__in=SupportGroup.UNDER_WAY)

    def to_find(self, person):
        """Groups under way that `person` could join or ask to join, and is not in already."""
        rules = (SupportGroup.JoinRule.OPEN, SupportGroup.JoinRule.BY_AGREEMENT)
        own = apps.get_model("groups", "Membership").objects.current().filter(person=person)
        return self.meeting_on().filter(join_rule__in=rules).exclude(pk__in=own.values("group"))

    def locked(self, group):
        """`group` as it stands now, kept from others until the transaction ends."""
        return self.select_for_update().get(pk=group.pk)

    def with_meeting_counts(self, *, now):
        """Adds `last_met_at`, `came` (None: nobody noted it) and `next_starts_at`: counts only."""
        meetings = apps.get_model("groups", "Meeting").objects.filter(group=OuterRef("pk"))
        last = meetings.exclude(state="cancelled").past(now=now)
        upcoming = meetings.going_ahead().upcoming(now=now)
        attendances = apps.get_model("groups", "Attendance").objects.standing()
        came = attendances.filter(meeting=OuterRef("last_meeting_id")).order_by().values("meeting")
        return self.annotate(
            last_meeting_id=Subquery(last.values("pk")[:1]),
            last_met_at=Subquery(last.values("starts_at")[:1]),
            next_starts_at=Subquery(upcoming.values("starts_at")[:1]),
            came=Subquery(came.annotate(number=Count("pk", filter=Q(outcome="attended"))).values("number")),
        )

    def with_what_waits(self, *, now):
        """Adds what those who look after a group ask first.

        Counts of answers, newcomers, requests and open steps, and `is_quiet`: nothing was heard for long.
        """
        next_meeting = _rows("Meeting").going_ahead().upcoming(now=now)
        answers = _rows("RSVP", to_group="meeting__group").holding().filter(meeting=OuterRef("next_meeting_id"))
        came = apps.get_model("groups", "Attendance").objects.standing().filter(outcome="attended")
        have_not_come = _rows("Membership").joined().exclude(pk__in=came.values("membership"))
        return self.annotate(
            next_meeting_id=Subquery(next_meeting.values("pk")[:1]),
            coming=_number(answers.filter(answer="coming"), by="meeting"),
            cannot=_number(answers.filter(answer="cannot"), by="meeting"),
            not_sure=_number(answers.filter(answer="not_sure"), by="meeting"),
            newcomers=_number(have_not_come),
            join_requests_open=_number(_rows("JoinRequest").filter(state="asked")),
            is_quiet=Q(state__in=SupportGroup.UNDER_WAY, quiet_since__lte=now - QUIET),
        ).with_waiting_counts(to="tutor")

    def with_waiting_counts(self, *, to):
        """Adds `steps_open` and `requests_open`: steps of the checklist, requests to the tutor or the coordinator."""
        asked = _rows("SupportRequest").filter(state="open", to=to)
        steps = _rows("ChecklistStep").filter(state="open")
        return self.annotate(steps_open=_number(steps), requests_open=_number(asked))

    def quiet(self, *, now):
        """Groups under way of which nothing was heard for so long that their role holders are asked."""
        return self.meeting_on().filter(quiet_since__lte=now - QUIET)


def _rows(model, to_group="group"):
    """The rows of `model` that belong to the group of the outer query."""
    return apps.get_model("groups", model).objects.filter(**{to_group: OuterRef("pk")}).order_by()


def _number(rows, by="group"):
    """How many of `rows` there are, as a subquery."""
    return Coalesce(Subquery(rows.order_by().values(by).annotate(number=Count("pk")).values("number")), 0)


class SupportGroup(Governed):
    class State(models.TextChoices):
        FORMING = "forming", _("Starting up")
        ACTIVE = "active", _("Meeting")
        PAUSED = "paused", _("Having a break")
        CLOSED = "closed", _("Ended")

    class JoinRule(models.TextChoices):
        CLOSED = "closed", _("Only people from the programme")
        BY_AGREEMENT = "by_agreement", _("Others can join if the group agrees")
        OPEN = "open", _("Anyone with chronic pain can join")

    UNDER_WAY = ("forming", "active")

    #: Where a group may go from each state; the services move it, and nothing closes by itself.
    NEXT_STATES = {
        State.FORMING: {State.ACTIVE, State.PAUSED, State.CLOSED},
        State.ACTIVE: {State.PAUSED, State.CLOSED},
        State.PAUSED: {State.ACTIVE, State.CLOSED},
        State.CLOSED: set(),
    }

    site = models.ForeignKey("groups.Site", on_delete=models.PROTECT, related_name="groups")
    programme = models.ForeignKey(
        "groups.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="groups"
    )
    name = models.CharField(_("name"), max_length=120)
    about = models.TextField(_("what the group is about"), blank=True)
    expectations = models.TextField(_("what to expect when you come for the first time"), blank=True)
    join_rule = models.CharField(_("who can join"), max_length=20, choices=JoinRule, default=JoinRule.CLOSED)
    venue = models.ForeignKey("groups.Venue", null=True, blank=True, on_delete=models.PROTECT, related_name="groups")
    online_venue = models.ForeignKey(
        "groups.Venue",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The online room of a group that has a place as well.",
    )
    language = models.CharField(_("language of the meetings"), max_length=60, default="English")
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.FORMING)
    state_changed_at = models.DateTimeField()
    closing_reason = models.TextField(_("why the group ended"), blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from")
    quiet_since = models.DateTimeField(help_text="The last meeting, or when an organiser last said that it goes on.")
    created_at = models.DateTimeField()

    view_permission = "groups.view_group"
    ROLE_PATHS = {**group_paths("pk"), **site_path("site")}

    objects = SupportGroupQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="group_name_once_per_site"),
            models.CheckConstraint(
                name="group_state_known", condition=Q(state__in=["forming", "active", "paused", "closed"])
            ),
            models.CheckConstraint(
                name="group_join_rule_known", condition=Q(join_rule__in=["closed", "by_agreement", "open"])
            ),
            models.CheckConstraint(
                name="only_closed_groups_are_merged", condition=Q(merged_into=None) | Q(state="closed")
            ),
            models.CheckConstraint(
                name="closed_group_has_reason", condition=~Q(state="closed") | ~Q(closing_reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["site", "quiet_since"], name="group_site_quiet"),
            models.Index(fields=["site", "created_at"], name="group_site_created"),
            models.Index(
                fields=["quiet_since"], name="group_under_way_quiet", condition=Q(state__in=["forming", "active"])
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("groups:group_detail", args=[self.pk])

    @property
    def zone(self):
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def is_under_way(self):
        """Meeting, or about to: not paused, not closed."""
        return self.state in self.UNDER_WAY

    def may_become(self, state):
        return state in self.NEXT_STATES[self.state]
