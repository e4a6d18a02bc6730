"""`manage.py demo`: fill an empty database with the sample story; `--accounts`: who to sign in as."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from groups.models import Site
from peersupport.demo.accounts import ACCOUNTS, PASSWORD
from peersupport.demo.telling import tell


class Command(BaseCommand):
    help = "Fill an empty database with the sample story. Only where DEMO is set."

    def add_arguments(self, parser):
        parser.add_argument("--accounts", action="store_true", help="only say who to sign in as")

    def handle(self, *, accounts, **options):
        if not settings.DEMO:
            raise CommandError("This makes accounts with a known password, so it runs only where DEMO=true is set.")
        if accounts:
            self.stdout.write(account_lines())
        elif Site.objects.exists():
            self.stdout.write("There is data already: nothing to do.")
        else:
            tell(timezone.now(), lambda what: self.stdout.write(f"  {what}"))


def account_lines() -> str:
    rows = [f"  {account.email:<26} {account.role}" for account in ACCOUNTS]
    codes = f"Where a second step is asked for, the code is at {settings.BASE_URL}/demo/"
    return "\n".join(["Sign in as", *rows, f"with the password: {PASSWORD}", codes])
