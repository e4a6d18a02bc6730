"""Who a pseudonym is: apart from everything else, for key-holders, and only once a second person agrees."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.models.participant import Participant
from evaluation.reach import duty_paths
from members.models import Person
from peersupport.access.governed import Governed, GovernedQuerySet

#: How long a key-holder may open a key after the second person's yes. A trigger says so too.
YES_LASTS = timedelta(days=7)


class IdentityKey(Governed):
    """Who a pseudonym is. Seen only by key-holders, every look logged."""

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="identity_key")
    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="identity_keys"
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    contact = models.CharField(_("how to reach them"), max_length=254, blank=True)
    created_at = models.DateTimeField()

    view_permission = "evaluation.view_identity_key"
    ROLE_PATHS = duty_paths("study")

    class Meta:
        verbose_name = _("who you are in a study")
        constraints = [
            models.UniqueConstraint(
                fields=["study", "person"],
                condition=Q(person__isnull=False),
                name="one_participant_per_study_and_person",
            ),
            models.CheckConstraint(name="identity_is_person_or_name", condition=Q(person__isnull=False) | ~Q(name="")),
        ]

    def __str__(self):
        return str(self.participant)


def gone():
    """People who have died or closed their account."""
    return Person.objects.filter(Q(died_marked_at__isnull=False) | Q(is_active=False))


class IdentityRequestQuerySet(GovernedQuerySet):
    def waiting(self):
        return self.filter(is_granted=None)

    def holding(self, *, person, now: datetime):
        """Those that let `person` open a key at `now`."""
        return self.filter(asked_by=person, is_granted=True, answered_at__gt=now - YES_LASTS)


class IdentityRequest(Governed):
    """A key-holder asks to find out who a pseudonym is. Someone else says yes or no to it, once."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="identity_requests")
    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="identity_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why"))
    asked_at = models.DateTimeField()
    is_granted = models.BooleanField(null=True, help_text="None while it waits.")
    answer = models.TextField(_("why not"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    view_permission = "evaluation.view_identity_request"
    ROLE_PATHS = duty_paths("study")

    objects = IdentityRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="identity_request_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="identity_request_answered_whole",
                condition=Q(is_granted=None, answered_by=None, answered_at=None)
                | Q(is_granted__isnull=False, answered_by__isnull=False, answered_at__gte=F("asked_at")),
            ),
            models.CheckConstraint(
                name="identity_request_takes_two", condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="identity_refusal_says_why",
                condition=Q(is_granted=False, answer__gt="")
                | Q(is_granted=True, answer="")
                | Q(is_granted=None, answer=""),
            ),
            models.UniqueConstraint(
                fields=["participant", "asked_by"],
                condition=Q(is_granted=None),
                name="one_waiting_identity_request",
            ),
        ]

    def __str__(self):
        return f"{self.participant} {self.asked_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("evaluation:identity_request_answer", args=[self.pk])

    def get_key_url(self):
        """Where whoever asked goes on."""
        return reverse("evaluation:identity_key_open", args=[self.participant_id])

    @property
    def holds_until(self) -> datetime | None:
        """Until when the key can be opened with it."""
        return self.answered_at + YES_LASTS if self.is_granted else None


class IdentityLook(models.Model):
    """Why a key-holder looked at who a pseudonym is. Insert-only; the access log has the look itself as well."""

    request = models.ForeignKey(
        IdentityRequest, null=True, on_delete=models.PROTECT, related_name="looks", help_text="Whose yes let them."
    )
    identity_key = models.ForeignKey(IdentityKey, on_delete=models.PROTECT, related_name="looks")
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why"))
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="identity_look_has_reason", condition=~Q(reason=""))]

    def __str__(self):
        return f"{self.identity_key} {self.looked_at:%Y-%m-%d}"
