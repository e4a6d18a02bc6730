"""Asking for an export, watching it, and taking it: who may, what they see, what is written down."""

import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse

from evaluation.exports.job import folder_of
from evaluation.models import Export, ExportedParticipant
from peersupport.access.models import AccessLogEntry
from tests.evaluation.exporting import PURPOSES, StudyWorld
from tests.factories import StudyMemberFactory

pytestmark = pytest.mark.django_db
ASKED = {"purpose": "A paper on attendance", "for_whom": "The study team"}


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.EXPORT_DIR = tmp_path


@pytest.fixture
def world():
    return StudyWorld()


@pytest.fixture
def analyst(world):
    return StudyMemberFactory(study=world.study, duty="analyst").person


@pytest.fixture
def ready(world):
    """An export whose file is there, with one participant who has an account."""
    export = world.export(
        state="ready", file_name="eval-1.zip", sha256="ab" * 32, size_bytes=24_000, as_of=world.now, progress=100
    )
    folder_of(export).mkdir()
    with zipfile.ZipFile(folder_of(export) / "eval-1.zip", "w") as bundle:
        bundle.writestr("README.md", "# Data")
    ExportedParticipant.objects.create(export=export, participant=world.participant(*PURPOSES))
    return export


def address(name, row):
    return reverse(f"evaluation:export_{name}", args=[row.pk])


def test_export_is_asked_for_and_shows_its_progress(sign_in, world, analyst):
    client = sign_in(analyst)
    response = client.post(address("request", world.study), ASKED, follow=True)
    export = Export.objects.get()
    assert response.redirect_chain == [(export.get_absolute_url(), 302)]
    assert (export.state, export.requested_by, export.for_whom) == ("requested", analyst, "The study team")
    content = response.content.decode()
    assert "0 per cent done" in content
    assert f'<a href="{export.get_absolute_url()}">Look again</a>' in content


def test_only_the_progress_is_sent_when_htmx_asks(sign_in, world, analyst):
    export = world.export(state="running", progress=40, lease_until=world.now)
    response = sign_in(analyst).get(address("detail", export), headers={"HX-Request": "true"})
    content = response.content.decode()
    assert 'value="40"' in content
    assert 'hx-trigger="every 2s"' in content
    assert "<html" not in content


def test_asking_stops_once_the_export_is_ready(sign_in, ready, analyst):
    content = sign_in(analyst).get(address("detail", ready)).content.decode()
    assert "hx-trigger" not in content
    assert ready.sha256 in content
    assert "23.4" in content


def test_page_that_was_waiting_gets_the_file_and_says_so_aloud(sign_in, ready, analyst):
    content = sign_in(analyst).get(address("detail", ready), headers={"HX-Request": "true"}).text
    assert '<div hx-swap-oob="innerHTML:#export-state">Ready</div>' in content
    assert ready.sha256 in content
    assert "Download" in content


def test_failed_export_says_why_and_can_be_asked_for_anew(sign_in, world, analyst):
    export = world.export(state="failed", failure="The disk is full.")
    content = sign_in(analyst).get(address("detail", export)).content.decode()
    assert "The disk is full." in content
    assert address("request", world.study) in content
    assert sign_in(analyst).post(address("request", world.study), ASKED).status_code == 302
    assert Export.objects.filter(state="requested").count() == 1


@pytest.mark.parametrize(
    ("field", "sentence"),
    [("purpose", "Enter what the export is for"), ("for_whom", "Enter who will use the export")],
)
def test_missing_answer_gets_a_sentence_and_keeps_the_other(sign_in, world, analyst, field, sentence):
    response = sign_in(analyst).post(address("request", world.study), ASKED | {field: ""})
    other = next(value for name, value in ASKED.items() if name != field)
    assert response.context["form"].errors == {field: [sentence]}
    assert other in response.content.decode()
    assert not Export.objects.exists()


@pytest.mark.parametrize("state", ["requested", "running"])
def test_second_export_of_a_study_waits_for_the_first(sign_in, world, analyst, state):
    world.export(state=state)
    response = sign_in(analyst).post(address("request", world.study), ASKED)
    assert "An export of this study is being made. Wait until it is ready, then ask again." in response.text
    assert ASKED["purpose"] in response.text
    assert Export.objects.count() == 1


def test_another_study_does_not_wait(sign_in, world, analyst):
    StudyWorld().export()
    assert sign_in(analyst).post(address("request", world.study), ASKED).status_code == 302


def test_preview_shows_who_is_in_and_why_others_are_not(sign_in, world, analyst):
    for _number in range(3):
        world.participant(*PURPOSES)
        world.participant(refused=PURPOSES)
    world.participant()
    preview = sign_in(analyst).get(address("request", world.study)).context["preview"]
    assert preview.included == 5
    assert preview.left_out == {"withdrew": 0, "not_answered": None, "said_no": 5}
    assert [(row.consented, row.refused, row.not_asked) for row in preview.purposes] == [(5, 5, None)] * 3


