"""Planning, claiming and sending reminders of meetings, each with its calendar part, to a real mail server."""

import os
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from email import policy
from urllib.parse import urlsplit

from tests.benchmarks import reminders_growth, servers
from tests.benchmarks.measure import Measure, in_turn, seconds

GROUPS, MEMBERS_EACH = 25, 40
CLAIMS = 100
#: The same rows, without asking whether they are wanted, are there already or are of use.
INSERT = """
    INSERT INTO reminders_message (
        kind, about, subject_id, recipient_id, channel, lead_minutes, schedule_version, due_at, expires_at,
        next_attempt_at, created_at, state, reason, attempts, failures, message_id
    )
    SELECT 'groups.meeting_coming', 'groups.meeting', meeting.id, membership.person_id, 'email', 1440, 0,
           meeting.starts_at - interval '1 day', meeting.starts_at, meeting.starts_at - interval '1 day', now(),
           'pending', '', 0, 0, gen_random_uuid()
    FROM groups_meeting meeting JOIN groups_membership membership ON membership.group_id = meeting.group_id
"""


def measures():
    servers.started()
    from django.conf import settings

    # As in production: nothing keeps each query that ran.
    settings.DEBUG = False
    port = urlsplit(os.environ["SMTP_URL"]).port
    with mail_server(port):
        _fill()
        yield from _planning()
        yield from _claiming()
        yield from _sending(port)
        yield from reminders_growth.measures(INSERT)


@contextmanager
def mail_server(port):
    """One in a process of its own, so that it takes no time of ours."""
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command)
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port):
    for _attempt in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("The mail server did not start.")


def _fill():
    """Meetings a day from now, and their members."""
    from django.utils import timezone

    from tests.factories import MeetingFactory, MembershipFactory

    starts_at = timezone.now() + timedelta(days=1, seconds=-1)
    for _number in range(GROUPS):
        meeting = MeetingFactory(starts_at=starts_at)
        MembershipFactory.create_batch(MEMBERS_EACH, group=meeting.group)


def _planning():
    from django.db import connection
    from django.utils import timezone

    from peersupport.reminders.models import Message
    from peersupport.reminders.planning import plan_kind
    from peersupport.reminders.registry import kind_named

    kind = kind_named("groups.meeting_coming")

    def plan():
        plan_kind(kind, timezone.now())

    def insert():
        with connection.cursor() as cursor:
            cursor.execute(INSERT)

    def timed(action):
        Message.objects.all().delete()
        return seconds(action)

    pairs = [(timed(insert), timed(plan)) for _pair in range(5)]
    limit, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
    name = "rows planned a second against INSERT ... SELECT"
    yield Measure(name, GROUPS * MEMBERS_EACH / ours, "1/s", GROUPS * MEMBERS_EACH / limit, 0.5, at_most=False)


def _claiming():
    from django.utils import timezone

    from peersupport.reminders import queue

    def timed(size, times):
        _all_waiting()
        return seconds(lambda: [queue.claim(timezone.now(), "email", size) for _time in range(times)])

    pairs = [(timed(1, CLAIMS), timed(100, 1)) for _pair in range(5)]
    alone, together = (statistics.median(times) for times in zip(*pairs, strict=True))
    of_one, of_hundred = CLAIMS / alone, 100 / together
    yield Measure("messages claimed a second by 100 against by 1", of_hundred, "1/s", of_one, 15, at_most=False)


def _sending(port):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from peersupport.reminders.models import Message
    from peersupport.reminders.sending import send_all_due
    from tests.messages import letter_of

    messages = list(Message.objects.select_related("recipient"))
    letters = [letter_of(message) for message in messages]
    ready = [(letter.from_email, letter.to, letter.message(policy=policy.SMTP).as_bytes()) for letter in letters]

    def bare():
        with smtplib.SMTP("127.0.0.1", port) as line:
            for sender, recipients, content in ready:
                line.sendmail(sender, recipients, content)

    def ours():
        _all_waiting()
        sent = send_all_due()
        assert sent == len(messages)

    own, limit = in_turn(ours, bare, pairs=3)
    number = len(messages)
    yield Measure("messages sent a second against a bare loop", number / own, "1/s", number / limit, 0.5, at_most=False)
    yield Measure("milliseconds a message", own / number * 1000, "ms", 1, 4)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ours()
    of_outbox = [query for query in queries if "reminders_" in query["sql"]]
    yield Measure("queries of the outbox a message", len(of_outbox) / number, "queries", 1, 1.1)


def _all_waiting():
    from peersupport.reminders.models import Message

    Message.objects.all().update(state="pending", settled_at=None, lease_until=None, attempts=0, reason="")
