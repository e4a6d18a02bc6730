"""What the tests of channels share: people with a phone or a device, and what a device reads."""

import json

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone
from py_vapid import b64urlencode

from peersupport.reminders.models import Device, PhoneNumber, Preference
from tests.reminders.conftest import NAME

NUMBER = "+447700900123"


class Browser:
    """A device with its keys, as a push service knows it."""

    def __init__(self, person, address, name="Chrome on Android"):
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), bytes(16)
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.row = Device.objects.create(
            person=person,
            endpoint=address,
            p256dh=b64urlencode(point),
            auth=b64urlencode(self.secret),
            name=name,
            session="",
            added_at=timezone.now(),
        )

    def read(self, request):
        """What a notification says, once the device has decrypted it."""
        return json.loads(
            http_ece.decrypt(request.body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        )


def with_phone(person, **changes):
    row = {"number": NUMBER, "nonce": "n" * 22, "asked_at": timezone.now(), "confirmed_at": timezone.now()} | changes
    return PhoneNumber.objects.create(person=person, **row)


def choose(person, *channels, kind=NAME):
    Preference.objects.update_or_create(
        person=person,
        kind=kind,
        defaults={"is_wanted": True, "channels": list(channels), "changed_at": timezone.now()},
    )
