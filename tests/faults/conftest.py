"""Real processes that are killed, stopped or cut off, against real servers and a mail server that may misbehave."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import redis
from django.utils import timezone

from peersupport.reminders.models import Message, PlanningProgress
from peersupport.reminders.registry import all_kinds
from tests import processes
from tests.factories import MeetingFactory, MembershipFactory, SupportGroupFactory
from tests.processes import ROOT

LONGEST_WAIT = 60
APP = "tests.faults.celery_app"
PASS = [sys.executable, "manage.py", "reminders", "run"]
OTHER_TIME = [sys.executable, "-m", "tests.faults.pass_at"]


def pytest_collection_modifyitems(config, items):
    """Every test here runs against committed rows that other processes see. The long ones wait to be asked for."""
    for item in items:
        if item.path.parent.name == "faults":
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.django_db(transaction=True))
    if "faults" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def wait_for(condition):
    until = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < until, "It did not come in time."
        time.sleep(0.05)


def finished(command):
    """What `command` said, in a process of its own, once it is through."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def run_pass(mail_sink):
    """One planning and sending pass in a process of its own, to its end; gives what it said."""
    return lambda: finished(PASS)


@pytest.fixture
def run_pass_off_by(mail_sink):
    """The same on a machine whose clock is so many minutes ahead."""
    return lambda minutes: finished([*OTHER_TIME, "--off", str(minutes)])


@pytest.fixture
def run_passes_at(mail_sink):
    """One pass at each of the moments, as if the whole system had come to it; what each said."""
    return lambda *moments: finished([*OTHER_TIME, *(moment.isoformat() for moment in moments)]).splitlines()


@pytest.fixture
def start_process(mail_sink):
    """Start a command that is killed at the end of the test, if it still runs."""
    started = []

    def start(command):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(command, cwd=ROOT, **quiet))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def started_pass(start_process):
    """One pass in a process of its own, still running."""
    return lambda: start_process(PASS)


@pytest.fixture
def own_broker():
    """A broker that the tests' shared worker does not listen to."""
    address = urlsplit(os.environ["REDIS_URL"])
    url = address._replace(path=f"/{int(address.path.strip('/')) + 8}").geturl()
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield client, url
        client.flushdb()


@pytest.fixture
def start(tmp_path):
    """Start so many workers, each with a beat of its own, on the broker at `url`; the workers."""
    with ExitStack() as stack:

        def start(number, url):
            environment = {"REDIS_URL": url}
            workers = []
            for place in range(number):
                folder = tmp_path / str(place)
                folder.mkdir()
                workers.append(stack.enter_context(processes.celery_worker(environment, APP)))
                stack.enter_context(processes.celery_beat(folder, environment, APP))
            return workers

        yield start


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


def nobody_planned_since(moment):
    """As if every kind had been planned up to `moment` and no further."""
    kinds = [kind.name for kind in all_kinds() if kind.plan]
    PlanningProgress.objects.bulk_create(PlanningProgress(kind=kind, planned_until=moment) for kind in kinds)


def let_waiting_end():
    Message.objects.filter(state="pending").update(next_attempt_at=timezone.now())


def outcomes():
    """State, attempts and failures of every message, in the order in which they were written."""
    return list(Message.objects.order_by("pk").values_list("state", "attempts", "failures"))


def numbers_of(sink, members):
    """How many letters each of the members got."""
    return [len(sink.received_by(address)) for address in members]
