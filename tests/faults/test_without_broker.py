"""The broker is away, or takes connections and never answers: the web server goes on, but signs nobody in."""

import socket
import time
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peersupport.embedded.folder import free_port
from peersupport.reminders.models import Message
from tests.factories import MeetingFactory, MembershipFactory, PersonFactory, RoleTermFactory
from tests.faults.conftest import LONGEST_WAIT
from tests.processes import web_server

SECRET = "x" * 32


@pytest.fixture(params=["away", "silent"])
def broker_url(request):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = free_port() if request.param == "away" else silent.getsockname()[1]
        yield f"redis://127.0.0.1:{port}/0"


def answer_of(port, path, form=None, session=""):
    """The web server's answer to a request for a page, or to a form sent to it, and its text."""
    headers, body = {"Cookie": f"sessionid={session}; csrftoken={SECRET}"}, None
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form | {"csrfmiddlewaretoken": SECRET})
    with closing(HTTPConnection("127.0.0.1", port, timeout=LONGEST_WAIT)) as line:
        line.request("POST" if form else "GET", path, body, headers)
        answer = line.getresponse()
        return answer, answer.read().decode()


@pytest.fixture
def ask(broker_url):
    """Ask a web server with such a broker; answers that are late fail."""
    port = free_port()

    def ask(*question, within=2.5):
        began = time.monotonic()
        answer = answer_of(port, *question)
        assert time.monotonic() - began < within
        return answer

    with web_server(port, {"REDIS_URL": broker_url}):
        # What is loaded with the first page takes its time on any day.
        answer_of(port, reverse("account_login"))
        yield ask


@pytest.fixture
def contact(group):
    """A contact of the group, and the key of a session of theirs."""
    person = MembershipFactory(group=group).person
    RoleTermFactory(group=group, person=person)
    client = Client()
    client.force_login(person)
    return person, client.session.session_key


def test_pages_work_and_what_they_cause_waits(ask, group, contact):
    person, session = contact
    meeting = MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=3))
    answer, text = ask(meeting.get_absolute_url(), None, session)
    assert (answer.status, group.name in text) == (200, True)
    answer, _text = ask(reverse("groups:meeting_cancel", args=[meeting.pk]), {"reason": "Snow"}, session)
    assert answer.status == 302
    told = Message.objects.get(kind="groups.meeting_cancelled")
    assert (told.recipient, told.state) == (person, "pending")


def test_nobody_is_signed_in_and_each_is_told_to_try_again(ask):
    person = PersonFactory(email="maria@example.org")
    person.set_password("three calm words")
    person.save()
    # Tries are counted in a cache that is waited for as long as two seconds.
    form = {"login": person.email, "password": "three calm words"}
    answer, text = ask(reverse("account_login"), form, within=4)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert "We are not available right now" in text
    assert not Session.objects.exists()
