from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction

from evaluation.consent import Obstacle
from evaluation.models import IdentityKey, Interview, Observation, Source
from evaluation.services.interview import NotConsented, record_interview
from evaluation.services.observation import (
    GroupSaidNo,
    MoreDescribedThanPresent,
    NotToBeDescribed,
    describable,
    record_observation,
)
from evaluation.services.participant import add_participant
from evaluation.services.source import (
    ConsentTakenBack,
    SameText,
    add_interview_text,
    add_observation_note,
)
from peersupport.access.log import looks_at
from peersupport.access.models import AccessLogEntry
from tests.factories import (
    ConsentFormFactory,
    IdentityKeyFactory,
    MeetingFactory,
    MembershipFactory,
    ParticipantFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(participant, interviewer, now):
    def record(*, days_ago=10, recording="none", who=None, **facts):
        return record_interview(
            participant=who or participant,
            by=interviewer,
            now=now,
            started_at=now - timedelta(days=days_ago),
            recording=recording,
            **{"participant_kind": "member", "mode": "phone", "length_minutes": 45, **facts},
        )

    return record


def logged(person):
    return [(entry.actor, entry.action, entry.object_type) for entry in looks_at(person)]


# Participants without an account


def test_add_participant_keeps_the_name_in_the_identity_key_only(study, interviewer, now):
    participant = add_participant(
        study=study, kind="clinician", name="Dr Shah", contact="01234", by=interviewer, now=now
    )
    key = IdentityKey.objects.get(participant=participant)
    assert (key.person, key.name, key.contact) == (None, "Dr Shah", "01234")
    assert "Shah" not in str(participant)
    entry = AccessLogEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == (interviewer, "added", None)


# Interviews: decisions and withdrawals as (purpose, decision, days ago), the interview, and what stands in its way.

OBSTACLES = {
    "agreed": ([("interview", "given", 40)], {}, None),
    "never asked": ([], {}, Obstacle.NO_CONSENT),
    "refused": ([("interview", "refused", 40)], {}, Obstacle.NO_CONSENT),
    "only something else": ([("observation", "given", 40)], {}, Obstacle.NO_CONSENT),
    "given after it": ([("interview", "given", 5)], {}, Obstacle.GIVEN_LATER),
    "given at that moment": ([("interview", "given", 10)], {}, None),
    "taken back before": (
        [("interview", "given", 40), ("interview", "withdrawn", 20)],
        {},
        Obstacle.NO_CONSENT,
    ),
    "taken back since": (
        [("interview", "given", 40), ("interview", "withdrawn", 5)],
        {},
        Obstacle.TAKEN_BACK,
    ),
    "withdrawn since": ([("interview", "given", 40), ("withdrawal", "remove", 5)], {}, Obstacle.TAKEN_BACK),
    "no more contact before": (
        [("interview", "given", 40), ("withdrawal", "no_contact", 20)],
        {},
        Obstacle.NO_MORE_CONTACT,
    ),
    "no more contact since": ([("interview", "given", 40), ("withdrawal", "no_contact", 5)], {}, None),
    "new version before": ([("interview", "given", 40), ("version", "", 20)], {}, Obstacle.NO_CONSENT),
    "new version since": ([("interview", "given", 40), ("version", "", 5)], {}, None),
    "recorded without a yes": (
        [("interview", "given", 40), ("recording", "refused", 40)],
        {"recording": "held"},
        Obstacle.NOT_TO_BE_RECORDED,
    ),
    "recorded with a yes": (
        [("interview", "given", 40), ("recording", "given", 40)],
        {"recording": "destroyed"},
        None,
    ),
}


@pytest.mark.parametrize(("events", "facts", "obstacle"), OBSTACLES.values(), ids=OBSTACLES)
def test_interview_needs_consent_as_of_its_start(participant, decide, record, now, events, facts, obstacle):
    for what, which, days_ago in events:
        at = now - timedelta(days=days_ago)
        if what == "withdrawal":
            WithdrawalFactory(participant=participant, scope=which, withdrawn_at=at)
        elif what == "version":
            ConsentFormFactory(study=participant.study, version=2, published_at=at)
        else:
            decide(participant, what, which, days_ago=days_ago)
    if obstacle is None:
        assert record(**facts).consent_form.version == 1
        return
    with pytest.raises(NotConsented) as refused:
        record(**facts)
    assert refused.value.obstacle == obstacle
    assert Interview.objects.count() == 0


def test_record_interview_keeps_facts_note_and_log(participant, member, decide, record, interviewer, form):
    decide(participant, "interview")
    interview = record(field_note="Tired, but glad.\r\n", participant_kind="left")
    assert (interview.consent_form, interview.participant_kind) == (form, "left")
    note = interview.sources.get()
    assert (note.kind, note.version, note.text) == ("field_note", 1, "Tired, but glad.\n")
    assert logged(member) == [
        (interviewer, "added", "evaluation.source"),
        (interviewer, "added", "evaluation.interview"),
    ]


def test_record_interview_sent_twice_is_once(participant, decide, record):
    decide(participant, "interview")
    assert record(field_note="x") == record(field_note="x")
    assert (Interview.objects.count(), Source.objects.count()) == (1, 1)


# Texts


@pytest.fixture
def interview(participant, decide, record):
    decide(participant, "interview")
    return record()


@pytest.fixture
def add_text(interviewer, now):
    def add(interview, text, kind="transcript"):
        return add_interview_text(interview=interview, kind=kind, text=text, by=interviewer, now=now)

    return add


def test_texts_are_versions_and_the_first_stays(interview, add_text):
    first, second = add_text(interview, "One.\r\n"), add_text(interview, "Two.")
    note = add_text(interview, "Two.", kind="field_note")
    assert (first.version, second.version, note.version) == (1, 2, 1)
    first.refresh_from_db()
    assert first.text == "One.\n"
    assert first.sha256 == sha256(b"One.\n").hexdigest()


def test_same_text_again_is_pointed_out(interview, add_text):
    first = add_text(interview, "Cafe\u0301")
    with pytest.raises(SameText) as refused:
        add_text(interview, "\ufeffCaf\u00e9")
    assert refused.value.source == first
    add_text(interview, "Other words")
    assert add_text(interview, "Café").version == 3


def test_same_transcript_of_another_interview_is_pointed_out(interview, record, add_text):
    other = record(days_ago=3)
    first = add_text(interview, "One.")
    with pytest.raises(SameText) as refused:
        add_text(other, "One.")
    assert refused.value.source == first
    assert add_text(other, "One.", kind="field_note").version == 1


@pytest.mark.parametrize("scope", ["no_collection", "remove"])
def test_nothing_is_added_about_someone_who_has_withdrawn(interview, add_text, participant, scope):
    WithdrawalFactory(participant=participant, scope=scope)
    with pytest.raises(ConsentTakenBack):
        add_text(interview, "One.")
    assert Source.objects.count() == 0


def test_texts_of_someone_who_asked_for_removal_are_not_readable(interview, add_text, participant):
    add_text(interview, "One.")
    WithdrawalFactory(participant=participant, scope="no_collection")
    assert Source.objects.readable().count() == 1
    WithdrawalFactory(participant=participant, scope="remove")
    assert Source.objects.readable().count() == 0


# Observations


@pytest.fixture
def meeting(group, now):
    return MeetingFactory(group=group, starts_at=now - timedelta(days=10))


@pytest.fixture
def observe(study, meeting, interviewer, now):
    def observe(consents=None, **facts):
        return record_observation(
            study=study,
            meeting=meeting,
            by=interviewer,
            now=now,
            consents=consents or {},
            **{
                "has_group_agreed": True,
                "present_count": 6,
                "text": "They laugh a lot.",
                "observer_role": "observer",
                "style": "paraphrase",
                **facts,
            },
        )

    return observe


def test_record_observation_keeps_note_counts_and_consents(participant, decide, observe, member, interviewer):
    decide(participant, "observation")
    observation = observe({participant: True}, memo="I was nervous.")
    assert list(observation.described()) == [participant]
    note = observation.sources.get()
    assert (note.kind, note.text, observation.memo) == (
        "observation_note",
        "They laugh a lot.",
        "I was nervous.",
    )
    assert "nervous" not in note.text
    assert logged(member) == [
        (interviewer, "added", "evaluation.source"),
        (interviewer, "added", "evaluation.observation"),
    ]


def test_one_no_of_the_group_stops_it(participant, decide, observe):
    decide(participant, "observation")
    with pytest.raises(GroupSaidNo):
        observe({participant: True}, has_group_agreed=False)
    assert (Observation.objects.count(), Source.objects.count()) == (0, 0)


def test_the_database_refuses_an_observation_without_the_groups_yes(study, meeting, interviewer, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.create(
            study=study,
            meeting=meeting,
            observer=interviewer,
            observer_role="observer",
            has_group_agreed=False,
            present_count=3,
            style="verbatim",
            created_at=now,
        )
    assert Observation.objects.count() == 0


def test_a_participant_who_says_no_that_day_is_kept_as_not_described(participant, decide, observe, member):
    decide(participant, "observation")
    observation = observe({participant: False})
    assert list(observation.described()) == []
    assert observation.consents.get().is_given is False
    assert logged(member) == []


def test_only_consenting_participants_of_the_group_that_day_can_be_described(
    study, meeting, group, decide, participant, now
):
    def joins(days_ago, ended_days_ago=None, in_group=group):
        ended = ended_days_ago and now - timedelta(days=ended_days_ago)
        membership = MembershipFactory(
            group=in_group,
            joined_at=now - timedelta(days=days_ago),
            ended_at=ended,
            state="left" if ended else "joined",
        )
        row = IdentityKeyFactory(participant__study=study, person=membership.person).participant
        decide(row, "observation")
        return row

    decide(participant, "observation")
    left_since = joins(100, ended_days_ago=5)
    joins(100, ended_days_ago=20)
    joins(5)
    joins(100, in_group=MeetingFactory().group)
    decide(joins(100), "observation", "refused", days_ago=30)
    decide(joins(100), "observation", "withdrawn", days_ago=5)
    WithdrawalFactory(participant=joins(100), withdrawn_at=now)
    assert set(describable(study=study, meeting=meeting, now=now)) == {participant, left_since}


def test_naming_anyone_else_is_refused(observe, study, participant):
    with pytest.raises(NotToBeDescribed):
        observe({participant: True})
    with pytest.raises(NotToBeDescribed):
        observe({ParticipantFactory(study=study): True})
    assert Observation.objects.count() == 0


def test_more_described_than_present_is_refused(observe, participant, decide):
    decide(participant, "observation")
    with pytest.raises(MoreDescribedThanPresent):
        observe({participant: True}, present_count=0)
    assert Observation.objects.count() == 0


def test_record_observation_sent_twice_is_once(observe):
    assert observe() == observe()
    assert Observation.objects.count() == 1


def test_observation_note_gets_a_second_version(observe, interviewer, now):
    observation = observe()
    with pytest.raises(SameText):
        add_observation_note(observation=observation, text="They laugh a lot.", by=interviewer, now=now)
    second = add_observation_note(observation=observation, text="They laughed.", by=interviewer, now=now)
    assert second.version == 2
