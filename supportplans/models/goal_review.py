"""Looking back at a goal. Rows are only ever added; the database refuses anything else."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from supportplans.models.goal import SENT_TWICE, Goal


class GoalReview(models.Model):
    """One look back at a goal: of the moment it was noted, or of a day before that."""

    class Outcome(models.TextChoices):
        WELL = "well", _("It went well")
        SOME = "some", _("Some of it")
        NOT_THIS_TIME = "not_this_time", _("Not this time")

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="reviews")
    client_id = models.UUIDField(default=uuid.uuid4, help_text=SENT_TWICE)
    outcome = models.CharField(_("how it went"), max_length=20, choices=Outcome)
    note = models.TextField(_("anything to remember"), blank=True)
    confidence = models.PositiveSmallIntegerField(_("how sure I am now"), null=True, blank=True)
    next_step = models.CharField(_("my next small step"), max_length=300, blank=True)
    state_after = models.CharField(max_length=20, choices=Goal.State)
    reviewed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "client_id"], name="goalreview_sent_twice_is_one"),
            models.CheckConstraint(
                name="review_outcome_known", condition=Q(outcome__in=["well", "some", "not_this_time"])
            ),
            models.CheckConstraint(
                name="review_confidence_0_to_10", condition=Q(confidence=None) | Q(confidence__lte=10)
            ),
            models.CheckConstraint(name="review_of_the_past", condition=Q(reviewed_at__lte=F("recorded_at"))),
        ]
        indexes = [models.Index(fields=["goal", "-reviewed_at"], name="goalreview_latest")]

    def __str__(self):
        return self.get_outcome_display()
