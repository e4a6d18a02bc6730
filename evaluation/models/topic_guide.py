"""Topic guides: what an interview asks about, in versions that never change."""

import hashlib
import json

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.models.participant import Participant
from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet


def checksum_of(questions):
    """SHA-256 (hexadecimal) over a guide: JSON of each question with its probes, without spaces between, as UTF-8.

    `questions` are (question, probes) in their order.
    """
    whole = [[question, list(probes)] for question, probes in questions]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


class TopicGuideQuerySet(GovernedQuerySet):
    def in_use(self):
        """Of each sort of participant the newest version."""
        return self.order_by("study_id", "kind", "-version").distinct("study_id", "kind")

    def for_participant(self, participant):
        """The guide to ask this participant by: the one for their kind, else the one for everyone; None without."""
        offered = {guide.kind: guide for guide in self.filter(study=participant.study_id).in_use()}
        return offered.get(participant.kind) or offered.get("")


class TopicGuide(Governed):
    """One immutable version; `kind` is the kind of participant that it is for, "" for everyone."""

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="topic_guides")
    kind = models.CharField(_("who it is for"), max_length=20, choices=Participant.Kind, blank=True)
    version = models.PositiveSmallIntegerField()
    checksum = models.CharField(max_length=64, help_text="SHA-256 over questions and probes.")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    view_permission = "evaluation.view_topic_guide"
    ROLE_PATHS = duty_paths("study")

    objects = TopicGuideQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["study", "kind", "version"], name="guide_version_once_per_study_and_kind"),
            models.CheckConstraint(
                name="guide_kind_known",
                condition=Q(kind__in=["", "member", "left", "never_attended", "tutor", "clinician", "coordinator"]),
            ),
        ]

    def __str__(self):
        return f"{self.audience} v{self.version}"

    def get_absolute_url(self):
        return reverse("evaluation:topic_guide_detail", args=[self.pk])

    @property
    def audience(self):
        """Who it is for, in words."""
        return self.get_kind_display() if self.kind else _("Everyone")

    @property
    def is_intact(self):
        """Whether questions and probes are still those that were published."""
        return self.checksum == checksum_of((row.question, row.probes) for row in self.prompts.all())

    @property
    def text(self):
        """As it is typed: a question a line, its probes below it."""
        return "\n".join(
            line for row in self.prompts.all() for line in (row.question, *(f"- {probe}" for probe in row.probes))
        )


class TopicPrompt(models.Model):
    """One question of a guide, and what to ask further. Insert-only."""

    guide = models.ForeignKey(TopicGuide, on_delete=models.PROTECT, related_name="prompts")
    number = models.PositiveSmallIntegerField()
    question = models.TextField()
    probes = ArrayField(models.TextField(), default=list)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "number"], name="prompt_number_once_per_guide"),
            models.CheckConstraint(name="prompt_asks_something", condition=~Q(question="")),
        ]

    def __str__(self):
        return f"{self.number}. {self.question}"
