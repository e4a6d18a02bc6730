"""Notifications on a person's own devices: Web Push (RFC 8030), encrypted for each device (RFC 8291), with VAPID."""

import json
from dataclasses import dataclass
from functools import cache

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from http_ece import ECEException
from py_vapid import Vapid, b64urlencode
from pywebpush import WebPushException, webpush

from peersupport.reminders import clock
from peersupport.reminders.channels.base import Channel, LineLost, PutOff, Refused
from peersupport.reminders.models import Device

#: To connect, and for the answer: for all devices of a person well below what a batch keeps in hand (`sending.MARGIN`).
TIMEOUT_SECONDS = 5
#: What push services answer once a device no longer wants any (RFC 8030).
GONE = (404, 410)
#: No push service keeps a notification for longer.
LONGEST_KEPT_SECONDS = 28 * 24 * 3600


@dataclass(frozen=True)
class Notification:
    """One message for all devices of its recipient. `tag` is the same on every try: a device shows it once."""

    devices: list[Device]
    title: str
    body: str
    url: str
    tag: str
    keep_seconds: int

    @property
    def payload(self) -> str:
        return json.dumps({"title": self.title, "body": self.body, "url": self.url, "tag": self.tag})


class PushChannel(Channel):
    name = "push"
    label = _("Notification on your device")
    is_noisy = True
    reads = ("devices",)

    def reason_against(self, person):
        if not settings.VAPID_PRIVATE_KEY:
            return "Notifications are not set up here."
        return "" if person.devices.all() else "No device of theirs takes notifications."

    def write(self, message, kind, email):
        left = (message.expires_at - clock.now()).total_seconds()
        return Notification(
            devices=list(message.recipient.devices.all()),
            title=settings.SERVICE_NAME,
            body=str(email.brief or email.subject),
            url=email.action[1] if email.action else settings.BASE_URL,
            tag=str(message.message_id),
            keep_seconds=min(max(int(left), 0), LONGEST_KEPT_SECONDS),
        )

    def line(self):
        return PushLine()


class PushLine:
    """Each device stands alone: a message has arrived when one of them has it."""

    def __init__(self):
        self.session = requests.Session()
        # A push service never sends us elsewhere, and nobody else may (the address comes from a browser).
        self.session.max_redirects = 0

    def hand_over(self, notification):
        failures = [failure for device in notification.devices if (failure := self._failure(notification, device))]
        if len(failures) < len(notification.devices):
            return
        worst_first = sorted(failures, key=lambda failure: isinstance(failure, Refused))
        raise worst_first[0] if worst_first else Refused(GONE[0])

    def close(self):
        self.session.close()

    def _failure(self, notification, device):
        try:
            webpush(
                {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}},
                data=notification.payload,
                vapid_private_key=_vapid(settings.VAPID_PRIVATE_KEY),
                vapid_claims={"sub": f"mailto:{settings.CALENDAR_ADDRESS}"},
                ttl=notification.keep_seconds,
                timeout=TIMEOUT_SECONDS,
                requests_session=self.session,
            )
        except (ValueError, ECEException):
            # Its keys are none.
            device.delete()
            return Refused(GONE[1])
        except WebPushException as error:
            return _outcome_of(error.status_code or 0, device)
        except requests.RequestException:
            # It may have arrived; the device shows a second one in place of the first.
            return LineLost()
        return None


def public_key() -> str:
    """The key by which a browser knows that a notification is ours: an uncompressed point, in URL-safe base 64."""
    point = _vapid(settings.VAPID_PRIVATE_KEY).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return b64urlencode(point)


@cache
def _vapid(private_key):
    return Vapid.from_string(private_key)


def _outcome_of(code, device):
    if code in GONE:
        device.delete()
        return Refused(code)
    return PutOff() if code == 429 or code >= 500 else Refused(code)
