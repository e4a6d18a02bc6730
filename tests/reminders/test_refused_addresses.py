"""An address that refuses mail for good is left alone, and its owner is told where they are sure to see it."""

import smtplib

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from members.models import Person
from peersupport.reminders.sending import send_all_due
from tests.factories import GoalFactory, PersonFactory
from tests.reminders.test_sending import answer_with, state_of

pytestmark = pytest.mark.django_db
RESUME = reverse("members:mail_resume")


@pytest.fixture
def person():
    return PersonFactory(email="maria@example.org")


@pytest.fixture
def send(enqueue, person):
    """Send something new to `person`; gives its message."""

    def send():
        message = enqueue(timezone.now(), goal=GoalFactory(person=person))
        send_all_due()
        message.refresh_from_db()
        return message

    return send


def refusing(monkeypatch, code=550, text=b"no such mailbox"):
    answer_with(monkeypatch, lambda to: smtplib.SMTPRecipientsRefused({to: (code, text)}))


def taking(monkeypatch):
    answer_with(monkeypatch, lambda to: None)


def test_after_three_refusals_nothing_more_is_sent(send, person, monkeypatch):
    refusing(monkeypatch)
    assert [send().state for _time in range(3)] == ["parked"] * 3
    taking(monkeypatch)
    message = send()
    assert (message.state, message.reason) == ("dropped", "Their address refuses mail.")
    assert mail.outbox == []


def test_one_that_gets_through_starts_the_count_anew(send, person, monkeypatch):
    refusing(monkeypatch)
    send(), send()
    taking(monkeypatch)
    assert send().state == "sent"
    person.refresh_from_db()
    assert (person.mail_refusals, person.refused_email) == (0, "")
    refusing(monkeypatch)
    assert [send().state for _time in range(2)] == ["parked"] * 2
    taking(monkeypatch)
    assert send().state == "sent"


def test_what_is_only_put_off_counts_for_nothing(send, person, monkeypatch):
    refusing(monkeypatch, code=451)
    assert [send().state for _time in range(4)] == ["pending"] * 4
    person.refresh_from_db()
    assert person.mail_refusals == 0


@pytest.mark.parametrize(
    ("code", "text", "number"),
    [
        (550, b"5.1.1 unknown user", 1),
        (552, b"5.2.2 mailbox full", 1),
        (550, b"unknown user", 1),
        (550, b"5.7.1 relaying denied", 0),
        (554, b"5.7.1 your address is on a list", 0),
        (554, b"no", 0),
    ],
)
def test_what_a_server_has_against_us_is_no_fault_of_the_address(send, person, monkeypatch, code, text, number):
    refusing(monkeypatch, code, text)
    assert send().state == "parked"
    person.refresh_from_db()
    assert person.mail_refusals == number


def test_another_address_starts_afresh(send, person, monkeypatch):
    refusing(monkeypatch)
    send(), send(), send()
    Person.objects.filter(pk=person.pk).update(email="new@example.org")
    taking(monkeypatch)
    assert send().state == "sent"


def test_others_hear_as_ever(send, person, enqueue, monkeypatch):
    refusing(monkeypatch)
    send(), send(), send()
    taking(monkeypatch)
    other = enqueue(timezone.now())
    send_all_due()
    assert state_of(other) == "sent"


@pytest.mark.parametrize("page", ["home", "members:account"])
def test_the_owner_is_told_and_can_take_it_back(client, send, person, monkeypatch, page):
    client.force_login(person)
    assert "Emails to you come back" not in client.get(reverse(page)).text
    refusing(monkeypatch)
    send(), send(), send()
    shown = client.get(reverse(page)).text
    assert "Emails to you come back" in shown
    assert "maria@example.org" in shown
    assert "We send to maria@example.org again." in client.post(RESUME, follow=True).text
    assert "Emails to you come back" not in client.get(reverse(page)).text
    taking(monkeypatch)
    assert send().state == "sent"
