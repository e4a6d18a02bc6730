"""Text messages, to a number that its owner confirmed; through GOV.UK Notify."""

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.reminders.channels.base import Channel
from peersupport.reminders.channels.notify import NotifyLine, NotifyText
from peersupport.reminders.models import PhoneNumber


class TextChannel(Channel):
    name = "text"
    label = gettext_lazy("Text message")
    is_noisy = True
    reads = ("phone_number",)

    def reason_against(self, person):
        if not settings.NOTIFY_TEXT_TEMPLATE:
            return "Text messages are not set up here."
        phone = getattr(person, "phone_number", None)
        if phone is None or not phone.confirmed_at:
            return "They have no confirmed phone number."
        return "Their phone number refuses messages." if phone.refuses_texts else ""

    def write(self, message, kind, email):
        return NotifyText(
            reference=str(message.message_id),
            may_be_known=message.attempts > 1,
            number=message.recipient.phone_number.number,
            text=_text(email),
        )

    def line(self):
        return NotifyLine()

    def note_sent(self, message):
        if message.recipient.phone_number.refusals:
            PhoneNumber.objects.filter(person=message.recipient_id).update(refusals=0)

    def note_refused(self, message):
        PhoneNumber.objects.filter(person=message.recipient_id).update(refusals=F("refusals") + 1)


def _text(email):
    """What it is, where to look, how to stop it: as short as that, since each part of a text is paid for."""
    lines = [f"{settings.SERVICE_NAME}: {email.brief or email.subject}"]
    if email.action:
        lines.append(email.action[1])
    preferences = settings.BASE_URL + reverse("reminders:preferences")
    lines.append(_("To stop these: %(url)s") % {"url": preferences})
    return "\n".join(lines)
