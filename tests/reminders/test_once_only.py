"""Whatever happens in whatever order, what should go out goes out once, and nothing else does."""

import contextlib
import smtplib
from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from groups.models import Meeting
from groups.reminders.meeting import DAY_BEFORE_MINUTES
from groups.services.meeting import CANCELLED, COMING, MOVED, PLANNED, cancel_meeting, move_meeting, plan_meeting
from groups.services.membership import leave_group
from peersupport.reminders import clock, queue, services
from peersupport.reminders.channels import EMAIL
from peersupport.reminders.models import Message
from peersupport.reminders.planning import AHEAD, plan_all
from peersupport.reminders.sending import send_all_due
from tests.factories import NOW, MembershipFactory, PersonFactory, SupportGroupFactory

LOCMEM = "django.core.mail.backends.locmem.EmailBackend.send_messages"
KINDS = [PLANNED, MOVED, CANCELLED, COMING]
DAY_BEFORE = timedelta(minutes=DAY_BEFORE_MINUTES)
PLACES = st.integers(0, 2)
MINUTES_AHEAD = st.sampled_from([20 * 60, 24 * 60 + 3, 24 * 60 + 3, 25 * 60, 3 * 24 * 60])
MOODS = ["well", "451", "554", "550", "away", "cut", "killed"]


class Killed(BaseException):
    """The worker is gone: nothing in it gets to clean up."""


class PostOffice:
    """Takes letters as `mood` has it, and keeps, by Message-ID, how many it took and how often nobody knew."""

    def __init__(self):
        self.mood = "well"
        self.taken, self.windows = Counter(), Counter()

    def take(self, letter):
        """Answer one letter: take it, refuse it, or take it and be gone before anybody knows."""
        refusals = {
            "451": smtplib.SMTPDataError(451, b"later"),
            "554": smtplib.SMTPDataError(554, b"never"),
            "550": smtplib.SMTPRecipientsRefused({letter.to[0]: (550, b"5.1.1 no such mailbox")}),
            "away": smtplib.SMTPSenderRefused(421, b"closing", "from"),
        }
        if self.mood in refusals:
            raise refusals[self.mood]
        key = letter.extra_headers["Message-ID"].strip("<").partition("@")[0]
        self.taken[key] += 1
        if self.mood in ("cut", "killed"):
            mood, self.mood = self.mood, "well"
            self.windows[key] += 1
            raise Killed if mood == "killed" else smtplib.SMTPServerDisconnected("gone")


