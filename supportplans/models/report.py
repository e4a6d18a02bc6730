"""A shared item that someone who sees it pointed out to those who look after the group."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups.reach import groups_as_role_holder, groups_as_tutor, sites_as_coordinator
from peersupport.access.governed import Governed, GovernedQuerySet, ids_where
from peersupport.access.roles import Role
from supportplans.models.goal import Goal, GoalShare
from supportplans.models.personal_plan import PersonalPlanSection, PersonalPlanShare


class ReportQuerySet(GovernedQuerySet):
    def open(self):
        return self.filter(state=Report.State.OPEN)

    def about(self, report):
        """Every report about the same item, shown in the same group."""
        item = {"goal": report.goal_id, "personalplansection": report.personalplansection_id}
        return self.filter(**item, membership=report.membership_id)

    def with_names(self):
        return self.select_related("goal", "personalplansection", "membership__person", "membership__group")


class Report(Governed):
    """One report. The item has a field of its own here, named as its model; `membership` is its owner's, in the group.

    Who made it is on record and shown to nobody: not to the owner, nor to those who look after the group.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waits for a look")
        HIDDEN = "hidden", _("Hidden")
        LEFT = "left", _("Left as it is")

    class Reason(models.TextChoices):
        SOMEONE_ELSE = "someone_else", _("It says something about someone else")
        UNKIND = "unkind", _("It is unkind, or threatens someone")
        SELLING = "selling", _("It sells something")
        ADVICE = "advice", _("It tells others what treatment to take or to stop")
        OTHER = "other", _("Something else")

    goal = models.ForeignKey(Goal, null=True, on_delete=models.PROTECT, related_name="reports")
    personalplansection = models.ForeignKey(
        PersonalPlanSection, null=True, on_delete=models.PROTECT, related_name="reports"
    )
    membership = models.ForeignKey("groups.Membership", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("why"), max_length=20, choices=Reason)
    words = models.TextField(_("in their own words"), blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    view_permission = "supportplans.view_report"
    ROLE_PATHS = {
        Role.ROLE_HOLDER: lambda person: _meant_for(person) & Q(membership__group__in=groups_as_role_holder(person)),
        Role.TUTOR: lambda person: _meant_for(person) & Q(membership__group__in=groups_as_tutor(person)),
        Role.COORDINATOR: lambda person: (
            Q(membership__group__site__in=sites_as_coordinator(person)) & ~Q(membership__person=person)
        ),
    }

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["goal", "membership", "reported_by"],
                condition=Q(state="open"),
                name="one_open_report_per_item_and_person",
            ),
            models.UniqueConstraint(
                fields=["personalplansection", "membership", "reported_by"],
                condition=Q(state="open"),
                name="one_open_report_per_section_and_person",
            ),
            models.CheckConstraint(
                name="report_is_of_one_item",
                condition=Q(goal=None, personalplansection__isnull=False)
                | Q(goal__isnull=False, personalplansection=None),
            ),
            models.CheckConstraint(name="report_state_known", condition=Q(state__in=["open", "hidden", "left"])),
            models.CheckConstraint(
                name="report_reason_known",
                condition=Q(reason__in=["someone_else", "unkind", "selling", "advice", "other"]),
            ),
        ]
        indexes = [models.Index(fields=["membership", "-reported_at"], name="report_newest")]

    def __str__(self):
        return f"{self.get_reason_display()} {self.reported_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("supportplans:report_detail", args=[self.pk])

    @property
    def item(self):
        return self.goal or self.personalplansection

    @property
    def owner(self):
        return self.membership.person

    @property
    def group(self):
        return self.membership.group


class ReportStep(models.Model):
    """What became of a report. Rows are only ever added."""

    class Step(models.TextChoices):
        HID = "hid", _("Hidden")
        LEFT = "left", _("Left as it is")
        SHOWED = "showed", _("Shown again")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=Step)
    reason = models.TextField(_("what the owner reads about it"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="report_step_known", condition=Q(step__in=["hid", "left", "showed"])),
            models.CheckConstraint(name="report_hid_with_reason", condition=~Q(step="hid") | ~Q(reason="")),
        ]

    def __str__(self):
        return self.get_step_display()


def _meant_for(person):
    """Reports about what `person` sees, or would see were it not hidden. Nobody looks after what is their own."""
    goals = ids_where(GoalShare.objects.meant_for(person), "item")
    sections = ids_where(PersonalPlanShare.objects.meant_for(person), "item")
    return Q(goal__in=goals) | Q(personalplansection__in=sections)
