"""What researchers write on the items of COREQ, beside what the records say. Insert-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CoreqText(models.Model):
    """On one item of `evaluation.coreq.items`. The highest number counts; an empty one takes the words away."""

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="coreq_texts")
    item = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    text = models.TextField(_("in your own words"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["item", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "item", "number"], name="coreq_text_number_once"),
            models.CheckConstraint(name="coreq_has_32_items", condition=Q(item__gte=1, item__lte=32)),
        ]

    def __str__(self):
        return f"{self.item} {self.number}"
