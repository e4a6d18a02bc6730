"""A mail server for the tests: takes every mail, or misbehaves as a test tells it to."""

import asyncio
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller


class MailSink:
    """What it took is in `received`, in order, as parsed messages.

    `reply` answers every mail instead of taking it (like "451 Try again later"). `replies` does so for one address,
    when it is named. For addresses in `dropping` it takes the mail and cuts the line without an answer; for those in
    `stalling` it never answers. A mail to an address in `holding` waits, taken, until `release()`; `is_held` is set
    meanwhile.
    """

    def __init__(self):
        self.received = []
        self.is_held = threading.Event()
        self._may_go_on = threading.Event()
        self.behave()

    def behave(self):
        self.reply = None
        self.replies = {}
        self.dropping, self.stalling, self.pausing, self.holding = set(), set(), set(), set()
        self.is_held.clear()
        self._may_go_on.clear()

    def forget(self):
        """As new, for the next test."""
        self.release()
        self.received.clear()
        self.behave()

    def release(self):
        self.pausing, self.holding = set(), set()
        self._may_go_on.set()

    def received_by(self, address):
        return [letter for letter in self.received if letter["to"] == address]

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.replies.get(address):
            return answer
        if address in self.pausing:
            await self._hold()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        [address] = envelope.rcpt_tos
        if self.reply:
            return self.reply
        if address in self.stalling:
            await asyncio.sleep(30)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        if address in self.dropping:
            server.transport.abort()
        if address in self.holding:
            await self._hold()
        return "250 OK"

    async def _hold(self):
        self.is_held.set()
        await asyncio.to_thread(self._may_go_on.wait, 30)

    @contextmanager
    def listening(self, url):
        address = urlsplit(url)
        controller = Controller(self, hostname=address.hostname, port=address.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()