class Story(RuleBasedStateMachine):
    """A group of three, its meetings, and all that may happen to them and to what is sent about them."""

    def __init__(self):
        super().__init__()
        self.now = NOW
        self.post = PostOffice()
        self.left, self.off, self.chosen_at = set(), set(), {}
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(clock, "set_by_database", lambda: None)
        self.patch.setattr(clock, "now", lambda: self.now)
        self.patch.setattr(LOCMEM, lambda backend, letters: self.deliver(*letters))
        self.example = transaction.atomic()
        self.example.__enter__()

    @initialize()
    def found_the_group(self):
        self.group = SupportGroupFactory()
        self.people = [MembershipFactory(group=self.group).person for _number in range(3)]
        self.by = PersonFactory()
        plan_all(self.now)
        self.plan_a_meeting(24 * 60 + 3)

    def teardown(self):
        try:
            if hasattr(self, "group"):
                self.drain()
                self.check_the_end()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)
            self.patch.undo()

    def deliver(self, letter):
        """Whatever reaches the mail server must be wanted and true at that moment."""
        message = Message.objects.get(message_id=letter.extra_headers["Message-ID"].strip("<").partition("@")[0])
        assert (message.state, letter.to) == ("sending", [message.recipient.email])
        assert message.expires_at > self.now >= message.due_at
        assert message.recipient not in self.left
        assert (message.recipient, message.kind) not in self.off
        if message.kind in KINDS:
            meeting = Meeting.objects.get(pk=message.subject_id)
            assert message.schedule_version == meeting.sequence
            assert meeting.is_going_ahead == (message.kind != CANCELLED)
        self.post.take(letter)

    def place(self, minutes_ahead):
        local = (self.now + timedelta(minutes=minutes_ahead)).astimezone(ZoneInfo(self.group.time_zone))
        return {"on": local.date(), "start_time": local.time(), "duration_minutes": 60, "venue": None}

    def a_meeting(self, number):
        """One of those that go ahead and are not over; None where there is none."""
        meetings = list(Meeting.objects.going_ahead().upcoming(now=self.now))
        return meetings[number % len(meetings)] if meetings else None

    @rule(minutes=st.sampled_from([0, 1, 5, 5, 70, 11 * 60]), mood=st.sampled_from(MOODS))
    def run_a_pass_later(self, minutes, mood):
        self.now += timedelta(minutes=minutes)
        plan_all(self.now)
        self.send(mood)

    @rule(mood=st.sampled_from(MOODS))
    def send(self, mood):
        self.post.mood = mood
        with contextlib.suppress(Killed):
            send_all_due()
        self.post.mood = "well"

    @rule()
    def die_with_a_claim(self):
        """A worker is killed between claim and send."""
        queue.claim(self.now, EMAIL)

    @rule(minutes=st.sampled_from([1, 5, 5, 70, 23 * 60]))
    def let_time_pass(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(minutes_ahead=MINUTES_AHEAD)
    def plan_a_meeting(self, minutes_ahead):
        plan_meeting(group=self.group, by=self.by, now=self.now, **self.place(minutes_ahead))

    @rule(number=PLACES, minutes_ahead=MINUTES_AHEAD)
    def move(self, number, minutes_ahead):
        if meeting := self.a_meeting(number):
            move_meeting(meeting=meeting, by=self.by, now=self.now, **self.place(minutes_ahead))

    @rule(number=PLACES)
    def cancel(self, number):
        if meeting := self.a_meeting(number):
            cancel_meeting(meeting=meeting, reason="Snow", by=self.by, now=self.now)

    @rule(number=PLACES, kinds=st.sampled_from([[COMING], KINDS]), is_wanted=st.booleans(), is_taken=st.booleans())
    def turn_off_or_on(self, number, kinds, is_wanted, is_taken):
        """Someone changes their mind, maybe just after a worker took a batch."""
        person = self.people[number]
        if is_taken:
            queue.claim(self.now, EMAIL)
        choices = {(person, kind) for kind in kinds}
        self.off = self.off - choices if is_wanted else self.off | choices
        self.chosen_at |= dict.fromkeys(choices, self.now)
        services.choose_reminders(person_id=person.pk, wanted=dict.fromkeys(kinds, is_wanted), now=self.now)

    @rule(number=PLACES)
    def leave(self, number):
        if self.people[number] not in self.left:
            self.left.add(self.people[number])
            leave_group(group=self.group, by=self.people[number], now=self.now)

    @invariant()
    def nothing_goes_out_more_often_than_workers_were_killed_over_it(self):
        for key, number in self.post.taken.items():
            assert number <= 1 + self.post.windows[key]

    def drain(self):
        """The mail server is well, and every wait and lease comes to its end."""
        plan_all(self.now)
        unsent = Message.objects.filter(state__in=["pending", "sending"], due_at__lte=self.now)
        for _round in range(60):
            Message.objects.filter(state="sending").update(lease_until=self.now)
            unsent.filter(state="pending").update(next_attempt_at=self.now)
            send_all_due()
            if not unsent.exists():
                return
        raise AssertionError("What is due does not come to an end.")

    def check_the_end(self):
        sent = Message.objects.filter(state="sent")
        self.nothing_goes_out_more_often_than_workers_were_killed_over_it()
        keys = {str(key) for key in sent.values_list("message_id", flat=True)}
        assert keys <= set(self.post.taken)
        for message in Message.objects.filter(kind__in=KINDS).select_related("recipient"):
            assert message.attempts >= self.post.windows[str(message.message_id)]
            assert message.state in ("sent", "pending") or self.is_right_not_to_send(message), message.reason
        for meeting in Meeting.objects.going_ahead().filter(starts_at__gt=self.now):
            self.check_reminders_of(meeting)

    def is_right_not_to_send(self, message):
        meeting = Meeting.objects.get(pk=message.subject_id)
        return {
            "The meeting was moved.": message.schedule_version < meeting.sequence,
            "The meeting was cancelled.": meeting.is_cancelled,
            "The meeting has been changed since.": message.schedule_version < meeting.sequence,
            "They have left the group.": message.recipient in self.left,
            "This reminder was turned off.": (message.recipient, message.kind) in self.off
            or message.expires_at <= self.now,
            "Their address refuses mail.": message.recipient.refuses_mail,
            "It was too late to be of use.": message.expires_at <= self.now,
            "The server refused it (550).": True,
            "The server refused it (554).": True,
            "Workers stopped while sending it.": message.attempts >= queue.MOST_ATTEMPTS,
        }[message.reason]

    def check_reminders_of(self, meeting):
        """Whoever belongs and wants it all along has one, as soon as it is due."""
        due_at = meeting.starts_at - DAY_BEFORE
        if meeting.changed_at <= due_at <= self.now:
            for person in set(self.people) - self.left:
                chosen_at = self.chosen_at.get((person, COMING))
                if chosen_at is None or ((person, COMING) not in self.off and chosen_at <= due_at - AHEAD):
                    reminders = Message.objects.filter(kind=COMING, subject_id=meeting.pk, recipient=person)
                    assert reminders.filter(schedule_version=meeting.sequence).exists()


@pytest.mark.django_db
def test_each_message_goes_out_once_whatever_happens():
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Story, settings=settings(max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=slow)
    )
