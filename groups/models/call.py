"""Who rings someone whom no message reaches."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Call(models.Model):
    """Someone will ring a member about a meeting, or has. No row: nobody has said so."""

    meeting = models.ForeignKey("groups.Meeting", on_delete=models.PROTECT, related_name="calls")
    membership = models.ForeignKey("groups.Membership", on_delete=models.PROTECT, related_name="calls")
    caller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "membership"], name="one_call_per_meeting_and_membership"),
            models.CheckConstraint(name="rung_after_taken", condition=Q(rung_at=None) | Q(rung_at__gte=F("taken_at"))),
        ]

    def __str__(self):
        return f"{self.membership} {self.meeting}"

    def is_out_of_date(self, meeting):
        """Whether they were rung about the meeting as it was before it was changed: it is news again."""
        return self.rung_at is not None and self.rung_at < meeting.changed_at
