"""`manage.py export STUDY PROFILE`: ask for an export from the server, and write it to a file once it is approved."""

import shutil
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evaluation.exports.folder import folder_of
from evaluation.models import Export, Study
from evaluation.services.export import log_download, request_export
from members.models import Person
from peersupport.refusals import Refused

#: What the command ends with, besides 0 for "done" and 1 for "that can't be".
NOT_YET = 2
State = Export.State


class Command(BaseCommand):
    help = (
        "Ask for an export of a study (its number) in someone's name; a second person approves it in the service, as"
        " always. With --take, write an approved one to a folder: the download is logged in their name. Ends with 2"
        " while it is not ready."
    )

    def add_arguments(self, parser):
        parser.add_argument("study", type=int)
        parser.add_argument("profile", choices=Export.Profile.values)
        parser.add_argument("--by", required=True, metavar="EMAIL", help="whoever asks, or takes it")
        parser.add_argument("--purpose", help="what it is for")
        parser.add_argument("--for-whom", help="who will use it")
        parser.add_argument("--alone", action="store_true", help="with identifiers like those of no other export")
        parser.add_argument("--take", type=int, metavar="NUMBER", help="the export that was asked for")
        parser.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="where to write it")

    def handle(self, *, study, by, take, **options):
        person = Person.objects.filter(email__iexact=by, is_active=True).first()
        known = Study.objects.visible_to(person).filter(pk=study).first() if person else None
        if not known:
            raise CommandError(f"{by} is nobody who works in a study {study}.")
        if take:
            return self._take(known, take, person, **options)
        return self._ask(known, person, **options)

    def _ask(self, study, person, *, profile, purpose, for_whom, alone, **_options):
        if not person.has_perm("evaluation.request_export", study):
            raise CommandError(f"{person.email} may not ask for exports of this study.")
        if not (purpose and for_whom):
            raise CommandError("Say what it is for (--purpose) and who will use it (--for-whom).")
        try:
            export = request_export(
                study=study,
                profile=profile,
                is_linkable=not alone,
                purpose=purpose,
                for_whom=for_whom,
                by=person,
                now=timezone.now(),
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Export {export.pk} waits for a second person. They are told by e-mail.")
        self.stdout.write(f"Once it is approved: manage.py export {study.pk} {profile} --by … --take {export.pk}")

    def _take(self, study, number, person, *, profile, to, **_options):
        if not person.has_perm("evaluation.download_export", study):
            raise CommandError(f"{person.email} may not take exports of this study.")
        export = Export.objects.filter(study=study, profile=profile, pk=number).first()
        if not export:
            raise CommandError(f"There is no export {number} of this study with this profile.")
        source = folder_of(export) / export.file_name
        if export.state != State.READY or not source.is_file():
            waits = export.state in (State.REQUESTED, State.APPROVED, State.RUNNING)
            why = export.decision_reason if export.state == State.REFUSED else export.failure or export.recall_reason
            said = f"{export.get_state_display()}. {why}".strip()
            raise CommandError(said, returncode=NOT_YET if waits else 1)
        log_download(export=export, by=person, route="manage.py export", now=timezone.now())
        try:
            shutil.copyfile(source, to / export.file_name)
        except OSError as error:
            raise CommandError(f"{error.filename} can't be written: {error.strerror}.") from error
        self.stdout.write(f"{to / export.file_name}")
        self.stdout.write(f"SHA-256 {export.sha256}")
