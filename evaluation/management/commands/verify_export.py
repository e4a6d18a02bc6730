"""`manage.py verify_export FILE`: whether a file is an export of this service, whole, and still covered by consent."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evaluation.exports.register import hold_against_register
from evaluation.exports.signature import NotAPublicKey
from evaluation.exports.verify import NotVerified, verify

#: What the command ends with, besides 0 for "all is well" and 1 for "not verified".
TO_DELETE = 2


class Command(BaseCommand):
    help = (
        "Check an export: its signature, its checksums, its descriptor, each of its values, and the consent that it"
        " rests on. Ends with 1 if something is wrong, and with 2 if people in it have to be deleted."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, help="the public key (PEM) to check with, if not this service's own")

    def handle(self, *, file, key, **options):
        try:
            verify(file, pem=key.read_bytes() if key else None)
            self.stdout.write("Signature, checksums, descriptor and values: all right.")
            held = hold_against_register(file, timezone.now())
        except OSError as error:
            raise CommandError(f"{error.filename} can't be read: {error.strerror}.") from error
        except NotAPublicKey as error:
            raise CommandError(f"{key} is no Ed25519 public key in PEM.") from error
        except NotVerified as error:
            raise CommandError(f"Not verified. {error}") from error
        self.stdout.write(
            f"Export {held.export.pk} of “{held.export.study}”, as of {held.export.as_of:%Y-%m-%d %H:%M:%S} UTC."
        )
        self.stdout.write(f"Consent was there for each of the {held.people} people in it.")
        if held.to_delete:
            raise CommandError(
                "\n".join(["Consent has ended since. Delete from every copy:", *held.to_delete]), returncode=TO_DELETE
            )
        self.stdout.write("It still is.")
