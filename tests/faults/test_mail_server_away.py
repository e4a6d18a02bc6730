"""The mail server is away for two hours, and comes back."""

import itertools
import os
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from peersupport.reminders import queue, services
from peersupport.reminders.models import Message
from tests.factories import MeetingFactory, MembershipFactory, SupportGroupFactory
from tests.faults.conftest import nobody_planned_since, numbers_of
from tests.faults.history import check_history

COMING = "groups.meeting_coming"
EVERY_MINUTES = 5


def test_two_hours_without_a_mail_server_put_off_and_make_up_for(
    meeting, members, mail_sink, run_passes_at, monkeypatch
):
    # Given a reminder that is of use for a day, and one that is of use for an hour and a half
    began = timezone.now()
    soon = MeetingFactory(group=SupportGroupFactory(), starts_at=began + timedelta(minutes=90))
    late = MembershipFactory(group=soon.group).person
    services.choose_reminders(person_id=late.pk, wanted={COMING: True}, leads={COMING: [120]}, now=began)
    nobody_planned_since(began - timedelta(hours=1))
    # When no mail can be sent for two hours
    passes = [began + timedelta(minutes=minutes) for minutes in range(0, 121, EVERY_MINUTES)]
    with monkeypatch.context() as patch:
        patch.setenv("SMTP_URL", urlsplit(os.environ["SMTP_URL"])._replace(netloc="127.0.0.1:1").geturl())
        said = run_passes_at(*passes)
    # Then each waits longer from time to time, not all for the same time, and nothing counts as maybe sent twice
    assert said == ["7 planned, 0 sent."] + ["0 planned, 0 sent."] * (len(passes) - 1)
    waiting = Message.objects.filter(state="pending")
    tries = list(waiting.values_list("attempts", "failures"))
    assert len(tries) == 6
    assert all(attempts == 0 and 4 <= failures <= 9 for attempts, failures in tries)
    assert len(set(waiting.values_list("next_attempt_at", flat=True))) == 6
    assert all(at <= passes[-1] + 1.5 * queue.LONGEST_WAIT for at in waiting.values_list("next_attempt_at", flat=True))
    # And once it is back, what is still of use goes out once
    back = itertools.count(120 + EVERY_MINUTES, EVERY_MINUTES)
    run_passes_at(*(began + timedelta(minutes=minutes) for minutes in itertools.islice(back, 20)))
    assert numbers_of(mail_sink, members) == [1] * 6
    check_history(mail_sink, sent=6, silent=[late.email])
    assert Message.objects.get(state="dropped").reason == "It was too late to be of use."
