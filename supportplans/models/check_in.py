"""That two members spoke, or tried to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CheckInQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not taken back."""
        return self.filter(undone_at=None)


class CheckIn(models.Model):
    """One time that two members spoke or tried to; no word about what was said. A slip is taken back, not deleted.

    `due_on`, `schedule_version` and `next_by` are what stood before, so that taking it back restores them.
    """

    class Outcome(models.TextChoices):
        SPOKE = "spoke", _("We spoke")
        TRIED = "tried", _("We tried")

    pair = models.ForeignKey("supportplans.KeepInTouch", on_delete=models.PROTECT, related_name="check_ins")
    outcome = models.CharField(max_length=10, choices=Outcome)
    due_on = models.DateField()
    schedule_version = models.PositiveIntegerField()
    next_by = models.ForeignKey("groups.Membership", on_delete=models.PROTECT, related_name="+")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pair", "schedule_version"],
                condition=Q(undone_at=None),
                name="one_check_in_per_pair_and_due_date",
            ),
            models.CheckConstraint(name="check_in_outcome_known", condition=Q(outcome__in=["spoke", "tried"])),
        ]
        indexes = [models.Index(fields=["pair", "-said_at"], name="checkin_latest")]

    def __str__(self):
        return f"{self.pair_id} {self.outcome}"
