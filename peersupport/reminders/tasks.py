"""What Celery wakes. PostgreSQL says what there is to do, so each task may run twice, or on two workers at once."""

from celery import shared_task
from django.utils import timezone

from peersupport.reminders.outbox import forget_old
from peersupport.reminders.planning import plan_due
from peersupport.reminders.sending import send_all_due


@shared_task
def run_reminders():
    """One pass: plan what falls due, send what is due. Beat starts it every 30 seconds."""
    plan_due()
    send_all_due()


@shared_task
def send_due():
    """Something is due now: send it without waiting for the next pass."""
    send_all_due()


@shared_task
def forget_old_messages():
    """Nothing is kept for longer than it is of use. Beat starts it once a day; twice does no harm."""
    forget_old(now=timezone.now())
