"""A group asks its tutor or the coordinator for help."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups.reach import groups_as_role_holder, groups_as_tutor, sites_as_coordinator
from peersupport.access.governed import Governed
from peersupport.access.roles import Role


class SupportRequest(Governed):
    """Asked, answered, closed. The coordinator sees only those that are put to them."""

    class To(models.TextChoices):
        TUTOR = "tutor", _("Our patient tutor")
        COORDINATOR = "coordinator", _("The programme's coordinator")

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    group = models.ForeignKey("groups.SupportGroup", on_delete=models.PROTECT, related_name="support_requests")
    to = models.CharField(_("whom to ask"), max_length=20, choices=To)
    text = models.TextField(_("what would help"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="support_requests")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    view_permission = "groups.view_support_request"
    ROLE_PATHS = {
        Role.OWNER: lambda person: Q(asked_by=person),
        Role.ROLE_HOLDER: lambda person: Q(group__in=groups_as_role_holder(person)),
        Role.TUTOR: lambda person: Q(to="tutor", group__in=groups_as_tutor(person)),
        Role.COORDINATOR: lambda person: Q(to="coordinator", group__site__in=sites_as_coordinator(person)),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(name="support_request_to_known", condition=Q(to__in=["tutor", "coordinator"])),
            models.CheckConstraint(
                name="support_request_state_known", condition=Q(state__in=["open", "answered", "closed"])
            ),
            models.CheckConstraint(
                name="answered_request_has_answer",
                condition=~Q(state="answered")
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="closed_request_has_who_and_when",
                condition=~Q(state="closed") | Q(closed_by__isnull=False, closed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["group", "state"], name="support_request_group_state")]

    def __str__(self):
        return f"{self.group} · {self.get_to_display()}"

    def get_absolute_url(self):
        return reverse("groups:support_request_detail", args=[self.pk])

    @property
    def is_open(self):
        return self.state == self.State.OPEN
