"""The group's agreement to keep in contact and carry the group on: its versions, and when one comes into use."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Membership, SupportGroup
from groups.reach import group_paths
from peersupport.access.governed import Governed, GovernedQuerySet
from supportplans.models.plan_word import PlanWord


class MutualSupportPlanQuerySet(GovernedQuerySet):
    def in_use(self):
        return self.filter(state=MutualSupportPlan.State.IN_USE)

    def being_made(self):
        """Versions that the group is still working on or deciding about: at most one per group."""
        return self.filter(state__in=MutualSupportPlan.BEING_MADE)

    def due_for_review(self, *, now):
        """Plans in use whose day has come, by the clock of the group, and of which no new version is being made."""
        being_made = MutualSupportPlan.objects.being_made().filter(group=OuterRef("group"))
        today = LocalDay(Value(now, models.DateTimeField()), F("group__time_zone"))
        return self.in_use().filter(~Exists(being_made), review_on__lte=today)

    def with_words(self):
        """Adds what counts of a proposed plan: how many `agree`, are `against`, stand `aside` or are `silent`."""
        said = PlanWord.objects.counting().filter(plan=OuterRef("pk"))
        heard = PlanWord.objects.counting().filter(plan=OuterRef(OuterRef("pk")), person=OuterRef("person"))
        silent = asked_of(OuterRef("group")).exclude(Exists(heard))
        return self.annotate(
            agree=_number_of(said.filter(word=PlanWord.Word.AGREE), "plan"),
            against=_number_of(said.filter(word=PlanWord.Word.NOT_YET), "plan"),
            aside=_number_of(said.filter(word=PlanWord.Word.STAND_ASIDE), "plan"),
            silent=_number_of(silent, "group"),
        )

    def with_whether_agreed(self, *, now):
        """Adds `is_agreed`: a proposed plan by whose rule it comes into use now; and what `with_words` adds.

        Under every rule someone must agree. Where silence may count, everyone gets their time first: until then a
        plan comes into use only if nobody is silent.
        """
        everyone, most = Q(rule=MutualSupportPlan.Rule.EVERYONE), Q(rule=MutualSupportPlan.Rule.MOST)
        # Each mention of a number counts it anew in the database, so each is mentioned as seldom as can be.
        is_time_up = ~everyone & (Q(words_until=None) | Q(words_until__lte=now))
        is_heard = is_time_up | Q(silent=0)
        is_carried = (most & Q(agree__gt=F("against") + F("aside") + F("silent"))) | (~most & Q(against=0))
        met = Q(agree__gt=0) & is_heard & is_carried
        is_open = Q(state=MutualSupportPlan.State.PROPOSED) & ~Q(group__state=SupportGroup.State.CLOSED)
        return self.with_words().annotate(is_agreed=Case(When(is_open & met, then=Value(True)), default=Value(False)))

    def agreed(self, *, now):
        """Proposed plans that come into use now."""
        return self.filter(state=MutualSupportPlan.State.PROPOSED).with_whether_agreed(now=now).filter(is_agreed=True)


def asked_of(group):
    """The memberships whose word a plan of `group` waits for: of those who take part now and can sign in.

    Whoever has a break may say theirs; their silence holds nothing up. Nobody can say it for those without an account.
    """
    return Membership.objects.with_account().joined().filter(group=group, person__is_active=True)


class LocalDay(models.Func):
    """The day on which a moment falls, in a time zone."""

    template = "((%(expressions)s)::date)"
    arg_joiner = " AT TIME ZONE "
    output_field = models.DateField()


def _number_of(rows, field):
    """How many `rows` there are for each value of `field`, as a subquery that gives 0 for none."""
    counted = rows.order_by().values(field).annotate(number=models.Count("pk")).values("number")
    return Coalesce(models.Subquery(counted, output_field=models.IntegerField()), 0)


class MutualSupportPlan(Governed):
    """One version of a group's plan. Agreement never carries over to a new version.

    Words are asked until `words_until`, midnight after a day in the group's own zone; None stands for one long past.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Waiting for everyone's word")
        IN_USE = "in_use", _("In use")
        SUPERSEDED = "superseded", _("Replaced by a newer version")

    class Rule(models.TextChoices):
        EVERYONE = "everyone", _("Everyone agrees or stands aside")
        MOST = "most", _("More than half of the members agree")
        NO_ONE_AGAINST = "no_one_against", _("At least one agrees and no one says “not yet”")

    BEING_MADE = ("draft", "proposed")

    group = models.ForeignKey("groups.SupportGroup", on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    rule = models.CharField(_("when this plan comes into use"), max_length=20, choices=Rule, default=Rule.EVERYONE)
    review_on = models.DateField(_("when we look at this again"), null=True, blank=True)
    proposals = models.PositiveSmallIntegerField(default=0, help_text="Times it went back to being a draft.")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    words_until = models.DateTimeField(null=True, help_text="Until when everyone has time to say their word.")
    in_use_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    # What `with_words` and `with_whether_agreed` add.
    agree: int
    against: int
    aside: int
    silent: int
    is_agreed: bool

    view_permission = "supportplans.view_plan"
    ROLE_PATHS = group_paths("group")

    objects = MutualSupportPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="plan_number_once_per_group"),
            models.UniqueConstraint(fields=["group"], condition=Q(state="in_use"), name="one_plan_in_use_per_group"),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(state__in=("draft", "proposed")),
                name="one_plan_being_made_per_group",
            ),
            models.CheckConstraint(
                name="plan_state_known", condition=Q(state__in=["draft", "proposed", "in_use", "superseded"])
            ),
            models.CheckConstraint(
                name="plan_rule_known", condition=Q(rule__in=["everyone", "most", "no_one_against"])
            ),
            models.CheckConstraint(
                name="plan_dates_follow_state",
                condition=Q(state="draft", proposed_at=None, in_use_at=None, superseded_at=None)
                | Q(state="proposed", proposed_at__isnull=False, in_use_at=None, superseded_at=None)
                | Q(state="in_use", proposed_at__isnull=False, in_use_at__isnull=False, superseded_at=None)
                | Q(
                    state="superseded",
                    proposed_at__isnull=False,
                    in_use_at__isnull=False,
                    superseded_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="plan_words_until_after_proposal",
                condition=Q(words_until=None) | Q(words_until__gt=F("proposed_at")),
            ),
            models.CheckConstraint(name="plan_draft_asks_no_words", condition=~Q(state="draft") | Q(words_until=None)),
        ]
        indexes = [
            models.Index(fields=["words_until"], condition=Q(state="proposed"), name="plan_waiting_for_words"),
            models.Index(fields=["review_on"], condition=Q(state="in_use"), name="plan_review_due"),
        ]

    def __str__(self):
        return _("%(group)s, version %(number)d") % {"group": self.group, "number": self.number}

    def get_absolute_url(self):
        return reverse("supportplans:plan_detail", args=[self.pk])

    @property
    def is_being_made(self):
        return self.state in self.BEING_MADE

    @property
    def last_day(self):
        """The last day on which words are asked, by the group's clock; None where there is none."""
        until = self.words_until
        return until and timezone.localdate(until - timedelta(microseconds=1), timezone=self.group.zone)
