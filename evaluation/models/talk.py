"""An interview while it is held: what was noted, covered and done, each with its time. Nothing of it is overwritten."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.models.appointment import Appointment
from evaluation.models.fieldwork import Interview
from evaluation.models.topic_guide import TopicGuide, TopicPrompt
from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet

#: What began before and was not ended was forgotten.
A_LONG_TALK = timedelta(hours=12)


class TalkQuerySet(GovernedQuerySet):
    def visible_to(self, person):
        """Without those of people who asked for removal: nobody reads their notes any more."""
        return super().visible_to(person).exclude(participant__withdrawals__scope="remove")

    def open(self):
        return self.filter(ended_at=None)

    def not_recorded(self, *, now):
        """Held without an appointment, over, and in no record. The list of appointments has the others."""
        over = Q(ended_at__isnull=False) | Q(started_at__lt=now - A_LONG_TALK)
        return self.filter(over, appointment=None, interview=None)


class Talk(Governed):
    """Begun with or without an appointment; recorded afterwards as an `interview`."""

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="talks")
    participant = models.ForeignKey("evaluation.Participant", on_delete=models.PROTECT, related_name="talks")
    appointment = models.OneToOneField(Appointment, null=True, on_delete=models.PROTECT, related_name="talk")
    topic_guide = models.ForeignKey(TopicGuide, null=True, on_delete=models.PROTECT, related_name="talks")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    interview = models.OneToOneField(Interview, null=True, on_delete=models.PROTECT, related_name="talk")

    view_permission = "evaluation.view_appointment"
    ROLE_PATHS = duty_paths("study")

    objects = TalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("notes of an interview")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(ended_at=None), name="one_open_talk_per_participant"
            ),
            models.CheckConstraint(
                name="talk_ends_after_start", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))
            ),
            models.CheckConstraint(
                name="recorded_talk_has_ended", condition=Q(interview=None) | Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.participant} {self.started_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("evaluation:talk_detail", args=[self.pk])


class TalkEntry(models.Model):
    """One thing that happened in a talk. Insert-only; the browser makes `guid`, so that sent twice is one.

    Of `covered` and `uncovered` the latest on a prompt counts. `paused` keeps the distress protocol that was shown.
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        COVERED = "covered", _("Covered")
        UNCOVERED = "uncovered", _("Not covered after all")
        PAUSED = "paused", _("Distress protocol used")
        CARED = "cared", _("What was done")

    talk = models.ForeignKey(Talk, on_delete=models.PROTECT, related_name="entries")
    guid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    prompt = models.ForeignKey(TopicPrompt, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(help_text="When it happened; it may have come later, from a tablet without a connection.")
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="talk_entry_kind_known",
                condition=Q(kind__in=["note", "covered", "uncovered", "paused", "cared"]),
            ),
            models.CheckConstraint(
                name="talk_entry_says_what_its_kind_says",
                condition=(Q(kind="note") & ~Q(text=""))
                | Q(kind__in=["covered", "uncovered"], prompt__isnull=False, text="")
                | (Q(kind__in=["paused", "cared"], prompt=None) & ~Q(text="")),
            ),
            models.CheckConstraint(name="talk_entry_received_after", condition=Q(received_at__gte=F("at"))),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%H:%M}"

    @property
    def minute(self):
        """Whole minutes from the start of the talk, which must be loaded."""
        return int((self.at - self.talk.started_at).total_seconds() // 60)
