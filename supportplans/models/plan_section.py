"""What a plan says, part by part, and what each part said before."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PlanSectionQuerySet(models.QuerySet):
    def in_order(self):
        """Parts as a plan has them: in the order of their kinds."""
        kinds = PlanSection.Kind.values
        places = [models.When(kind=kind, then=place) for place, kind in enumerate(kinds)]
        return self.order_by(models.Case(*places, default=len(kinds)))


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

    plan = models.ForeignKey("supportplans.MutualSupportPlan", on_delete=models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True)

    objects = PlanSectionQuerySet.as_manager()

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


class PlanSectionText(models.Model):
    """What a part said at one of its revisions. Rows are only ever added: the database refuses to change them."""

    section = models.ForeignKey(PlanSection, on_delete=models.PROTECT, related_name="texts")
    revision = models.PositiveIntegerField(help_text="0 is what it began with: the text of the version before.")
    text = models.TextField(blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["section", "revision"], name="one_text_per_section_and_revision"),
            models.CheckConstraint(
                name="section_text_with_writer_and_time",
                condition=Q(written_by=None, written_at=None) | Q(written_by__isnull=False, written_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.section_id} {self.revision}"
