"""The outbox: one row per message that must go out, made in the same transaction as its cause."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

#: The one reason that its recipient can take back.
TURNED_OFF = "This reminder was turned off."


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
        db_index=False,  # `message_recipient` begins with it.
        help_text="None: the subject holds the address.",
    )
    channel = models.CharField(max_length=10, default="email")
    stands_in = models.BooleanField(
        default=False, db_default=False, help_text="It takes this way because the one asked for failed."
    )
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
    failures = models.PositiveSmallIntegerField(default=0, help_text="Times the server put it off.")
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    message_id = models.UUIDField(
        default=uuid.uuid4, help_text="Becomes the mail's Message-ID or its like, the same on every attempt."
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
            models.Index(
                fields=["channel", "next_attempt_at", "id"], condition=Q(state="pending"), name="message_claimable"
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="message_leased"),
            models.Index(fields=["recipient", "-settled_at", "-id"], name="message_recipient"),
            models.Index(fields=["settled_at"], name="message_settled"),
            models.Index(fields=["message_id"], name="message_reference"),
            models.Index(fields=["settled_at", "id"], condition=Q(state="parked"), name="message_parked"),
            models.Index(
                fields=["about", "subject_id", "recipient"],
                condition=Q(state__in=["pending", "sending"]),
                name="message_unsent_to",
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
    """What a person decided about a kind of message. No row means the kind's own default, by e-mail."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_preferences")
    kind = models.CharField(max_length=40)
    is_wanted = models.BooleanField()
    lead_minutes = ArrayField(
        models.PositiveIntegerField(), null=True, help_text="How long before it comes. None: the kind's own default."
    )
    channels = ArrayField(models.CharField(max_length=10), null=True, help_text="Which ways it takes. None: by e-mail.")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="one_preference_per_person_and_kind"),
            models.CheckConstraint(
                name="preference_without_times_is_none",
                condition=Q(lead_minutes=None) | Q(lead_minutes__len__gt=0),
            ),
            models.CheckConstraint(
                name="preference_without_channels_is_none",
                condition=Q(channels=None) | Q(channels__len__gt=0),
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


class PhoneNumber(models.Model):
    """A person's own number, for text messages. Nothing but its code is sent to it until they confirm it."""

    #: From this many refusals on nothing is sent to the number until its owner enters it again.
    MOST_REFUSALS = 3

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="phone_number"
    )
    number = models.CharField(max_length=16, help_text="As +447700900123.")
    nonce = models.CharField(max_length=22, help_text="What the code that confirms it is made from.")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    refusals = models.PositiveSmallIntegerField(default=0, help_text="How often in a row it was refused for good.")

    class Meta:
        constraints = [
            models.CheckConstraint(name="phone_number_is_international", condition=Q(number__regex=r"^\+[0-9]{8,15}$")),
        ]

    def __str__(self):
        return str(self.person)

    @property
    def spoken(self):
        """As people in the UK write it: 07700 900123."""
        return f"0{self.number[3:7]} {self.number[7:]}" if self.number.startswith("+44") else self.number

    @property
    def refuses_texts(self):
        return self.refusals >= self.MOST_REFUSALS


class Device(models.Model):
    """A browser of a person's that takes notifications (a push subscription)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices")
    endpoint = models.CharField(max_length=1000, unique=True, help_text="Where its push service takes messages for it.")
    p256dh = models.CharField(max_length=100, help_text="Its public key, in URL-safe base 64.")
    auth = models.CharField(max_length=50, help_text="Its authentication secret, in URL-safe base 64.")
    name = models.CharField(max_length=80, help_text='As its owner knows it: "Chrome on Android".')
    session = models.CharField(max_length=64, help_text="Fingerprint of the session it was added in.")
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["session"], name="device_session")]

    def __str__(self):
        return self.name


class StandIn(models.Model):
    """Which ways a message may take when the one it should have taken fails. No row: e-mail."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="stand_in"
    )
    channels = ArrayField(models.CharField(max_length=10))
    changed_at = models.DateTimeField()

    def __str__(self):
        return str(self.person)


class WeeklyDigest(models.Model):
    """A person who wants one e-mail a week in place of single reminders. No row: single reminders."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="weekly_digest"
    )
    weekday = models.PositiveSmallIntegerField(help_text="1 is Monday, 7 Sunday.")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="digest_weekday_known", condition=Q(weekday__gte=1, weekday__lte=7))]

    def __str__(self):
        return str(self.person)
