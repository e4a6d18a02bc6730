import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from evaluation.consent import consented
from evaluation.models import (
    ConsentDecision,
    ConsentForm,
    ConsentStatement,
    IdentityKey,
    Participant,
    Withdrawal,
)
from evaluation.models.participant import new_pseudonym
from evaluation.services.consent import (
    HasWithdrawn,
    NotTheCurrentForm,
    SameForm,
    answer_consent,
    publish_form,
    record_decisions,
    withdraw,
)
from evaluation.texts import UnreadableText
from peersupport.access.log import looks_at
from tests.factories import ConsentFormFactory, IdentityKeyFactory, ParticipantFactory, StudyFactory

pytestmark = pytest.mark.django_db
Purpose = ConsentStatement.Purpose
STATEMENTS = [(Purpose.INTERVIEW, "I agree to be interviewed."), (Purpose.QUOTES, "You may quote me.")]


def answers(form, **decided):
    return {form.statements.get(purpose=purpose): is_yes for purpose, is_yes in decided.items()}


def history(participant):
    rows = participant.decisions.order_by("pk").values_list("statement__purpose", "decision")
    return [f"{purpose} {decision}" for purpose, decision in rows]


# Publishing


def test_publish_form_numbers_statements_and_versions(study, now):
    first = publish_form(study=study, text="About\r\nit.", statements=STATEMENTS, now=now)
    second = publish_form(study=study, text="About it, again.", statements=STATEMENTS[:1], now=now)
    assert (first.version, second.version) == (1, 2)
    assert first.text == "About\nit."
    assert list(first.statements.values_list("number", "purpose", "text")) == [
        (1, "interview", "I agree to be interviewed."),
        (2, "quotes", "You may quote me."),
    ]


def test_publish_form_checksum_is_over_canonical_text_and_statements(study, now):
    form = publish_form(study=study, text="Über é", statements=STATEMENTS[:1], now=now)
    canonical = '{"statements":[[1,"interview","I agree to be interviewed."]],"text":"Über é"}'
    assert form.checksum == hashlib.sha256(canonical.encode()).hexdigest()
    assert form.is_intact
    form.text = "Something else"
    assert not form.is_intact


def test_publish_form_refuses_the_very_same_again(study, now):
    publish_form(study=study, text="About.", statements=STATEMENTS, now=now)
    with pytest.raises(SameForm):
        publish_form(study=study, text="About.", statements=STATEMENTS, now=now)
    assert study.consent_forms.count() == 1


def test_publish_form_refuses_an_empty_text(study, now):
    with pytest.raises(UnreadableText):
        publish_form(study=study, text=" \n", statements=STATEMENTS, now=now)
    assert ConsentForm.objects.count() == 0


# Answering


def test_answer_consent_makes_participant_key_and_decisions_together(form, member, now):
    given = answers(form, interview=True, recording=False, observation=True)
    participant = answer_consent(form=form, person=member, answers=given, now=now)
    assert (participant.kind, participant.study) == ("member", form.study)
    assert IdentityKey.objects.get().person == member
    assert history(participant) == ["interview given", "recording refused", "observation given"]
    decision = participant.decisions.first()
    assert (decision.method, decision.taken_by, decision.decided_at) == ("own_page", member, now)


def test_answer_consent_that_fails_leaves_nothing(form, member, now):
    elsewhere = ConsentFormFactory(study=form.study, version=2, published_at=now)
    with pytest.raises(NotTheCurrentForm):
        answer_consent(form=form, person=member, answers=answers(form, interview=True), now=now)
    assert (Participant.objects.count(), ConsentDecision.objects.count()) == (0, 0)
    assert elsewhere.version == 2


def test_answer_consent_sent_twice_adds_nothing(form, member, now):
    given = answers(form, interview=True, recording=False, observation=True)
    first = answer_consent(form=form, person=member, answers=given, now=now)
    second = answer_consent(form=form, person=member, answers=given, now=now + timedelta(seconds=1))
    assert first == second
    assert ConsentDecision.objects.count() == 3


def test_answer_consent_later_writes_only_what_changes(form, member, now):
    steps = [
        {"interview": True, "recording": False},
        {"interview": False, "recording": False},
        {"interview": False, "recording": True},
        {"interview": True, "recording": True},
    ]
    for minute, step in enumerate(steps):
        later = now + timedelta(minutes=minute)
        participant = answer_consent(form=form, person=member, answers=answers(form, **step), now=later)
    assert history(participant) == [
        "interview given",
        "recording refused",
        "interview withdrawn",
        "recording given",
        "interview given",
    ]


def test_new_version_inherits_nothing_and_is_answered_anew(form, member, now):
    participant = answer_consent(form=form, person=member, answers=answers(form, interview=True), now=now)
    later = now + timedelta(days=1)
    second = publish_form(study=form.study, text="New.", statements=STATEMENTS, now=later)
    assert list(consented(form.study, Purpose.INTERVIEW, later)) == []
    answer_consent(form=second, person=member, answers=answers(second, interview=True), now=later)
    assert list(consented(form.study, Purpose.INTERVIEW, later)) == [participant]
    assert history(participant) == ["interview given", "interview given"]


def test_record_decisions_on_paper_says_who_took_them_and_is_logged(form, interviewer, member, now):
    participant = IdentityKeyFactory(participant__study=form.study, person=member).participant
    taken_at = now - timedelta(days=2)
    record_decisions(
        participant=participant,
        form=form,
        answers=answers(form, interview=True),
        method="paper",
        by=interviewer,
        at=taken_at,
        now=now,
    )
    decision = participant.decisions.get()
    assert (decision.method, decision.taken_by, decision.decided_at) == ("paper", interviewer, taken_at)
    assert [(entry.actor, entry.route) for entry in looks_at(member)] == [(interviewer, "evaluation:decision_record")]


