"""The e-mails about asking to join a group: to those who look after it, and back to whoever asked."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import JoinRequest, RoleTerm
from peersupport.access.roles import ORGANISERS
from peersupport.reminders.registry import Email, Kind, register

ASKED, ANSWERED = "groups.join_asked", "groups.join_answered"


def request_rows():
    return JoinRequest.objects.select_related("group", "person", "answered_by")


def reason_not_to_ask(message, join_request, now):
    if join_request.state != JoinRequest.State.ASKED:
        return "The request has been answered or taken back."
    held = RoleTerm.objects.current().filter(group=join_request.group_id, person=message.recipient_id)
    return "" if held.exists() else "They don't look after the group any more."


def reason_not_to_answer(message, join_request, now):
    return "" if join_request.answered_at else "Nobody has answered."


def compose_asked(message, join_request):
    address = settings.BASE_URL + reverse("groups:join_request_answer", args=[join_request.pk])
    return Email(
        subject=_("Someone would like to join your group"),
        template="emails/groups/join_asked",
        context={"join_request": join_request, "group": join_request.group},
        action=(_("Say yes or no"), address),
    )


def compose_answered(message, join_request):
    is_in = join_request.state == JoinRequest.State.ACCEPTED
    address = reverse("groups:group_welcome", args=[join_request.group_id]) if is_in else reverse("groups:group_find")
    return Email(
        subject=_("You have an answer from a group"),
        template="emails/groups/join_answered",
        context={"join_request": join_request, "group": join_request.group, "is_in": is_in},
        action=(_("See what comes next") if is_in else _("Find another group"), settings.BASE_URL + address),
    )


register(
    Kind(
        name=ASKED,
        label=gettext_lazy("Someone asks to join your group"),
        why=gettext_lazy("You get this because you look after this group."),
        rows=request_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose_asked,
        roles=ORGANISERS,
    )
)
register(
    Kind(
        name=ANSWERED,
        label=gettext_lazy("A group answers whether you can join"),
        why=gettext_lazy("You get this because you asked to join this group."),
        rows=request_rows,
        reason_not_to_send=reason_not_to_answer,
        compose=compose_answered,
        can_turn_off=False,
    )
)
