"""Appointments for interviews: when, how, where, with whom; and what became of them."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.models.fieldwork import LONGEST_MINUTES, Interview
from evaluation.models.identity import IdentityKey, gone
from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role


class AppointmentQuerySet(GovernedQuerySet):
    def planned(self):
        return self.filter(state=Appointment.State.PLANNED)

    def standing(self):
        """Planned, with someone who can come: of those who died or closed their account nothing stands, at once."""
        return self.planned().exclude(Exists(self._key_of_gone()))

    def of_gone(self):
        """Planned, with someone who has died or closed their account: to be cancelled."""
        return self.planned().filter(Exists(self._key_of_gone()))

    def not_recorded(self, *, now):
        """Planned for a time that is over, and nobody has said what became of it."""
        return self.standing().filter(ends_at__lte=now)

    @staticmethod
    def _key_of_gone():
        return IdentityKey.objects.filter(participant=OuterRef("participant"), person__in=gone())


class Appointment(Governed):
    """Calendars know it by `uid`; `sequence` rises with each change that they show. Wall times are of `time_zone`."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")
        MISSED = "missed", _("Did not come")

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="appointments")
    participant = models.ForeignKey("evaluation.Participant", on_delete=models.PROTECT, related_name="appointments")
    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second_interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    mode = models.CharField(_("how"), max_length=20, choices=Interview.Mode)
    place = models.CharField(_("where, or how to join"), max_length=300)
    state = models.CharField(max_length=20, choices=State, default=State.PLANNED)
    cancel_reason = models.CharField(max_length=300, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(help_text="When its time, place or state last changed.")
    created_at = models.DateTimeField()
    interview = models.OneToOneField(
        Interview, null=True, on_delete=models.PROTECT, related_name="appointment", help_text="What it came to."
    )

    view_permission = "evaluation.view_appointment"
    ROLE_PATHS = {
        **duty_paths("study"),
        Role.PARTICIPANT: lambda person: Q(participant__identity_key__person=person),
    }

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(state="planned"), name="one_planned_appointment_per_participant"
            ),
            models.CheckConstraint(
                name="appointment_state_known", condition=Q(state__in=["planned", "held", "cancelled", "missed"])
            ),
            models.CheckConstraint(
                name="appointment_mode_known", condition=Q(mode__in=["in_person", "phone", "video"])
            ),
            models.CheckConstraint(
                name="cancelled_appointment_has_reason",
                condition=(Q(state="cancelled") & ~Q(cancel_reason="")) | (~Q(state="cancelled") & Q(cancel_reason="")),
            ),
            models.CheckConstraint(
                name="appointment_takes_a_while",
                condition=Q(
                    ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + timedelta(minutes=LONGEST_MINUTES)
                ),
            ),
            models.CheckConstraint(name="appointment_has_place", condition=~Q(place="")),
            models.CheckConstraint(
                name="appointment_interviewers_differ",
                condition=Q(second_interviewer=None) | ~Q(second_interviewer=F("interviewer")),
            ),
            models.CheckConstraint(
                name="held_appointment_has_interview",
                condition=Q(state="held", interview__isnull=False) | (~Q(state="held") & Q(interview=None)),
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], condition=Q(state="planned"), name="appointment_coming")]

    def __str__(self):
        return f"{self.participant} {self.starts_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("evaluation:appointment_detail", args=[self.pk])

    @property
    def is_planned(self):
        return self.state == self.State.PLANNED

    @property
    def is_cancelled(self):
        return self.state == self.State.CANCELLED

    @property
    def length_minutes(self):
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def interviewers(self):
        return [person for person in (self.interviewer, self.second_interviewer) if person]

    @property
    def participant_person_id(self):
        """The key of the participant's account, None for someone without one; of rows read with `identity_key`."""
        key = getattr(self.participant, "identity_key", None)
        return key and key.person_id

    def is_at_another_hour_for(self, person):
        """Whether `person`'s own clock says something else than the appointment's when it starts."""
        theirs = self.starts_at.astimezone(person.zone).utcoffset()
        return self.starts_at.astimezone(ZoneInfo(self.time_zone)).utcoffset() != theirs
