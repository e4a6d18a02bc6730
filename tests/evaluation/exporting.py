"""A study over one group whose participants decide as they are told, with a canary in every text; and its bundle."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from evaluation.exports import job
from evaluation.exports.bundle import MANIFEST, SIGNATURE, SUMS, Bundle
from evaluation.exports.profile import QUANTITATIVE
from evaluation.exports.signature import sign
from evaluation.exports.snapshot import Snapshot
from evaluation.models import (
    ConsentDecision,
    ConsentForm,
    ConsentStatement,
    Export,
    IdentityKey,
    Interview,
    Observation,
    ObservationConsent,
    Source,
)
from evaluation.services.coding_round import start_round
from evaluation.services.redaction import approve_redaction, finish_redaction
from tests import factories as make
from tests.evaluation.redacting import ready, replace

CANARY = "canary-zq7"
TEXT = "I: how was it?\nP: good 🙂 to be there, more than i thought.\nI: and then?\nP: they 👩‍🦽 moved a chair."
PURPOSES = ["app_data", "questionnaires", "interview", "observation"]


class StudyWorld:
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
        self.approver = make.StudyMemberFactory(study=self.study, duty="approver").person
        self.researcher = make.StudyMemberFactory(study=self.study, duty="interviewer").person
        self.second = make.StudyMemberFactory(study=self.study, duty="analyst").person

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
        make.GoalReviewFactory(goal=goal, outcome="some", note=f"{CANARY} note", reviewed_at=self.now)
        flareup = make.FlareUpFactory(person=person, note=f"{CANARY} note", contacts=["gp", "111"])
        make.FlareUpTriggerFactory(flareup=flareup, name=f"{CANARY} cause")
        make.FlareUpRemedyFactory(flareup=flareup, name=f"{CANARY} tried", helped="a_little")
        section = make.PersonalPlanSectionFactory(plan__person=person, text=f"{CANARY} own plan")
        make.PersonalPlanTextFactory(section=section, text=f"{CANARY} earlier")
        membership = person.memberships.get()
        make.PersonalPlanShareFactory(item=section, membership=membership)
        baseline = make.PacingBaselineFactory(person=person, what=f"{CANARY} pace")
        make.PacingStartFactory(baseline=baseline)
        make.AttendanceFactory(meeting=self.meeting, membership=membership, recorded_at=self.now)
        make.RSVPFactory(meeting=self.meeting, membership=membership, answered_at=self.now)
        occasion = make.OccasionFactory(
            study=self.study, participant=participant, opened_at=self.now - timedelta(days=30)
        )
        make.answered(occasion=occasion, code="ons_loneliness", companionship=2, left_out=3, isolated="skipped")
        self.interview(participant)

    def interview(self, participant):
        interview = Interview.objects.create(
            study=self.study, participant=participant, participant_kind="member", interviewer=self.researcher,
            consent_form=self.form, mode="phone", setting=f"{CANARY} setting", started_at=self.now - timedelta(days=20),
            length_minutes=40, recording="none", created_at=self.now,
        )  # fmt: skip
        Source.objects.create(
            study=self.study, interview=interview, kind="transcript", version=1, text=f"{CANARY} words", sha256="0",
            added_by=self.researcher, added_at=self.now,
        )  # fmt: skip

    def approved(self, participant, text=TEXT, marks=(), code_raw=lambda source: None):
        """A transcript of the participant's interview: `text` with each of `marks` (words, mark) in place, approved.

        What is coded before the words are replaced, `code_raw` codes.
        """
        by, now = self.researcher, self.now
        source = ready(participant.interviews.get(), by, now, text)
        code_raw(source)
        for words, mark in marks:
            replace(source, words, mark, by=by, now=now)
        finish_redaction(source=source, by=by, now=now)
        return approve_redaction(source=source, by=self.second, now=now)

    def code(self, source, start, end, code=None, by=None, round=None):
        return make.CodingFactory(
            source=source, start=start, end=end, coder=by or self.researcher, round=round, coded_at=self.now,
            code=code or make.CodeFactory(study=self.study, added_at=self.now),
        )  # fmt: skip

    def round(self, *sources, coders=None):
        coders = coders or [self.researcher, self.second]
        return start_round(study=self.study, coders=coders, sources=sources, by=self.researcher, now=self.now)

    def observe(self, consents, present=8):
        observation = Observation.objects.create(
            study=self.study, meeting=self.meeting, observer=self.researcher, observer_role="observer",
            has_group_agreed=True, present_count=present, style="verbatim", memo=f"{CANARY} memo", created_at=self.now,
        )  # fmt: skip
        for participant, is_given in consents.items():
            ObservationConsent.objects.create(observation=observation, participant=participant, is_given=is_given)

    def snapshot(self, as_of=None, profile=QUANTITATIVE, salt=""):
        return Snapshot(self.study, as_of or timezone.now(), profile, salt)

    def bundle(self, tmp_path, as_of=None, name="bundle.zip", profile=QUANTITATIVE, salt=""):
        path = tmp_path / name
        snapshot = self.snapshot(as_of, profile, salt)
        with Bundle(path) as bundle, connection.cursor() as cursor:
            list(job.fill(bundle, snapshot, cursor))
        return path

    def export(self, **facts):
        """Approved by someone else, unless it still waits for that."""
        decided = {"decided_by": self.approver, "decided_at": self.now, "decision_reason": "It is in the protocol."}
        usual = {"profile": "quantitative", "purpose": "A paper", "for_whom": "The team", "state": "approved"}
        facts = usual | facts
        if facts["state"] == "requested":
            decided = {}
        return Export.objects.create(
            study=self.study, requested_by=self.researcher, requested_at=self.now, **decided | facts
        )


def table(path, name, folder="data"):
    with zipfile.ZipFile(path) as bundle:
        return list(csv.DictReader(io.StringIO(bundle.read(f"{folder}/{name}.csv").decode(), newline="")))


def everything_in(path):
    with zipfile.ZipFile(path) as bundle:
        return b"\n".join(name.encode() + bundle.read(name) for name in bundle.namelist()).decode(errors="replace")


def files_of(path):
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def resealed(path, target, changed):
    """A bundle with files `changed` (name > bytes), and checksums, sizes and signature to fit."""
    files = files_of(path) | changed
    manifest = json.loads(files[MANIFEST])
    for entry in manifest["files"]:
        content = files[entry["path"]]
        entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    files[MANIFEST] = json.dumps(manifest).encode()
    files[SIGNATURE] = sign(files[MANIFEST])
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items() if name != SUMS]
    files[SUMS] = "".join(sums).encode()
    return rezipped(target, files)


def rezipped(target, files):
    with zipfile.ZipFile(target, "w") as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return target
