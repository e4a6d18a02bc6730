"""What a flare-up said before it was corrected."""

from django.db import models


class FlareUpChange(models.Model):
    """One correction; the database lets nobody change or delete it.

    `before` holds only what changed: the names of `FlareUp.said()` to what stood there. `revision` is the one that
    ended with it.
    """

    flareup = models.ForeignKey(
        "supportplans.FlareUp", on_delete=models.PROTECT, db_index=False, related_name="changes"
    )
    revision = models.PositiveIntegerField()
    before = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flareup", "revision"], name="one_change_per_flareup_and_revision"),
        ]

    def __str__(self):
        return f"{self.flareup_id} {self.revision}"
