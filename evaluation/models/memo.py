"""What analysts think: memos on anything, and what a participant says about a code in a few words. Insert-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evaluation.models.coding import Coding, CodingRound
from evaluation.models.fieldwork import Source
from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet, ids_where

#: What a memo may be about, besides the study itself.
SUBJECTS = ("source", "code", "coding", "participant")


def _about(subject):
    """The memo is about `subject` and nothing else; about the study where that is none of them."""
    return Q(**{f"{name}__isnull": name != subject for name in SUBJECTS})


class MemoQuerySet(GovernedQuerySet):
    def visible_to(self, person):
        """Like the codings they stand beside: nothing about who or what is closed, nor of others in a round."""
        if not person.is_authenticated:
            return self.none()
        sources = ids_where(Source.objects.visible_to(person).readable(), "pk")
        codings = ids_where(Coding.objects.visible_to(person), "pk")
        seen = (
            super()
            .visible_to(person)
            .filter(Q(source=None) | Q(source__in=sources), Q(coding=None) | Q(coding__in=codings))
        )
        seen = seen.exclude(participant__withdrawals__scope="remove")
        kept_apart = ids_where(CodingRound.objects.open().filter(coders=person), "sources")
        return seen.filter(Q(written_by=person) | Q(source=None) | ~Q(source__in=kept_apart))


class Memo(Governed):
    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="memos")
    source = models.ForeignKey("evaluation.Source", null=True, on_delete=models.PROTECT, related_name="memos")
    code = models.ForeignKey("evaluation.Code", null=True, on_delete=models.PROTECT, related_name="memos")
    coding = models.ForeignKey("evaluation.Coding", null=True, on_delete=models.PROTECT, related_name="memos")
    participant = models.ForeignKey("evaluation.Participant", null=True, on_delete=models.PROTECT, related_name="memos")
    text = models.TextField(_("memo"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    view_permission = "evaluation.view_coding"
    ROLE_PATHS = duty_paths("study")

    objects = MemoQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="memo_about_one_thing",
                condition=_about(None) | _about("source") | _about("code") | _about("coding") | _about("participant"),
            ),
            models.CheckConstraint(name="memo_has_text", condition=~Q(text="")),
        ]

    def __str__(self):
        return f"{self.written_at:%Y-%m-%d}"


class CellSummary(models.Model):
    """What a participant says about a code, in an analyst's words: a cell of the matrix. The highest number counts."""

    participant = models.ForeignKey("evaluation.Participant", on_delete=models.PROTECT, related_name="summaries")
    code = models.ForeignKey("evaluation.Code", on_delete=models.PROTECT, related_name="summaries")
    number = models.PositiveIntegerField()
    text = models.TextField(_("summary"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "code", "number"], name="cell_summary_number_once")
        ]

    def __str__(self):
        return f"{self.participant} {self.number}"
