"""The question whether someone comes, asked by an organiser, of those who have said nothing yet."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy

from groups.models import RSVP
from groups.reminders.meeting import ABOUT, WHY, meeting_mail, meeting_rows, reason_not_to_send
from peersupport.reminders.registry import Kind, register

WANTED = "groups.answer_wanted"


def asked_rows():
    """And `answered`: the keys of those who have said something since."""
    said = RSVP.objects.holding().filter(meeting=OuterRef("pk")).exclude(membership__person=None).order_by()
    return meeting_rows().annotate(answered=ArraySubquery(said.values("membership__person")))


def reason_not_to_ask(message, meeting, now):
    if reason := reason_not_to_send(message, meeting, now):
        return reason
    return "They have answered." if message.recipient_id in meeting.answered else ""


def compose(message, meeting):
    return meeting_mail(message, meeting, gettext_lazy("Will you come on %(date)s?"), "answer_wanted")


register(
    Kind(
        name=WANTED,
        label=gettext_lazy("The group asks whether you come, when you have not said so"),
        why=WHY,
        rows=asked_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose,
        subject=ABOUT,
    )
)
