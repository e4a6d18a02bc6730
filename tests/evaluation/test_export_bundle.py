"""The bundle on real data: what is in it, what is not, and that it is the same each time."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from datetime import date

import openpyxl
import pandas
import pytest
from django.utils import timezone
from frictionless import Package, system

from evaluation.coreq.records import Records
from evaluation.exports.profile import QUANTITATIVE
from evaluation.exports.verify import NotVerified, verify
from evaluation.models import ConsentDecision, ConsentForm
from evaluation.services.consent import withdraw
from evaluation.services.redaction import approve_redaction, finish_redaction, replace_spans
from evaluation.services.transcript import check_transcript, return_transcript
from groups.models import Attendance
from tests import factories as make
from tests.evaluation.exporting import CANARY, PURPOSES, StudyWorld, everything_in, resealed, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("only_csv")]


@pytest.fixture
def world():
    return StudyWorld()


def test_only_what_was_consented_to_is_in_it(world, tmp_path):
    all_three = world.participant(*PURPOSES)
    talks_only = world.participant("interview", refused=["app_data", "observation"])
    world.participant(refused=PURPOSES)
    world.participant()
    path = world.bundle(tmp_path)
    ids = world.snapshot().identifiers
    first, second = (ids.of("participant", one.pseudonym) for one in (all_three, talks_only))
    assert {row["participant_id"] for row in table(path, "participants")} == {first, second}
    for name in ("goals", "goal_reviews", "flareups", "attendance"):
        assert {row["participant_id"] for row in table(path, name)} == {first}
    assert {row["participant_id"] for row in table(path, "interviews")} == {first, second}


def test_nothing_that_names_or_quotes_anyone_leaves(world, tmp_path):
    participants = [world.participant(*PURPOSES) for _number in range(4)]
    world.observe(dict.fromkeys(participants, True))
    content = everything_in(world.bundle(tmp_path))
    assert CANARY not in content
    for participant in participants:
        assert participant.pseudonym not in content
        assert participant.identity_key.person.email not in content


def test_neither_redacted_nor_original_text_leaves_in_tables(world, tmp_path):
    participants = [world.participant(*PURPOSES) for _number in range(4)]
    by, second = world.researcher, make.StudyMemberFactory(study=world.study).person
    for participant in participants:
        source = participant.interviews.get().sources.get(kind="transcript")
        check_transcript(source=source, by=by, now=world.now)
        return_transcript(source=source, is_wished=True, by=by, now=world.now)
        spans = {"places": [(0, 6)], "kind": "person", "mark": "[zebra]"}
        replace_spans(source=source, by=by, now=world.now, **spans)
        finish_redaction(source=source, by=by, now=world.now)
        approved = approve_redaction(source=source, by=second, now=world.now)
        assert approved.text == "[zebra]-zq7 words"
    content = everything_in(world.bundle(tmp_path))
    assert "canary" not in content
    assert "zebra" not in content
    assert {row["has_transcript"] for row in table(world.bundle(tmp_path, name="again.zip"), "interviews")} == {"true"}


def test_true_days_do_not_leave(world, tmp_path):
    for _number in range(3):
        world.participant(*PURPOSES)
    path = world.bundle(tmp_path)
    rows = table(path, "meetings")
    assert len(rows) == 1
    true_day = timezone.localdate(world.meeting.starts_at)
    assert true_day.isoformat() not in "".join(str(table(path, name)) for name in ("meetings", "attendance", "goals"))
    days = (date.fromisoformat(rows[0]["shifted_on"]) - true_day).days
    assert (days % 7, 35 <= abs(days) <= 364) == (0, True)


def test_withdrawing_removes_exactly_one_person_from_the_next_export(world, tmp_path):
    participants = [world.participant(*PURPOSES) for _number in range(5)]
    before = world.bundle(tmp_path, name="before.zip")
    leaving = participants[2]
    gone = world.snapshot().identifiers.of("participant", leaving.pseudonym)
    person = leaving.identity_key.person
    withdraw(participant=leaving, scope="no_collection", by=person, method="own_page", now=timezone.now())
    after = world.bundle(tmp_path, name="after.zip")
    for name in ("participants", "goals", "goal_reviews", "flareups", "attendance", "interviews"):
        expected = [row for row in table(before, name) if row["participant_id"] != gone]
        assert table(after, name) == expected
        assert len(expected) < len(table(before, name))


def test_one_statement_taken_back_ends_that_purpose_only(world, tmp_path):
    participant = world.participant(*PURPOSES)
    ConsentDecision.objects.create(
        participant=participant, statement=world.statements["app_data"], decision="withdrawn", method="own_page",
        taken_by=world.researcher, decided_at=timezone.now(),
    )  # fmt: skip
    path = world.bundle(tmp_path)
    assert table(path, "goals") == []
    assert len(table(path, "interviews")) == 1


def test_new_form_version_asks_anew(world, tmp_path):
    world.participant(*PURPOSES)
    ConsentForm.objects.create(study=world.study, version=2, text="New", checksum="1", published_at=timezone.now())
    assert table(world.bundle(tmp_path), "participants") == []


def test_other_studies_participants_are_not_in_it(world, tmp_path):
    other = StudyWorld()
    other.participant(*PURPOSES)
    assert table(world.bundle(tmp_path), "participants") == []


def test_same_snapshot_gives_the_same_bytes(world, tmp_path):
    participants = [world.participant(*PURPOSES) for _number in range(4)]
    world.observe(dict.fromkeys(participants, True))
    as_of = timezone.now()
    first, second = (world.bundle(tmp_path, as_of, name) for name in ("one.zip", "two.zip"))
    assert first.read_bytes() == second.read_bytes()


def test_groups_with_few_participants_are_together(world, tmp_path):
    world.participant(*PURPOSES)
    assert [row["group_id"] for row in table(world.bundle(tmp_path), "participants")] == ["other"]
    world.participant(*PURPOSES), world.participant(*PURPOSES)
    groups = {row["group_id"] for row in table(world.bundle(tmp_path), "participants")}
    assert len(groups) == 1
    assert groups != {"other"}


@pytest.mark.parametrize(("present", "shown"), [(2, "suppressed"), (3, "3")])
def test_small_number_present_is_hidden(world, tmp_path, present, shown):
    participants = [world.participant(*PURPOSES) for _number in range(2)]
    world.observe({participants[0]: True, participants[1]: False}, present=present)
    rows = table(world.bundle(tmp_path), "observations")
    assert [(row["present_count"], row["described_count"]) for row in rows] == [(shown, "1")]


def test_meeting_where_nobody_agreed_to_be_described_is_not_in_it(world, tmp_path):
    world.observe({world.participant(*PURPOSES): False})
    assert table(world.bundle(tmp_path), "observations") == []


def test_corrected_attendance_is_exported_once(world, tmp_path):
    participant = world.participant(*PURPOSES)
    membership = participant.identity_key.person.memberships.get()
    Attendance.objects.filter(membership=membership).update(replaced_at=timezone.now())
    make.AttendanceFactory(
        meeting=world.meeting, membership=membership, outcome="apologies", recorded_at=timezone.now()
    )
    assert [row["outcome"] for row in table(world.bundle(tmp_path), "attendance")] == ["apologies"]


def test_frictionless_finds_nothing_wrong(world, tmp_path):
    participants = [world.participant(*PURPOSES) for _number in range(4)]
    world.observe(dict.fromkeys(participants, True))
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(world.bundle(tmp_path)) as bundle:
        bundle.extractall(folder)
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])
    assert report.stats["tasks"] == len(QUANTITATIVE.tables)


def test_pandas_reads_the_same_values_from_every_table(world, tmp_path):
    participants = [world.participant(*PURPOSES) for _number in range(3)]
    world.observe(dict.fromkeys(participants, True))
    path = world.bundle(tmp_path)
    for described in QUANTITATIVE.tables:
        with zipfile.ZipFile(path) as bundle, bundle.open(described.path) as stream:
            as_text = pandas.read_csv(stream, dtype=str, keep_default_na=False)
        rows = table(path, described.name)
        assert as_text.to_dict("records") == rows
        assert len(rows) > 0
    with zipfile.ZipFile(path) as bundle, bundle.open("data/flareups.csv") as stream:
        typed = pandas.read_csv(stream)
    assert (set(typed["contact_gp"]), set(typed["contact_ae"])) == ({True}, {False})
    assert {str(kind) for kind in typed[["start_day", "is_start_approximate"]].dtypes} == {"int64", "bool"}


def test_spreadsheet_sees_no_formula(world, tmp_path):
    world.observe({world.participant(*PURPOSES): True})
    path, sheet = world.bundle(tmp_path), openpyxl.Workbook().active
    for name in ("participants", "goals", "flareups", "interviews", "observations"):
        for row in table(path, name):
            sheet.append(list(row.values()))
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert sheet.max_row == 5
    assert kinds <= {"s", "n"}


def test_sha256sum_agrees(world, tmp_path):
    world.participant(*PURPOSES)
    with zipfile.ZipFile(world.bundle(tmp_path)) as bundle:
        bundle.extractall(tmp_path / "unpacked")
    command = [shutil.which("sha256sum"), "-c", "--strict", "SHA256SUMS"]
    done = subprocess.run(command, cwd=tmp_path / "unpacked", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_manifest_says_how_it_was_made_and_holds_no_key(world, tmp_path, settings):
    world.participant(*PURPOSES)
    world.participant()
    path = world.bundle(tmp_path)
    with zipfile.ZipFile(path) as bundle:
        manifest = json.loads(bundle.read("manifest.json"))
    rows = {described["path"]: described.get("rows") for described in manifest["files"]}
    assert rows["data/goals.csv"] == 1
    assert manifest["participants"] == {
        "included": 1,
        "left_out": {"withdrew": 0, "not_answered": "suppressed", "said_no": 0},
    }
    assert settings.EXPORT_KEY not in everything_in(path)


@pytest.mark.parametrize("change", ["byte", "row"])
def test_changed_bundle_is_not_verified(world, tmp_path, change):
    world.participant(*PURPOSES)
    path = world.bundle(tmp_path)
    goals = zipfile.ZipFile(path).read("data/goals.csv").replace(b"active", b"Walk to the shop")
    spoilt = resealed(path, tmp_path / "spoilt.zip", {"data/goals.csv": goals})
    with pytest.raises(NotVerified, match="holds what no variable allows") as refusal:
        verify(spoilt)
    assert "Walk" not in str(refusal.value)


def test_numbers_of_the_whole_study_are_in_it_with_small_ones_hidden(world, tmp_path):
    for _number in range(4):
        world.participant(*PURPOSES)
    world.participant(refused=PURPOSES)
    path = world.bundle(tmp_path)
    flow = {(row["kind"], row["outcome"]): row["people"] for row in report_of(path, "consent_flow")}
    assert flow["member", "interviewed"] == "5"
    assert flow["member", "stopped"] == "0"
    assert [row["people"] for row in report_of(path, "interviewed")] == ["5"]
    told = {row["number"]: row["from_records"] for row in report_of(path, "coreq")}
    assert told["12"] == "People interviewed, without those that are hidden: 5"
    assert {"9", "22"}.isdisjoint(told)


def test_number_of_few_is_hidden_in_the_reports(world, tmp_path):
    world.participant(*PURPOSES)
    path = world.bundle(tmp_path)
    assert [row["people"] for row in report_of(path, "interviewed")] == ["suppressed"]
    told = {row["number"]: row["from_records"] for row in report_of(path, "coreq")}
    assert told["12"] == "People interviewed, without those that are hidden: a few"


def test_places_that_were_typed_stay_out_of_the_reports(world, tmp_path):
    for _number in range(4):
        participant = world.participant(*PURPOSES)
        participant.interviews.update(setting=f"{CANARY} library")
    assert CANARY in str(Records(world.study, timezone.now()).facts(14))
    assert CANARY not in everything_in(world.bundle(tmp_path))


def report_of(path, name):
    with zipfile.ZipFile(path) as bundle:
        return list(csv.DictReader(io.StringIO(bundle.read(f"report/{name}.csv").decode())))
