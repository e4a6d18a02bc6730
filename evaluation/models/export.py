"""A bundle of evaluation data: what, why, for whom, as of when."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet


class ExportQuerySet(GovernedQuerySet):
    def unfinished(self):
        return self.filter(state__in=[Export.State.REQUESTED, Export.State.RUNNING])


class Export(Governed):
    class Profile(models.TextChoices):
        """What goes in; exports/profile.py says it in full."""

        QUANTITATIVE = "quantitative", _("Numbers")
        QUALITATIVE = "qualitative", _("Texts and codings")
        EVERYTHING = "everything", _("Everything")

    class State(models.TextChoices):
        REQUESTED = "requested", _("Waiting to start")
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="exports")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    profile = models.CharField(_("what goes in"), max_length=20, choices=Profile)
    salt = models.CharField(
        max_length=32, blank=True, help_text="Random, where its identifiers are to be like those of no other export."
    )
    purpose = models.TextField(_("what it is for"))
    for_whom = models.CharField(_("who will use it"), max_length=200)
    state = models.CharField(max_length=20, choices=State, default=State.REQUESTED)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Per cent.")
    lease_until = models.DateTimeField(null=True, help_text="Until then a worker is at it.")
    as_of = models.DateTimeField(null=True, help_text="The instant whose consent and data the bundle holds.")
    file_name = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(null=True)
    failure = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    view_permission = "evaluation.view_export"
    ROLE_PATHS = duty_paths("study")

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study"],
                condition=Q(state__in=("requested", "running")),
                name="one_export_at_a_time_per_study",
            ),
            models.CheckConstraint(
                name="export_state_known", condition=Q(state__in=["requested", "running", "ready", "failed"])
            ),
            models.CheckConstraint(name="export_progress_per_cent", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="ready_export_has_file",
                condition=~Q(state="ready")
                | (~Q(file_name="") & ~Q(sha256="") & Q(as_of__isnull=False, size_bytes__isnull=False)),
            ),
            models.CheckConstraint(name="failed_export_says_why", condition=~Q(state="failed") | ~Q(failure="")),
        ]

    def __str__(self):
        return f"{self.study} {self.requested_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("evaluation:export_detail", args=[self.pk])


class ExportedParticipant(models.Model):
    """Who is in a bundle, so that a withdrawal can name the bundles that hold the person."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="exported_participants")
    participant = models.ForeignKey("evaluation.Participant", on_delete=models.PROTECT, related_name="exported_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "participant"], name="participant_once_per_export")]

    def __str__(self):
        return str(self.participant)
