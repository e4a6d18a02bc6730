"""What surrounds a meeting: the bring-and-do list, and the note of what was decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groups.reach import group_paths
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role


class BringItem(Governed):
    """Something to bring to a meeting or to do there; a member may take it on, and give it back."""

    meeting = models.ForeignKey("groups.Meeting", on_delete=models.PROTECT, related_name="bring_items")
    what = models.CharField(_("what to bring or do"), max_length=120)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    taken_by = models.ForeignKey("groups.Membership", null=True, on_delete=models.PROTECT, related_name="bring_items")

    view_permission = "groups.view_meeting"
    ROLE_PATHS = {Role.OWNER: lambda person: Q(added_by=person), **group_paths("meeting__group")}

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [models.CheckConstraint(name="bring_item_says_what", condition=~Q(what=""))]

    def __str__(self):
        return self.what


class MeetingNoteQuerySet(GovernedQuerySet):
    def standing(self):
        """The texts that count: those that no later one replaced."""
        return self.filter(replaced_at__isnull=True)


class MeetingNote(Governed):
    """What a meeting decided and what comes next. A correction is a new row; the old text stays."""

    meeting = models.ForeignKey("groups.Meeting", on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("decisions and next steps"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    view_permission = "groups.view_meeting"
    ROLE_PATHS = group_paths("meeting__group")

    objects = MeetingNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(replaced_at__isnull=True), name="one_standing_note_per_meeting"
            ),
        ]

    def __str__(self):
        return self.text[:40]
