"""How far a transcript is: none, raw, checked, returned, de-identified, approved. No state can be skipped."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TranscriptState(models.TextChoices):
    NONE = "none", _("None yet")
    RAW = "raw", _("Raw")
    CHECKED = "checked", _("Checked")
    RETURNED = "returned", _("Returned")
    DEIDENTIFIED = "deidentified", _("De-identified")
    APPROVED = "approved", _("Approved")


class TranscriptStep(models.Model):
    """What was done with one version of a transcript. Insert-only; the database refuses a step out of turn."""

    class Step(models.TextChoices):
        CHECKED = "checked", _("Checked")
        RETURNED = "returned", _("Given back to the participant")
        NOT_WISHED = "not_wished", _("Not wished for by the participant")
        DEIDENTIFIED = "deidentified", _("De-identified")
        APPROVED = "approved", _("Approved and locked")
        REOPENED = "reopened", _("Opened again")

    source = models.ForeignKey("evaluation.Source", on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=20, choices=Step)
    reason = models.TextField(_("why it is opened again"), blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="transcript_step_known",
                condition=Q(step__in=["checked", "returned", "not_wished", "deidentified", "approved", "reopened"]),
            ),
            models.CheckConstraint(
                name="reopened_transcript_has_reason",
                condition=(Q(step="reopened") & ~Q(reason="")) | (~Q(step="reopened") & Q(reason="")),
            ),
        ]

    def __str__(self):
        return self.get_step_display()


#: What a transcript is after a step. One that is opened again can be redacted further, and keeps what was replaced.
STATE_AFTER = {
    TranscriptStep.Step.CHECKED: TranscriptState.CHECKED,
    TranscriptStep.Step.RETURNED: TranscriptState.RETURNED,
    TranscriptStep.Step.NOT_WISHED: TranscriptState.RETURNED,
    TranscriptStep.Step.DEIDENTIFIED: TranscriptState.DEIDENTIFIED,
    TranscriptStep.Step.APPROVED: TranscriptState.APPROVED,
    TranscriptStep.Step.REOPENED: TranscriptState.RETURNED,
}


def state_of(newest: int | None, step: str | None, step_source: int | None) -> TranscriptState:
    """Of the newest version's key, and the last step with the key of the version it was about.

    A version added since that step begins anew.
    """
    if newest is None:
        return TranscriptState.NONE
    if step is None or step_source != newest:
        return TranscriptState.RAW
    return STATE_AFTER[TranscriptStep.Step(step)]
