"""What reaches a person beside e-mail: their phone number, their devices, and what stands in for what fails."""

import hmac
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.access import throttle, tokens
from peersupport.refusals import Refused
from peersupport.reminders.channels import CHANNELS, EMAIL, Channel, ChannelAway, LineLost, channels_of
from peersupport.reminders.channels import Refused as NotTaken
from peersupport.reminders.channels.notify import NotifyLine, NotifyText
from peersupport.reminders.models import Device, PhoneNumber, Preference, StandIn
from peersupport.reminders.outbox import stand_ins_of

PURPOSE = "reminders.phone_number"
CODE_LASTS = timedelta(minutes=15)
CODES_AN_HOUR, TRIES_A_CODE = 3, 5
MOST_DEVICES = 5
#: A mobile number as people in the UK write it.
UK_MOBILE = re.compile(r"(?:\+44|0044|0)(7\d{9})")


class TooManyCodes(Refused):
    sentence = gettext_lazy("We have sent several codes already. Wait an hour, then try again.")
    field = "number"


class CodeNotSent(Refused):
    sentence = gettext_lazy("We could not send a text to this number just now. Check it, or try again later.")
    field = "number"


class WrongCode(Refused):
    sentence = gettext_lazy("This is not the code in the newest text. Check it and enter it again.")
    field = "code"


class CodeOver(Refused):
    sentence = gettext_lazy("This code does not work any more. Enter your number again to get a new one.")
    field = "code"


def offered_channels(person) -> list[Channel]:
    """Those that a person can choose from: e-mail, and what they have set up."""
    return [CHANNELS[EMAIL], *(channel for channel in channels_of(person) if channel.name != EMAIL)]


def people_reached_without_mail(kind: str):
    """Keys of those whom messages of `kind` reach another way, be it that they chose it or that it stands in."""
    works = {"push": Q(devices__isnull=False) if settings.VAPID_PRIVATE_KEY else None, "text": None}
    if settings.NOTIFY_TEXT_TEMPLATE:
        is_good = {"phone_number__confirmed_at__isnull": False, "phone_number__refusals__lt": PhoneNumber.MOST_REFUSALS}
        works["text"] = Q(**is_good)
    paths = [condition & _takes(name, kind) for name, condition in works.items() if condition is not None]
    people = get_user_model().objects.filter(reduce(or_, paths)) if paths else get_user_model().objects.none()
    return people.values("pk")


def read_number(typed: str) -> str:
    """What a person typed as the UK mobile number it means, like +447700900123; "" if it is none."""
    match = UK_MOBILE.fullmatch(re.sub(r"[\s().-]", "", typed))
    return f"+44{match[1]}" if match else ""


def ask_to_confirm_number(*, person_id: int, number: str, now: datetime) -> None:
    """Take a number in place of the one before, and send it a code. Raises TooManyCodes, CodeNotSent."""
    for who in (str(person_id), number):
        if not throttle.allows("phone-code", who, most=CODES_AN_HOUR, seconds=3600):
            raise TooManyCodes
    fresh = {"number": number, "nonce": tokens.new_nonce(), "asked_at": now, "confirmed_at": None, "refusals": 0}
    phone, _is_new = PhoneNumber.objects.update_or_create(person_id=person_id, defaults=fresh)
    words = _("%(code)s is your code for %(service)s. Nobody from us will ask you for it.")
    text = words % {"code": _code_of(phone), "service": settings.SERVICE_NAME}
    line = NotifyLine()
    try:
        line.hand_over(NotifyText(reference=PURPOSE, may_be_known=False, number=number, text=text))
    except (ChannelAway, LineLost, NotTaken) as error:
        raise CodeNotSent from error
    finally:
        line.close()


@transaction.atomic
def confirm_number(*, person_id: int, code: str, stands_in: bool, now: datetime) -> None:
    """The person holds the phone. Raises WrongCode, CodeOver."""
    phone = PhoneNumber.objects.select_for_update().get(person_id=person_id)
    may_try = throttle.allows("phone-confirm", phone.nonce, most=TRIES_A_CODE, seconds=3600)
    if not may_try or now > phone.asked_at + CODE_LASTS:
        raise CodeOver
    if not hmac.compare_digest(re.sub(r"\s", "", code).encode(), _code_of(phone).encode()):
        raise WrongCode
    phone.confirmed_at = now
    phone.save(update_fields=["confirmed_at"])
    if stands_in:
        allow_stand_in(person_id=person_id, channels={*stand_ins_of(person_id), "text"}, now=now)


@transaction.atomic
def remove_number(*, person_id: int, now: datetime) -> None:
    PhoneNumber.objects.filter(person_id=person_id).delete()
    _forget_channel(person_id, "text", now)


@transaction.atomic
def add_device(
    *, person_id: int, endpoint: str, p256dh: str, auth: str, name: str, session_key: str, now: datetime
) -> Device:
    """A browser that takes notifications for this person from now on, and for nobody else."""
    row = {"person_id": person_id, "p256dh": p256dh, "auth": auth, "name": name, "added_at": now}
    row["session"] = tokens.fingerprint(session_key)
    device, _is_new = Device.objects.update_or_create(endpoint=endpoint, defaults=row)
    kept = (
        Device.objects.filter(person_id=person_id)
        .order_by("-added_at", "-pk")
        .values_list("pk", flat=True)[:MOST_DEVICES]
    )
    Device.objects.filter(person_id=person_id).exclude(pk__in=list(kept)).delete()
    return device


@transaction.atomic
def remove_device(*, device: Device, now: datetime) -> None:
    device.delete()
    if not Device.objects.filter(person=device.person_id).exists():
        _forget_channel(device.person_id, "push", now)


def forget_devices_of_session(*, session_key: str) -> None:
    Device.objects.filter(session=tokens.fingerprint(session_key)).delete()


def allow_stand_in(*, person_id: int, channels: Iterable[str], now: datetime) -> None:
    """Which channels may take what another one could not, in their usual order."""
    allowed = [name for name in CHANNELS if name in set(channels)]
    StandIn.objects.update_or_create(person_id=person_id, defaults={"channels": allowed, "changed_at": now})


def _takes(name, kind):
    """People who chose the channel for this kind, or let it stand in."""
    chosen = Preference.objects.filter(kind=kind, is_wanted=True, channels__contains=[name])
    return Q(pk__in=chosen.values("person")) | Q(stand_in__channels__contains=[name])


def _forget_channel(person_id, name, now):
    """What they get another way too, they get that way only; what they get no other way comes by e-mail again."""
    for wish in Preference.objects.filter(person_id=person_id, channels__contains=[name]):
        wish.channels = [channel for channel in wish.channels or [] if channel != name] or None
        wish.save(update_fields=["channels"])
    if name in (allowed := stand_ins_of(person_id)):
        allow_stand_in(person_id=person_id, channels=set(allowed) - {name}, now=now)


def _code_of(phone):
    return tokens.digits(PURPOSE, phone.person_id, phone.nonce)
