"""Someone who asks to join a group that lets people in by agreement."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groups.reach import groups_as_role_holder, groups_as_tutor
from peersupport.access.governed import Governed
from peersupport.access.roles import Role


class JoinRequest(Governed):
    """Asked once at a time; the group's role holders say yes or no, with a kind note."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Not this time")
        WITHDRAWN = "withdrawn", _("Taken back")

    group = models.ForeignKey("groups.SupportGroup", on_delete=models.PROTECT, related_name="join_requests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="join_requests")
    invitation = models.ForeignKey("groups.Invitation", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("a few words to the group"), blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer_note = models.TextField(_("a note with the answer"), blank=True)

    view_permission = "groups.view_join_request"
    ROLE_PATHS = {
        Role.OWNER: lambda person: Q(person=person),
        Role.ROLE_HOLDER: lambda person: Q(group__in=groups_as_role_holder(person)),
        Role.TUTOR: lambda person: Q(group__in=groups_as_tutor(person)),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"], condition=Q(state="asked"), name="one_open_request_per_group_and_person"
            ),
            models.CheckConstraint(
                name="join_request_state_known", condition=Q(state__in=["asked", "accepted", "declined", "withdrawn"])
            ),
            models.CheckConstraint(
                name="answered_join_request_has_answer",
                condition=~Q(state__in=["accepted", "declined"])
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.group}"
