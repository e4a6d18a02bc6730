"""Messages and pages speak the recipient's language, where there is more than one."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from peersupport.reminders.planning import plan_all
from peersupport.reminders.sending import send_all_due
from tests.factories import MeetingFactory, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db
#: Django itself has the names of days and months in Welsh.
WELSH = ["Llun", "Mawrth", "Mercher", "Iau", "Gwener", "Sadwrn", "Sul"]


@pytest.fixture
def two_languages(settings):
    settings.LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]


def remind(member):
    starts_at = timezone.now() + timedelta(days=1)
    MeetingFactory(group=member.group, starts_at=starts_at)
    plan_all(timezone.now())
    assert send_all_due() == 1
    return mail.outbox[0]


def day_in_welsh():
    day = (timezone.now() + timedelta(days=1)).astimezone(timezone.get_current_timezone())
    return WELSH[day.weekday()]


def test_message_is_in_the_language_of_its_recipient(two_languages):
    letter = remind(MembershipFactory(person__language="cy"))
    assert day_in_welsh() in letter.subject
    assert '<html lang="cy">' in letter.alternatives[0].content


def test_language_that_is_no_longer_spoken_here_is_not_used():
    letter = remind(MembershipFactory(person__language="cy"))
    assert date_format(timezone.localdate() + timedelta(days=1), "l") in letter.subject
    assert '<html lang="en-gb">' in letter.alternatives[0].content


def test_pages_speak_it_too_and_a_person_chooses_it(client, two_languages):
    person = PersonFactory()
    client.force_login(person)
    address = reverse("members:profile_edit")
    assert '<html lang="en-gb">' in client.get(address).text
    client.post(address, {"preferred_name": "Maria", "time_zone": "Europe/London", "language": "cy"})
    assert '<html lang="cy">' in client.get(address).text


def test_nobody_is_asked_where_there_is_but_one(client):
    client.force_login(PersonFactory())
    address = reverse("members:profile_edit")
    assert "Language" not in client.get(address).text
    client.post(address, {"preferred_name": "Maria", "time_zone": "Europe/London", "language": "cy"})
    assert '<html lang="en-gb">' in client.get(address).text
