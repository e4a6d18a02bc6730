"""A rhythm of meetings: an RFC 5545 rule in the group's own time zone."""

import zoneinfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groups.reach import group_paths
from peersupport.access.governed import Governed


class MeetingSeries(Governed):
    """Meetings that repeat at the same wall time: 14:00 stays 14:00 when the clocks change.

    Each occurrence is a row of `Meeting`, made ahead until `planned_until`.
    """

    group = models.ForeignKey("groups.SupportGroup", on_delete=models.PROTECT, related_name="series")
    rule = models.CharField(max_length=200, help_text="RRULE without DTSTART, like FREQ=WEEKLY;INTERVAL=2;BYDAY=TU.")
    first_on = models.DateField()
    start_time = models.TimeField(help_text="Wall time in `time_zone`.")
    duration_minutes = models.PositiveSmallIntegerField()
    time_zone = models.CharField(max_length=64)
    venue = models.ForeignKey("groups.Venue", null=True, on_delete=models.PROTECT, related_name="+")
    online_venue = models.ForeignKey("groups.Venue", null=True, on_delete=models.PROTECT, related_name="+")
    capacity = models.PositiveSmallIntegerField(null=True)
    planned_until = models.DateField(help_text="Occurrences up to and including this day have been made.")
    ended_at = models.DateTimeField(null=True, help_text="No further occurrences are made from then on.")
    created_at = models.DateTimeField()

    view_permission = "groups.view_meeting"
    ROLE_PATHS = group_paths("group")

    class Meta:
        verbose_name = _("meeting series")
        verbose_name_plural = _("meeting series")
        constraints = [
            models.CheckConstraint(name="series_has_rule", condition=~Q(rule="")),
            models.CheckConstraint(
                name="series_lasts_a_while", condition=Q(duration_minutes__gte=5, duration_minutes__lte=1440)
            ),
        ]

    def __str__(self):
        return self.rule

    @property
    def zone(self):
        return zoneinfo.ZoneInfo(self.time_zone)
