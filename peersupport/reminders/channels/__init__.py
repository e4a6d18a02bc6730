"""The ways a message can take to its recipient, behind one small interface."""

from peersupport.reminders.channels.base import Channel, ChannelAway, Line, LineLost, PutOff, Refused
from peersupport.reminders.channels.mail import MailChannel
from peersupport.reminders.channels.push import PushChannel
from peersupport.reminders.channels.text import TextChannel

__all__ = ["CHANNELS", "EMAIL", "Channel", "ChannelAway", "Line", "LineLost", "PutOff", "Refused", "channels_of"]

EMAIL = MailChannel.name
#: By name, in the order in which one stands in for another.
CHANNELS: dict[str, Channel] = {channel.name: channel for channel in (MailChannel(), PushChannel(), TextChannel())}


def channels_of(person) -> list[Channel]:
    """Those through which this person can be reached at present."""
    return [channel for channel in CHANNELS.values() if not channel.reason_against(person)]
