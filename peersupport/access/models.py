"""The access log: who looked at or changed whose content, when, through what. Insert-only for the application."""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessLogEntry(models.Model):
    """One look or change. Holds keys only: no content, address or token."""

    class Action(models.TextChoices):
        VIEWED = "viewed", _("Looked at")
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        DOWNLOADED = "downloaded", _("Downloaded")
        EXPORTED = "exported", _("Exported")

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=20, choices=Action)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose content it is.",
    )
    route = models.CharField(max_length=100, help_text="The URL name or command it went through.")
    request_id = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["subject", "-at"], name="access_subject_at")]
        constraints = [
            models.CheckConstraint(
                name="access_action_known",
                condition=models.Q(action__in=["viewed", "added", "changed", "downloaded", "exported"]),
            )
        ]

    def __str__(self):
        return f"{self.action} {self.object_type} {self.object_id}"

    @property
    def object_name(self):
        """The kind of thing in words ("attendance", "interview"), not the thing itself."""
        return apps.get_model(self.object_type)._meta.verbose_name
