"""Doing an activity by a set amount and not by how the day feels: a start, a little more each week, and rest days."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role

MOST = 100_000


class PacingBaselineQuerySet(GovernedQuerySet):
    def newest_first(self):
        return self.order_by("-started_at", "-pk")


class PacingBaseline(Governed):
    """One activity in someone's own words. Three tries suggest a start; each number is theirs to change at any time."""

    class Unit(models.TextChoices):
        MINUTES = "minutes", _("Minutes")
        STEPS = "steps", _("Steps")
        TIMES = "times", _("Times")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pacing")
    what = models.CharField(_("what I do"), max_length=200)
    unit = models.CharField(_("counted in"), max_length=10, choices=Unit)
    started_at = models.DateTimeField()

    view_permission = "supportplans.view_pacing"
    ROLE_PATHS = {Role.OWNER: lambda person: Q(person=person)}

    objects = PacingBaselineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="pacing_says_what", condition=~Q(what="")),
            models.CheckConstraint(name="pacing_unit_known", condition=Q(unit__in=["minutes", "steps", "times"])),
        ]
        indexes = [models.Index(fields=["person", "-started_at"], name="pacing_newest")]

    def __str__(self):
        return self.what

    def get_absolute_url(self):
        return reverse("supportplans:pacing_detail", args=[self.pk])


class PacingTry(models.Model):
    """How much someone managed on one of three days; a bad day's may be left out of the mean."""

    baseline = models.ForeignKey(PacingBaseline, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveSmallIntegerField()
    tried_on = models.DateField()
    amount = models.PositiveIntegerField()
    is_left_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["baseline", "number"], name="pacing_try_once_per_number"),
            models.CheckConstraint(name="pacing_three_tries", condition=Q(number__gte=1, number__lte=3)),
            models.CheckConstraint(name="pacing_try_amount_in_range", condition=Q(amount__lte=MOST)),
        ]

    def __str__(self):
        return f"{self.baseline_id} {self.number}"


class PacingStart(models.Model):
    """From this day on, this amount, and a little more each week but on rest days; `enough` is where growing ends.

    Changing a number later is another row, so that the days before keep the suggestion that they had. From `enough_on`
    it grows no more; from `stopped_on` it suggests nothing. Taking it up again is another row as well.
    """

    baseline = models.ForeignKey(PacingBaseline, on_delete=models.PROTECT, related_name="starts")
    from_on = models.DateField()
    amount = models.PositiveIntegerField()
    weekly_percent = models.PositiveSmallIntegerField(default=10)
    enough = models.PositiveIntegerField(null=True)
    rest_days = ArrayField(models.PositiveSmallIntegerField(), default=list, help_text="Weekdays, Monday is 0.")
    enough_on = models.DateField(null=True)
    stopped_on = models.DateField(null=True)

    class Meta:
        ordering = ["from_on"]
        constraints = [
            models.UniqueConstraint(fields=["baseline", "from_on"], name="pacing_one_start_per_day"),
            models.CheckConstraint(name="pacing_start_in_range", condition=Q(amount__gte=1, amount__lte=MOST)),
            models.CheckConstraint(name="pacing_percent_0_to_50", condition=Q(weekly_percent__lte=50)),
            models.CheckConstraint(
                name="pacing_enough_is_some", condition=Q(enough=None) | Q(enough__gte=1, enough__lte=MOST)
            ),
            models.CheckConstraint(
                name="pacing_rest_days_are_weekdays", condition=Q(rest_days__contained_by=list(range(7)))
            ),
            models.CheckConstraint(
                name="pacing_stops_after_enough",
                condition=Q(enough_on=None) | Q(stopped_on=None) | Q(stopped_on__gte=F("enough_on")),
            ),
        ]

    def __str__(self):
        return f"{self.baseline_id} {self.from_on}"

    @property
    def rest_days_in_words(self):
        return [WEEKDAYS[day] for day in sorted(self.rest_days)]


class PacingDay(models.Model):
    """What was done on a day: an amount, or a rest. No row says nothing about a day."""

    baseline = models.ForeignKey(PacingBaseline, on_delete=models.PROTECT, related_name="days")
    done_on = models.DateField()
    amount = models.PositiveIntegerField(null=True, help_text="None: a rest.")

    class Meta:
        ordering = ["done_on"]
        constraints = [
            models.UniqueConstraint(fields=["baseline", "done_on"], name="pacing_one_note_per_day"),
            models.CheckConstraint(name="pacing_day_in_range", condition=Q(amount=None) | Q(amount__lte=MOST)),
        ]

    def __str__(self):
        return f"{self.baseline_id} {self.done_on}"
