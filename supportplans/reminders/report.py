"""The e-mail that something was reported and waits for a look. It holds nothing of it: not what, not whose."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.reminders.registry import Email, Kind, register
from supportplans.models import Report

MADE = "supportplans.report_made"


def report_rows():
    return Report.objects.select_related("membership__group")


def reason_not_to_send(message, report, now):
    if report.state != Report.State.OPEN:
        return "It has been looked at already."
    seen = Report.objects.visible_to(message.recipient).filter(pk=report.pk)
    return "" if seen.exists() else "They do not look after it any more."


def compose(message, report):
    return Email(
        subject=_("Something waits for a look"),
        template="emails/supportplans/report_made",
        context={"group": report.group},
        action=(_("Look at it"), f"{settings.BASE_URL}{report.get_absolute_url()}"),
    )


register(
    Kind(
        name=MADE,
        label=gettext_lazy("Something shared in a group was reported"),
        why=gettext_lazy("You get this because you look after this group or its site."),
        rows=report_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        can_turn_off=False,
    )
)
