"""The bundle on real data: what is in it, what is not, and that it is the same each time."""

import hashlib
import json
import shutil
import subprocess
import zipfile
from datetime import date, timedelta

import openpyxl
import pandas
import pytest
from django.utils import timezone
from frictionless import Package, system

from evaluation.exports.profile import QUANTITATIVE
from evaluation.exports.snapshot import Snapshot
from evaluation.exports.verify import NotVerified, verify
from evaluation.models import ConsentDecision, ConsentForm, Withdrawal
from evaluation.services.consent import withdraw
from evaluation.services.redaction import approve_redaction, finish_redaction, replace_spans
from evaluation.services.transcript import check_transcript, return_transcript
from groups.models import Attendance
from supportplans.models import FlareUp
from tests import factories as make
from tests.evaluation.exporting import CANARY, PURPOSES, StudyWorld, everything_in, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return StudyWorld()


def test_only_what_was_consented_to_is_in_it(world, tmp_path):
    all_three = world.participant(*PURPOSES)
    talks_only = world.participant("interview", refused=["app_data", "observation"])
    world.participant(refused=PURPOSES)
    world.participant()
    path = world.bundle(tmp_path)
    ids = Snapshot(world.study, timezone.now()).identifiers
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
    gone = Snapshot(world.study, timezone.now()).identifiers.of("participant", leaving.pseudonym)
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
    path, spoilt = world.bundle(tmp_path), tmp_path / "spoilt.zip"
    verify(path)
    with zipfile.ZipFile(path) as bundle, zipfile.ZipFile(spoilt, "w") as target:
        for name in bundle.namelist():
            content = bundle.read(name)
            if name == "data/goals.csv":
                content = content.replace(b"active", b"paused") if change == "byte" else content + b"x,y\n"
            target.writestr(name, content)
    with pytest.raises(NotVerified):
        verify(spoilt)


def test_queries_are_as_many_for_one_participant_as_for_five(world, tmp_path, django_assert_num_queries):
    for number, already in ((1, 0), (5, 1)):
        for _number in range(number - already):
            world.participant(*PURPOSES)
        with django_assert_num_queries(9 + len(QUANTITATIVE.tables)):
            world.bundle(tmp_path)


def test_meetings_of_a_group_with_few_participants_do_not_tell_it_from_others(world, tmp_path):
    participants = [world.participant(*PURPOSES) for _number in range(2)]
    world.observe(dict.fromkeys(participants, True))
    path = world.bundle(tmp_path)
    assert table(path, "groups") == table(path, "meetings") == []
    assert [row["meeting_id"] for row in table(path, "attendance")] == ["suppressed", "suppressed"]
    assert [(row["meeting_id"], row["group_id"]) for row in table(path, "observations")] == [("suppressed", "other")]


def test_group_counts_what_the_bundle_holds(world, tmp_path):
    for _number in range(3):
        world.participant(*PURPOSES)
    world.participant(refused=PURPOSES)
    make.MeetingFactory(group=world.group, state="held", starts_at=world.now - timedelta(days=5))
    [row] = table(world.bundle(tmp_path), "groups")
    assert (row["participant_count"], row["meeting_count"]) == ("3", "1")


def test_left_out_are_counted_by_reason(world, tmp_path):
    for _number in range(3):
        world.participant(refused=PURPOSES)
        gone = world.participant(*PURPOSES)
        Withdrawal.objects.create(
            participant=gone, scope="remove", withdrawn_at=world.now, recorded_by=world.researcher
        )
    with zipfile.ZipFile(world.bundle(tmp_path)) as bundle:
        manifest = json.loads(bundle.read("manifest.json"))
    assert manifest["participants"]["left_out"] == {"withdrew": 5, "not_answered": 0, "said_no": 5}


def test_whoever_only_wants_no_more_contact_stays_in(world, tmp_path):
    participant = world.participant(*PURPOSES)
    withdraw(participant=participant, scope="no_contact", by=world.researcher, method="paper", now=timezone.now())
    assert len(table(world.bundle(tmp_path), "participants")) == 1


