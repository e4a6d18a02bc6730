"""What people decide about their reminders, and operators about messages that could not be sent."""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from peersupport.access import log
from peersupport.refusals import Refused
from peersupport.reminders import outbox
from peersupport.reminders.models import Message, Preference, QuietTime


class NotParked(Refused):
    sentence = _("Somebody has seen to this message already.")


class TooLate(Refused):
    sentence = _("It is too late for this message to be of use. Drop it instead.")
    field = "what"


@transaction.atomic
def choose_reminders(
    *, person_id: int, wanted: Mapping[str, bool], now: datetime, leads: Mapping[str, list[int]] | None = None
) -> None:
    """Turn kinds on or off; what already waits for a kind that is turned off does not go out.

    `leads` are lead times in minutes, for kinds that let people choose; a kind without any here keeps those it has.
    """
    for kind, is_wanted in wanted.items():
        chosen: dict[str, object] = {"is_wanted": is_wanted, "changed_at": now}
        if leads and kind in leads:
            chosen["lead_minutes"] = leads[kind] or None
        Preference.objects.update_or_create(person_id=person_id, kind=kind, defaults=chosen)
    off = [kind for kind, is_wanted in wanted.items() if not is_wanted]
    waiting = Message.objects.filter(recipient=person_id, kind__in=off, state=Message.State.PENDING)
    waiting.update(state=Message.State.DROPPED, reason="This reminder was turned off.", settled_at=now)


def edit_quiet_time(
    *, person_id: int, starts: time | None, ends: time | None, resumes_on: date | None, now: datetime
) -> None:
    """When the person wants to be left in peace; what comes meanwhile waits, as long as it is of use."""
    times = {"starts": starts, "ends": ends, "resumes_on": resumes_on, "changed_at": now}
    QuietTime.objects.update_or_create(person_id=person_id, defaults=times)


@transaction.atomic
def requeue_message(*, message: Message, reason: str, by: AbstractBaseUser, now: datetime) -> None:
    """Try a parked message again at once, as if for the first time. Raises TooLate, NotParked."""
    if message.expires_at <= now:
        raise TooLate
    fresh = {"attempts": 0, "failures": 0, "next_attempt_at": now, "settled_at": None}
    _settle_parked(message, by, now, state=Message.State.PENDING, reason=reason, **fresh)
    outbox.wake_sender()


@transaction.atomic
def drop_message(*, message: Message, reason: str, by: AbstractBaseUser, now: datetime) -> None:
    """A parked message is never sent; the reason stays with it. Raises NotParked."""
    _settle_parked(message, by, now, state=Message.State.DROPPED, reason=reason)


def _settle_parked(message, by, now, **changes):
    if not Message.objects.filter(pk=message.pk, state=Message.State.PARKED).update(**changes):
        raise NotParked
    log.record(
        actor=by,
        action=log.Action.CHANGED,
        obj=message,
        subject=message.recipient,
        route="reminders:message_settle",
        now=now,
    )
