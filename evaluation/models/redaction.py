"""What stands in place of words that identify people: the log of a text, and the table of a study. Both kept apart."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from evaluation.reach import duty_paths
from evaluation.redaction.apply import Replaced
from evaluation.redaction.kinds import Kind
from peersupport.access.governed import Governed, GovernedQuerySet

#: Every text lies in a stretch of whole numbers of its own, so that the database can tell overlaps without an
#: extension. Longer than any text: see MOST_BYTES in evaluation/texts.py.
ROOM_FOR_A_TEXT = 1 << 22
_KINDS = [
    "person",
    "venue",
    "place",
    "group",
    "nhs_number",
    "phone",
    "email",
    "postcode",
    "date",
    "number",
    "other",
]
_MARKED = r"^\[[^][\n]+\]$"


class ReplacementQuerySet(GovernedQuerySet):
    def current(self):
        return self.filter(retired_at=None)


class Replacement(Governed):
    """What these words become in all texts of a study. Says who is who, so only key-holders see the table."""

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="replacements")
    words = models.CharField(_("words"), max_length=200)
    folded = models.TextField(help_text="The words as they are compared.")
    kind = models.CharField(_("what it is"), max_length=20, choices=Kind)
    mark = models.CharField(_("what stands there"), max_length=70, help_text="[like this]")
    is_another = models.BooleanField(default=False, help_text="Someone or something else of the same name.")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, help_text="When its last use was undone.")

    view_permission = "evaluation.view_replacement"
    ROLE_PATHS = duty_paths("study")

    objects = ReplacementQuerySet.as_manager()

    class Meta:
        ordering = ["mark", "folded", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "folded"],
                condition=Q(is_another=False, retired_at=None),
                name="words_become_one_thing_per_study",
            ),
            models.UniqueConstraint(
                fields=["study", "folded", "mark"],
                condition=Q(retired_at=None),
                name="replacement_once_per_study",
            ),
            models.CheckConstraint(name="replacement_of_words", condition=~Q(words="") & ~Q(folded="")),
            models.CheckConstraint(name="replacement_is_marked", condition=Q(mark__regex=_MARKED)),
            models.CheckConstraint(name="replacement_kind_known", condition=Q(kind__in=_KINDS)),
        ]

    def __str__(self):
        return self.mark


class RedactionQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(undone_at=None)

    def replacing(self):
        """Those that stand and put something else in place; the others leave the words as they are."""
        return self.standing().exclude(mark="")


class Redaction(models.Model):
    """A person decided on a span of a text: it is replaced, or (`mark` is "") left as it is. Only undoing changes it.

    `start` and `end` count code points from 0, `end` exclusive.
    """

    source = models.ForeignKey("evaluation.Source", on_delete=models.PROTECT, related_name="redactions")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    mark = models.CharField(max_length=70, blank=True)
    entry = models.ForeignKey(
        Replacement, null=True, on_delete=models.PROTECT, related_name="redactions", help_text="For names and the like."
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(name="redaction_holds_something", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(name="redaction_fits_a_text", condition=Q(end__lt=ROOM_FOR_A_TEXT)),
            models.CheckConstraint(name="redaction_kind_known", condition=Q(kind__in=_KINDS)),
            models.CheckConstraint(name="redaction_is_marked", condition=Q(mark="") | Q(mark__regex=_MARKED)),
            models.CheckConstraint(
                name="redaction_undone_by_someone",
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["source", "start", "end"], condition=Q(undone_at=None), name="one_decision_per_span"
            ),
            ExclusionConstraint(
                name="redactions_do_not_overlap",
                expressions=[
                    (
                        Func(
                            F("source_id") * Value(ROOM_FOR_A_TEXT) + F("start"),
                            F("source_id") * Value(ROOM_FOR_A_TEXT) + F("end"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
                condition=Q(undone_at=None) & ~Q(mark=""),
            ),
        ]

    def __str__(self):
        return f"{self.start}-{self.end} {self.mark}"

    def as_replaced(self) -> Replaced:
        """For `redacted` and `moved`, of one that replaces something."""
        return Replaced(self.start, self.end, self.mark)
