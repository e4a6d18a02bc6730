"""Time passes: beat and worker send what is due over SMTP, once each, and nothing about what was called off."""

import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.reminders.models import Message
from tests import processes
from tests.factories import GoalFactory, MeetingFactory, MembershipFactory, RoleTermFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

LONGEST_WAIT = 90
LOOK_BACK = "Time to look back"


@pytest.fixture
def nine_oclock_zone():
    """A zone where the clock has struck nine within the last hour. Etc/GMT-9 is nine hours ahead of UTC."""
    hours_ahead = (9 - timezone.now().hour + 12) % 24 - 12
    return f"Etc/GMT{-hours_ahead:+d}"


@pytest.fixture
def maria(nine_oclock_zone):
    return MembershipFactory(
        group__name="Tuesday Group", person__preferred_name="Maria", person__time_zone=nine_oclock_zone
    ).person


@pytest.fixture
def contact(maria):
    group = maria.memberships.get().group
    person = MembershipFactory(group=group, person__preferred_name="Joan").person
    RoleTermFactory(group=group, person=person)
    return person


def wait_for(condition):
    until = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < until, "It did not come in time."
        time.sleep(0.5)


def subjects_to(mail_sink, person):
    return [letter["subject"] for letter in mail_sink.received if person.email in letter["to"]]


def kinds_sent_to(mail_sink, person, *beginnings):
    """The subjects sent to `person`, each cut to the one of `beginnings` it starts with."""
    subjects = subjects_to(mail_sink, person)
    return [next((start for start in beginnings if subject.startswith(start)), subject) for subject in subjects]


def test_what_is_due_goes_out_once(walk, client, maria, contact, celery_worker_process, mail_sink, tmp_path):
    group = maria.memberships.get().group
    # Given two meetings a day away, a goal whose day has come, and a contact who calls one meeting off
    starts_at = timezone.now() + timedelta(days=1, seconds=20)
    MeetingFactory(group=group, starts_at=starts_at)
    off = MeetingFactory(group=group, starts_at=starts_at + timedelta(seconds=1))
    GoalFactory(person=maria, what="Walk without the stick", review_on=timezone.localdate(timezone=maria.zone))
    walk.sign_in(client, contact)
    walk.open(off.get_absolute_url())
    walk.follow("Cancel this meeting")
    walk.fill("Why is it cancelled?", "The room is flooded.")
    walk.follow("Cancel the meeting")
    # Then everyone hears of it at once, without waiting for the beat
    day = f"{timezone.localtime(off.starts_at, off.zone):%A}"
    called_off, coming = f"Your group does not meet on {day}", f"Your group meets on {day}"
    wait_for(lambda: len(mail_sink.received) == 2)
    assert kinds_sent_to(mail_sink, maria, called_off) == [called_off]
    # When time passes
    with processes.celery_beat(tmp_path):
        wait_for(lambda: len(subjects_to(mail_sink, maria)) == 3)
        wait_for(lambda: len(subjects_to(mail_sink, contact)) == 2)
    # Then each reminder came once, and none for the meeting that was called off
    sent = kinds_sent_to(mail_sink, maria, called_off, coming, LOOK_BACK)
    assert sorted(sent) == sorted([called_off, coming, LOOK_BACK])
    assert len(mail_sink.received) == 5
    assert Message.objects.filter(state="sent").count() == 5
    assert "stick" not in "".join(letter.as_string() for letter in mail_sink.received)
    _one_click_turns_it_off(walk, mail_sink, maria)


def _one_click_turns_it_off(walk, mail_sink, maria):
    """RFC 8058: a POST without session or token in the form, and an undo on the page."""
    letter = next(
        letter
        for letter in mail_sink.received
        if letter["subject"] == "Time to look back" and maria.email in letter["to"]
    )
    assert letter["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    path = urlsplit(letter["list-unsubscribe"].strip("<>")).path
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert maria.reminder_preferences.get().is_wanted is False
    walk.open(path)
    walk.then_reads("You won't get these any more")
    walk.follow("Send them again")
    walk.then_reads("Stop these emails?")
    assert maria.reminder_preferences.get().is_wanted is True
