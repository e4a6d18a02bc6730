"""Whether what was recorded may still change, and what was put right in it."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _


class RecordLock(models.Model):
    """An interview or observation was locked, or opened again with a reason. Insert-only; the last one counts.

    While it is locked, the database refuses to change its facts and to add a text to it.
    """

    class Step(models.TextChoices):
        LOCKED = "locked", _("Locked")
        UNLOCKED = "unlocked", _("Opened again")

    interview = models.ForeignKey(
        "evaluation.Interview", null=True, on_delete=models.PROTECT, related_name="lock_steps"
    )
    observation = models.ForeignKey(
        "evaluation.Observation", null=True, on_delete=models.PROTECT, related_name="lock_steps"
    )
    step = models.CharField(max_length=10, choices=Step)
    reason = models.TextField(_("why it is opened again"), blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="lock_of_interview_or_observation",
                condition=Q(interview__isnull=False, observation=None) | Q(interview=None, observation__isnull=False),
            ),
            models.CheckConstraint(
                name="lock_opened_with_reason",
                condition=Q(step="locked", reason="") | Q(step="unlocked", reason__gt=""),
            ),
        ]

    def __str__(self):
        return self.get_step_display()


def last_lock(field: str) -> Subquery:
    """The last step of the interview or observation (`field`) of the outer query; none where it was never locked."""
    steps = RecordLock.objects.filter(**{field: OuterRef("pk")}).order_by("-pk")
    return Subquery(steps.values("step")[:1])


def is_locked(record) -> bool:
    """Of an interview or observation."""
    last = record.lock_steps.last()
    return last is not None and last.step == RecordLock.Step.LOCKED


class InterviewCorrection(models.Model):
    """Facts of an interview were put right. `before` keeps what they had been, by name of the field. Insert-only."""

    interview = models.ForeignKey("evaluation.Interview", on_delete=models.PROTECT, related_name="corrections")
    before = models.JSONField()
    reason = models.TextField(_("why"))
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(name="correction_has_reason", condition=~Q(reason=""))]

    def __str__(self):
        return f"{self.interview} {self.corrected_at:%Y-%m-%d}"
