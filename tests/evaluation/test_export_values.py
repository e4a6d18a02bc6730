"""What may stand in a cell: identifiers, days, text that no spreadsheet runs, and nothing that nobody defined."""

import csv
import hashlib
import hmac
import io
import uuid
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from evaluation.exports.cells import line, neutral, original
from evaluation.exports.identifiers import LEAST_WEEKS, MOST_WEEKS, Identifiers
from evaluation.exports.profile import QUANTITATIVE
from evaluation.exports.qual.tables import words
from evaluation.exports.variables import NotAVariable, Table, Variable, prefix

# On a busy machine a first call may take long.
unhurried = settings(deadline=None)
FORMULA_STARTS = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]
# What CSV can hold: no lone surrogates, and no NUL, which spreadsheets end a cell at.
texts = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"))
formulas = some.tuples(some.sampled_from(FORMULA_STARTS), texts).map("".join)
keys = some.integers(min_value=1, max_value=2**63 - 1)


@unhurried
@given(texts | formulas | formulas.map(lambda text: f"'{text}"))
def test_text_is_neutralised_and_comes_back_as_it_was(text):
    assert neutral(text)[:1] not in FORMULA_STARTS
    assert original(neutral(text)) == text


@unhurried
@given(formulas)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "0 to 10", "Walk - slowly", "a=b", "'tis", "99"])
def test_other_text_is_left_alone(text):
    assert neutral(text) == text


def test_spreadsheet_takes_a_neutralised_formula_for_text():
    cell = openpyxl.Workbook().active["A1"]
    cell.value = '=HYPERLINK("https://example.org")'
    assert cell.data_type == "f"
    cell.value = neutral('=HYPERLINK("https://example.org")')
    assert cell.data_type == "s"


@unhurried
@given(some.lists(texts | formulas, min_size=2, max_size=6))
def test_line_reads_back_as_the_same_values(values):
    written = line(tuple(values))
    assert written.endswith(b"\n")
    assert not written.endswith(b"\r\n")
    [read] = csv.reader(io.StringIO(written.decode(), newline=""))
    assert [original(value) for value in read] == values


def test_numbers_are_left_alone_and_text_that_looks_like_one_is_not():
    assert line((-99, 3, "-99", "plain")) == b"-99,3,'-99,plain\n"


@unhurried
@given(keys)
def test_guid_is_a_uuid_of_version_five(key):
    ids = Identifiers(1)
    namespace = uuid.UUID(bytes=ids._key("guid")[:16])
    assert ids.guid("coding", key) == str(uuid.uuid5(namespace, f"coding {key}"))
    assert ids.guid("coding", key) not in (ids.guid("code", key), Identifiers(2).guid("coding", key))
    assert ids.guid("coding", key) != Identifiers(1, "of its own").guid("coding", key)


@unhurried
@given(keys, keys)
def test_identifiers_are_one_to_one_and_stay_the_same(one, other):
    ids = Identifiers(1)
    assert (ids.of("goal", one) == ids.of("goal", other)) == (one == other)
    assert ids.of("goal", one) == Identifiers(1).of("goal", one)


@unhurried
@given(keys)
def test_identifiers_of_other_studies_and_uses_can_not_be_matched(key):
    found = {
        Identifiers(study).of(use, key)[2:] for study in (1, 2) for use in ("participant", "group", "meeting", "goal")
    }
    assert len(found) == 8


@unhurried
@given(keys)
def test_identifier_is_hmac_under_a_key_that_is_not_the_secret_itself(key):
    ids = Identifiers(7)
    expected = hmac.new(ids._key("goal"), str(key).encode(), hashlib.sha256).hexdigest()[:20]
    assert ids.of("goal", key) == f"go{expected}"


def test_another_secret_gives_other_identifiers_and_another_key_id(settings):
    before = Identifiers(1).of("goal", 1), Identifiers(1).key_id
    settings.EXPORT_KEY = "another secret"
    after = Identifiers(1).of("goal", 1), Identifiers(1).key_id
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False]


def test_key_id_does_not_tell_a_key(settings):
    ids = Identifiers(1)
    assert settings.EXPORT_KEY not in ids.key_id
    assert ids._key("key id").hex()[:16] != ids.key_id


def test_uses_can_be_told_apart_by_their_prefix():
    uses = {v.identifies for table in QUANTITATIVE.tables for v in table.variables if v.identifies}
    assert len({prefix(use) for use in uses}) == len(uses) == 9


@unhurried
@given(keys, some.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1)))
def test_dates_move_by_whole_weeks_far_from_the_truth(group, day):
    days = Identifiers(1).shift_days(group)
    assert 7 * LEAST_WEEKS <= abs(days) <= 7 * MOST_WEEKS
    assert (day + timedelta(days=days)).weekday() == day.weekday()


def test_groups_move_by_different_numbers_of_weeks_in_both_directions():
    shifts = {Identifiers(1).shift_days(group) for group in range(200)}
    assert len(shifts) > 60
    assert min(shifts) < 0 < max(shifts)


@pytest.mark.parametrize("name", ["Pain", "1st", "pain score", "a" * 33, ""])
def test_variable_has_a_name_that_every_program_takes(name):
    with pytest.raises(NotAVariable):
        Variable(name, "Pain", "flareup.pain", "integer")


def test_free_text_can_not_be_defined():
    with pytest.raises(NotAVariable, match="free text"):
        Variable("what", "What the goal is", "goal.what")


@pytest.mark.parametrize(
    ("row", "is_allowed"),
    [
        (b"pa0123456789abcdef0123,-3,yes\n", True),
        (b"pa0123456789abcdef0123,,\n", True),
        (b"suppressed,3,no\n", False),
        (b"pa0123456789abcdef0123,suppressed,no\n", True),
        (b"7,-3,yes\n", False),
        (b"pa0123456789abcdef0123,3.5,yes\n", False),
        (b"pa0123456789abcdef0123,3,maybe\n", False),
        (b"pa0123456789abcdef0123,3,=1+1\n", False),
        (b"pa0123456789abcdef0123,3\n", False),
    ],
)
def test_line_holds_only_what_its_variables_allow(row, is_allowed):
    table = Table(
        "answers",
        "Answers",
        (),
        (
            Variable("participant_id", "Participant", "people.identifier", identifies="participant"),
            Variable("change", "Change", "1", "integer", can_be_hidden=True),
            Variable("answer", "Answer", "'yes'", categories={"yes": "Yes", "no": "No"}),
        ),
        "FROM people",
    )
    assert bool(table.line.fullmatch(row)) is is_allowed


def test_another_definition_is_another_profile():
    without = replace(QUANTITATIVE, tables=QUANTITATIVE.tables[:-1])
    assert len({without.sha256, QUANTITATIVE.sha256}) == 2


def test_words_stand_in_no_table_of_data():
    """Only tables of texts have columns for them, and those are held against the texts."""
    with pytest.raises(NotAVariable):
        Table("notes", "Notes", (), (words("note", "What was noted"),), "FROM people")
