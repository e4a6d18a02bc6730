"""How a member says they are, for their own eyes: the questions they chose, what they answered, what it adds up to.

Not the check-in of two who keep in touch: see check_in.py.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Max, OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role
from peersupport.instruments.catalogue import instrument_of
from peersupport.instruments.definition import Instrument, Missing


class SelfReportWishQuerySet(models.QuerySet):
    def with_answered(self):
        """Adds `answered`: when each instrument was last finished, as JSON rows."""
        finished = SelfReport.objects.finished().filter(person=OuterRef("person")).order_by().values("instrument")
        latest = finished.annotate(at=Max("finished_at"))
        return self.annotate(answered=ArraySubquery(latest.values(row=JSONObject(instrument="instrument", at="at"))))


class SelfReportWish(models.Model):
    """What a member would like to be asked about themselves, and how often. There is none until they turn it on.

    The days on which they are asked follow from `first_on` and the rhythm: nothing has to move them on, and a day
    that they let go by is followed by the next.
    """

    class Rhythm(models.IntegerChoices):
        FORTNIGHTLY = 2, _("Every 2 weeks")
        MONTHLY = 4, _("Every 4 weeks")
        QUARTERLY = 12, _("Every 12 weeks")

    #: How long a day that was not answered is said to be waiting.
    WAITS_FOR = timedelta(days=14)

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="self_report_wish")
    is_on = models.BooleanField(default=True)
    instruments = ArrayField(models.CharField(max_length=32), help_text="Codes of what they chose.")
    rhythm_weeks = models.PositiveSmallIntegerField(choices=Rhythm, null=True, help_text="None: never asked.")
    first_on = models.DateField(null=True, help_text="The first day on which they are asked.")
    left_out_on = models.DateField(null=True, help_text="The last day asked of which they said: not this time.")
    changed_at = models.DateTimeField()

    objects = SelfReportWishQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="self_report_wish_of_something", condition=Q(instruments__len__gt=0)),
            models.CheckConstraint(
                name="self_report_rhythm_known",
                # A check passes where it can't tell, so "in" needs "is not null" beside it.
                condition=Q(rhythm_weeks=None, first_on=None)
                | Q(rhythm_weeks__isnull=False, rhythm_weeks__in=[2, 4, 12], first_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["first_on"], condition=Q(is_on=True, first_on__isnull=False), name="selfreport_asked")
        ]

    def __str__(self):
        return f"{self.person_id} {self.instruments}"

    def chosen(self) -> list[Instrument]:
        """What they chose, as far as it is (still) there."""
        return [instrument for code in self.instruments if (instrument := instrument_of(code))]

    def asks_on(self, day: date) -> bool:
        return bool(self.is_on and self.first_on and day >= self.first_on) and not self._days_into_round(day)

    def asked_on(self, today: date) -> date | None:
        """The last day, up to `today`, on which they are asked; None before the first."""
        if not self.is_on or not self.first_on or today < self.first_on:
            return None
        return today - timedelta(days=self._days_into_round(today))

    def next_on(self, today: date) -> date | None:
        """The first day after `today` on which they are asked; None where they never are."""
        if not self.is_on or not self.first_on or today < self.first_on:
            return self.first_on if self.is_on else None
        return today + timedelta(days=self._round - self._days_into_round(today))

    def waiting(self, today: date, answered_on: dict[str, date]) -> list[Instrument]:
        """Those asked for on the last day and not answered since; none where they said not this time, or weeks ago."""
        day = self.asked_on(today)
        if day is None or day == self.left_out_on or today - day >= self.WAITS_FOR:
            return []
        return [one for one in self.chosen() if answered_on.get(one.code, date.min) < day]

    @property
    def _round(self):
        return 7 * self.rhythm_weeks

    def _days_into_round(self, day):
        return (day - self.first_on).days % self._round


def days_answered(rows: list[dict], zone) -> dict[str, date]:
    """The day on which each instrument was last finished, by the clock of `zone`; see `with_answered`."""
    return {row["instrument"]: timezone.localdate(datetime.fromisoformat(row["at"]), timezone=zone) for row in rows}


class SelfReportQuerySet(GovernedQuerySet):
    def standing(self):
        """Those that their owner has not taken out: no page shows any other."""
        return self.filter(taken_out_at=None)

    def open(self):
        return self.standing().filter(finished_at=None)

    def finished(self):
        return self.standing().filter(finished_at__isnull=False)


class SelfReport(Governed):
    """One sitting with one instrument. Once finished nothing of it changes but that its owner may take it out."""

    #: The questions ask about days or weeks: one left open for longer is closed as it is, and another one begun.
    OPEN_FOR = timedelta(days=7)

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="self_reports")
    instrument = models.CharField(max_length=32)
    version = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    taken_out_at = models.DateTimeField(null=True)

    view_permission = "supportplans.view_self_report"
    ROLE_PATHS = {Role.OWNER: lambda person: Q(person=person)}

    objects = SelfReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("self-report")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "instrument"],
                condition=Q(finished_at=None, taken_out_at=None),
                name="one_open_self_report_each",
            ),
            models.CheckConstraint(
                name="self_report_ends_after_start",
                condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "instrument", "-finished_at"],
                condition=Q(finished_at__isnull=False, taken_out_at=None),
                name="selfreport_newest",
            )
        ]

    def __str__(self):
        return f"{self.instrument} {self.started_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("supportplans:self_report_detail", args=[self.pk])

    @property
    def definition(self) -> Instrument | None:
        """The version that was answered; None if it is not there any more."""
        return instrument_of(self.instrument, self.version)

    def is_old(self, now: datetime) -> bool:
        return self.started_at < now - self.OPEN_FOR


class SelfReportAnswer(models.Model):
    """What was said to one question: a number, or why there is none. A question nobody got to has no row."""

    MISSING = [(Missing.SKIPPED.value, _("Skipped")), (Missing.PREFER_NOT.value, _("Rather not say"))]

    report = models.ForeignKey(SelfReport, on_delete=models.PROTECT, related_name="answers")
    item = models.CharField(max_length=32)
    value = models.SmallIntegerField(null=True)
    missing = models.CharField(max_length=20, choices=MISSING, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "item"], name="self_report_item_answered_once"),
            models.CheckConstraint(
                name="self_report_answer_or_reason",
                condition=Q(value__isnull=False, missing="") | Q(value=None, missing__in=["skipped", "prefer_not"]),
            ),
        ]

    def __str__(self):
        return f"{self.item} {self.missing or self.value}"


class SelfReportScore(models.Model):
    """What the answers add up to, and which arithmetic it was: it can be done again and gives the same."""

    report = models.ForeignKey(SelfReport, on_delete=models.PROTECT, related_name="scores")
    code = models.CharField(max_length=32)
    value = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    reason = models.CharField(max_length=20, blank=True, help_text="Why there is no value.")
    scorer = models.CharField(max_length=20)
    scorer_version = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "code", "scorer_version"], name="self_report_scored_once"),
            models.CheckConstraint(
                name="self_report_score_or_reason",
                condition=Q(value__isnull=False, reason="") | Q(value=None, reason="answers_missing"),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.reason or self.value}"