def test_participant_without_an_account_is_in_it_with_their_interview_only(world, tmp_path):
    clinician = make.IdentityKeyFactory(
        participant__study=world.study, participant__kind="clinician", person=None, name=f"{CANARY} doctor"
    ).participant
    for purpose in PURPOSES:
        world.decide(clinician, purpose, "given")
    world.interview(clinician)
    path = world.bundle(tmp_path)
    assert [(row["kind"], row["group_id"]) for row in table(path, "participants")] == [("clinician", "")]
    assert [len(table(path, name)) for name in ("interviews", "goals", "attendance")] == [1, 0, 0]


def test_what_came_after_the_instant_and_drafts_are_not_in_it(world, tmp_path):
    participant = world.participant(*PURPOSES)
    person, later = participant.identity_key.person, timezone.now() + timedelta(days=1)
    make.GoalFactory(person=person, created_at=later)
    make.GoalFactory(person=person, state="draft")
    make.FlareUpFactory(person=person, logged_at=later)
    path = world.bundle(tmp_path)
    assert [len(table(path, name)) for name in ("goals", "flareups")] == [1, 1]


def test_flareup_taken_back_is_in_no_table_nor_what_was_tried_in_it(world, tmp_path):
    participant = world.participant(*PURPOSES)
    make.FlareUpRemedyFactory(flareup__person=participant.identity_key.person, name="Slip", helped="worse")
    counts = [len(table(world.bundle(tmp_path, name="before.zip"), name)) for name in ("flareups", "remedies")]
    FlareUp.objects.filter(remedies__word__name="Slip").update(taken_back_at=timezone.now())
    path = world.bundle(tmp_path)
    assert (counts, [len(table(path, name)) for name in ("flareups", "remedies")]) == ([2, 2], [1, 1])


def test_what_was_tried_is_known_again_but_not_what_it_was(world, tmp_path):
    person = world.participant(*PURPOSES).identity_key.person
    world.participant(*PURPOSES)
    make.FlareUpRemedyFactory(flareup__person=person, name=f"{CANARY}  TRIED", helped="worse")
    rows = table(world.bundle(tmp_path), "remedies")
    assert sorted(row["helped"] for row in rows) == ["a_little", "a_little", "worse"]
    by_person = {}
    for row in rows:
        by_person.setdefault(row["participant_id"], set()).add(row["remedy_id"])
    assert [len(identifiers) for identifiers in by_person.values()] == [1, 1]
    assert len(set.union(*by_person.values())) == 2


def test_every_value_that_models_know_is_explained_in_the_dictionary(world, tmp_path):
    world.participant(*PURPOSES)
    with zipfile.ZipFile(world.bundle(tmp_path)) as bundle:
        variables = bundle.read("dictionary/variables.csv").decode().splitlines()
        categories = bundle.read("dictionary/categories.csv").decode()
    assert len(variables) == 1 + sum(len(described.variables) for described in QUANTITATIVE.tables)
    assert "goals,state,let_go,Let go\n" in categories
    assert ",,suppressed,Hidden because a number of people is small\n" in categories


def test_cell_that_no_variable_allows_is_not_released(world, tmp_path):
    """Even where every checksum is right."""
    world.participant(*PURPOSES)
    path, spoilt = world.bundle(tmp_path), tmp_path / "spoilt.zip"
    with zipfile.ZipFile(path) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    goals = files["data/goals.csv"]
    files["data/goals.csv"] = goals.replace(b"active", b"Walk to the shop")
    for text in ("manifest.json", "SHA256SUMS"):
        old, new = (hashlib.sha256(content).hexdigest().encode() for content in (goals, files["data/goals.csv"]))
        files[text] = files[text].replace(old, new)
    manifest = json.loads(files["manifest.json"])
    next(f for f in manifest["files"] if f["path"] == "data/goals.csv")["bytes"] = len(files["data/goals.csv"])
    old = hashlib.sha256(zipfile.ZipFile(path).read("manifest.json")).hexdigest().encode()
    files["manifest.json"] = json.dumps(manifest).encode()
    files["SHA256SUMS"] = files["SHA256SUMS"].replace(old, hashlib.sha256(files["manifest.json"]).hexdigest().encode())
    with zipfile.ZipFile(spoilt, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    with pytest.raises(NotVerified, match="holds what no variable allows") as refusal:
        verify(spoilt)
    assert "Walk" not in str(refusal.value)
