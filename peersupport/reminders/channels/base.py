"""What a channel is: it writes a message in its own form, and hands it over on a line that a batch keeps open."""

from abc import ABC, abstractmethod
from typing import Any, Protocol

from peersupport.reminders.models import Message
from peersupport.reminders.registry import Email, Kind


class PutOff(Exception):
    """The server did not take this message, and may take it later."""


class Refused(Exception):
    """The server will never take this message.

    `code` is its answer's number; `is_of_address` whether it is the address that it refuses, not us or what we wrote.
    """

    def __init__(self, code: int, is_of_address: bool = False):
        super().__init__(code)
        self.code = code
        self.is_of_address = is_of_address


class LineLost(Exception):
    """The connection broke while a message was on it: nobody knows whether it was taken."""


class ChannelAway(Exception):
    """Nothing can be sent this way at present; the message at hand was not taken."""


class Line(Protocol):
    """A connection for one batch, opened when it is needed."""

    def hand_over(self, written: Any) -> None:
        """Send what the channel wrote. Raises PutOff, Refused, LineLost or ChannelAway where it was not taken."""

    def close(self) -> None: ...


class Channel(ABC):
    #: Kept in each message.
    name: str
    #: As people choose it: "Email".
    label: Any
    #: Whether it may wake someone: then quiet hours let nothing through.
    is_noisy = False
    #: Names of a person's relations that `reason_against` and `write` look at; sending reads them for many at once.
    reads: tuple[str, ...] = ()

    @abstractmethod
    def reason_against(self, person) -> str:
        """Why nothing reaches this person this way, or ""; in words that hold no address."""

    @abstractmethod
    def write(self, message: Message, kind: Kind, email: Email) -> Any:
        """The message in the form that this channel's line takes."""

    @abstractmethod
    def line(self) -> Line:
        """A line, not open yet."""

    def note_sent(self, message: Message) -> None:  # noqa: B027 (most have nothing to note)
        """Its address works."""

    def note_refused(self, message: Message) -> None:  # noqa: B027
        """Its address was refused for good."""
