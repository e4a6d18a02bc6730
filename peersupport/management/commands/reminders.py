"""`manage.py reminders run`: one planning and sending pass without Celery, for cron and for repair."""

from django.core.management.base import BaseCommand

from peersupport.reminders.planning import plan_due
from peersupport.reminders.sending import send_all_due


class Command(BaseCommand):
    help = "Plan what falls due and send what is due, once."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["run"])

    def handle(self, **options):
        planned, sent = plan_due(), send_all_due()
        self.stdout.write(f"{planned} planned, {sent} sent.")
