"""The e-mail that invites someone to a group, and one gentle reminder of it."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import Invitation, SupportGroup
from peersupport.reminders.registry import Email, Kind, register

KIND, REMINDER = "groups.invitation", "groups.invitation_reminder"

# Invitations that still wait a week after they were made; one that was sent again meanwhile was a reminder itself.
_WAITING = """
    SELECT id, NULL::bigint, 0, 0, created_at + interval '7 days', expires_at
    FROM groups_invitation
    WHERE kind = 'email' AND uses = 0 AND sends = 1 AND withdrawn_at IS NULL
      AND created_at > %s - interval '7 days' AND created_at <= %s - interval '7 days'
"""


def plan_reminder(since, until):
    return _WAITING, [since, until]


def invitation_rows():
    return Invitation.objects.select_related("group", "invited_by")


def reason_not_to_send(message, invitation, now):
    if invitation.group.state == SupportGroup.State.CLOSED:
        return "The group has ended."
    return "" if invitation.is_usable(now=now) else "The invitation can't be used any more."


def compose(message, invitation):
    return _email(invitation, "emails/groups/invitation", _("An invitation from %(name)s"))


def compose_reminder(message, invitation):
    return _email(invitation, "emails/groups/invitation_reminder", _("The invitation from %(name)s still works"))


def _email(invitation, template, subject):
    address = settings.BASE_URL + reverse("groups:invitation_open", args=[invitation.token()])
    inviter = invitation.invited_by.preferred_name
    return Email(
        subject=subject % {"name": inviter},
        template=template,
        context={"invitation": invitation, "group": invitation.group, "inviter": inviter},
        action=(_("See the invitation"), address),
        to=invitation.email,
    )


register(
    Kind(
        name=KIND,
        label=gettext_lazy("An invitation to a group"),
        why=gettext_lazy("You get this because someone who looks after the group gave us your address to invite you."),
        rows=invitation_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        can_turn_off=False,
    )
)
register(
    Kind(
        name=REMINDER,
        label=gettext_lazy("An invitation to a group still works"),
        why=gettext_lazy("You get this because someone who looks after the group gave us your address to invite you."),
        rows=invitation_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose_reminder,
        plan=plan_reminder,
        can_turn_off=False,
    )
)