def test_small_numbers_are_hidden_before_an_export_is_asked_for(sign_in, world, analyst):
    for _number in range(2):
        world.participant(*PURPOSES)
    response = sign_in(analyst).get(address("request", world.study))
    assert response.context["preview"].included is None
    assert "Numbers below 3 are hidden, the others are rounded to the nearest five." in response.text


def test_list_names_whom_each_export_is_for_its_size_and_checksum(sign_in, ready, analyst):
    content = sign_in(analyst).get(address("list", ready.study)).text
    assert "The team" in content
    assert "23.4" in content
    assert "SHA-256 abababababab…" in content


def test_list_takes_as_many_queries_for_three_exports_as_for_one(sign_in, world, analyst, queries_of):
    sign_in(analyst)
    world.export(state="failed", failure="No.")
    one = queries_of(address("list", world.study))
    for _number in range(2):
        world.export(state="failed", failure="No.")
    assert queries_of(address("list", world.study)) == one <= 12


def test_download_streams_the_file_and_is_logged_for_each_person_in_it(sign_in, ready, analyst):
    response = sign_in(analyst).post(address("download", ready))
    content = b"".join(response.streaming_content)
    assert content == (folder_of(ready) / ready.file_name).read_bytes()
    assert response["Content-Disposition"] == 'attachment; filename="eval-1.zip"'
    assert response["Content-Type"] == "application/zip"
    person = ready.exported_participants.get().participant.identity_key.person
    entries = AccessLogEntry.objects.filter(object_type="evaluation.export", object_id=ready.pk, actor=analyst)
    assert set(entries.values_list("action", "subject")) == {("downloaded", None), ("exported", person.pk)}


def test_each_download_is_logged_anew(sign_in, ready, analyst):
    for _time in range(2):
        b"".join(sign_in(analyst).post(address("download", ready)).streaming_content)
    assert AccessLogEntry.objects.filter(action="downloaded").count() == 2


def test_download_that_can_not_be_logged_is_refused(sign_in, ready, analyst, monkeypatch):
    def refuse(**_what):
        raise OSError("The log can't be written.")

    monkeypatch.setattr("evaluation.services.export.looks.record", refuse)
    with pytest.raises(OSError, match="log"):
        sign_in(analyst).post(address("download", ready))
    assert not AccessLogEntry.objects.exists()


def test_looking_at_the_download_address_gives_nothing(sign_in, ready, analyst):
    assert sign_in(analyst).get(address("download", ready)).status_code == 405


@pytest.mark.parametrize("state", ["requested", "failed", "gone"])
def test_file_that_is_not_there_gets_a_sentence(sign_in, ready, analyst, state):
    if state == "gone":
        (folder_of(ready) / ready.file_name).unlink()
    else:
        Export.objects.update(state=state, failure="No.")
    response = sign_in(analyst).post(address("download", ready), follow=True)
    assert "This file is not there. Ask for a new export." in response.text
    assert not AccessLogEntry.objects.exists()


@pytest.mark.parametrize(
    ("duty", "list_status", "request_status", "download_status"),
    [
        ("lead", 200, 200, 200),
        ("analyst", 200, 200, 200),
        ("approver", 200, 403, 403),
        ("interviewer", 403, 403, 404),
        ("key_holder", 403, 403, 404),
    ],
)
def test_duties_reach_only_what_they_need(sign_in, ready, duty, list_status, request_status, download_status):
    client = sign_in(StudyMemberFactory(study=ready.study, duty=duty).person)
    assert client.get(address("list", ready.study)).status_code == list_status
    assert client.get(address("request", ready.study)).status_code == request_status
    response = client.post(address("download", ready))
    assert response.status_code == download_status
    assert (b"".join(response)[:2] == b"PK") is (download_status == 200)


def test_exports_are_not_there_for_anyone_outside_the_study(sign_in, ready):
    outsiders = [
        StudyMemberFactory(duty="lead").person,
        ready.exported_participants.get().participant.identity_key.person,
    ]
    for person in outsiders:
        client = sign_in(person)
        assert client.get(address("detail", ready)).status_code == 404
        assert client.post(address("download", ready)).status_code == 404
        assert client.get(address("request", ready.study)).status_code in (403, 404)


def test_duty_that_has_ended_opens_nothing(sign_in, ready, analyst, world):
    analyst.duties.update(started_at=world.now - timedelta(days=2), ended_at=world.now)
    assert sign_in(analyst).post(address("download", ready)).status_code == 404
