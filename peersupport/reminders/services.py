"""What people decide about their reminders, and operators about messages that could not be sent."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from peersupport.access import log
from peersupport.refusals import Refused
from peersupport.reminders import outbox
from peersupport.reminders.channels import EMAIL
from peersupport.reminders.digest import DIGEST
from peersupport.reminders.models import TURNED_OFF, Message, Preference, QuietTime, WeeklyDigest

State = Message.State


class NotParked(Refused):
    sentence = _("Somebody has seen to this message already.")


class TooLate(Refused):
    sentence = _("It is too late for this message to be of use. Drop it instead.")
    field = "what"


@transaction.atomic
def choose_reminders(
    *,
    person_id: int,
    wanted: Mapping[str, bool],
    now: datetime,
    leads: Mapping[str, list[int]] | None = None,
    channels: Mapping[str, list[str]] | None = None,
) -> None:
    """Turn kinds on or off. What already waits for a kind that is turned off does not go out, unless it is turned on
    again.

    `leads` are lead times in minutes, for kinds that let people choose, `channels` the ways that kinds take; a kind
    without any here keeps those it has.
    """
    for kind, is_wanted in wanted.items():
        chosen: dict[str, object] = {"is_wanted": is_wanted, "changed_at": now}
        if leads and kind in leads:
            chosen["lead_minutes"] = leads[kind] or None
        if channels and channels.get(kind):
            chosen["channels"] = channels[kind]
        Preference.objects.update_or_create(person_id=person_id, kind=kind, defaults=chosen)
    own = Message.objects.filter(recipient=person_id)
    off = own.filter(kind__in=[kind for kind, is_wanted in wanted.items() if not is_wanted], state=State.PENDING)
    off.update(state=State.DROPPED, reason=TURNED_OFF, settled_at=now)
    # It was planned already, and nothing is planned twice.
    on = own.filter(kind__in=[kind for kind, is_wanted in wanted.items() if is_wanted], state=State.DROPPED)
    on.filter(reason=TURNED_OFF, expires_at__gt=now).update(state=State.PENDING, reason="", settled_at=None)


@transaction.atomic
def stop_email_of(*, person_id: int, kind: str, now: datetime) -> None:
    """No more e-mail of one kind; where it takes other ways too, those go on."""
    wish = Preference.objects.filter(person=person_id, kind=kind).first()
    others = [channel for channel in (wish and wish.channels) or [] if channel != EMAIL]
    if others:
        choose_reminders(person_id=person_id, wanted={kind: True}, channels={kind: others}, now=now)
    else:
        choose_reminders(person_id=person_id, wanted={kind: False}, now=now)


@transaction.atomic
def resume_email_of(*, person_id: int, kind: str, now: datetime) -> None:
    wish = Preference.objects.filter(person=person_id, kind=kind).first()
    channels = [EMAIL, *(channel for channel in (wish and wish.channels) or [] if channel != EMAIL)]
    choose_reminders(person_id=person_id, wanted={kind: True}, channels={kind: channels}, now=now)


@transaction.atomic
def edit_digest(*, person_id: int, weekday: int | None, now: datetime) -> None:
    """One e-mail a week on `weekday` (1 is Monday) in place of single reminders; None: single reminders again.

    The first one goes out at once, since what it stands for is left out from now on.
    """
    # Whoever chooses it here wants it, though they may have stopped it in an e-mail once.
    Preference.objects.filter(person=person_id, kind=DIGEST).delete()
    if weekday is None:
        WeeklyDigest.objects.filter(person=person_id).delete()
        return
    _digest, is_new = WeeklyDigest.objects.update_or_create(
        person_id=person_id, defaults={"weekday": weekday, "changed_at": now}
    )
    if is_new:
        outbox.enqueue(
            kind=DIGEST,
            subject_id=person_id,
            recipient_ids=[person_id],
            expires_at=now + timedelta(days=1),
            # Minutes: far above the days that planned ones count in.
            schedule_version=int(now.timestamp() // 60),
            now=now,
        )


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
    _settle_parked(message, by, now, state=State.PENDING, reason=reason, **fresh)
    outbox.wake_sender()


@transaction.atomic
def drop_message(*, message: Message, reason: str, by: AbstractBaseUser, now: datetime) -> None:
    """A parked message is never sent; the reason stays with it. Raises NotParked."""
    _settle_parked(message, by, now, state=State.DROPPED, reason=reason)


def _settle_parked(message, by, now, **changes):
    if not Message.objects.filter(pk=message.pk, state=State.PARKED).update(**changes):
        raise NotParked
    log.record(
        actor=by,
        action=log.Action.CHANGED,
        obj=message,
        subject=message.recipient,
        route="reminders:message_settle",
        now=now,
    )
