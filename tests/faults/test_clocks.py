"""A worker's own clock is an hour off, ahead or behind; the others' are right."""

from datetime import timedelta

import pytest
from django.utils import timezone

from peersupport.reminders.models import Message
from tests.factories import MeetingFactory
from tests.faults.conftest import OTHER_TIME, nobody_planned_since, wait_for
from tests.faults.history import check_history

OFF = pytest.mark.parametrize("minutes", [60, -60], ids=["ahead", "behind"])


@OFF
def test_worker_whose_clock_is_off_takes_nothing_from_another(
    meeting, members, mail_sink, started_pass, run_pass_off_by, minutes
):
    mail_sink.pausing = {members[1]}
    process = started_pass()
    wait_for(mail_sink.is_held.is_set)
    assert run_pass_off_by(minutes) == "0 planned, 0 sent."
    mail_sink.release()
    assert process.wait(20) == 0
    check_history(mail_sink, sent=6)
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


@OFF
def test_nothing_is_taken_from_a_worker_whose_clock_is_off(
    meeting, members, mail_sink, start_process, run_pass, minutes
):
    mail_sink.pausing = {members[1]}
    process = start_process([*OTHER_TIME, "--off", str(minutes)])
    wait_for(mail_sink.is_held.is_set)
    assert run_pass() == "0 planned, 0 sent."
    mail_sink.release()
    assert process.wait(20) == 0
    check_history(mail_sink, sent=6)
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


@OFF
def test_clock_that_is_off_sends_nothing_early_and_loses_nothing(group, members, mail_sink, run_pass_off_by, minutes):
    now = timezone.now()
    soon = MeetingFactory(group=group, starts_at=now + timedelta(minutes=30))
    MeetingFactory(group=group, starts_at=now + timedelta(days=1, minutes=30))
    MeetingFactory(group=group, starts_at=now - timedelta(minutes=30))
    nobody_planned_since(now - timedelta(days=2))
    assert run_pass_off_by(minutes) == "6 planned, 6 sent."
    check_history(mail_sink, sent=6)
    assert set(Message.objects.values_list("subject_id", flat=True)) == {soon.pk}
