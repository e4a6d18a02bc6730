"""Consent to research: per statement, append-only, apart from using the service. No decision means no."""

import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.reach import duty_paths
from peersupport.access.governed import Governed


def checksum_of(text, statements):
    """SHA-256 (hexadecimal) over a form's canonical text: JSON of the information and of each statement's number,
    purpose and wording, without spaces between, as UTF-8. `statements` are (number, purpose, wording)."""
    whole = {"text": text, "statements": [list(statement) for statement in statements]}
    canonical = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


class ConsentForm(Governed):
    """One immutable version of a study's form. A new version asks anew and inherits nothing."""

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="consent_forms")
    version = models.PositiveSmallIntegerField()
    text = models.TextField(_("information for participants"))
    checksum = models.CharField(max_length=64, help_text="SHA-256 over text and statements.")
    published_at = models.DateTimeField()

    view_permission = "evaluation.view_study"
    ROLE_PATHS = duty_paths("study")

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["study", "version"], name="form_version_once_per_study")]

    def __str__(self):
        return f"{self.study} v{self.version}"

    def get_absolute_url(self):
        return reverse("evaluation:consent_form_detail", args=[self.pk])

    @property
    def is_intact(self):
        """Whether text and statements are still those that were published."""
        statements = [(row.number, row.purpose, row.text) for row in self.statements.all()]
        return self.checksum == checksum_of(self.text, statements)


class ConsentStatement(models.Model):
    class Purpose(models.TextChoices):
        QUESTIONNAIRES = "questionnaires", _("Questionnaires")
        APP_DATA = "app_data", _("What I log in this service")
        INTERVIEW = "interview", _("Interview")
        RECORDING = "recording", _("Recording")
        QUOTES = "quotes", _("Quotes")
        OBSERVATION = "observation", _("Observation of meetings")
        ARCHIVE = "archive", _("Archive")
        LINKAGE = "linkage", _("Linking with NHS records")
        CONTACT_AGAIN = "contact_again", _("Being asked again")

    form = models.ForeignKey(ConsentForm, on_delete=models.PROTECT, related_name="statements")
    number = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=20, choices=Purpose)
    text = models.TextField(_("statement"))

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="statement_number_once_per_form"),
            models.UniqueConstraint(fields=["form", "purpose"], name="one_statement_per_purpose_and_form"),
            models.CheckConstraint(
                name="statement_purpose_known",
                condition=Q(
                    purpose__in=[
                        "questionnaires",
                        "app_data",
                        "interview",
                        "recording",
                        "quotes",
                        "observation",
                        "archive",
                        "linkage",
                        "contact_again",
                    ]
                ),
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.get_purpose_display()}"


class ConsentDecision(models.Model):
    """What a participant decided on one statement. Insert-only; the latest counts."""

    class Decision(models.TextChoices):
        GIVEN = "given", _("Yes")
        REFUSED = "refused", _("No")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Method(models.TextChoices):
        OWN_PAGE = "own_page", _("On their own page")
        PAPER = "paper", _("On paper")
        VOICE = "voice", _("By voice")

    participant = models.ForeignKey("evaluation.Participant", on_delete=models.PROTECT, related_name="decisions")
    statement = models.ForeignKey(ConsentStatement, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=10, choices=Decision)
    method = models.CharField(max_length=10, choices=Method)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="decision_known", condition=Q(decision__in=["given", "refused", "withdrawn"])),
            models.CheckConstraint(
                name="decision_method_known", condition=Q(method__in=["own_page", "paper", "voice"])
            ),
        ]
        indexes = [models.Index(fields=["participant", "statement", "-decided_at", "-id"], name="decision_latest")]

    def __str__(self):
        return f"{self.participant} {self.decision}"


class Withdrawal(models.Model):
    """A participant leaves a study, as far as they say. Staff can't undo it."""

    class Scope(models.TextChoices):
        NO_CONTACT = "no_contact", _("No more contact")
        NO_COLLECTION = "no_collection", _("No more collection")
        REMOVE = "remove", _("Remove what can be removed")

    participant = models.ForeignKey("evaluation.Participant", on_delete=models.PROTECT, related_name="withdrawals")
    scope = models.CharField(max_length=20, choices=Scope)
    withdrawn_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="withdrawal_scope_known",
                condition=Q(scope__in=["no_contact", "no_collection", "remove"]),
            ),
            models.UniqueConstraint(fields=["participant", "scope"], name="one_withdrawal_per_participant_and_scope"),
        ]

    def __str__(self):
        return f"{self.participant} {self.scope}"
