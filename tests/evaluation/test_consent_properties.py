"""Consent as one query, held against the same rules written out plainly, over histories nobody thought of."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evaluation.consent import consented, is_taken_back
from evaluation.models import ConsentStatement
from evaluation.texts import UnreadableText, canonical, read
from tests.factories import (
    ConsentDecisionFactory,
    ConsentFormFactory,
    ConsentStatementFactory,
    ParticipantFactory,
    PersonFactory,
    StudyFactory,
    WithdrawalFactory,
)

INTERVIEW = ConsentStatement.Purpose.INTERVIEW
DAYS = st.integers(min_value=0, max_value=6)
# Each decision: under which version, what, on which day. Days repeat, so that the order of rows matters.
DECISIONS = st.lists(
    st.tuples(st.integers(min_value=1, max_value=3), st.sampled_from(["given", "refused", "withdrawn"]), DAYS),
    max_size=6,
)
# Versions 2 and 3 come later or never; a version without the statement asks nothing about interviews.
VERSIONS = st.tuples(st.booleans(), st.lists(st.tuples(DAYS, st.booleans()), max_size=2))
WITHDRAWALS = st.dictionaries(st.sampled_from(["no_contact", "no_collection", "remove"]), DAYS, max_size=2)


def at(day):
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day)


def holds(versions, decisions, withdrawals, day):
    """The rules in plain words: the last word under the version in force is yes, and nobody had withdrawn."""
    in_force = max((number for number, (since, _asks) in versions.items() if since <= day), default=None)
    if in_force is None or not versions[in_force][1]:
        return False
    if any(scope != "no_contact" and since <= day for scope, since in withdrawals.items()):
        return False
    said = [(on, row, what) for row, (number, what, on) in enumerate(decisions) if number == in_force and on <= day]
    return bool(said) and max(said)[2] == "given"


def taken_back(decisions, withdrawals, day):
    if any(scope != "no_contact" and since <= day for scope, since in withdrawals.items()):
        return True
    said = [(on, row, what) for row, (_number, what, on) in enumerate(decisions) if on <= day]
    return bool(said) and max(said)[2] != "given"


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions=VERSIONS, decisions=DECISIONS, withdrawals=WITHDRAWALS)
@example(versions=(True, []), decisions=[(1, "given", 1), (1, "refused", 1)], withdrawals={})
@example(versions=(True, [(3, True)]), decisions=[(1, "given", 1), (2, "given", 4)], withdrawals={"no_contact": 2})
def test_consented_agrees_with_the_rules_in_plain_words(versions, decisions, withdrawals):
    first_asks, later = versions
    published = {1: (0, first_asks)} | dict(enumerate(sorted(later), start=2))
    study, person = StudyFactory(), PersonFactory()
    participant = ParticipantFactory(study=study)
    statements = {}
    for number, (since, asks) in published.items():
        form = ConsentFormFactory(study=study, version=number, published_at=at(since))
        purpose = INTERVIEW if asks else ConsentStatement.Purpose.QUOTES
        statements[number] = ConsentStatementFactory(form=form, purpose=purpose)
    decisions = [row for row in decisions if row[0] in published and published[row[0]][1]]
    for number, what, on in decisions:
        ConsentDecisionFactory(
            participant=participant, statement=statements[number], decision=what, decided_at=at(on), taken_by=person
        )
    for scope, since in withdrawals.items():
        WithdrawalFactory(participant=participant, scope=scope, withdrawn_at=at(since), recorded_by=person)
    for day in range(8):
        expected = [participant] if holds(published, decisions, withdrawals, day) else []
        assert list(consented(study, INTERVIEW, at(day))) == expected, day
        assert is_taken_back(participant, INTERVIEW, at(day)) == taken_back(decisions, withdrawals, day), day


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_file_is_read_as_a_canonical_text_or_refused(content):
    try:
        text = read(content)
    except UnreadableText:
        return
    assert text == canonical(text)
    assert text.strip()
    assert not {"\r", "\0"} & set(text)


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=100))
def test_what_utf_8_holds_is_read_back_whole(text):
    if not text.lstrip("\ufeff").strip():
        return
    assert read(text.encode()) == read(text.encode("utf-8-sig")) == canonical(text)
