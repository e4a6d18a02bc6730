"""The bundle on real data: what is in it, what is not, and that it is the same each time."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from datetime import date, timedelta

import pandas
import pytest
from django.db import connection
from django.utils import timezone
from frictionless import Package, system

from evaluation.exports import job
from evaluation.exports.bundle import Bundle
from evaluation.exports.snapshot import Snapshot
from evaluation.exports.verify import NotVerified, verify
from evaluation.models import (
    ConsentDecision,
    ConsentForm,
    ConsentStatement,
    IdentityKey,
    Interview,
    Observation,
    ObservationConsent,
    Source,
)
from evaluation.services.consent import withdraw
from groups.models import RSVP, Attendance
from supportplans.models import GoalReview
from tests import factories as make

CANARY = "canary-zq7"
PURPOSES = ["app_data", "interview", "observation"]

pytestmark = pytest.mark.django_db


class StudyWorld:
    """A study over one group, with participants who decide as they are told to, and a canary in every text."""

    def __init__(self):
        self.now = timezone.now()
        self.study = make.StudyFactory(small_number_threshold=3)
        self.group = make.SupportGroupFactory(name=f"{CANARY} group")
        self.study.groups.add(self.group)
        self.form = ConsentForm.objects.create(
            study=self.study, version=1, text="About", checksum="0", published_at=self.now - timedelta(days=60)
        )
        self.statements = {
            purpose: ConsentStatement.objects.create(form=self.form, number=number, purpose=purpose, text="Yes?")
            for number, purpose in enumerate(PURPOSES)
        }
        self.meeting = make.MeetingFactory(group=self.group, state="held", starts_at=self.now - timedelta(days=10))
        self.researcher = make.StudyMemberFactory(study=self.study, duty="interviewer").person

    def participant(self, *agreed, refused=()):
        number = IdentityKey.objects.count()
        person = make.PersonFactory(preferred_name=f"{CANARY} name", email=f"{CANARY}{number}@example.org")
        make.MembershipFactory(group=self.group, person=person, reason=f"{CANARY} reason")
        participant = make.ParticipantFactory(study=self.study, created_at=self.now - timedelta(days=50))
        IdentityKey.objects.create(
            participant=participant, study=self.study, person=person, name=f"{CANARY} key", created_at=self.now
        )
        for purpose in (*agreed, *refused):
            self.decide(participant, purpose, "refused" if purpose in refused else "given")
        self._log_everything(person, participant)
        return participant

    def decide(self, participant, purpose, decision):
        ConsentDecision.objects.create(
            participant=participant, statement=self.statements[purpose], decision=decision, method="paper",
            taken_by=self.researcher, decided_at=self.now - timedelta(days=40),
        )  # fmt: skip

    def _log_everything(self, person, participant):
        goal = make.GoalFactory(person=person, what=f"{CANARY} what", why=f"{CANARY} why", confidence=6)
        GoalReview.objects.create(
            goal=goal, outcome="some", note=f"{CANARY} note", state_after="active", reviewed_at=self.now
        )
        make.FlareUpFactory(
            person=person, set_off_by=f"{CANARY} cause", tried=f"{CANARY} tried", contacts=["gp", "111"]
        )
        Attendance.objects.create(
            meeting=self.meeting, person=person, outcome="attended", recorded_by=person, recorded_at=self.now
        )
        RSVP.objects.create(meeting=self.meeting, person=person, answer="coming", answered_at=self.now)
        interview = Interview.objects.create(
            study=self.study, participant=participant, participant_kind="member", interviewer=self.researcher,
            consent_form=self.form, mode="phone", setting=f"{CANARY} setting", started_at=self.now - timedelta(days=20),
            length_minutes=40, recording="none", created_at=self.now,
        )  # fmt: skip
        Source.objects.create(
            study=self.study, interview=interview, kind="transcript", version=1, text=f"{CANARY} words", sha256="0",
            added_by=self.researcher, added_at=self.now,
        )  # fmt: skip

    def observe(self, consents, present=8):
        observation = Observation.objects.create(
            study=self.study, meeting=self.meeting, observer=self.researcher, observer_role="observer",
            has_group_agreed=True, present_count=present, style="verbatim", memo=f"{CANARY} memo", created_at=self.now,
        )  # fmt: skip
        for participant, is_given in consents.items():
            ObservationConsent.objects.create(observation=observation, participant=participant, is_given=is_given)

    def bundle(self, tmp_path, as_of=None, name="bundle.zip"):
        path = tmp_path / name
        snapshot = Snapshot(self.study, as_of or timezone.now())
        with Bundle(path) as bundle, connection.cursor() as cursor:
            list(job.fill(bundle, snapshot, cursor))
        return path


@pytest.fixture
def world():
    return StudyWorld()


def table(path, name):
    with zipfile.ZipFile(path) as bundle:
        return list(csv.DictReader(io.StringIO(bundle.read(f"data/{name}.csv").decode())))


def everything_in(path):
    with zipfile.ZipFile(path) as bundle:
        return b"\n".join(name.encode() + bundle.read(name) for name in bundle.namelist()).decode()


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
    person = participant.identity_key.person
    Attendance.objects.filter(person=person).update(replaced_at=timezone.now())
    Attendance.objects.create(
        meeting=world.meeting, person=person, outcome="apologies", recorded_by=person, recorded_at=timezone.now()
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
    assert report.stats["tasks"] == 9


def test_pandas_reads_the_same_values(world, tmp_path):
    for _number in range(3):
        world.participant(*PURPOSES)
    path = world.bundle(tmp_path)
    with zipfile.ZipFile(path) as bundle, bundle.open("data/flareups.csv") as stream:
        frame = pandas.read_csv(stream)
    rows = table(path, "flareups")
    assert list(frame["flareup_id"]) == [row["flareup_id"] for row in rows]
    assert list(frame["start_day"].astype(str)) == [row["start_day"] for row in rows]
    assert (set(frame["contact_gp"]), set(frame["contact_ae"])) == ({True}, {False})


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


@pytest.mark.parametrize("number", [1, 4])
def test_queries_do_not_grow_with_meetings(world, tmp_path, number, django_assert_max_num_queries):
    for _number in range(number):
        world.participant(*PURPOSES)
    with django_assert_max_num_queries(20 + 8 * number):
        world.bundle(tmp_path)
