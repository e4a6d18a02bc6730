"""What a member wants to work on. Goals are optional, and "let go" is as good an end as any."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peersupport.access.governed import Governed, GovernedQuerySet, ids_where
from peersupport.access.roles import Role
from supportplans.models.sharing import Share


class GoalQuerySet(GovernedQuerySet):
    def active(self):
        return self.filter(state=Goal.State.ACTIVE)

    def shared_with(self, person):
        """The goals of others that `person` sees; for lists, where `visible_to` would look through all there are."""
        return self.filter(pk__in=goals_shared_with(person))


class Goal(Governed):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Working on it")
        ACHIEVED = "achieved", _("Done")
        PARTLY = "partly", _("Partly done")
        CHANGED = "changed", _("Changed into something else")
        PAUSED = "paused", _("Resting")
        LET_GO = "let_go", _("Let go")

    ENDED = ("achieved", "partly", "changed", "let_go")

    class Rhythm(models.IntegerChoices):
        WEEKLY = 1, _("Every week")
        FORTNIGHTLY = 2, _("Every 2 weeks")
        MONTHLY = 4, _("Every 4 weeks")
        QUARTERLY = 12, _("Every 12 weeks")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="goals")
    what = models.CharField(_("what I want to do"), max_length=300)
    why = models.TextField(_("why it matters to me"), blank=True)
    where_now = models.TextField(_("where I am now"), blank=True)
    next_step = models.CharField(_("my next small step"), max_length=300, blank=True)
    confidence = models.PositiveSmallIntegerField(_("how sure I am that I can do it"), null=True, blank=True)
    rhythm_weeks = models.PositiveSmallIntegerField(_("how often I look at it"), choices=Rhythm, null=True, blank=True)
    review_on = models.DateField(_("when I look at it next"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.ACTIVE)
    schedule_version = models.PositiveIntegerField(default=0, help_text="Rises when `review_on` changes.")
    created_at = models.DateTimeField()
    state_changed_at = models.DateTimeField()

    view_permission = "supportplans.view_goal"
    ROLE_PATHS = {
        Role.OWNER: lambda person: Q(person=person),
        Role.SHARED_WITH: lambda person: Q(pk__in=goals_shared_with(person)),
    }

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal")
        constraints = [
            models.CheckConstraint(name="goal_says_what", condition=~Q(what="")),
            models.CheckConstraint(
                name="goal_confidence_0_to_10", condition=Q(confidence=None) | Q(confidence__lte=10)
            ),
            models.CheckConstraint(
                name="goal_rhythm_known", condition=Q(rhythm_weeks=None) | Q(rhythm_weeks__in=[1, 2, 4, 12])
            ),
            models.CheckConstraint(
                name="goal_state_known",
                condition=Q(state__in=["draft", "active", "achieved", "partly", "changed", "paused", "let_go"]),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "state"], name="goal_person_state"),
            models.Index(fields=["review_on"], condition=Q(state="active"), name="goal_due"),
        ]

    def __str__(self):
        return self.what

    def get_absolute_url(self):
        return reverse("supportplans:goal_detail", args=[self.pk])

    @property
    def has_ended(self):
        return self.state in self.ENDED


class GoalReview(models.Model):
    """One look back at a goal. Append-only."""

    class Outcome(models.TextChoices):
        WELL = "well", _("It went well")
        SOME = "some", _("Some of it")
        NOT_THIS_TIME = "not_this_time", _("Not this time")

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="reviews")
    outcome = models.CharField(_("how it went"), max_length=20, choices=Outcome)
    note = models.TextField(_("anything to remember"), blank=True)
    confidence = models.PositiveSmallIntegerField(_("how sure I am now"), null=True, blank=True)
    next_step = models.CharField(_("my next small step"), max_length=300, blank=True)
    state_after = models.CharField(max_length=20, choices=Goal.State)
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_outcome_known", condition=Q(outcome__in=["well", "some", "not_this_time"])
            ),
            models.CheckConstraint(
                name="review_confidence_0_to_10", condition=Q(confidence=None) | Q(confidence__lte=10)
            ),
        ]
        indexes = [models.Index(fields=["goal", "-reviewed_at"], name="goalreview_latest")]

    def __str__(self):
        return self.get_outcome_display()


class GoalShare(Share):
    """A goal shown to a group or to one of its members; see Share."""

    item = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="shares")

    class Meta(Share.Meta):
        pass


def goals_shared_with(person):
    return ids_where(GoalShare.objects.seen_by(person), "item")
