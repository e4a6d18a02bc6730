"""Who said they would come to a meeting, and who came."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from groups.reach import group_paths
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role


class RSVPQuerySet(models.QuerySet):
    def holding(self):
        """Answers to the meeting as it now is: what was said before a move is asked anew."""
        return self.filter(answered_at__gte=F("meeting__changed_at"))

    def coming(self):
        """Those who mean to come, in turn."""
        return self.holding().filter(answer=RSVP.Answer.COMING).order_by("meeting", "coming_since", "pk")


class RSVP(models.Model):
    """What a member says before a meeting. No answer is never "absent".

    An answer holds for the time and place it was given for: once the meeting is moved, it is asked anew.
    """

    class Answer(models.TextChoices):
        COMING = "coming", _("Coming")
        CANNOT = "cannot", _("Can't come")
        NOT_SURE = "not_sure", _("Not sure")

    meeting = models.ForeignKey("groups.Meeting", on_delete=models.PROTECT, related_name="rsvps")
    membership = models.ForeignKey("groups.Membership", on_delete=models.PROTECT, related_name="rsvps")
    answer = models.CharField(max_length=10, choices=Answer)
    answered_at = models.DateTimeField()
    coming_since = models.DateTimeField(null=True, help_text="Since when they mean to come: the order of places.")
    is_standing = models.BooleanField(default=False, help_text="Filled in since they usually come.")
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The role holder who noted what someone without an account said.",
    )

    objects = RSVPQuerySet.as_manager()

    class Meta:
        verbose_name = "RSVP"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "membership"], name="one_rsvp_per_meeting_and_membership"),
            models.CheckConstraint(name="rsvp_answer_known", condition=Q(answer__in=["coming", "cannot", "not_sure"])),
            models.CheckConstraint(
                name="coming_has_a_since",
                condition=Q(answer="coming", coming_since__isnull=False) | (~Q(answer="coming") & Q(coming_since=None)),
            ),
        ]

    def __str__(self):
        return self.get_answer_display()

    @property
    def holds(self):
        """As `RSVPQuerySet.holding`, of a row in hand."""
        return self.answered_at >= self.meeting.changed_at

    @property
    def is_shown(self):
        """Whether the group may see it. What was visible of someone ends with their membership."""
        return self.membership.is_current and self.membership.shows_answer

    def turn(self):
        """The how-manieth of those who mean to come (1 is the first)."""
        coming = RSVP.objects.coming().filter(meeting=self.meeting_id)
        return list(coming.values_list("pk", flat=True)).index(self.pk) + 1


class AttendanceQuerySet(GovernedQuerySet):
    def standing(self):
        """The rows that count: those no later correction replaced."""
        return self.filter(replaced_at__isnull=True)


class Attendance(Governed):
    """Whether a member came, as a role holder recorded it. A correction is a new row; the old one stays."""

    class Outcome(models.TextChoices):
        ATTENDED = "attended", _("Came")
        APOLOGIES = "apologies", _("Sent apologies")
        NOT_KNOWN = "not_known", _("Not known")

    meeting = models.ForeignKey("groups.Meeting", on_delete=models.PROTECT, related_name="attendances")
    membership = models.ForeignKey("groups.Membership", on_delete=models.PROTECT, related_name="attendances")
    outcome = models.CharField(max_length=10, choices=Outcome)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    view_permission = "groups.view_answers"
    ROLE_PATHS = {Role.OWNER: lambda person: Q(membership__person=person), **group_paths("meeting__group")}

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("attendance")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "membership"],
                condition=Q(replaced_at__isnull=True),
                name="one_standing_attendance",
            ),
            models.CheckConstraint(
                name="attendance_outcome_known",
                condition=Q(outcome__in=["attended", "apologies", "not_known"]),
            ),
        ]

    def __str__(self):
        return self.get_outcome_display()
