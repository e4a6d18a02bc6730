"""The truth at the moment of sending: whether a message still goes out, and whether it goes now."""

from datetime import datetime

from peersupport.reminders import quiet
from peersupport.reminders.channels import EMAIL, Channel
from peersupport.reminders.models import TURNED_OFF
from peersupport.reminders.registry import Kind


def reason_not_to_send(message, kind: Kind, row, now: datetime) -> str:
    """Why a message is not sent after all, or ""."""
    if row is None:
        return "What it was about is gone."
    if message.expires_at <= now:
        return "It was too late to be of use."
    if message.recipient and not message.recipient.is_active:
        return "The account is closed."
    if message.recipient and message.recipient.died_marked_at:
        return "Nothing is sent to this person any more."
    if kind.can_turn_off and _is_turned_off(message, kind):
        return TURNED_OFF
    if kind.ahead and getattr(message.recipient, "weekly_digest", None):
        return "It is in their weekly email."
    if _pause_of(message, kind, now):
        return "They wanted nothing until later."
    return kind.reason_not_to_send(message, row, now)


def reason_against_channel(message, kind: Kind, channel: Channel, now: datetime) -> str:
    """Why it can't go this way, though another may do, or ""."""
    if message.recipient is None:
        return ""
    if kind.can_turn_off and not message.stands_in and channel.name not in (message.chosen_channels or [EMAIL]):
        return "They chose another way since."
    if channel.is_noisy and _quiet_until(message, kind, now):
        return "It would have disturbed their quiet hours."
    return channel.reason_against(message.recipient)


def held_until(message, kind: Kind, now: datetime) -> datetime | None:
    """When it may go, if not now: never too late to be of use. What quiet hours would make too late goes at once."""
    later = _quiet_until(message, kind, now)
    if later and later >= message.expires_at:
        later = _pause_of(message, kind, now)
    return later if later and later < message.expires_at else None


def _is_turned_off(message, kind):
    """Whether its recipient wants none of the kind, or not so long before."""
    if message.is_wanted is None:
        return False
    return not message.is_wanted or message.lead_minutes not in (message.chosen_leads or kind.usual_leads)


def _quiet_time_of(message, kind):
    """What someone's duty asks of them comes at any time."""
    return getattr(message.recipient, "quiet_time", None) if kind.can_turn_off else None


def _pause_of(message, kind, now):
    times = _quiet_time_of(message, kind)
    return times and quiet.resumes_at(times, message.recipient.zone, now)


def _quiet_until(message, kind, now):
    """When the recipient's pause and the quiet hours after it are over; None where it is neither now."""
    times = _quiet_time_of(message, kind)
    if times is None:
        return None
    zone = message.recipient.zone
    resumed = quiet.resumes_at(times, zone, now)
    return quiet.quiet_ends_at(times, zone, resumed or now) or resumed
