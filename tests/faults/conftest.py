"""Real processes that are killed, stopped or cut off, against real servers and a mail server that may misbehave."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from peersupport.reminders.models import Message
from tests.factories import MeetingFactory, MembershipFactory, SupportGroupFactory
from tests.processes import ROOT

LONGEST_WAIT = 60
PASS = [sys.executable, "manage.py", "reminders", "run"]


def pytest_collection_modifyitems(items):
    """Every test here runs against committed rows that other processes see."""
    for item in items:
        if item.path.parent.name == "faults":
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.django_db(transaction=True))


def wait_for(condition):
    until = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < until, "It did not come in time."
        time.sleep(0.05)


@pytest.fixture
def run_pass(mail_sink):
    """One planning and sending pass in a process of its own, to its end; gives what it said."""

    def run():
        done = subprocess.run(PASS, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture
def started_pass(mail_sink):
    """The same, still running."""
    started = []

    def start():
        started.append(
            subprocess.Popen(
                PASS, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday Group")


@pytest.fixture
def members(group):
    """Addresses of six members, in the order in which their messages are written."""
    return [MembershipFactory(group=group).person.email for _number in range(6)]


@pytest.fixture
def meeting(group, members):
    """A meeting whose reminders fell due a minute ago."""
    return MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=1, minutes=-1))


def let_leases_run_out():
    Message.objects.filter(state="sending").update(lease_until=timezone.now())


def let_waiting_end():
    Message.objects.filter(state="pending").update(next_attempt_at=timezone.now())


def outcomes():
    """State, attempts and failures of every message, in the order in which they were written."""
    return list(Message.objects.order_by("pk").values_list("state", "attempts", "failures"))


def numbers_of(sink, members):
    """How many letters each of the members got."""
    return [len(sink.received_by(address)) for address in members]
