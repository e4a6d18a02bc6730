"""`manage.py export`: the same approvals as in the browser."""

import io

import pytest
from django.core.management import CommandError, call_command

from evaluation.exports.folder import folder_of
from evaluation.models import Export
from peersupport.access.models import AccessLogEntry
from tests.evaluation.exporting import StudyWorld
from tests.factories import PersonFactory, StudyMemberFactory

pytestmark = pytest.mark.django_db
FILE = {"file_name": "eval-1.zip", "sha256": "ab" * 32, "size_bytes": 4, "progress": 100}
ASKED = {"purpose": "A paper", "for_whom": "The team"}


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.EXPORT_DIR = tmp_path / "exports"


@pytest.fixture
def world():
    return StudyWorld()


@pytest.fixture
def analyst(world):
    return StudyMemberFactory(study=world.study, duty="analyst").person


def run(world, person, **options):
    said = io.StringIO()
    call_command("export", str(world.study.pk), "quantitative", by=person.email, stdout=said, **options)
    return said.getvalue()


def test_export_is_asked_for_and_waits_for_a_second_person(world, analyst):
    said = run(world, analyst, **ASKED)
    export = Export.objects.get()
    assert f"Export {export.pk} waits for a second person." in said
    assert (export.state, export.requested_by, export.purpose, export.salt) == ("requested", analyst, "A paper", "")
    with pytest.raises(CommandError, match="Waiting for a second person") as refusal:
        run(world, analyst, take=export.pk)
    assert refusal.value.returncode == 2


def test_approved_export_is_written_and_logged(world, analyst, tmp_path):
    export = world.export(state="ready", as_of=world.now, **FILE)
    folder_of(export).mkdir(parents=True)
    (folder_of(export) / "eval-1.zip").write_bytes(b"PK34")
    assert "SHA-256 abab" in run(world, analyst, take=export.pk, to=tmp_path)
    assert (tmp_path / "eval-1.zip").read_bytes() == b"PK34"
    entry = AccessLogEntry.objects.get(action="downloaded")
    assert (entry.actor, entry.object_id, entry.route) == (analyst, export.pk, "manage.py export")


def test_refused_export_says_why(world, analyst):
    export = world.export(state="refused")
    with pytest.raises(CommandError, match=r"Not approved\. It is in the protocol\.") as refusal:
        run(world, analyst, take=export.pk)
    assert refusal.value.returncode == 1


@pytest.mark.parametrize(
    ("duty", "options", "sentence"),
    [
        ("interviewer", ASKED, "may not ask for exports"),
        ("interviewer", {"take": 1}, "may not take exports"),
        ("analyst", {"purpose": "A paper"}, "who will use it"),
        ("analyst", {"take": 2**31}, "There is no export"),
    ],
)
def test_what_can_not_be_gets_a_sentence(world, duty, options, sentence):
    person = StudyMemberFactory(study=world.study, duty=duty).person
    with pytest.raises(CommandError, match=sentence):
        run(world, person, **options)
    assert not Export.objects.exists()


def test_nobody_from_outside_the_study_asks(world):
    with pytest.raises(CommandError, match="is nobody who works in a study"):
        run(world, PersonFactory(), **ASKED)


def test_folder_that_is_not_there_gets_a_sentence(world, analyst, tmp_path):
    export = world.export(state="ready", as_of=world.now, **FILE)
    folder_of(export).mkdir(parents=True)
    (folder_of(export) / "eval-1.zip").write_bytes(b"PK34")
    with pytest.raises(CommandError, match="can't be written"):
        run(world, analyst, take=export.pk, to=tmp_path / "nowhere")