def test_record_decisions_of_an_earlier_day_do_not_replace_later_ones(form, participant, decide, now):
    decide(participant, "interview", "refused", days_ago=5)
    record_decisions(
        participant=participant,
        form=form,
        answers=answers(form, interview=True),
        method="paper",
        by=participant.identity_key.person,
        at=now - timedelta(days=20),
        now=now,
    )
    assert list(consented(form.study, Purpose.INTERVIEW, now - timedelta(days=10))) == [participant]
    assert list(consented(form.study, Purpose.INTERVIEW, now)) == []


def test_record_decisions_before_the_form_was_published_is_refused(form, participant, now):
    with pytest.raises(NotTheCurrentForm):
        record_decisions(
            participant=participant,
            form=form,
            answers=answers(form, interview=True),
            method="paper",
            by=participant.identity_key.person,
            at=now - timedelta(days=300),
            now=now,
        )
    assert participant.decisions.count() == 0


# Withdrawing


@pytest.mark.parametrize("scope", ["no_collection", "remove"])
def test_withdraw_takes_every_yes_back_at_once(form, participant, decide, member, now, scope):
    decide(participant, "interview")
    decide(participant, "recording", "refused")
    decide(participant, "observation")
    withdraw(participant=participant, scope=scope, by=member, method="own_page", now=now)
    assert sorted(history(participant)[3:]) == ["interview withdrawn", "observation withdrawn"]
    assert participant.withdrawals.get().withdrawn_at == now
    assert list(consented(form.study, Purpose.INTERVIEW, now)) == []


def test_withdraw_takes_back_a_yes_to_an_earlier_version_too(form, participant, decide, member, now):
    decide(participant, "interview")
    publish_form(study=form.study, text="New.", statements=STATEMENTS, now=now)
    withdraw(participant=participant, scope="remove", by=member, method="own_page", now=now)
    assert history(participant) == ["interview given", "interview withdrawn"]


def test_withdraw_from_contact_takes_back_only_being_asked_again(participant, member, now):
    form = publish_form(
        study=participant.study,
        text="New.",
        statements=[*STATEMENTS, (Purpose.CONTACT_AGAIN, "You may ask me again.")],
        now=now - timedelta(days=1),
    )
    given = answers(form, interview=True, contact_again=True)
    answer_consent(form=form, person=member, answers=given, now=now - timedelta(hours=1))
    withdraw(participant=participant, scope="no_contact", by=member, method="own_page", now=now)
    assert history(participant)[2:] == ["contact_again withdrawn"]
    assert list(consented(form.study, Purpose.INTERVIEW, now)) == [participant]


def test_withdraw_twice_is_once(form, participant, decide, member, now):
    decide(participant, "interview")
    for minute in range(2):
        later = now + timedelta(minutes=minute)
        withdraw(participant=participant, scope="remove", by=member, method="own_page", now=later)
    assert Withdrawal.objects.get().withdrawn_at == now
    assert history(participant) == ["interview given", "interview withdrawn"]


def test_nobody_answers_for_someone_who_has_withdrawn(form, participant, member, now):
    withdraw(participant=participant, scope="no_collection", by=member, method="own_page", now=now)
    with pytest.raises(HasWithdrawn):
        answer_consent(form=form, person=member, answers=answers(form, interview=True), now=now)
    assert history(participant) == []


def test_withdraw_told_to_a_researcher_is_logged(participant, member, interviewer, now):
    withdraw(participant=participant, scope="remove", by=interviewer, method="voice", now=now)
    assert participant.withdrawals.get().recorded_by == interviewer
    assert [entry.route for entry in looks_at(member)] == ["evaluation:withdrawal_record"]


# Nothing is overwritten


@pytest.mark.parametrize(
    "table", ["consentform", "consentstatement", "consentdecision", "withdrawal", "source", "identitylook"]
)
def test_database_refuses_to_change_or_delete(world_of_rows, table):
    column = {"withdrawal": "scope", "source": "text", "identitylook": "reason"}.get(table, "id")
    for statement in (
        f"UPDATE evaluation_{table} SET {column} = {column}",
        f"DELETE FROM evaluation_{table}",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM evaluation_{table}")
        assert cursor.fetchone()[0] >= 1


# Pseudonyms


def test_pseudonyms_are_random_and_say_nothing_of_the_person(form, member, now):
    participant = answer_consent(form=form, person=member, answers=answers(form, interview=True), now=now)
    twin = ParticipantFactory.build(pk=participant.pk, study=form.study)
    assert twin.pseudonym != participant.pseudonym
    assert str(member.pk) != participant.pseudonym.lstrip("P")


def test_pseudonyms_are_spread_over_the_whole_alphabet_and_not_in_order():
    pseudonyms = [new_pseudonym() for _index in range(2000)]
    assert len(set(pseudonyms)) == 2000
    assert pseudonyms != sorted(pseudonyms)
    for place in range(1, 9):
        assert len({pseudonym[place] for pseudonym in pseudonyms}) == 30


def test_one_person_is_one_participant_in_each_study(form, member, group, now):
    other = StudyFactory()
    other.groups.add(group)
    first = answer_consent(form=form, person=member, answers=answers(form, interview=True), now=now)
    elsewhere = publish_form(study=other, text="Other.", statements=STATEMENTS, now=now)
    second = answer_consent(form=elsewhere, person=member, answers=answers(elsewhere, interview=True), now=now)
    assert first != second
    assert first.pseudonym != second.pseudonym
