"""Participants answering a study's questions: each time they are asked, what with, and what they said."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.models.questionnaire import EVENTS, Event, InstrumentItem, InstrumentVersion
from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role
from peersupport.instruments.definition import Instrument


class OccasionQuerySet(GovernedQuerySet):
    def open(self):
        """With something left to answer."""
        waiting = Administration.objects.filter(occasion=OuterRef("pk"), closed_at=None)
        return self.filter(Exists(waiting))


class Occasion(Governed):
    """One time at which a participant is asked. All that is asked then is asked in one message."""

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="occasions")
    participant = models.ForeignKey("evaluation.Participant", on_delete=models.PROTECT, related_name="occasions")
    event = models.CharField(max_length=20, choices=Event)
    due_on = models.DateField(help_text="So many months after their entry.")
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    view_permission = "evaluation.answer_questions"
    ROLE_PATHS = {Role.PARTICIPANT: lambda person: Q(participant__identity_key__person=person)}

    objects = OccasionQuerySet.as_manager()

    class Meta:
        verbose_name = _("questions of a study")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "event"], name="one_occasion_per_participant_and_event"),
            models.CheckConstraint(name="occasion_event_known", condition=Q(event__in=EVENTS)),
            models.CheckConstraint(name="occasion_closes_after_opening", condition=Q(closes_at__gt=F("opened_at"))),
        ]
        indexes = [
            models.Index(fields=["opened_at"], name="occasion_opened"),
            models.Index(fields=["closes_at"], name="occasion_closes"),
        ]

    def __str__(self):
        return f"{self.participant} {self.event}"

    def get_absolute_url(self):
        return reverse("evaluation:occasion_detail", args=[self.pk])


class AdministrationQuerySet(GovernedQuerySet):
    def visible_to(self, person):
        """Without those of people who asked for removal: nobody reads their answers any more."""
        return super().visible_to(person).exclude(occasion__participant__withdrawals__scope="remove")

    def open(self):
        return self.filter(closed_at=None)

    def answered(self):
        return self.filter(state__in=[Administration.State.ANSWERED, Administration.State.PART])


class Administration(Governed):
    """One instrument on one occasion. While it is open answers come one by one; closed, it has one for each item."""

    class State(models.TextChoices):
        INVITED = "invited", _("Asked")
        ANSWERED = "answered", _("Answered")
        PART = "part", _("Answered in part")
        DECLINED = "declined", _("Did not want to")
        MISSED = "missed", _("Not answered")
        WITHDRAWN = "withdrawn", _("Consent taken back")

    class Mode(models.TextChoices):
        OWN_PAGE = "own_page", _("On their own page")
        PAPER = "paper", _("On paper")
        VOICE = "voice", _("By voice")

    occasion = models.ForeignKey(Occasion, on_delete=models.PROTECT, related_name="administrations")
    instrument = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State, default=State.INVITED)
    mode = models.CharField(max_length=20, choices=Mode, default=Mode.OWN_PAGE)
    closed_at = models.DateTimeField(null=True)

    view_permission = "evaluation.view_administration"
    ROLE_PATHS = {
        **duty_paths("occasion__study"),
        Role.PARTICIPANT: lambda person: Q(occasion__participant__identity_key__person=person),
    }

    objects = AdministrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("answers to questions")
        ordering = ["occasion", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["occasion", "instrument"], name="instrument_once_per_occasion"),
            models.CheckConstraint(
                name="administration_closed_by_state",
                condition=Q(state="invited", closed_at=None)
                | Q(state__in=["answered", "part", "declined", "missed", "withdrawn"], closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="administration_mode_known", condition=Q(mode__in=["own_page", "paper", "voice"])
            ),
        ]
        indexes = [models.Index(fields=["occasion"], condition=Q(closed_at=None), name="administration_open")]

    def __str__(self):
        return f"{self.occasion} {self.instrument}"

    def get_absolute_url(self):
        return reverse("evaluation:administration_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_answered(self) -> bool:
        return self.state in (self.State.ANSWERED, self.State.PART)

    @property
    def definition(self) -> Instrument | None:
        return self.instrument.definition

    @property
    def can_be_entered(self) -> bool:
        """Whether answers from paper may still be put in: nothing of their own stands in the way."""
        return self.state in (self.State.INVITED, self.State.MISSED)

    @property
    def can_be_corrected(self) -> bool:
        """Whether what was put in from paper may be put right. What they said themselves is theirs."""
        return self.is_answered and self.mode != self.Mode.OWN_PAGE


class ResponseQuerySet(models.QuerySet):
    def standing(self):
        """The last that was said to each question of each administration."""
        return self.order_by("administration_id", "item_id", "-pk").distinct("administration_id", "item_id")


class Response(models.Model):
    """What was said to one question, or why nothing was. Insert-only: the last counts, and a correction says why."""

    class Missing(models.TextChoices):
        NOT_ASKED = "not_asked", _("Not asked, or not reached")
        SKIPPED = "skipped", _("Skipped")
        PREFER_NOT = "prefer_not", _("Rather not say")
        NOT_APPLICABLE = "not_applicable", _("Does not apply")
        WITHDRAWN = "withdrawn", _("Consent taken back")

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="responses")
    item = models.ForeignKey(InstrumentItem, on_delete=models.PROTECT, related_name="+")
    value = models.SmallIntegerField(null=True)
    missing = models.CharField(max_length=20, choices=Missing, blank=True)
    correction_reason = models.CharField(max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="None: on closing."
    )
    answered_at = models.DateTimeField()

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="response_or_reason",
                condition=Q(value__isnull=False, missing="")
                | Q(
                    value=None,
                    missing__in=["not_asked", "skipped", "prefer_not", "not_applicable", "withdrawn"],
                ),
            )
        ]
        indexes = [models.Index(fields=["administration", "item", "-id"], name="response_latest")]

    def __str__(self):
        return f"{self.item} {self.missing or self.value}"


class Score(models.Model):
    """What the answers add up to, and by which arithmetic. Insert-only: after a correction there is another row."""

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="scores")
    code = models.CharField(max_length=32)
    value = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    reason = models.CharField(max_length=20, blank=True, help_text="Why there is no value.")
    scorer = models.CharField(max_length=20)
    scorer_version = models.PositiveSmallIntegerField()
    scored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="score_or_reason",
                condition=Q(value__isnull=False, reason="") | Q(value=None, reason="answers_missing"),
            )
        ]
        indexes = [models.Index(fields=["administration", "code", "-id"], name="score_latest")]

    def __str__(self):
        return f"{self.code} {self.reason or self.value}"
