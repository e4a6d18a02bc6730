"""What a member wants to work on. Goals are optional, and "let go" is as good an end as any."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peersupport.access.governed import Governed, GovernedQuerySet, ids_where
from peersupport.access.roles import Role
from supportplans.models.sharing import Share

SENT_TWICE = "Made with the form, so that a form sent twice is one entry."


class GoalQuerySet(GovernedQuerySet):
    def active(self):
        return self.filter(state=Goal.State.ACTIVE)

    def ended(self):
        return self.filter(state__in=Goal.ENDED)

    def on_the_way(self):
        """Drafts, those being worked on, and those at rest."""
        return self.exclude(state__in=Goal.ENDED)

    def shared_with_all_of(self, group):
        """Those that the whole of `group` sees."""
        shares = GoalShare.objects.shown().filter(chosen=None, membership__group=group)
        return self.filter(pk__in=ids_where(shares, "item"))

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
    client_id = models.UUIDField(default=uuid.uuid4, help_text=SENT_TWICE)
    changed_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="changed_into", help_text="The goal it was before."
    )
    what = models.CharField(_("what I want to do"), max_length=300)
    why = models.TextField(_("why it matters to me"), blank=True)
    where_now = models.TextField(_("where I am now"), blank=True)
    next_step = models.CharField(_("my next small step"), max_length=300, blank=True)
    confidence = models.PositiveSmallIntegerField(_("how sure I am that I can do it"), null=True, blank=True)
    is_step_kept = models.BooleanField(default=False, help_text="Not sure of the step, and wants no smaller one.")
    rhythm_weeks = models.PositiveSmallIntegerField(_("how often I look at it"), choices=Rhythm, null=True, blank=True)
    review_on = models.DateField(_("when I look at it next"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.ACTIVE)
    schedule_version = models.PositiveIntegerField(default=0, help_text="Rises when `review_on` changes.")
    revision = models.PositiveIntegerField(
        default=0, help_text="Rises with each saving: nothing is overwritten unseen."
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, help_text="When it was a draft no more; its levels are fixed since.")
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
            models.UniqueConstraint(fields=["person", "client_id"], name="goal_sent_twice_is_one"),
            models.CheckConstraint(name="goal_says_what", condition=~Q(what="")),
            models.CheckConstraint(
                name="goal_started_unless_draft",
                condition=Q(state="draft", started_at=None) | (~Q(state="draft") & Q(started_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="goal_not_changed_from_itself", condition=Q(changed_from=None) | ~Q(changed_from=F("pk"))
            ),
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
            models.Index(fields=["person", "-created_at", "-id"], name="goal_newest"),
            models.Index(fields=["review_on"], condition=Q(state="active"), name="goal_due"),
        ]

    def __str__(self):
        return self.what

    def get_absolute_url(self):
        return reverse("supportplans:goal_detail", args=[self.pk])

    def get_shared_url(self):
        """Where those see it with whom it is shared."""
        return self.get_absolute_url()

    @property
    def has_ended(self):
        return self.state in self.ENDED


class GoalShare(Share):
    """A goal shown to a group or to one of its members; see Share."""

    item = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="shares")

    class Meta(Share.Meta):
        pass


def goals_shared_with(person):
    return ids_where(GoalShare.objects.seen_by(person), "item")
