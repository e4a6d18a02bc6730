"""A hundred thousand messages fall due in the same minute."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from groups.models import Membership
from groups.services.meeting import COMING
from members.models import Person
from peersupport.reminders import queue
from peersupport.reminders.models import Message
from peersupport.reminders.sending import LONGEST_PASS
from tests.factories import MeetingFactory, MembershipFactory, PersonFactory
from tests.faults.history import check_history

PEOPLE, MEETINGS = 2500, 40


@pytest.fixture
def very_many(group):
    people = Person.objects.bulk_create(PersonFactory.build_batch(PEOPLE))
    Membership.objects.bulk_create(MembershipFactory.build(group=group, person=person) for person in people)
    MeetingFactory.create_batch(MEETINGS, group=group, starts_at=timezone.now() + timedelta(days=1, minutes=-1))
    return PEOPLE * MEETINGS


@pytest.mark.long
def test_a_hundred_thousand_at_the_same_minute(very_many, mail_sink, started_pass):
    began = time.monotonic()
    passes = [started_pass() for _number in range(2)]
    assert [process.wait(240) for process in passes] == [0, 0]
    # All are planned, and a pass ends in good time although there is more to do.
    assert time.monotonic() - began < 3 * LONGEST_PASS.total_seconds()
    assert Message.objects.filter(kind=COMING).count() == Message.objects.count() == very_many
    # What went out went out once, the earliest planned first, and nobody holds on to what is left.
    sent = Message.objects.filter(state="sent")
    check_history(mail_sink, sent=sent.count(), waiting={COMING})
    assert sent.count() >= 2 * queue.BATCH
    assert not Message.objects.filter(state="sending").exists()
    assert sent.latest("pk").pk < Message.objects.filter(state="pending").earliest("pk").pk + 2 * queue.BATCH
    # And the next are there to be taken.
    assert len(queue.claim(timezone.now(), "email").keys) == queue.BATCH
