"""Coding a stretch of a text: once, within it, unseen by others in a round, and kept when it is taken back."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from evaluation.models import CellSummary, Coding, CodingRound, Memo, Settlement
from evaluation.refusals import WrittenSince
from evaluation.services.code import CodeEnded, end_code, merge_code
from evaluation.services.coding import GuidTaken, OutsideText, RoundClosed, add_coding, take_back_coding
from evaluation.services.coding_round import (
    InAnotherRound,
    RoundStillOpen,
    TooFewCoders,
    close_round,
    settle_disagreement,
    start_round,
)
from evaluation.services.memo import add_memo, write_cell
from tests.evaluation.conftest import TEXT
from tests.factories import (
    CodeFactory,
    CodingFactory,
    ParticipantFactory,
    StudyMemberFactory,
    TranscriptFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(text, code, analyst, now):
    def add(start, end, *, guid=None, by=analyst, of=code, on=text):
        return add_coding(source=on, code=of, start=start, end=end, guid=guid or uuid.uuid4(), by=by, now=now)

    return add


def stretches(codings):
    return sorted((coding.start, coding.end) for coding in codings)


# Adding


def test_coding_is_the_code_points_of_the_text(add, text):
    at = TEXT.index("🙂")
    coding = add(at, at + 1)
    assert text.text[coding.start : coding.end] == "🙂"
    right_to_left = TEXT.index("שלום")
    assert text.text[add(right_to_left, right_to_left + 4).start] == "ש"


def test_codings_overlap_and_nest(add):
    add(0, 10), add(5, 15), add(6, 8)
    assert stretches(Coding.objects.standing()) == [(0, 10), (5, 15), (6, 8)]


def test_coding_sent_twice_is_one(add):
    guid = uuid.uuid4()
    assert add(0, 10, guid=guid) == add(0, 10, guid=guid)
    assert add(0, 10) == add(0, 10, guid=guid)
    assert Coding.objects.count() == 1


def test_number_of_another_coding_is_refused(add, other_analyst):
    guid = uuid.uuid4()
    add(0, 10, guid=guid)
    for other in (lambda: add(0, 11, guid=guid), lambda: add(0, 10, guid=guid, by=other_analyst)):
        with pytest.raises(GuidTaken):
            other()
    assert Coding.objects.count() == 1


@pytest.mark.parametrize(("start", "end"), [(-1, 4), (4, 4), (6, 4), (0, len(TEXT) + 1), (900, 905)])
def test_coding_outside_the_text_is_refused(add, start, end):
    with pytest.raises(OutsideText):
        add(start, end)
    assert not Coding.objects.exists()


def test_coding_reaches_to_the_last_character(add):
    assert add(0, len(TEXT)).end == len(TEXT)


def test_code_of_another_study_is_refused(add):
    with pytest.raises(OutsideText):
        add(0, 4, of=CodeFactory())


def test_code_that_was_ended_meanwhile_is_refused_and_one_that_was_merged_stands_for_the_other(add, study, code, now):
    other = CodeFactory(study=study)
    merge_code(code=code, into=other, now=now)
    code.refresh_from_db()
    assert add(0, 4).code == other
    end_code(code=other, now=now)
    other.refresh_from_db()
    for gone in (other, code):
        gone.refresh_from_db()
        with pytest.raises(CodeEnded):
            add(0, 5, of=gone)


# Taking back


def test_coding_that_is_taken_back_is_kept_and_stands_nowhere(add, analyst, now):
    guid = uuid.uuid4()
    coding = add(0, 10, guid=guid)
    take_back_coding(coding=coding, by=analyst, now=now)
    take_back_coding(coding=coding, by=analyst, now=now + timedelta(days=1))
    coding.refresh_from_db()
    assert (coding.taken_back_at, coding.taken_back_by) == (now, analyst)
    assert not Coding.objects.standing().exists()
    assert add(0, 10, guid=guid) == coding
    assert not Coding.objects.standing().exists(), "a late retry must not bring it back"
    assert add(0, 10) != coding
    assert Coding.objects.standing().count() == 1


# What the database holds by itself


@pytest.mark.parametrize(
    "change",
    ["start = 1", '"end" = 5', "coder_id = coder_id + 1", "guid = gen_random_uuid()", "coded_at = now()"],
)
def test_coding_is_never_changed_or_deleted(add, change):
    add(0, 10)
    for sql in (f"UPDATE evaluation_coding SET {change}", "DELETE FROM evaluation_coding"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_coding_that_is_taken_back_stays_so(add, analyst, now):
    take_back_coding(coding=add(0, 10), by=analyst, now=now)
    with pytest.raises(DatabaseError, match="stays as it was made"), transaction.atomic():
        Coding.objects.update(taken_back_at=None, taken_back_by=None)


def test_database_refuses_codings_outside_the_text_or_the_study(text, code):
    for wrong in ({"end": len(TEXT) + 1}, {"start": 3, "end": 3}, {"code": CodeFactory()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CodingFactory(**{"source": text, "code": code} | wrong)


def test_tables_that_only_grow(text, code, participant, study, analyst, coding_round, now):
    add_memo(study=study, about={}, text="A thought.", by=analyst, now=now)
    write_cell(participant=participant, code=code, number=0, text="Warm.", by=analyst, now=now)
    close_round(round=coding_round, by=analyst, now=now)
    where = {"round": coding_round, "source": text, "code": code, "start": 0, "end": 4, "outcome": "applies"}
    settle_disagreement(**where, note="Yes.", by=analyst, now=now)
    for model in (Memo, CellSummary, Settlement):
        for change in (lambda rows: rows.update(id=9), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change(model.objects.all())


# Who sees what


def seen_by(person):
    return stretches(Coding.objects.visible_to(person))


def test_analysts_and_leads_see_codings_and_nobody_else(add, lead, analyst, interviewer, key_holder, member):
    add(0, 10)
    assert [seen_by(person) for person in (lead, analyst)] == [[(0, 10)]] * 2
    outsider = StudyMemberFactory(duty="analyst").person
    assert [seen_by(person) for person in (interviewer, key_holder, member, outsider)] == [[]] * 4


def test_coders_of_a_round_see_only_their_own_until_it_is_closed(add, analyst, other_analyst, lead, coding_round, now):
    mine, theirs = add(0, 10), add(5, 15, by=other_analyst)
    assert (mine.round, theirs.round) == (coding_round, coding_round)
    assert (seen_by(analyst), seen_by(other_analyst), seen_by(lead)) == ([(0, 10)], [(5, 15)], [])
    close_round(round=coding_round, by=lead, now=now)
    assert [seen_by(person) for person in (analyst, other_analyst, lead)] == [[(0, 10), (5, 15)]] * 3


def test_what_was_coded_before_a_round_is_kept_from_its_coders_too(add, text, study, analyst, other_analyst, lead, now):
    add(0, 10)
    start_round(study=study, coders=[other_analyst, lead], sources=[text], by=lead, now=now)
    assert (seen_by(analyst), seen_by(other_analyst), seen_by(lead)) == ([(0, 10)], [], [])
    later = add(20, 25)
    assert later.round is None
    assert seen_by(other_analyst) == []


def test_codings_on_texts_of_someone_who_asked_for_removal_are_closed(add, participant, analyst, now):
    add(0, 10)
    WithdrawalFactory(participant=participant, scope="remove", withdrawn_at=now)
    assert seen_by(analyst) == []


def test_memos_hide_with_what_they_are_about(add, text, study, analyst, other_analyst, lead, coding_round, now):
    theirs = add(5, 15, by=other_analyst)
    for about in ({}, {"coding": theirs}, {"source": text}):
        add_memo(study=study, about=about, text=f"About {list(about)}", by=other_analyst, now=now)
    assert [memo.text for memo in Memo.objects.visible_to(analyst)] == ["About []"]
    assert Memo.objects.visible_to(other_analyst).count() == 3
    close_round(round=coding_round, by=lead, now=now)
    assert Memo.objects.visible_to(analyst).count() == 3


# Rounds


def test_round_takes_two_coders_and_a_text_that_is_in_no_other(study, text, analyst, other_analyst, lead, now):
    for coders, sources in (([analyst], [text]), ([analyst, analyst], [text]), ([analyst, other_analyst], [])):
        with pytest.raises(TooFewCoders):
            start_round(study=study, coders=coders, sources=sources, by=lead, now=now)
    start = {"study": study, "coders": [analyst, other_analyst], "by": lead, "now": now}
    first = start_round(**start, sources=[text])
    with pytest.raises(InAnotherRound) as taken:
        start_round(**start, sources=[text, TranscriptFactory(study=study)])
    assert taken.value.source == text
    close_round(round=first, by=lead, now=now)
    assert start_round(**start, sources=[text]).number == 2
    assert CodingRound.objects.open().count() == 1


def test_closed_round_stays_as_it_was(add, analyst, coding_round, lead, now):
    coding = add(0, 10)
    close_round(round=coding_round, by=lead, now=now)
    close_round(round=coding_round, by=analyst, now=now + timedelta(days=1))
    coding_round.refresh_from_db()
    assert (coding_round.closed_by, coding_round.closed_at) == (lead, now)
    with pytest.raises(RoundClosed):
        take_back_coding(coding=coding, by=analyst, now=now)
    assert add(0, 10).round is None
    assert Coding.objects.standing().count() == 2
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        CodingFactory(source=coding.source, code=coding.code, round=coding_round, start=3, end=5)


def test_disagreement_is_settled_with_a_note_once_the_round_is_closed(text, code, coding_round, analyst, lead, now):
    where = {"round": coding_round, "source": text, "code": code, "start": 0, "end": 4, "by": analyst, "now": now}
    with pytest.raises(RoundStillOpen):
        settle_disagreement(**where, outcome="applies", note="Yes.")
    close_round(round=coding_round, by=lead, now=now)
    first = settle_disagreement(**where, outcome="applies", note="Yes.")
    assert settle_disagreement(**where, outcome="applies", note="Yes.") == first
    settle_disagreement(**where, outcome="does_not", note="On reflection, no.")
    assert list(Settlement.objects.values_list("outcome", flat=True)) == ["applies", "does_not"]


# Memos and cells


def test_memo_stands_on_one_thing_and_is_once(study, text, code, participant, analyst, now):
    for about in ({}, {"source": text}, {"code": code}, {"participant": participant}):
        first = add_memo(study=study, about=about, text="A thought.", by=analyst, now=now)
        assert add_memo(study=study, about=about, text="A thought.", by=analyst, now=now) == first
    assert Memo.objects.count() == 4
    with pytest.raises(IntegrityError, match="memo_about_one_thing"), transaction.atomic():
        add_memo(study=study, about={"source": text, "code": code}, text="Both.", by=analyst, now=now)


def test_cell_keeps_each_summary_and_points_out_what_was_written_meanwhile(participant, code, analyst, now):
    write = {"participant": participant, "code": code, "by": analyst, "now": now}
    first = write_cell(**write, number=0, text="Warm.")
    assert write_cell(**write, number=0, text="Warm.") == first
    with pytest.raises(WrittenSince):
        write_cell(**write, number=0, text="Cold.")
    assert write_cell(**write, number=1, text="Cold.").number == 2
    other = ParticipantFactory(study=participant.study)
    assert write_cell(**write | {"participant": other}, number=7, text="Mild.").number == 1
