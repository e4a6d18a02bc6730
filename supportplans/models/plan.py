"""The group's agreement to keep in contact and carry the group on."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups.reach import group_paths
from peersupport.access.governed import Governed, GovernedQuerySet


class MutualSupportPlanQuerySet(GovernedQuerySet):
    def in_use(self):
        return self.filter(state=MutualSupportPlan.State.IN_USE)

    def being_made(self):
        """Versions that the group is still working on or deciding about: at most one per group."""
        return self.filter(state__in=MutualSupportPlan.BEING_MADE)


class MutualSupportPlan(Governed):
    """One version of a group's plan. Agreement never carries over to a new version."""

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
    in_use_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

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
        ]

    def __str__(self):
        return _("%(group)s, version %(number)d") % {"group": self.group, "number": self.number}

    def get_absolute_url(self):
        return reverse("supportplans:plan_detail", args=[self.pk])

    def latest_words(self):
        """Each person's latest word since the plan was last proposed."""
        said = self.words.filter(said_at__gte=self.proposed_at) if self.proposed_at else self.words.none()
        return said.order_by("person", "-said_at", "-pk").distinct("person").select_related("person")


class PlanSection(models.Model):
    """What one version says on one subject. `revision` rises with each saving: no one overwrites unseen."""

    class Kind(models.TextChoices):
        PURPOSE = "purpose", _("Our purpose")
        MEETINGS = "meetings", _("How and when we meet")
        CONTACT = "contact", _("How we keep in touch between meetings")
        ROLES = "roles", _("Who does what, until when, and who steps in")
        MISSING = "missing", _("What we do when someone misses meetings")
        FLAREUPS = "flareups", _("How we support one another in a flare-up")
        GROUND_RULES = "ground_rules", _("Ground rules and confidentiality")
        NEWCOMERS = "newcomers", _("How new people join")
        MONEY = "money", _("Money")
        WORRIED = "worried", _("What we do when worried about someone")
        REVIEW = "review", _("When we look at this again")
        ENDING = "ending", _("How we would pause or end")

    plan = models.ForeignKey(MutualSupportPlan, on_delete=models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "kind"], name="one_section_of_a_kind_per_plan"),
            models.CheckConstraint(
                name="section_kind_known",
                condition=Q(
                    kind__in=[
                        "purpose",
                        "meetings",
                        "contact",
                        "roles",
                        "missing",
                        "flareups",
                        "ground_rules",
                        "newcomers",
                        "money",
                        "worried",
                        "review",
                        "ending",
                    ]
                ),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()


class PlanWord(models.Model):
    """A member's word on one version. Saying something else adds a row; the latest counts."""

    class Word(models.TextChoices):
        AGREE = "agree", _("I agree")
        NOT_YET = "not_yet", _("Not yet")
        STAND_ASIDE = "stand_aside", _("I stand aside")

    plan = models.ForeignKey(MutualSupportPlan, on_delete=models.PROTECT, related_name="words")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=20, choices=Word)
    note = models.TextField(_("anything you want to say with it"), blank=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="plan_word_known", condition=Q(word__in=["agree", "not_yet", "stand_aside"])),
        ]
        indexes = [models.Index(fields=["plan", "person", "-said_at"], name="planword_latest")]

    def __str__(self):
        return self.get_word_display()
