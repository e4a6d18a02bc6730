"""The e-mail to whoever is named as safeguarding lead or deputy of a site."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import SafeguardingPost
from peersupport.reminders.registry import Email, Kind, register

NAMED = "groups.safeguarding_named"


def post_rows():
    return SafeguardingPost.objects.select_related("site", "named_by")


def reason_not_to_send(message, post, now):
    return "They are not in this post any more." if post.ended_at else ""


def compose(message, post):
    return Email(
        subject=_("%(name)s has named you for a role") % {"name": post.named_by.preferred_name},
        template="emails/groups/safeguarding_named",
        context={"post": post, "by": post.named_by.preferred_name},
        action=(_("See where concerns arrive"), settings.BASE_URL + reverse("groups:concern_list")),
    )


register(
    Kind(
        name=NAMED,
        label=gettext_lazy("You are named to read concerns"),
        why=gettext_lazy("You get this because a coordinator has named you."),
        rows=post_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        can_turn_off=False,
    )
)
