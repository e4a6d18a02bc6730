"""The steps that a tutor and a new group go through, from the site's template."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groups.reach import group_paths, site_path
from peersupport.access.governed import Governed


class Page(models.TextChoices):
    """Where a step is done."""

    PURPOSE = "purpose", _("What the group is about")
    VENUE = "venue", _("Where it meets")
    PEOPLE = "people", _("Inviting the people")
    MEETING = "meeting", _("The first meeting")
    ROLES = "roles", _("Who does what")
    CONTACT = "contact", _("Keeping in touch")
    GROUND_RULES = "ground_rules", _("Ground rules")
    PLAN = "plan", _("The first support plan")


class ChecklistItem(Governed):
    """One step of a site's template. A group gets its own copy when it starts; later changes here leave it alone."""

    site = models.ForeignKey("groups.Site", on_delete=models.PROTECT, related_name="checklist_items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("what to do"), max_length=120)
    hint = models.CharField(_("a few words of help"), max_length=300, blank=True)
    page = models.CharField(_("where it is done"), max_length=20, choices=Page, blank=True)

    view_permission = "groups.change_site"
    ROLE_PATHS = site_path("site")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(name="checklist_item_has_title", condition=~Q(title=""))]

    def __str__(self):
        return self.title


class ChecklistStep(Governed):
    """One step of a group's own checklist: open, done or not needed, with who said so and when."""

    class State(models.TextChoices):
        OPEN = "open", _("To do")
        DONE = "done", _("Done")
        NOT_NEEDED = "not_needed", _("Not needed")

    group = models.ForeignKey("groups.SupportGroup", on_delete=models.PROTECT, related_name="checklist_steps")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    hint = models.CharField(max_length=300, blank=True)
    page = models.CharField(max_length=20, choices=Page, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    view_permission = "groups.change_group"
    ROLE_PATHS = group_paths("group")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="checklist_step_state_known", condition=Q(state__in=["open", "done", "not_needed"])
            ),
            models.CheckConstraint(
                name="settled_step_has_who_and_when",
                condition=Q(state="open", settled_by=None, settled_at=None)
                | (~Q(state="open") & Q(settled_by__isnull=False, settled_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return self.title
