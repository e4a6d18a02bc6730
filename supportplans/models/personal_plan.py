"""A member's own plan for a flare-up or setback. Private: nothing of it is sent anywhere by itself."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peersupport.access.governed import Governed, GovernedQuerySet, ids_where
from peersupport.access.roles import Role
from supportplans.models.sharing import Share


class PersonalPlanQuerySet(GovernedQuerySet):
    def shared_with(self, person):
        """The plans of others of which `person` sees at least one section with words in it."""
        return self.filter(pk__in=_seen_by(person, "item__plan"))


class PersonalPlan(Governed):
    """Made when its first section is written; a person has at most one. `looked_at` is when they last opened it."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="personal_plan")
    started_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)

    view_permission = "supportplans.view_personal_plan"
    ROLE_PATHS = {
        Role.OWNER: lambda person: Q(person=person),
        Role.SHARED_WITH: lambda person: Q(pk__in=_seen_by(person, "item__plan")),
    }

    objects = PersonalPlanQuerySet.as_manager()

    def __str__(self):
        return f"{self.person_id}"

    def get_absolute_url(self):
        return reverse("supportplans:personal_plan_detail")


class PersonalPlanSectionQuerySet(GovernedQuerySet):
    def written(self):
        return self.exclude(text="")

    def shared_with(self, person):
        """The sections of others that `person` sees; those without words are left out."""
        return self.filter(pk__in=_seen_by(person, "item"))


class PersonalPlanSection(Governed):
    """What someone wrote on one subject. A row once it was written for the first time.

    `revision` rises with each saving. `sitting` names the opening of the page that saved last, and `step` counts its
    savings: a page that never got its answer is known again, and one that comes too late is not taken for newer.
    """

    class Kind(models.TextChoices):
        MATTERS = "matters", _("What matters to me")
        STEADY_DAY = "steady_day", _("A steady day")
        EARLY_SIGNS = "early_signs", _("Early warning signs")
        TRIGGERS = "triggers", _("What can set it off")
        FIRST_STEPS = "first_steps", _("First steps when it flares")
        HELPS = "helps", _("What helps, and what doesn't")
        CONTACTS = "contacts", _("People I'd contact")
        CLINICIAN = "clinician", _("What I agreed with my clinician")
        MEDICAL_HELP = "medical_help", _("When I'd get medical help")
        GOING_AGAIN = "going_again", _("Getting going again")
        REWARD = "reward", _("Something nice for me")

    plan = models.ForeignKey(PersonalPlan, on_delete=models.PROTECT, related_name="sections")
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    sitting = models.UUIDField(default=uuid.uuid4)
    step = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    view_permission = "supportplans.view_personal_plan"
    ROLE_PATHS = {
        Role.OWNER: lambda person: Q(plan__person=person),
        Role.SHARED_WITH: lambda person: Q(pk__in=_seen_by(person, "item")),
    }

    objects = PersonalPlanSectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "kind"], name="one_section_of_a_kind_per_personal_plan"),
            models.CheckConstraint(
                name="personal_section_kind_known",
                condition=Q(
                    kind__in=[
                        "matters",
                        "steady_day",
                        "early_signs",
                        "triggers",
                        "first_steps",
                        "helps",
                        "contacts",
                        "clinician",
                        "medical_help",
                        "going_again",
                        "reward",
                    ]
                ),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    def get_absolute_url(self):
        return reverse("supportplans:personal_section_edit", args=[self.kind])

    def get_shared_url(self):
        """Where those see it with whom it is shared."""
        return reverse("supportplans:shared_plan_detail", args=[self.plan_id])


class PersonalPlanText(models.Model):
    """What a section said before: as a sitting left it, or before much was taken out. The database keeps it so."""

    section = models.ForeignKey(PersonalPlanSection, on_delete=models.PROTECT, related_name="earlier_texts")
    text = models.TextField()
    revision = models.PositiveIntegerField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["section", "revision"], name="one_earlier_text_per_revision"),
            models.CheckConstraint(name="earlier_text_says_something", condition=~Q(text="")),
        ]

    def __str__(self):
        return f"{self.section_id} {self.revision}"


class PersonalPlanShare(Share):
    """A section of one's own plan shown to a group or to one of its members; see Share."""

    item = models.ForeignKey(PersonalPlanSection, on_delete=models.CASCADE, related_name="shares")

    class Meta(Share.Meta):
        pass


def _seen_by(person, field):
    return ids_where(PersonalPlanShare.objects.seen_by(person).exclude(item__text=""), field)
