"""That a group looked at its plan in use and left it as it is."""

from django.conf import settings
from django.db import models


class PlanLook(models.Model):
    """One look at a plan in use that found it still right, and when the next one is. Rows are only ever added."""

    plan = models.ForeignKey("supportplans.MutualSupportPlan", on_delete=models.PROTECT, related_name="looks")
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField()
    next_on = models.DateField()

    def __str__(self):
        return f"{self.plan_id} {self.next_on}"
