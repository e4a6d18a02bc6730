"""GOV.UK Notify's HTTP API, for text messages and for e-mail.

It takes a message into its own queue; what becomes of it there it tells later (`peersupport.reminders.receipts`).
Each message goes with a reference of ours, so that one of which nobody knows whether it was taken can be looked up.
"""

from dataclasses import dataclass

import requests
from django.conf import settings
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient
from urllib3.exceptions import NewConnectionError

from peersupport.reminders.channels.base import ChannelAway, LineLost, Refused

#: For each answer of theirs; well below what a batch keeps in hand before its lease ends.
TIMEOUT_SECONDS = 10
#: They don't know us, we may not do this, or we have sent too much.
NOT_THIS_MESSAGE = (401, 403, 429)


@dataclass(frozen=True)
class NotifyText:
    """A text message. `may_be_known`: an earlier try of it had no answer."""

    reference: str
    may_be_known: bool
    number: str
    text: str

    def send(self, client):
        client.send_sms_notification(
            self.number, settings.NOTIFY_TEXT_TEMPLATE, personalisation={"text": self.text}, reference=self.reference
        )


@dataclass(frozen=True)
class NotifyMail:
    """An e-mail without HTML and calendar part: Notify takes neither."""

    reference: str
    may_be_known: bool
    address: str
    subject: str
    text: str
    unsubscribe: str

    def send(self, client):
        client.send_email_notification(
            self.address,
            settings.NOTIFY_EMAIL_TEMPLATE,
            personalisation={"subject": self.subject, "text": self.text},
            reference=self.reference,
            one_click_unsubscribe_url=self.unsubscribe or None,
        )


class NotifyLine:
    def __init__(self):
        self.client = NotificationsAPIClient(
            settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_URL, timeout=TIMEOUT_SECONDS
        )

    def hand_over(self, written):
        try:
            if written.may_be_known and self._knows(written.reference):
                return
            written.send(self.client)
        except APIError as error:
            raise _outcome_of(error) from error

    def close(self):
        self.client.request_session.close()

    def _knows(self, reference):
        return bool(self.client.get_all_notifications(reference=reference).get("notifications"))


def _outcome_of(error):
    cause, code = error.__cause__, error.status_code
    if isinstance(cause, requests.ConnectionError) and _was_not_reached(cause):
        return ChannelAway()
    if error.response is None or not 400 <= code < 500:
        return LineLost()
    if code in NOT_THIS_MESSAGE:
        return ChannelAway()
    return Refused(code, is_of_address=_names_the_address(error))


def _was_not_reached(error):
    """Whether there never was a connection, so that nothing can have been taken."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _names_the_address(error):
    """Notify's own words about a request that is not valid: "phone_number Not enough digits"."""
    return any(name in str(error.message) for name in ("phone_number", "email_address"))
