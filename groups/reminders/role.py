"""The e-mails that ask someone to take on a role, and tell a deputy that they have taken over."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import RoleTerm
from peersupport.reminders.registry import Email, Kind, register

KIND = "groups.role_offered"
TAKEN_OVER = "groups.role_taken_over"


def term_rows():
    return RoleTerm.objects.select_related("group", "programme", "person", "offered_by")


def reason_not_to_send(message, term, now):
    if term.ended_at:
        return "The role is not on offer any more."
    return "It has been accepted already." if term.accepted_at else ""


def compose(message, term):
    asker = term.offered_by.preferred_name
    return Email(
        subject=_("%(name)s asks for your help") % {"name": asker},
        template="emails/groups/role_offered",
        context={"term": term, "asker": asker},
        action=(_("Say yes or no"), settings.BASE_URL + reverse("groups:role_list")),
    )


def reason_not_to_tell(message, term, now):
    return "The role has ended." if term.ended_at else ""


def compose_taken_over(message, term):
    return Email(
        subject=_("Your group counts on you now"),
        template="emails/groups/role_taken_over",
        context={"term": term},
        action=(_("Look at your group"), settings.BASE_URL + term.place.get_absolute_url()),
    )


register(
    Kind(
        name=KIND,
        label=gettext_lazy("Someone asks you to take on a role"),
        why=gettext_lazy("You get this because someone asked you to take on a role."),
        rows=term_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        can_turn_off=False,
    )
)
register(
    Kind(
        name=TAKEN_OVER,
        label=gettext_lazy("A role is handed over to you"),
        why=gettext_lazy("You get this because you said that you would step in."),
        rows=term_rows,
        reason_not_to_send=reason_not_to_tell,
        compose=compose_taken_over,
        can_turn_off=False,
    )
)
