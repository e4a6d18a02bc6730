"""Codings: who gave which stretch of a text which code; and the rounds in which coders work unseen by each other."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from evaluation.models.fieldwork import Source
from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet, ids_where
from peersupport.access.roles import Role


class CodingRoundQuerySet(GovernedQuerySet):
    def open(self):
        return self.filter(closed_at=None)


class CodingRound(Governed):
    """The same texts coded by two or more, none of whom sees the others' codings until the round is closed."""

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="coding_rounds")
    number = models.PositiveIntegerField()
    coders = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="coding_rounds")
    sources = models.ManyToManyField("evaluation.Source", related_name="coding_rounds")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    view_permission = "evaluation.view_coding"
    ROLE_PATHS = duty_paths("study")

    objects = CodingRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="coding_round_number_once"),
            models.CheckConstraint(
                name="coding_round_closed_by_someone",
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__gte=F("started_at"), closed_by__isnull=False),
            ),
        ]

    def __str__(self):
        return str(self.number)

    def get_absolute_url(self):
        return reverse("evaluation:round_detail", args=[self.pk])


class CodingQuerySet(GovernedQuerySet):
    def visible_to(self, person):
        """On texts that `person` may read, without what an open round keeps from them."""
        sources = Source.objects.visible_to(person).readable()
        seen = super().visible_to(person).filter(source__in=ids_where(sources, "pk"))
        if not person.is_authenticated:
            return seen
        theirs = CodingRound.objects.open().filter(coders=person)
        kept_apart = Q(source__in=ids_where(theirs, "sources"))
        is_done = Q(round=None) | Q(round__closed_at__isnull=False)
        return seen.filter(Q(coder=person) | (is_done & ~kept_apart))

    def standing(self):
        """Not taken back, under a code that is in use; `code_now` is its key, also where codes were merged since."""
        in_use = Q(code__ended_at=None) | Q(code__merged_into__isnull=False, code__merged_into__ended_at=None)
        return self.filter(in_use, taken_back_at=None).annotate(code_now=Coalesce("code__merged_into_id", "code_id"))

    def in_reading_order(self):
        return self.order_by("start", "-end", "pk")


class Coding(Governed):
    """`source.text[start:end]` has the code, said its coder. The row stays as it was made; it may be taken back.

    Offsets count code points of the immutable text. The browser makes `guid`, so that sent twice is one.
    """

    source = models.ForeignKey("evaluation.Source", on_delete=models.PROTECT, related_name="codings")
    code = models.ForeignKey("evaluation.Code", on_delete=models.PROTECT, related_name="codings")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="codings")
    round = models.ForeignKey(CodingRound, null=True, on_delete=models.PROTECT, related_name="codings")
    guid = models.UUIDField(default=uuid.uuid4, unique=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    coded_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    view_permission = "evaluation.view_coding"
    ROLE_PATHS = {**duty_paths("source__study"), Role.OWNER: lambda person: Q(coder=person)}

    objects = CodingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="coding_of_something", condition=Q(end__gt=F("start"))),
            models.UniqueConstraint(
                fields=["source", "code", "coder", "start", "end", "round"],
                condition=Q(taken_back_at=None),
                nulls_distinct=False,
                name="coding_stands_once",
            ),
            models.CheckConstraint(
                name="coding_taken_back_by_someone",
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.start}-{self.end}"


class Settlement(models.Model):
    """What was agreed about a stretch that some of a round's coders coded and some did not. Insert-only: the latest
    counts."""

    class Outcome(models.TextChoices):
        APPLIES = "applies"
        DOES_NOT = "does_not"

    round = models.ForeignKey(CodingRound, on_delete=models.PROTECT, related_name="settlements")
    source = models.ForeignKey("evaluation.Source", on_delete=models.PROTECT, related_name="+")
    code = models.ForeignKey("evaluation.Code", on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    note = models.TextField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        ordering = ["settled_at", "pk"]
        constraints = [
            models.CheckConstraint(name="settlement_of_something", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(name="settlement_has_note", condition=~Q(note="")),
            models.CheckConstraint(name="settlement_outcome_known", condition=Q(outcome__in=["applies", "does_not"])),
        ]

    def __str__(self):
        return f"{self.start}-{self.end} {self.outcome}"
