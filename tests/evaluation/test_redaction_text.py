"""The pure part of redaction: what is found in a text, what is offered for it, and what becomes of the text."""

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.redaction.apply import (
    CutsRedaction,
    OutsideOfText,
    OverlappingRedactions,
    Replaced,
    moved,
    redacted,
    widened,
)
from evaluation.redaction.identifiers import identifiers_in, is_nhs_number
from evaluation.redaction.kinds import Kind
from evaluation.redaction.labels import Labels, marks_in
from evaluation.redaction.places import names_of_group, parts_of_address
from evaluation.redaction.suggest import suggest, without
from evaluation.redaction.words import Span, Words, folded, parts_of_name

# On a busy machine a first call may take long.
unhurried = settings(deadline=None)


def told(text):
    return [(span.kind.value, text[span.start : span.end]) for span in identifiers_in(text)]


# Identifiers by their form

FORMS = {
    "943 476 5919": "nhs_number",
    "943-476-5919": "nhs_number",
    "9434765919": "nhs_number",
    "0117 496 0123": "phone",
    "(0117) 496 0123": "phone",
    "07700900123": "phone",
    "07700 900 123": "phone",
    "+44 7700 900123": "phone",
    "+44 (0)117 496 0123": "phone",
    "00441174960123": "phone",
    "01632960001": "phone",
    "anna.bell+group@mail.example.co.uk": "email",
    "anna at example dot org": "email",
    "BS10 5NB": "postcode",
    "bs105nb": "postcode",
    "EC1A 1BB": "postcode",
    "12/03/1958": "date",
    "12.3.58": "date",
    "1958-03-12": "date",
    "3rd of May": "date",
    "3 May 1958": "date",
    "May the 3rd": "date",
    "March 12th, 1958": "date",
    "Sept 2024": "date",
    "twenty-first of June": "date",
    "QQ 12 34 56 C": "number",
    "48211907": "number",
}


@pytest.mark.parametrize(("said", "kind"), FORMS.items(), ids=FORMS)
@pytest.mark.parametrize("around", ["{}", "It is {}.", "({}), then\n", "“{}”, שלום 🙂"])
def test_identifier_is_told_by_its_form(said, kind, around):
    text = around.format(said)
    assert told(text) == [(kind, said)]


@pytest.mark.parametrize(
    "text",
    ["120 over 80", "10 out of 10", "12.5 litres", "at 14:30", "in 45 minutes", "£1,250"],
)  # fmt: skip
def test_ordinary_numbers_are_left_alone(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("digits", "is_right"),
    [
        ("9434765919", True),
        ("4010232137", True),
        ("9876543210", True),
        ("9434765918", False),
        ("9434765910", False),
        # The check digit would be 10, which is never given out.
        ("1000000010", False),
        ("0000000000", True),
    ],
)
def test_nhs_number_is_checked_modulo_11(digits, is_right):
    assert is_nhs_number(digits) == is_right


def test_ten_digits_that_do_not_check_are_still_some_number():
    assert told("943 476 5918 and 016 329 6000") == [("number", "943 476 5918"), ("phone", "016 329 6000")]


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("my sister Maureen came", "Maureen", "sister"),
        ("Her husband, Keith Moore, too", "Keith Moore", "husband"),
        ("a man called Trevor", "Trevor", ""),
        ("Ask Dr. Khan", "Dr. Khan", ""),
        ("my friend Dr Khan", "Dr Khan", ""),
    ],
)
def test_name_is_told_by_the_words_before_it(text, name, label):
    (span,) = identifiers_in(text)
    assert (text[span.start : span.end], span.label, span.kind) == (name, label, Kind.PERSON)


@pytest.mark.parametrize("text", ["my GP Monday", "my mother, The best", "our friend And so on", "his boss Christmas"])
def test_what_is_no_name_is_not_told_as_one(text):
    assert told(text) == []


def test_name_told_once_is_found_wherever_it_stands():
    text = "My sister Maureen came. maureen stayed."
    assert [text[span.start : span.end] for span in suggest(text, Words())] == ["Maureen", "maureen"]


# Known names


def found(text, *names):
    return [text[span.start : span.end] for span in Words((name, "person") for name in names).spans_in(text)]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("Anna Bell", "ANNA  BELL said", "ANNA  BELL"),
        ("O’Brien", "o'brien's", "o'brien"),
        ("Anne-Marie", "Anne Marie", "Anne Marie"),
        ("Agnieszka Wójcik", "agnieszka\nwojcik", "agnieszka\nwojcik"),
        ("José", "Jose.", "Jose"),
        ("דנה", "אמרה דנה, כן", "דנה"),
        ("Straße", "STRASSE", "STRASSE"),
    ],
)
def test_name_is_found_without_case_accents_and_what_stands_between(name, text, said):
    assert found(text, name) == [said]


