"""`manage.py compare_exports A B`: whose rows differ between two exports of one study."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from evaluation.exports.compare import NotComparable, differences
from evaluation.exports.verify import NotVerified


class Command(BaseCommand):
    help = "Say whose rows differ between two exports of one study, table by table. Both are verified first."

    def add_arguments(self, parser):
        parser.add_argument("first", type=Path)
        parser.add_argument("second", type=Path)

    def handle(self, *, first, second, **options):
        try:
            found = differences(first, second)
        except OSError as error:
            raise CommandError(f"{error.filename} can't be read: {error.strerror}.") from error
        except NotVerified as error:
            raise CommandError(f"One of them is not verified. {error}") from error
        except NotComparable as error:
            raise CommandError(
                "They are of two studies or two profiles, or EXPORT_KEY was changed in between."
            ) from error
        for difference in found:
            self.stdout.write(difference.path)
            for what in ("gone", "new", "changed"):
                for name in getattr(difference, what):
                    self.stdout.write(f"  {what:<8} {name}")
        if not found:
            self.stdout.write("No table and no report differs.")
