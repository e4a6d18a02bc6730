"""What a member shows to others: in one of their memberships, to the whole group or to chosen members."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from groups.models import Membership
from groups.reach import groups_as_member, groups_as_tutor


class ShareQuerySet(models.QuerySet):
    def holding(self):
        """Shares that stand, hidden or not: the membership they were made in and the chosen one's both hold now.

        Leaving ends them, on either side; coming back is another membership and shares nothing again.
        """
        chosen = Q(chosen=None) | Q(chosen__state__in=Membership.CURRENT, chosen__group=F("membership__group"))
        return self.filter(chosen, membership__state__in=Membership.CURRENT)

    def shown(self):
        """Those through which the item is seen by anyone."""
        return self.holding().filter(hidden_at=None)

    def hidden(self):
        """One share for each group in which the item was hidden, with its membership and group."""
        hidden = self.filter(hidden_at__isnull=False).select_related("membership__group")
        return hidden.order_by("membership__group_id", "pk").distinct("membership__group_id")

    def meant_for(self, person):
        """Those made for `person`, hidden or not: as one of the group, as its patient tutor, or chosen by name."""
        groups = Q(membership__group__in=groups_as_member(person)) | Q(membership__group__in=groups_as_tutor(person))
        audience = Q(chosen=None) & groups | Q(chosen__person=person)
        return self.holding().filter(audience & ~Q(membership__person=person))

    def seen_as_tutor(self, person):
        """Those that `person` would see, as the patient tutor of the group, were they not one of its members."""
        return self.filter(
            Q(chosen=None, membership__group__in=groups_as_tutor(person)) & ~Q(membership__person=person)
        )

    def seen_by(self, person):
        return self.meant_for(person).filter(hidden_at=None)

    def in_groups(self, groups):
        """Also those of a membership that is over: what was hidden stays hidden for whoever comes back."""
        return self.filter(membership__group__in=groups).select_related("membership")


class Share(models.Model):
    """An item (`item`: a foreign key that each kind of share adds, related name "shares") shown to others.

    `membership` is the owner's: it says whose item it is and in which group it is shown. `chosen` is one member of
    that group, or None for all of them and the patient tutor. Unsharing removes the row; what was hidden stays on
    record, and whoever hid it can show it again.
    """

    membership = models.ForeignKey("groups.Membership", on_delete=models.PROTECT, related_name="+")
    chosen = models.ForeignKey("groups.Membership", null=True, on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    hidden_reason = models.TextField(blank=True, help_text="What the owner reads about it.")

    objects = ShareQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["item", "membership", "chosen"], nulls_distinct=False, name="%(class)s_once"
            ),
            models.CheckConstraint(
                name="%(class)s_not_with_oneself", condition=Q(chosen=None) | ~Q(chosen=F("membership"))
            ),
            models.CheckConstraint(
                name="%(class)s_hidden_with_reason",
                condition=Q(hidden_at=None, hidden_by=None, hidden_reason="")
                | (Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason="")),
            ),
        ]

    def __str__(self):
        return f"{self.membership_id} > {self.chosen_id or 'group'}"
