"""The e-mail that a concern waits to be read. It holds nothing of it: not who, not where, not what."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import Concern, SafeguardingPost
from peersupport.reminders.registry import Email, Kind, register

RAISED = "groups.concern_raised"


def concern_rows():
    return Concern.objects.all()


def reason_not_to_send(message, concern, now):
    if concern.state != Concern.State.SENT:
        return "It has been read already."
    posts = SafeguardingPost.objects.current().filter(site=concern.site_id, person=message.recipient_id)
    return "" if posts.exists() else "They are not in this post any more."


def compose(message, concern):
    return Email(
        subject=_("Something waits for you to read"),
        template="emails/groups/concern_raised",
        action=(_("Sign in to read it"), settings.BASE_URL + reverse("groups:concern_list")),
    )


register(
    Kind(
        name=RAISED,
        label=gettext_lazy("Something waits for you as safeguarding lead or deputy"),
        why=gettext_lazy("You get this because your site has named you to read concerns."),
        rows=concern_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        can_turn_off=False,
    )
)