def test_name_is_no_part_of_a_word():
    assert found("Annas banana, anna_b", "Anna") == ["anna"]


def test_name_that_is_a_word_counts_with_a_capital_alone():
    assert found("Will you? I will. A warm bath in Bath.", "Will", "Bath") == ["Will", "Bath"]


def test_longest_name_that_fits_is_taken():
    assert found("Anna Bell and Anna Lowe", "Anna", "Anna Bell", "Anna Bell Moore")[0] == "Anna Bell"


def test_parts_of_a_name_leave_titles_and_letters_out():
    assert parts_of_name("Dr J. O’Brien-Shah") == ["Dr J. O’Brien-Shah", "J.", "O’Brien-Shah", "Brien", "Shah"]
    assert parts_of_name("Sister") == []


def test_parts_of_an_address_are_streets_and_towns():
    assert parts_of_address("12a High Street, Southmead\nBristol BS10 5NB") == ["High Street", "Southmead", "Bristol"]


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("North Bristol NHS Trust", ["North Bristol NHS Trust", "North Bristol"]),
        ("Tuesday Group", ["Tuesday Group"]),
        ("Bishopston", ["Bishopston"]),
        ("Tuesday", []),
    ],
)
def test_names_of_a_group_are_those_that_tell(name, names):
    assert names_of_group(name) == names


def test_of_two_that_overlap_the_longer_one_is_suggested():
    text = "anna.bell@example.org or Sister Bell"
    spans = suggest(text, Words([("Anna", "person"), ("Bell", "person")]))
    assert [text[span.start : span.end] for span in spans] == ["anna.bell@example.org", "Sister Bell"]


@unhurried
@given(st.text(alphabet="Anna Bell 0117 496.@/-May3", max_size=60))
def test_suggestions_are_in_order_within_the_text_and_apart(text):
    spans = suggest(text, Words([("Anna", "person"), ("Anna Bell", "person")]))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= after.start for one, after in pairwise(spans))


places = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=8)


@unhurried
@given(places, places)
def test_without_leaves_what_touches_nothing_taken(spans, taken):
    apart, end = [], 0
    for start, length in sorted(spans):
        if start >= end:
            apart.append(Span(start, start + length, "person"))
            end = start + length
    taken = sorted((start, start + length) for start, length in taken)
    plain = [span for span in apart if all(span.end <= start or end <= span.start for start, end in taken)]
    assert without(apart, taken) == plain


EVIL = [
    "0 ",
    "a.",
    "a@",
    "A ",
    "1",
    "Dr ",
    "-",
    "anna ",
    "January ",
    "my sister ",
    "in 19",
    "BS1",
    "a at a dot ",
    "[",
    "é",
]


def seconds(call):
    """The least of three tries."""
    tries = []
    for _number in range(3):
        began = time.perf_counter()
        call()
        tries.append(time.perf_counter() - began)
    return min(tries)


@pytest.mark.parametrize("piece", EVIL)
def test_time_grows_with_the_length_and_no_faster(piece):
    known = Words((f"name{number} anna", "person") for number in range(2000))
    short, long = ((piece * length)[:length] for length in (30_000, 120_000))
    # Four times the text; squared it would be sixteen times as long.
    assert seconds(lambda: suggest(long, known)) < 9 * seconds(lambda: suggest(short, known)) + 0.02


def test_time_does_not_grow_with_the_number_of_names():
    text = ("Anna met name7 sur7 on 3 May in Bath, 0117 496 0123. " * 6000)[:300_000]
    few, many = (Words((f"name{n} sur{n}", "person") for n in range(number)) for number in (50, 5000))
    spans = suggest(text, many)
    assert len(spans) > 15_000
    assert len(list(Labels([]).offered(text, spans))) == len(spans)
    # One search for each name would take a hundred times as long.
    assert seconds(lambda: suggest(text, many)) < 3 * seconds(lambda: suggest(text, few))


# What is offered


def offers(text, names, entries=()):
    spans = suggest(text, Words((part, "person") for name in names for part in parts_of_name(name)))
    offered = Labels(entries).offered(text, spans)
    return [(text[span.start : span.end], mark) for span, mark in zip(spans, offered, strict=True)]


def test_same_words_are_offered_the_same_and_new_ones_count_up():
    assert offers("Joan, Tom, JOAN", ["Joan", "Tom"]) == [
        ("Joan", "[person A]"),
        ("Tom", "[person B]"),
        ("JOAN", "[person A]"),
    ]


def test_what_the_study_uses_is_offered_and_nothing_it_has_used_otherwise():
    entries = [("joan", "[contact]"), ("ann", "[person A]")]
    assert offers("Joan, Tom", ["Joan", "Tom"], entries) == [("Joan", "[contact]"), ("Tom", "[person B]")]


