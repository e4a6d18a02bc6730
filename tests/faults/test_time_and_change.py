"""Nobody planned for hours; a meeting is called off while its reminders are on their way."""

import time
from datetime import timedelta

from django.utils import timezone

from groups.services.meeting import cancel_meeting
from peersupport.reminders.models import Message, PlanningProgress
from peersupport.reminders.planning import plan_all
from peersupport.reminders.sending import FRESH_SECONDS
from tests.factories import MeetingFactory, PersonFactory
from tests.faults.conftest import numbers_of, wait_for


def test_outage_over_several_due_times_is_caught_up(group, members, mail_sink, run_pass):
    now = timezone.now()
    plan_all(now - timedelta(hours=30))
    for hours in (-1, 1, 12, 23, 26):
        MeetingFactory(group=group, starts_at=now + timedelta(hours=hours))
    # The first of them is over, the last still more than a day away.
    assert run_pass() == "18 planned, 18 sent."
    assert run_pass() == "0 planned, 0 sent."
    assert numbers_of(mail_sink, members) == [3] * 6
    assert PlanningProgress.objects.get(kind="groups.meeting_coming").planned_until > now


def test_cancelled_while_its_batch_is_being_sent(meeting, members, mail_sink, started_pass, run_pass):
    mail_sink.holding = {members[1]}
    process = started_pass()
    wait_for(mail_sink.is_held.is_set)
    cancel_meeting(meeting=meeting, reason="The room is flooded.", by=PersonFactory(), now=timezone.now())
    # What a batch knows may be a second old, and no older.
    time.sleep(FRESH_SECONDS)
    mail_sink.release()
    assert process.wait(20) == 0
    run_pass()
    coming = Message.objects.filter(kind="groups.meeting_coming").order_by("pk")
    assert list(coming.values_list("state", flat=True)) == ["sent"] * 2 + ["dropped"] * 4
    assert numbers_of(mail_sink, members) == [2, 2, 1, 1, 1, 1]
    assert all("does not meet" in mail_sink.received_by(address)[-1]["subject"] for address in members)
