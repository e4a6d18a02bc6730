"""The outbox: one row per message that must go out, made in the same transaction as its cause."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """Holds no text and no address: both are looked up when it is sent.

    The unique key makes a second planner, a retry or a replay harmless.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Not needed any more")
        PARKED = "parked", _("Could not be sent")
        UNCERTAIN = "uncertain", _("May have been sent")

    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=40, help_text="What kinds about the same thing share.")
    subject_id = models.BigIntegerField(help_text="Key of the row the message is about; the kind knows its model.")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="None: the subject holds the address.",
    )
    channel = models.CharField(max_length=10, default="email")
    lead_minutes = models.PositiveIntegerField(default=0)
    schedule_version = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(
        max_length=200, blank=True, help_text="Why it was dropped or parked; no content, no address."
    )
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="Times a worker took it on and gave no outcome; more than one means a worker died of it."
    )
    failures = models.PositiveSmallIntegerField(default=0, help_text="Times the mail server put it off.")
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    message_id = models.UUIDField(
        default=uuid.uuid4, help_text="Becomes the mail's Message-ID, the same on every attempt."
    )
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, help_text="When it was sent, dropped, parked or found uncertain.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "recipient", "channel", "lead_minutes", "schedule_version"],
                nulls_distinct=False,
                name="message_once",
            ),
            models.CheckConstraint(
                name="message_state_known",
                condition=Q(state__in=["pending", "sending", "sent", "dropped", "parked", "uncertain"]),
            ),
            models.CheckConstraint(name="message_expires_after_due", condition=Q(expires_at__gte=F("due_at"))),
            models.CheckConstraint(
                name="message_settled_has_time",
                condition=Q(state__in=["pending", "sending"], settled_at=None)
                | (~Q(state__in=["pending", "sending"]) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="message_unsent_has_reason",
                condition=~Q(state__in=["dropped", "parked", "uncertain"]) | ~Q(reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], condition=Q(state="pending"), name="message_claimable"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="message_leased"),
            models.Index(fields=["recipient", "-settled_at", "-id"], name="message_recipient"),
            models.Index(fields=["settled_at"], name="message_settled"),
            models.Index(fields=["settled_at", "id"], condition=Q(state="parked"), name="message_parked"),
            models.Index(
                fields=["about", "subject_id"],
                condition=Q(state__in=["pending", "sending"]),
                name="message_unsent_about",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.subject_id} {self.state}"


class PlanningProgress(models.Model):
    """How far a kind has been planned; planning looks back as far as its last success."""

    kind = models.CharField(max_length=40, primary_key=True)
    planned_until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "planning progress"

    def __str__(self):
        return self.kind


class Preference(models.Model):
    """What a person decided about a kind of message. No row means the kind's own default."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_preferences")
    kind = models.CharField(max_length=40)
    is_wanted = models.BooleanField()
    lead_minutes = ArrayField(
        models.PositiveIntegerField(), null=True, help_text="How long before it comes. None: the kind's own default."
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="one_preference_per_person_and_kind"),
            models.CheckConstraint(
                name="preference_without_times_is_none",
                condition=Q(lead_minutes=None) | Q(lead_minutes__len__gt=0),
            ),
        ]

    def __str__(self):
        return f"{self.person} {self.kind}"


class QuietTime(models.Model):
    """When a person wants to be left in peace, by their own clock. No row: at no time."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="quiet_time"
    )
    starts = models.TimeField(null=True)
    ends = models.TimeField(null=True, help_text="May be before the start: then it is on the next day.")
    resumes_on = models.DateField(null=True, help_text="Nothing is sent before this day.")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quiet_time_has_start_and_end",
                condition=Q(starts=None, ends=None)
                | (Q(starts__isnull=False, ends__isnull=False) & ~Q(starts=F("ends"))),
            )
        ]

    def __str__(self):
        return str(self.person)
