"""A concern about safety or conduct: for the site's safeguarding lead and deputy only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups.reach import sites_as_safeguarding
from peersupport.access.governed import Governed
from peersupport.access.roles import Role


class Concern(Governed):
    """What someone is worried about. Its state moves by steps, each a row that stays."""

    class State(models.TextChoices):
        SENT = "sent", _("Sent, not read yet")
        SEEN = "seen", _("Read")
        PASSED_ON = "passed_on", _("Passed on")
        CLOSED = "closed", _("Closed")

    site = models.ForeignKey("groups.Site", on_delete=models.PROTECT, related_name="concerns")
    group = models.ForeignKey("groups.SupportGroup", null=True, on_delete=models.PROTECT, related_name="concerns")
    text = models.TextField(_("what worries you"))
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="concerns")
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.SENT)

    view_permission = "groups.view_concern"
    ROLE_PATHS = {
        Role.OWNER: lambda person: Q(raised_by=person),
        Role.SAFEGUARDING_LEAD: lambda person: Q(site__in=sites_as_safeguarding(person)),
    }

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="concern_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="concern_state_known", condition=Q(state__in=["sent", "seen", "passed_on", "closed"])
            ),
        ]

    def __str__(self):
        return f"{self.site} {self.raised_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("groups:concern_detail", args=[self.pk])

    @property
    def is_closed(self):
        return self.state == self.State.CLOSED


class ConcernStep(models.Model):
    """What the lead or deputy did with a concern. Rows are only ever added."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=Concern.State)
    note = models.TextField(_("to whom, or how it ended"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="concern_step_state_known", condition=Q(state__in=["seen", "passed_on", "closed"])
            ),
        ]

    def __str__(self):
        return self.get_state_display()
