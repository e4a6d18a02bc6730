"""Two who code, or one twice, at the same moment: real transactions on two connections."""

import uuid

import pytest
from django.utils import timezone

from evaluation.models import CellSummary, Code, Coding, CodingRound
from evaluation.refusals import WrittenSince
from evaluation.services.code import NameTaken, WouldGoRound, add_code, move_code
from evaluation.services.coding import RoundClosed, add_coding
from evaluation.services.coding_round import close_round, start_round
from evaluation.services.memo import write_cell
from tests.evaluation.test_at_once import at_once, kinds
from tests.factories import CodeFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_coding_sent_four_times_at_once_is_one(text, code, analyst, now):
    guid = uuid.uuid4()
    same = {"source": text, "code": code, "start": 0, "end": 5, "by": analyst, "now": now}
    results = at_once(*[lambda: add_coding(**same, guid=guid)] * 4)
    assert {result.pk for result in results} == {Coding.objects.get().pk}
    others = at_once(*[lambda: add_coding(**same, guid=uuid.uuid4())] * 4)
    assert {result.pk for result in others} == {Coding.objects.get().pk}


def test_coding_while_the_round_closes_is_in_it_or_refused(text, code, analyst, lead, coding_round, now):
    def coded(start):
        stretch = {"start": start, "end": start + 5, "guid": uuid.uuid4()}
        return lambda: add_coding(source=text, code=code, **stretch, by=analyst, now=now)

    closed = lambda: close_round(round=coding_round, by=lead, now=timezone.now())  # noqa: E731
    results = at_once(coded(0), coded(10), closed, coded(20))
    assert set(kinds(results)) <= {"Coding", "NoneType", "RoundClosed"}
    made = [result for result in results if isinstance(result, Coding)]
    assert len(made) + sum(isinstance(result, RoundClosed) for result in results) == 3
    assert Coding.objects.count() == len(made)


def test_round_of_the_same_text_starts_once(study, text, analyst, other_analyst, lead, now):
    start = {"study": study, "coders": [analyst, other_analyst], "sources": [text], "by": lead, "now": now}
    results = at_once(*[lambda: start_round(**start)] * 3)
    assert kinds(results) == ["CodingRound", "InAnotherRound", "InAnotherRound"]
    assert CodingRound.objects.count() == 1


def test_code_of_the_same_name_is_added_once(study, analyst, now):
    results = at_once(*[lambda: add_code(study=study, name="Tea", by=analyst, now=now)] * 3)
    assert sorted(map(type, results), key=str) == sorted([Code, NameTaken, NameTaken], key=str)
    assert study.codes.count() == 1


def test_two_codes_put_below_each_other_never_go_round(study):
    one, other = CodeFactory(study=study), CodeFactory(study=study)
    results = at_once(lambda: move_code(code=one, parent=other), lambda: move_code(code=other, parent=one))
    assert kinds(results) == ["Code", WouldGoRound.__name__]


def test_cell_written_by_two_at_once_keeps_both_apart(participant, code, analyst, now):
    def write(words):
        return lambda: write_cell(participant=participant, code=code, number=0, text=words, by=analyst, now=now)

    results = at_once(write("Mine."), write("Theirs."))
    assert kinds(results) == ["CellSummary", WrittenSince.__name__]
    assert CellSummary.objects.count() == 1
