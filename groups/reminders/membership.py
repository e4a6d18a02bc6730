"""The e-mail to someone who was taken out of a group."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import Membership
from peersupport.reminders.registry import Email, Kind, register

REMOVED = "groups.membership_removed"


def membership_rows():
    return Membership.objects.select_related("group__site", "ended_by")


def reason_not_to_send(message, membership, now):
    return "" if membership.state == Membership.State.REMOVED else "They were not taken out after all."


def compose(message, membership):
    address = settings.BASE_URL + reverse("groups:membership_detail", args=[membership.pk])
    return Email(
        subject=_("You are no longer in a group"),
        template="emails/groups/membership_removed",
        context={"membership": membership, "group": membership.group, "by": membership.ended_by.preferred_name},
        action=(_("See what happened and whom you can ask"), address),
    )


register(
    Kind(
        name=REMOVED,
        label=gettext_lazy("Someone took you out of a group"),
        why=gettext_lazy("You get this because you belonged to this group."),
        rows=membership_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        can_turn_off=False,
    )
)