def test_first_name_goes_with_the_one_full_name_that_holds_it():
    assert offers("Anna Bell. Anna. Mrs Bell.", ["Anna Bell"]) == [
        ("Anna Bell", "[person A]"),
        ("Anna", "[person A]"),
        ("Mrs Bell", "[person A]"),
    ]


def test_first_name_of_two_people_goes_with_neither():
    assert offers("Anna Bell. Anna Lowe. Anna.", ["Anna Bell", "Anna Lowe"])[-1] == ("Anna", "[person C]")


def test_relative_is_offered_as_such():
    assert offers("My sister Maureen. My sister Jean. My sister Maureen.", []) == [
        ("Maureen", "[sister]"),
        ("Jean", "[sister 2]"),
        ("Maureen", "[sister]"),
    ]


def test_letters_go_on_after_z():
    entries = [(f"name{number}", f"[person {chr(65 + number)}]") for number in range(26)]
    assert offers("Tom", ["Tom"], entries) == [("Tom", "[person AA]")]


def test_dates_and_the_like_are_all_alike():
    assert offers("3 May and 4 May", []) == [("3 May", "[date]"), ("4 May", "[date]")]


def test_marks_in_a_text_are_what_stands_in_brackets_on_one_line():
    assert marks_in("a [b] [c\nd] [] [e [f]]") == [(2, 5), (18, 21)]


def test_folded_words_leave_nothing_but_the_words():
    assert folded(" “Ánna-BELL’s” ") == "anna bell s"


# What becomes of the text


def test_redacted_text_has_every_span_replaced():
    spans = [Replaced(8, 12, "[b]"), Replaced(0, 4, "[a]")]
    assert redacted("Anna or Joan.", spans) == "[a] or [b]."


@pytest.mark.parametrize("span", [(-1, 2), (2, 2), (3, 2), (0, 14)])
def test_span_outside_of_the_text_is_refused(span):
    with pytest.raises(OutsideOfText):
        redacted("Anna or Joan.", [Replaced(*span, "[x]")])


def test_overlapping_spans_are_refused():
    with pytest.raises(OverlappingRedactions):
        redacted("Anna or Joan.", [Replaced(0, 5, "[x]"), Replaced(4, 8, "[y]")])


@pytest.mark.parametrize(
    ("place", "words"),
    [((5, 7), "or"), ((0, 13), "[a] or [b]."), ((0, 4), "[a]"), ((4, 8), " or "), ((5, 12), "or [b]")],
)
def test_place_moves_with_its_words(place, words):
    text, spans = "Anna or Joan.", [Replaced(0, 4, "[a]"), Replaced(8, 12, "[b]")]
    assert redacted(text, spans)[slice(*moved(place, spans))] == words


@pytest.mark.parametrize("place", [(2, 7), (0, 2), (1, 3), (5, 10)])
def test_place_that_cuts_through_what_was_replaced_is_said_to(place):
    with pytest.raises(CutsRedaction):
        moved(place, [Replaced(0, 4, "[a]"), Replaced(8, 12, "[b]")])


@st.composite
def texts_with_spans(draw):
    """A text (NFC, with emoji and right-to-left), spans apart from one another, and a place in the text."""
    text = unicodedata.normalize("NFC", draw(st.text(alphabet="ab é🙂👩\u200dש\u0301\n", min_size=1, max_size=40)))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    spans = [Replaced(start, end, draw(st.sampled_from(["[a]", "[person B]"]))) for start, end in pairs]
    start = draw(st.integers(0, len(text) - 1))
    return text, spans, (start, draw(st.integers(start + 1, len(text))))


@unhurried
@given(texts_with_spans())
def test_what_was_not_replaced_stays_in_order_and_nothing_else_does(case):
    text, spans, _place = case
    kept = [
        text[a:b] for a, b in zip([0, *(s.end for s in spans)], [*(s.start for s in spans), len(text)], strict=True)
    ]
    marks = [*(span.replacement for span in spans), ""]
    assert redacted(text, spans) == "".join(one for pair in zip(kept, marks, strict=True) for one in pair)


@unhurried
@given(texts_with_spans())
def test_moved_place_holds_the_same_words_or_is_said_to_be_cut(case):
    text, spans, (start, end) = case
    is_cut = any(span.start < edge < span.end for span in spans for edge in (start, end))
    if is_cut:
        with pytest.raises(CutsRedaction):
            moved((start, end), spans)
        start, end = widened((start, end), spans)
    inside = [Replaced(s.start - start, s.end - start, s.replacement) for s in spans if start <= s.start < s.end <= end]
    assert redacted(text, spans)[slice(*moved((start, end), spans))] == redacted(text[start:end], inside)


@unhurried
@given(texts_with_spans())
def test_redacted_text_stays_in_canonical_form(case):
    text, spans, _place = case
    assert unicodedata.is_normalized("NFC", redacted(text, spans))
