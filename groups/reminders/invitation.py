"""The e-mail that invites someone to a group."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import Invitation, SupportGroup
from peersupport.reminders.registry import Email, Kind, register

KIND = "groups.invitation"


def load_invitation(subject_id):
    return Invitation.objects.select_related("group", "invited_by").filter(pk=subject_id).first()


def reason_not_to_send(message, invitation, now):
    if invitation.group.state == SupportGroup.State.CLOSED:
        return "The group has ended."
    return "" if invitation.is_usable(now=now) else "The invitation can't be used any more."


def compose(message, invitation):
    address = settings.BASE_URL + reverse("groups:invitation_open", args=[invitation.token()])
    inviter = invitation.invited_by.preferred_name
    return Email(
        subject=_("An invitation from %(name)s") % {"name": inviter},
        template="emails/groups/invitation",
        context={"invitation": invitation, "group": invitation.group, "inviter": inviter},
        action=(_("See the invitation"), address),
        to=invitation.email,
    )


register(
    Kind(
        name=KIND,
        label=gettext_lazy("An invitation to a group"),
        why=gettext_lazy("You get this because someone in the group gave us your address to invite you."),
        load=load_invitation,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        can_turn_off=False,
    )
)
