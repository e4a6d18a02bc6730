"""What consent holds: decisions, form versions and withdrawals in every order, asked as of different days."""

from datetime import timedelta

import pytest

from evaluation.consent import consented, has_consented
from evaluation.models import ConsentStatement
from tests.factories import (
    NOW,
    ConsentDecisionFactory,
    ConsentFormFactory,
    ConsentStatementFactory,
    ParticipantFactory,
    StudyFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db
INTERVIEW, QUOTES = ConsentStatement.Purpose.INTERVIEW, ConsentStatement.Purpose.QUOTES


def day(number):
    """Days are counted from the first version's publication on day 0."""
    return NOW - timedelta(days=90 - number)


@pytest.fixture
def study():
    return StudyFactory()


@pytest.fixture
def participant(study):
    return ParticipantFactory(study=study)


def publish(study, version, on, purposes=(INTERVIEW,)):
    form = ConsentFormFactory(study=study, version=version, published_at=day(on))
    return {purpose: ConsentStatementFactory(form=form, purpose=purpose) for purpose in purposes}


def decide(participant, statement, decision, on):
    ConsentDecisionFactory(participant=participant, statement=statement, decision=decision, decided_at=day(on))


# What happens, as (event, day); then on which days consent holds, of the days 5, 15, 25, 35 and 45.
TABLE = {
    "no decision means no": ([], []),
    "given": ([("given", 10)], [15, 25, 35, 45]),
    "refused": ([("refused", 10)], []),
    "refused, then given": ([("refused", 10), ("given", 20)], [25, 35, 45]),
    "given, then withdrawn": ([("given", 10), ("withdrawn", 20)], [15]),
    "withdrawn, then given again": ([("given", 10), ("withdrawn", 20), ("given", 30)], [15, 35, 45]),
    "at one instant the later row counts": ([("given", 10), ("refused", 10)], []),
    "at one instant the later row counts, other way": ([("refused", 10), ("given", 10)], [15, 25, 35, 45]),
    "entered late: the day decided counts": ([("refused", 30), ("given", 10)], [15, 25]),
    "a new version asks anew": ([("given", 10), ("version 2", 20)], [15]),
    "given under the new version": ([("given", 10), ("version 2", 20), ("given v2", 30)], [15, 35, 45]),
    "a yes to an old version changes nothing": ([("version 2", 10), ("given", 20)], []),
    "refused before, given under the new version": (
        [("refused", 10), ("version 2", 20), ("given v2", 20)],
        [25, 35, 45],
    ),
    "a third version inherits from neither": (
        [("given", 10), ("version 2", 20), ("given v2", 22), ("version 3", 30)],
        [15, 25],
    ),
    "no more collection": ([("given", 10), ("no_collection", 20)], [15]),
    "remove": ([("given", 10), ("remove", 20)], [15]),
    "no more contact leaves the yes standing": ([("given", 10), ("no_contact", 20)], [15, 25, 35, 45]),
    "a yes after withdrawing does not undo it": ([("given", 10), ("remove", 20), ("given", 30)], [15]),
}


@pytest.mark.parametrize(("events", "days"), TABLE.values(), ids=TABLE)
def test_consented_as_of_each_day(study, participant, events, days):
    statements = {1: publish(study, 1, 0)[INTERVIEW]}
    for event, on in events:
        what, _space, version = event.partition(" ")
        if what == "version":
            statements[int(version)] = publish(study, int(version), on)[INTERVIEW]
        elif what in ("no_contact", "no_collection", "remove"):
            WithdrawalFactory(participant=participant, scope=what, withdrawn_at=day(on))
        else:
            decide(participant, statements[int(version.lstrip("v") or 1)], what, on)
    held = [on for on in (5, 15, 25, 35, 45) if participant in consented(study, INTERVIEW, day(on))]
    assert held == days


def test_consented_counts_from_the_very_instant(study, participant):
    statement = publish(study, 1, 0)[INTERVIEW]
    decide(participant, statement, "given", 10)
    assert not has_consented(participant, INTERVIEW, day(10) - timedelta(microseconds=1))
    assert has_consented(participant, INTERVIEW, day(10))
    WithdrawalFactory(participant=participant, withdrawn_at=day(20))
    assert has_consented(participant, INTERVIEW, day(20) - timedelta(microseconds=1))
    assert not has_consented(participant, INTERVIEW, day(20))


def test_consented_is_per_purpose(study, participant):
    statements = publish(study, 1, 0, [INTERVIEW, QUOTES])
    decide(participant, statements[INTERVIEW], "given", 10)
    decide(participant, statements[QUOTES], "refused", 10)
    assert list(consented(study, INTERVIEW, day(20))) == [participant]
    assert list(consented(study, QUOTES, day(20))) == []


def test_consented_purpose_dropped_from_the_new_version_is_no(study, participant):
    decide(participant, publish(study, 1, 0, [INTERVIEW, QUOTES])[QUOTES], "given", 10)
    publish(study, 2, 20, [INTERVIEW])
    assert has_consented(participant, QUOTES, day(15))
    assert not has_consented(participant, QUOTES, day(25))


def test_consented_is_per_study_and_participant(study, participant):
    decide(participant, publish(study, 1, 0)[INTERVIEW], "given", 10)
    other_study = StudyFactory()
    elsewhere = ParticipantFactory(study=other_study)
    decide(elsewhere, publish(other_study, 1, 0)[INTERVIEW], "given", 10)
    ParticipantFactory(study=study)
    assert list(consented(study, INTERVIEW, day(20))) == [participant]
    assert list(consented(other_study, INTERVIEW, day(20))) == [elsewhere]


def test_consented_without_a_form_is_nobody(study, participant):
    assert list(consented(study, INTERVIEW, day(20))) == []


def test_consented_is_one_query(study, django_assert_num_queries):
    statement = publish(study, 1, 0)[INTERVIEW]
    people = ParticipantFactory.create_batch(3, study=study)
    for participant in people:
        decide(participant, statement, "given", 10)
    with django_assert_num_queries(1):
        assert set(consented(study, INTERVIEW, day(20))) == set(people)
