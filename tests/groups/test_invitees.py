import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from groups.invitees import Invitee, read_file, read_invitees

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


def test_blank_lines_and_repeated_lines_count_once():
    text = "Sam Jones, sam@example.org\r\n\r\n   \nSam Jones, Sam@Example.org\nAlex, alex@example.org"
    assert read_invitees(text) == [SAM, Invitee("Alex", "alex@example.org")]


@pytest.mark.parametrize(
    ("second", "name"),
    [("Pat", "Sam Jones and Pat"), ("", "Sam Jones"), ("N" * 80, "N" * 80)],
)
def test_two_people_at_one_address_get_one_invitation(second, name):
    assert read_invitees(f"Sam Jones, sam@example.org\n{second} <sam@example.org>") == [Invitee(name, SAM.email)]


def test_an_address_without_a_name_takes_the_name_that_follows():
    assert read_invitees("sam@example.org\nSam Jones, sam@example.org") == [SAM]


@pytest.mark.parametrize("heading", ["Name,Email", "Name;E-mail address", "email"])
def test_a_line_of_headings_is_no_person(heading):
    assert read_invitees(f"{heading}\nSam Jones, sam@example.org") == [SAM]


def upload(octets):
    return SimpleUploadedFile("people.csv", octets)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_is_read_as_windows_and_others_write_it(encoding):
    assert read_file(upload("Zoë, zoe@example.org".encode(encoding))) == "Zoë, zoe@example.org"


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"a" * 100_001, "This file is too big for a list of people. Choose one of less than 100 kB."),
        (b"PK\x03\x04", "This is not a text file. In Excel or Word, save it as CSV or plain text first."),
        (b"Sam\0", "This is not a text file. In Excel or Word, save it as CSV or plain text first."),
    ],
)
def test_a_file_that_is_no_list_gets_a_sentence(octets, sentence):
    with pytest.raises(ValidationError) as raised:
        read_file(upload(octets))
    assert raised.value.messages == [sentence]


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
