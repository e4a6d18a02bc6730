"""What researchers record: interviews, observations of meetings, and their texts."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.models.participant import Participant
from evaluation.models.transcript import STATE_AFTER, TranscriptState, TranscriptStep, state_of
from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet, ids_where
from peersupport.access.roles import Role

#: Of an interview.
LONGEST_MINUTES = 600


class InterviewQuerySet(GovernedQuerySet):
    def without_transcript(self):
        return self.exclude(sources__kind=Source.Kind.TRANSCRIPT)

    def with_transcript_steps(self):
        """With `newest_transcript`, `last_step` and `last_step_source`, from which `transcript_state` follows."""
        newest = Source.objects.filter(interview=OuterRef("pk"), kind=Source.Kind.TRANSCRIPT).order_by("-version")
        steps = TranscriptStep.objects.filter(source__interview=OuterRef("pk")).order_by("-pk")
        return self.annotate(
            newest_transcript=Subquery(newest.values("pk")[:1]),
            last_step=Subquery(steps.values("step")[:1]),
            last_step_source=Subquery(steps.values("source")[:1]),
        )

    def to_redact(self):
        """Those whose transcript waits for someone to take out what identifies people."""
        ready = [step for step, state in STATE_AFTER.items() if state == TranscriptState.RETURNED]
        return self.with_transcript_steps().filter(last_step__in=ready, last_step_source=F("newest_transcript"))


class Interview(Governed):
    class Mode(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        PHONE = "phone", _("By phone")
        VIDEO = "video", _("By video")

    class Recording(models.TextChoices):
        NONE = "none", _("Not recorded")
        HELD = "held", _("Recorded, and held outside this service")
        DESTROYED = "destroyed", _("Recorded, and destroyed")

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="interviews")
    participant = models.ForeignKey("evaluation.Participant", on_delete=models.PROTECT, related_name="interviews")
    participant_kind = models.CharField(
        _("who they were that day"), max_length=20, help_text="The participant's kind on the day."
    )
    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second_interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    topic_guide = models.ForeignKey(
        "evaluation.TopicGuide", null=True, on_delete=models.PROTECT, related_name="interviews"
    )
    consent_form = models.ForeignKey("evaluation.ConsentForm", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(_("how"), max_length=20, choices=Mode)
    setting = models.CharField(_("where"), max_length=120, blank=True)
    others_present = models.CharField(_("who else was there"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("when it started"))
    length_minutes = models.PositiveSmallIntegerField(_("how long, in minutes"))
    recording = models.CharField(_("recording"), max_length=20, choices=Recording)
    recording_destroyed_on = models.DateField(_("when the recording was destroyed"), null=True)
    is_distress_protocol_used = models.BooleanField(_("the distress protocol was used"), default=False)
    created_at = models.DateTimeField()

    view_permission = "evaluation.view_interview"
    ROLE_PATHS = duty_paths("study")

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="interview_lasts_a_while", condition=Q(length_minutes__gte=1, length_minutes__lte=LONGEST_MINUTES)
            ),
            models.CheckConstraint(name="interview_mode_known", condition=Q(mode__in=["in_person", "phone", "video"])),
            models.CheckConstraint(
                name="interview_recording_known", condition=Q(recording__in=["none", "held", "destroyed"])
            ),
            models.CheckConstraint(
                name="only_destroyed_recordings_have_a_day",
                condition=Q(recording="destroyed") | Q(recording_destroyed_on=None),
            ),
            models.CheckConstraint(
                name="interviewers_differ",
                condition=Q(second_interviewer=None) | ~Q(second_interviewer=F("interviewer")),
            ),
        ]

    def __str__(self):
        return f"{self.participant} {self.started_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("evaluation:interview_detail", args=[self.pk])

    @property
    def interviewers(self):
        return [person for person in (self.interviewer, self.second_interviewer) if person]

    @property
    def kind_label(self):
        """Who the participant was to the groups on the day, in words."""
        return Participant.Kind(self.participant_kind).label

    @property
    def transcript_state(self):
        """Of rows read `with_transcript_steps`."""
        return state_of(self.newest_transcript, self.last_step, self.last_step_source)


class Observation(Governed):
    """A meeting observed, with the group's agreement and each described person's consent that day."""

    class ObserverRole(models.TextChoices):
        OBSERVER = "observer", _("Observing only")
        PARTICIPATING = "participating", _("Taking part while observing")

    class Style(models.TextChoices):
        VERBATIM = "verbatim", _("Word for word")
        PARAPHRASE = "paraphrase", _("In the observer's words")

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="observations")
    meeting = models.ForeignKey("groups.Meeting", on_delete=models.PROTECT, related_name="observations")
    observer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    observer_role = models.CharField(_("the observer's part"), max_length=20, choices=ObserverRole)
    has_group_agreed = models.BooleanField(_("the group agreed"))
    present_count = models.PositiveSmallIntegerField(_("how many people were there"))
    style = models.CharField(_("how it is written"), max_length=20, choices=Style)
    memo = models.TextField(_("the observer's own thoughts, kept apart"), blank=True)
    created_at = models.DateTimeField()

    view_permission = "evaluation.view_observation"
    ROLE_PATHS = duty_paths("study")

    class Meta:
        ordering = ["-meeting__starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "meeting", "observer"], name="one_observation_per_meeting_and_observer"
            ),
            models.CheckConstraint(name="observed_group_has_agreed", condition=Q(has_group_agreed=True)),
            models.CheckConstraint(name="observation_of_someone", condition=Q(present_count__gte=1)),
            models.CheckConstraint(
                name="observation_role_known", condition=Q(observer_role__in=["observer", "participating"])
            ),
            models.CheckConstraint(name="observation_style_known", condition=Q(style__in=["verbatim", "paraphrase"])),
        ]

    def __str__(self):
        return f"{self.meeting}"

    def get_absolute_url(self):
        return reverse("evaluation:observation_detail", args=[self.pk])

    def described(self):
        """The participants whom the note may describe: those who agreed that day."""
        return Participant.objects.filter(pk__in=self.consents.filter(is_given=True).values("participant"))


class ObservationConsent(models.Model):
    """Whether a participant who was there agreed, that day, to be described."""

    observation = models.ForeignKey(Observation, on_delete=models.CASCADE, related_name="consents")
    participant = models.ForeignKey("evaluation.Participant", on_delete=models.PROTECT, related_name="+")
    is_given = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["observation", "participant"], name="one_consent_per_observation_and_participant"
            )
        ]

    def __str__(self):
        return f"{self.participant} {self.is_given}"


class SourceQuerySet(GovernedQuerySet):
    def open(self):
        """Without the texts of people who asked for removal: nobody reads those any more."""
        return self.exclude(interview__participant__withdrawals__scope="remove")

    def readable(self):
        """What the team works with: `open`, and without the versions that a de-identified one stands for."""
        return self.open().exclude(stood_for())

    def awaiting_approval(self):
        """Transcripts, the newest of their interview, that wait for a second person to approve their redactions."""
        steps = TranscriptStep.objects.filter(source=OuterRef("pk")).order_by("-pk")
        newer = _later_versions()
        last = self.annotate(last_step=Subquery(steps.values("step")[:1]))
        return last.filter(~Exists(newer), kind="transcript", last_step=TranscriptStep.Step.DEIDENTIFIED)

    def approved(self, *, by):
        """Transcripts as they stood at the instant `by`: de-identified, approved, the newest of their interview."""
        steps = TranscriptStep.objects.filter(source__interview=OuterRef("interview"), taken_at__lte=by).order_by("-pk")
        there = self.filter(kind="transcript", redacted_from__isnull=False, added_at__lte=by)
        return there.annotate(
            last_step=Subquery(steps.values("step")[:1]), its=Subquery(steps.values("source")[:1])
        ).filter(
            ~Exists(_later_versions().filter(added_at__lte=by)), last_step=TranscriptStep.Step.APPROVED, its=F("pk")
        )


def _later_versions():
    later = Source.objects.filter(interview=OuterRef("interview"), kind=OuterRef("kind"))
    return later.filter(version__gt=OuterRef("version"))


def stood_for():
    """A Q over sources: those that a later, de-identified version of the same transcript stands for."""
    return Q(Exists(_later_versions().filter(redacted_from__isnull=False)))


def _source_paths():
    """Once there is a de-identified version, what it was made from is for key-holders alone. Who approves sees only
    what waits for it."""
    duties = duty_paths("study")
    waiting = {Role.APPROVER: lambda: Q(pk__in=ids_where(Source.objects.awaiting_approval(), "pk"))}
    narrowed = {role: (lambda: ~stood_for()) for role in (Role.LEAD, Role.INTERVIEWER, Role.ANALYST)}
    narrowed |= {Role.KEY_HOLDER: stood_for} | waiting

    def path(role):
        return lambda person: duties[role](person) & narrowed[role]()

    return {role: path(role) for role in narrowed}


class Source(Governed):
    """One immutable version of a text: Unicode NFC, LF line ends, with its SHA-256. Insert-only."""

    class Kind(models.TextChoices):
        TRANSCRIPT = "transcript", _("Transcript")
        FIELD_NOTE = "field_note", _("Field note")
        OBSERVATION_NOTE = "observation_note", _("Observation note")

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="sources")
    interview = models.ForeignKey(Interview, null=True, on_delete=models.PROTECT, related_name="sources")
    observation = models.ForeignKey(Observation, null=True, on_delete=models.PROTECT, related_name="sources")
    kind = models.CharField(max_length=20, choices=Kind)
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    redacted_from = models.OneToOneField(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="redacted_as",
        help_text="The version that this one stands for, without what identifies people.",
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    view_permission = "evaluation.view_source"
    ROLE_PATHS = _source_paths()

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of an interview or visit")
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "observation", "kind", "version"],
                nulls_distinct=False,
                name="source_version_once",
            ),
            models.CheckConstraint(
                name="source_of_interview_or_observation",
                condition=Q(interview__isnull=False, observation=None, kind__in=["transcript", "field_note"])
                | Q(interview=None, observation__isnull=False, kind="observation_note"),
            ),
            models.CheckConstraint(name="source_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="only_transcripts_are_redacted", condition=Q(redacted_from=None) | Q(kind="transcript")
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} v{self.version}"

    def get_absolute_url(self):
        return reverse("evaluation:source_detail", args=[self.pk])
