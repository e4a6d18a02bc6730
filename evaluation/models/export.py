"""A bundle of evaluation data: what, why, for whom, as of when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.reach import duty_paths
from peersupport.access import tokens
from peersupport.access.governed import Governed, GovernedQuerySet


class ExportQuerySet(GovernedQuerySet):
    def waiting(self):
        """For a second person."""
        return self.filter(state=Export.State.REQUESTED)

    def unfinished(self):
        """To be made, or being made."""
        return self.filter(state__in=[Export.State.APPROVED, Export.State.RUNNING])

    def given_out(self):
        """Those that someone may have a copy of, whatever became of them since."""
        return self.filter(state__in=[Export.State.READY, Export.State.RECALLED])


class Export(Governed):
    """Asked for by one person, approved by another, made by a worker; released, and maybe recalled."""

    class Profile(models.TextChoices):
        """What goes in; exports/profile.py says it in full."""

        QUANTITATIVE = "quantitative", _("Numbers")
        QUALITATIVE = "qualitative", _("Texts and codings")
        EVERYTHING = "everything", _("Everything")

    class State(models.TextChoices):
        REQUESTED = "requested", _("Waiting for a second person")
        REFUSED = "refused", _("Not approved")
        APPROVED = "approved", _("Waiting to start")
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")
        RECALLED = "recalled", _("Recalled")

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="exports")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    profile = models.CharField(_("what goes in"), max_length=20, choices=Profile, default=Profile.QUANTITATIVE)
    salt = models.CharField(
        max_length=32, blank=True, help_text="Random, where its identifiers are to be like those of no other export."
    )
    purpose = models.TextField(_("what it is for"))
    for_whom = models.CharField(_("who will use it"), max_length=200)
    state = models.CharField(max_length=20, choices=State, default=State.REQUESTED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Per cent.")
    lease_until = models.DateTimeField(null=True, help_text="Until then a worker is at it.")
    as_of = models.DateTimeField(null=True, help_text="The instant whose consent and data the bundle holds.")
    file_name = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(null=True)
    counted = models.JSONField(
        null=True,
        help_text="What the tables in its report/ are made of, small numbers too; none where it has no report.",
    )
    failure = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)
    recalled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recalled_at = models.DateTimeField(null=True)
    recall_reason = models.TextField(blank=True)

    view_permission = "evaluation.view_export"
    ROLE_PATHS = duty_paths("study")

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study"],
                condition=Q(state__in=("approved", "running")),
                name="one_export_at_a_time_per_study",
            ),
            models.CheckConstraint(
                name="export_state_known",
                condition=Q(state__in=["requested", "refused", "approved", "running", "ready", "failed", "recalled"]),
            ),
            models.CheckConstraint(
                name="export_profile_known", condition=Q(profile__in=["quantitative", "qualitative", "everything"])
            ),
            models.CheckConstraint(name="export_progress_per_cent", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="export_decided_whole",
                condition=Q(decided_by=None, decided_at=None, decision_reason="")
                | Q(decided_by__isnull=False, decided_at__gte=F("requested_at"), decision_reason__gt=""),
            ),
            models.CheckConstraint(
                name="export_decided_by_another", condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by"))
            ),
            # Those from before exports had to be approved are ready or failed, and nobody decided on them.
            models.CheckConstraint(
                name="export_goes_on_once_decided",
                condition=Q(state="requested", decided_at=None)
                | Q(state__in=["refused", "approved", "running"], decided_at__isnull=False)
                | Q(state__in=["ready", "failed", "recalled"]),
            ),
            models.CheckConstraint(
                name="ready_export_has_file",
                condition=~Q(state__in=["ready", "recalled"])
                | (~Q(file_name="") & ~Q(sha256="") & Q(as_of__isnull=False, size_bytes__isnull=False)),
            ),
            models.CheckConstraint(name="failed_export_says_why", condition=~Q(state="failed") | ~Q(failure="")),
            models.CheckConstraint(
                name="export_recalled_whole",
                condition=(~Q(state="recalled") & Q(recalled_by=None, recalled_at=None, recall_reason=""))
                | Q(state="recalled", recalled_by__isnull=False, recalled_at__isnull=False, recall_reason__gt=""),
            ),
        ]

    def __str__(self):
        return f"{self.study} {self.requested_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("evaluation:export_detail", args=[self.pk])


class DownloadLinkQuerySet(models.QuerySet):
    def usable(self, *, now):
        return self.filter(used_at=None, expires_at__gt=now, export__state=Export.State.READY)

    def with_token(self, token):
        """The link that this token opens: at most one."""
        return self.filter(fingerprint=tokens.fingerprint(token))


class DownloadLink(models.Model):
    """An address that gives the file of an export once, to whoever has it, until it runs out. Its token is not kept."""

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="download_links")
    fingerprint = models.CharField(max_length=64, unique=True)
    for_whom = models.CharField(_("who gets it"), max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = DownloadLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="download_link_runs_out", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(name="download_link_for_someone", condition=~Q(for_whom="")),
            models.CheckConstraint(
                name="download_link_used_in_time",
                condition=Q(used_at=None) | Q(used_at__gte=F("made_at"), used_at__lt=F("expires_at")),
            ),
        ]

    def __str__(self):
        return f"{self.export} {self.for_whom}"


class ExportedParticipant(models.Model):
    """Who is in a bundle, so that a withdrawal can name the bundles that hold the person."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="exported_participants")
    participant = models.ForeignKey("evaluation.Participant", on_delete=models.PROTECT, related_name="exported_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "participant"], name="participant_once_per_export")]

    def __str__(self):
        return str(self.participant)
