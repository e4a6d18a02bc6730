"""A study with a form, its people, and what tests here do again and again."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluation.exports.formats.converter import converter
from evaluation.models import ConsentStatement
from evaluation.services.coding_round import start_round
from evaluation.services.consent import withdraw
from evaluation.services.identity import answer_identity_request, open_identity_key, request_identity
from evaluation.services.interview import record_interview
from tests.factories import (
    CodeFactory,
    ConsentDecisionFactory,
    ConsentFormFactory,
    ConsentStatementFactory,
    IdentityKeyFactory,
    MembershipFactory,
    StudyFactory,
    StudyMemberFactory,
    SupportGroupFactory,
    TranscriptFactory,
)

Purpose = ConsentStatement.Purpose
#: With an emoji of two UTF-16 units, one of several code points, and words from right to left.
TEXT = "I: How was it?\nP: Good 🙂 to be there. שלום to all.\nI: And then?\nP: They 👩‍🦽 moved a chair. Good again."


@pytest.fixture
def only_csv(monkeypatch):
    """Bundles without other formats, which take most of the time: test_export_formats.py and the worker have them."""
    monkeypatch.setattr(converter, "files_of", lambda *_order: iter(()))


@pytest.fixture
def now():
    """Views ask the clock, so rows here are dated by it as well."""
    return timezone.now()


@pytest.fixture
def group():
    return SupportGroupFactory(name="Bishopston")


@pytest.fixture
def study(group, now):
    study = StudyFactory(title="How groups carry on", starts_on=now.date() - timedelta(days=100))
    study.groups.add(group)
    return study


@pytest.fixture
def lead(study):
    return StudyMemberFactory(study=study, duty="lead").person


@pytest.fixture
def interviewer(study):
    return StudyMemberFactory(study=study, duty="interviewer").person


@pytest.fixture
def key_holder(study):
    return StudyMemberFactory(study=study, duty="key_holder").person


@pytest.fixture
def analyst(study):
    return StudyMemberFactory(study=study, duty="analyst").person


@pytest.fixture
def other_analyst(study):
    return StudyMemberFactory(study=study, duty="analyst").person


@pytest.fixture
def text(study, participant):
    """A transcript of `participant`."""
    return TranscriptFactory(study=study, participant=participant, text=TEXT)


@pytest.fixture
def code(study, analyst):
    return CodeFactory(study=study, name="Belonging", definition="Being one of them.", added_by=analyst)


@pytest.fixture
def coding_round(study, analyst, other_analyst, text, lead, now):
    """An open round of two coders over one text."""
    return start_round(study=study, coders=[analyst, other_analyst], sources=[text], by=lead, now=now)


@pytest.fixture
def member(group, now):
    return MembershipFactory(group=group, joined_at=now - timedelta(days=200)).person


@pytest.fixture
def form(study, now):
    """Asks about interview, recording and observation."""
    form = ConsentFormFactory(study=study, published_at=now - timedelta(days=90))
    for number, purpose in enumerate((Purpose.INTERVIEW, Purpose.RECORDING, Purpose.OBSERVATION), start=1):
        ConsentStatementFactory(form=form, number=number, purpose=purpose, text=f"I agree to {purpose}.")
    return form


@pytest.fixture
def participant(study, member, now):
    """`member` as a participant who has decided nothing yet."""
    return IdentityKeyFactory(participant__study=study, person=member, created_at=now - timedelta(days=80)).participant


@pytest.fixture
def willing(study, member, now):
    """`member`, who joined the study two days ago and said yes to questions."""
    statement = ConsentStatementFactory(
        form=ConsentFormFactory(study=study, published_at=now - timedelta(days=90)), purpose=Purpose.QUESTIONNAIRES
    )
    joined_at = now - timedelta(days=2)
    joined = {"participant__study": study, "participant__created_at": joined_at, "person": member}
    participant = IdentityKeyFactory(**joined, created_at=joined_at).participant
    ConsentDecisionFactory(participant=participant, statement=statement, decided_at=joined_at)
    return participant


@pytest.fixture
def decide(form, now):
    """decide(participant, "interview", "given", days_ago=40)"""

    def decide(participant, purpose, decision="given", *, days_ago=40):
        return ConsentDecisionFactory(
            participant=participant,
            statement=form.statements.get(purpose=purpose),
            decision=decision,
            decided_at=now - timedelta(days=days_ago),
        )

    return decide


@pytest.fixture
def sign_in(client):
    """Sign a person in with the second step that their role may ask for."""

    def sign_in(person):
        Authenticator.objects.get_or_create(
            user=person, type=Authenticator.Type.TOTP, defaults={"data": {"secret": ""}}
        )
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def world_of_rows(participant, member, key_holder, lead, interviewer, decide, now):
    """At least one row in each table that only grows."""
    decide(participant, "interview")
    interview = record_interview(
        participant=participant,
        by=interviewer,
        now=now,
        started_at=now - timedelta(days=5),
        recording="none",
        participant_kind="member",
        mode="phone",
        length_minutes=30,
        field_note="A note.",
    )
    request = request_identity(participant=participant, reason="To ring them.", by=key_holder, now=now)
    answer_identity_request(request=request, is_granted=True, answer="", by=lead, now=now)
    open_identity_key(key=participant.identity_key, by=key_holder, now=now)
    withdraw(participant=participant, scope="no_contact", by=member, method="own_page", now=now)
    return interview


@pytest.fixture
def queries_of(client):
    """How many queries a page costs once its session is warm."""

    def queries_of(url):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    return queries_of


@pytest.fixture
def interview(world_of_rows):
    return world_of_rows
