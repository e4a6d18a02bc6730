"""Quotes found again, lines with their place, and the marks of codes beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.coded import marks_by_line
from evaluation.models import Code, Coding, Source
from evaluation.passages import lines_of, passage, places_of, search, units_of
from tests.evaluation.conftest import TEXT

WORDS = st.text(st.sampled_from("ab 🙂ש.\n"), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Good", ["Good", "Good"]),
        ("all.   I:\t How", []),
        ("  there.\n שלום ", ["there. שלום"]),
        ("(", []),
        (".", [".", ".", ".", "."]),
        ("👩‍🦽 moved", ["👩‍🦽 moved"]),
        ("   ", []),
    ],
)
def test_places_of_a_quote(quote, found):
    assert [one.quote for one in places_of(TEXT, quote)] == found


def test_places_stop_one_beyond_the_most():
    assert len(places_of("a " * 100, "a", most=5)) == 6


def test_search_does_not_care_for_capitals():
    assert [one.quote for one in search(TEXT, "gOOd", most=1)] == ["Good"]


def test_passage_says_where_the_text_goes_on():
    assert passage("abcdef", 2, 4, around=1).before == "…b"
    assert passage("abcdef", 2, 4, around=1).after == "e…"
    whole = passage("abcdef", 2, 4, around=2)
    assert (whole.before, whole.quote, whole.after) == ("ab", "cd", "ef")


@given(WORDS)
def test_lines_are_the_text_at_their_place(text):
    for line in lines_of(text):
        assert text[line.start : line.start + len(line.text)] == line.text
    assert sum(len("".join(line.text.split())) for line in lines_of(text)) == len("".join(text.split()))


@given(WORDS, st.data())
def test_every_quote_of_a_text_is_found_in_it(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = text[start:end]
    found = places_of(text, quote, most=100)
    assert bool(found) == bool(quote.strip())
    assert all(one.quote.split() == quote.split() for one in found)


def test_units_are_turns_and_else_lines():
    assert len(units_of(Source(text=TEXT))) == 4
    assert units_of(Source(text="They laugh.\n\nTea.")) == [(0, 11), (13, 17)]


def test_marks_stand_beside_each_line_that_a_coding_reaches_into():
    codes = {1: Code(pk=1, name="Belonging"), 2: Code(pk=2, name="Getting there")}

    def coding(code, start, end):
        row = Coding(start=start, end=end)
        row.code_now = code
        return row

    lines = lines_of("abc\n\ndef\nghi")
    codings = [coding(1, 0, 6), coding(2, 1, 2), coding(1, 2, 3), coding(2, 9, 12)]
    assert [marks for _line, marks in marks_by_line(lines, codings, codes)] == [["Be", "GT"], ["Be"], ["GT"]]
