"""Which questions a study gives its participants, and when: instruments pinned to the words they are asked in."""

from calendar import monthrange
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peersupport.instruments.catalogue import instrument_of
from peersupport.instruments.definition import Instrument

#: How many days people get to answer: at least a week, so that a reminder has its place, and at most two months.
FEWEST_DAYS, USUAL_DAYS, MOST_DAYS = 7, 14, 60


class Event(models.TextChoices):
    """When participants are asked, counted from the day of their entry into the study."""

    BASELINE = "baseline", _("At the start")
    MONTH_3 = "month_3", _("After 3 months")
    MONTH_6 = "month_6", _("After 6 months")
    MONTH_12 = "month_12", _("After 12 months")

    @property
    def months(self) -> int:
        return MONTHS[self]

    def due_on(self, entered_on: date) -> date:
        """The same day so many months later, or the last of that month: 31 August and three are 30 November."""
        year, month = divmod(entered_on.year * 12 + entered_on.month - 1 + self.months, 12)
        return date(year, month + 1, min(entered_on.day, monthrange(year, month + 1)[1]))


MONTHS = {Event.BASELINE: 0, Event.MONTH_3: 3, Event.MONTH_6: 6, Event.MONTH_12: 12}
#: As constraints name them.
EVENTS = ["baseline", "month_3", "month_6", "month_12"]


class InstrumentVersion(models.Model):
    """A version of an instrument that some study asks by, with the fingerprint of its definition. Insert-only."""

    code = models.CharField(max_length=32)
    version = models.PositiveSmallIntegerField()
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 over wording, answers and scores.")
    pinned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="instrument_version_once")]

    def __str__(self):
        return f"{self.code} v{self.version}"

    @property
    def definition(self) -> Instrument | None:
        """Its questions as they were when it was pinned; None once its file is gone, or says something else."""
        found = instrument_of(self.code, self.version)
        return found if found and found.fingerprint == self.fingerprint else None


class InstrumentItem(models.Model):
    """One question of a pinned version and the numbers it takes: the database holds answers to them. Insert-only."""

    instrument = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=32)
    values = ArrayField(models.SmallIntegerField())

    class Meta:
        ordering = ["instrument", "number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="item_number_once_per_instrument"),
            models.UniqueConstraint(fields=["instrument", "code"], name="item_code_once_per_instrument"),
            models.CheckConstraint(name="item_takes_two_answers", condition=Q(values__len__gte=2)),
        ]

    def __str__(self):
        return f"{self.instrument} {self.code}"


class QuestionnairePlan(models.Model):
    """How long the participants of a study get to answer. What they are asked is in `PlannedInstrument`."""

    study = models.OneToOneField("evaluation.Study", on_delete=models.PROTECT, related_name="questionnaire_plan")
    window_days = models.PositiveSmallIntegerField(default=USUAL_DAYS)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="questionnaire_window_fits", condition=Q(window_days__gte=FEWEST_DAYS, window_days__lte=MOST_DAYS)
            )
        ]

    def __str__(self):
        return f"{self.study} {self.window_days}"


class PlannedInstrumentQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)


class PlannedInstrument(models.Model):
    """An instrument at one event of a study. Taken out, it is ended and kept: people may have been asked by it."""

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="planned_instruments")
    instrument = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="+")
    event = models.CharField(max_length=20, choices=Event)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = PlannedInstrumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "instrument", "event"],
                condition=Q(ended_at=None),
                name="instrument_planned_once_per_event",
            ),
            models.CheckConstraint(name="planned_event_known", condition=Q(event__in=EVENTS)),
            models.CheckConstraint(
                name="planned_instrument_ends_after_start",
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("planned_at")),
            ),
        ]

    def __str__(self):
        return f"{self.study} {self.instrument} {self.event}"
