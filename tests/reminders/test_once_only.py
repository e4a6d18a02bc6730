"""Whatever happens in whatever order, what should go out goes out once, and nothing else does."""

import smtplib
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peersupport.reminders import outbox, queue, services
from peersupport.reminders.channels import EMAIL
from peersupport.reminders.models import Message, PlanningProgress
from peersupport.reminders.planning import plan_all
from peersupport.reminders.sending import send_all_due
from supportplans.models import Goal
from tests.factories import GoalFactory
from tests.reminders.conftest import NAME

LOCMEM = "django.core.mail.backends.locmem.EmailBackend.send_messages"
STEPS = ["plan", "send", "die with a claim", "be put off", "move", "opt out", "let go"]

pytestmark = pytest.mark.django_db


class Story:
    """Three goals whose notes fell due at midnight, and all that may happen to them."""

    def __init__(self, monkeypatch):
        self.monkeypatch = monkeypatch
        self.now = timezone.now()
        self.goals = [GoalFactory(review_on=self.now.date()) for _number in range(3)]
        PlanningProgress.objects.create(kind=NAME, planned_until=self.now - timedelta(days=2))
        self.deaths = 0
        self.silenced = set()
        self.replaced = set()
        mail.outbox.clear()

    def plan(self, goal):
        plan_all(self.now)

    def send(self, goal):
        send_all_due()

    def die_with_a_claim(self, goal):
        """A worker is killed after it took a batch; its lease runs out."""
        self.deaths += 1
        queue.claim(timezone.now(), EMAIL)
        Message.objects.filter(state="sending").update(lease_until=timezone.now())

    def be_put_off(self, goal):
        """The mail server wants none of it for a while."""

        def refuse(backend, letters):
            raise smtplib.SMTPDataError(451, b"later")

        with self.monkeypatch.context() as patch:
            patch.setattr(LOCMEM, refuse)
            send_all_due()
        Message.objects.filter(state="pending").update(next_attempt_at=timezone.now())

    def move(self, goal):
        """What waits is dropped; a note for the new schedule takes its place."""
        goal.refresh_from_db()
        goal.schedule_version += 1
        goal.save()
        self.replaced |= set(Message.objects.filter(subject_id=goal.pk, state="pending").values_list("pk", flat=True))
        outbox.drop(kinds=[NAME], subject_id=goal.pk, reason="Moved.", now=self.now)
        due_at = datetime.combine(goal.review_on, time(), UTC)
        outbox.enqueue(
            kind=NAME,
            subject_id=goal.pk,
            recipient_ids=[goal.person_id],
            due_at=due_at,
            expires_at=due_at + timedelta(days=2),
            now=self.now,
            schedule_version=goal.schedule_version,
        )

    def opt_out(self, goal):
        self.silenced.add(goal.pk)
        services.choose_reminders(person_id=goal.person_id, wanted={NAME: False}, now=self.now)

    def let_go(self, goal):
        self.silenced.add(goal.pk)
        Goal.objects.filter(pk=goal.pk).update(state="let_go")

    def end(self):
        """Time enough passes for everything to be planned and sent."""
        plan_all(self.now)
        for _attempt in range(queue.MOST_ATTEMPTS):
            Message.objects.filter(state="sending").update(lease_until=timezone.now())
            send_all_due()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2)), max_size=12))
def test_each_message_goes_out_once_whatever_happens(note_kind, monkeypatch, steps):
    with transaction.atomic():
        story = Story(monkeypatch)
        for step, place in steps:
            getattr(story, step.replace(" ", "_"))(story.goals[place])
        story.end()
        assert letters_sent() == Counter(str(key) for key in sent_messages().values_list("message_id", flat=True))
        check_that_nothing_was_forgotten(story)
        transaction.set_rollback(True)


def sent_messages():
    return Message.objects.filter(kind=NAME, state="sent")


def letters_sent():
    """How often each message of ours went out, by its Message-ID."""
    # Between nine and ten in the morning the goals are up for review as well, by the product's own kind.
    others = {str(pk) for pk in Message.objects.exclude(kind=NAME).values_list("message_id", flat=True)}
    went_out = (letter.extra_headers["Message-ID"].strip("<").partition("@")[0] for letter in mail.outbox)
    return Counter(key for key in went_out if key not in others)


def check_that_nothing_was_forgotten(story):
    messages = Message.objects.filter(kind=NAME)
    assert not messages.filter(state__in=["pending", "sending"])
    assert not messages.filter(pk__in=story.replaced).exclude(state="dropped")
    if story.deaths < queue.MOST_ATTEMPTS:
        assert not messages.filter(state="parked")
        for goal in story.goals:
            goal.refresh_from_db()
            current = messages.filter(subject_id=goal.pk, schedule_version=goal.schedule_version)
            assert goal.pk in story.silenced or current.get().state == "sent"
