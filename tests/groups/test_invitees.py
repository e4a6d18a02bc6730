import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from groups.invitees import Invitee, read_invitees

SAM = Invitee("Sam Jones", "sam@example.org")


@pytest.mark.parametrize(
    "line",
    [
        "Sam Jones <sam@example.org>",
        "Sam Jones <SAM@example.org>,",
        '"Sam Jones" <sam@example.org>',
        "Sam Jones, sam@example.org",
        "Sam Jones; sam@example.org",
        "Sam Jones\tsam@example.org",
        "sam@example.org, Sam Jones",
        "  Sam Jones  ,  sam@example.org  ",
    ],
)
def test_a_line_is_read_as_people_write_it(line):
    assert read_invitees(line) == [SAM]


@pytest.mark.parametrize("line", ["sam@example.org", "<sam@example.org>", "sam@example.org,"])
def test_a_name_may_be_missing(line):
    assert read_invitees(line) == [Invitee("", "sam@example.org")]


def test_surname_first_stays_in_order():
    assert read_invitees("Jones, Sam, sam@example.org") == [Invitee("Jones, Sam", "sam@example.org")]


def test_blank_lines_and_repeated_addresses_count_once():
    text = "Sam Jones, sam@example.org\r\n\r\n   \nSammy, Sam@Example.org\nAlex, alex@example.org"
    assert read_invitees(text) == [SAM, Invitee("Alex", "alex@example.org")]


def complaints_about(text):
    with pytest.raises(ValidationError) as raised:
        read_invitees(text)
    return raised.value.messages


def test_each_bad_line_gets_its_own_sentence():
    text = "Sam Jones, sam@example.org\nAlex\n\nKim, kim@\n" + "N" * 81 + ", n@example.org"
    assert complaints_about(text) == [
        "Line 2: there is no email address. Write it like Sam Jones <sam@example.org>.",
        "Line 4: “kim@” is not a full email address. It should look like sam@example.org.",
        "Line 5: the name is too long. Use 80 characters or fewer.",
    ]


def test_two_hundred_lines_are_the_most():
    lines = [f"p{number}@example.org" for number in range(201)]
    assert len(read_invitees("\n".join(lines[:200]))) == 200
    assert complaints_about("\n".join(lines)) == [
        "You can invite 200 people at a time. There are 201 lines here: take some out for now."
    ]


def test_an_address_that_is_too_long_to_keep_is_refused():
    assert len(complaints_about("a" * 60 + "@" + "b.".join(["c" * 60] * 4) + ".org")) == 1


def test_ten_thousand_bad_lines_get_one_sentence():
    assert len(complaints_about("no address\n" * 10_000)) == 1


def test_a_long_line_without_an_address_is_refused_quickly():
    assert len(complaints_about("a," * 100_000)) == 1
    assert len(complaints_about("<" * 100_000)) == 1


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        invitees, complaints = read_invitees(text), ["none"]
    except ValidationError as error:
        invitees, complaints = [], error.messages
    assert all(complaints)
    assert all("@" in person.email and len(person.name) <= 80 for person in invitees)


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=20, unique=True))
def test_what_is_written_is_what_is_read(names):
    text = "\n".join(f"{name.title()} <{name}@example.org>" for name in names)
    assert read_invitees(text) == [Invitee(name.title(), f"{name}@example.org") for name in names]
