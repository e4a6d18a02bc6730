"""The coding desk through its pages: texts, codings by place and by quote, taking back, letters, looks."""

import json
import re
import uuid

import pytest
from django.urls import reverse

from evaluation.models import Coding
from evaluation.services.code import end_code, merge_code
from evaluation.services.coding_round import close_round
from evaluation.services.memo import add_memo
from peersupport.access.log import looks_at
from tests.evaluation.conftest import TEXT
from tests.factories import CodeFactory, CodingFactory, StudyMemberFactory, TranscriptFactory, WithdrawalFactory

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


@pytest.fixture
def desk(sign_in, analyst):
    return sign_in(analyst)


@pytest.fixture
def send(desk, text, code):
    """What the script of the desk sends."""

    def send(start=0, end=5, **changed):
        posted = {"code": code.pk, "start": start, "end": end, "guid": uuid.uuid4()} | changed
        return desk.post(address("coding_add", text.pk), posted, headers={"X-Desk": "1"})

    return send


def drawn(page):
    return json.loads(re.search(r'<script id="drawn" type="application/json">(.*?)</script>', page.text)[1])


# The texts


def test_a_text_leads_those_who_code_to_the_desk(sign_in, text, analyst, study):
    link = f'href="{address("text_code", text.pk)}"'
    assert link in sign_in(analyst).get(text.get_absolute_url()).text
    interviewer = StudyMemberFactory(study=study, duty="interviewer").person
    assert link not in sign_in(interviewer).get(text.get_absolute_url()).text


def test_texts_are_listed_in_their_newest_version_with_ones_own_codings(desk, study, text, code, analyst):
    newer = TranscriptFactory(study=study, interview=text.interview, participant=None, version=2, text="Newer.")
    note = TranscriptFactory(study=study, interview=text.interview, participant=None, kind="field_note", text="A note.")
    CodingFactory(source=newer, code=code, coder=analyst)
    CodingFactory(source=newer, code=code)
    page = desk.get(address("text_list", study.pk))
    assert [(name, source) for name, source in page.context["texts"]] == [
        (f"{text.interview.participant.pseudonym}, Transcript 2", newer),
        (f"{text.interview.participant.pseudonym}, Field note 1", note),
    ]
    assert "You coded 1 passage." in page.text
    assert "There is a newer version of this text." in desk.get(address("text_code", text.pk)).text
    assert "There is a newer version" not in desk.get(address("text_code", newer.pk)).text


def test_text_list_says_what_to_do_without_codes_or_texts(desk, study):
    page = desk.get(address("text_list", study.pk))
    assert "There are no codes yet" in page.text
    assert "No texts yet" in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_text_list_costs_the_same_for_any_number(desk, study, number, queries_of):
    for _index in range(number):
        TranscriptFactory(study=study)
    assert queries_of(address("text_list", study.pk)) == 9


# The desk


def test_desk_holds_the_text_to_the_last_code_point(desk, text, code):
    page = desk.get(address("text_code", text.pk))
    lines = re.findall(r'<p id="line-\d+" data-start="(\d+)"[^>]*>([^<]*)</p>', page.text)
    assert [TEXT[int(start) : int(start) + len(words)] for start, words in lines] == [words for _start, words in lines]
    assert "\n".join(words for _start, words in lines) == TEXT


def test_desk_shows_codings_drawn_listed_and_marked(desk, text, code, analyst, study):
    other = CodeFactory(study=study, name="Getting there", colour=4)
    at = TEXT.index("Good")
    first = CodingFactory(source=text, code=code, coder=analyst, start=at, end=at + 6)
    second = CodingFactory(source=text, code=other, start=at + 5, end=TEXT.index("And"))
    page = desk.get(address("text_code", text.pk))
    data = drawn(page)
    assert data["codings"] == [
        [first.pk, first.start, first.end, code.pk, 0, 1],
        [second.pk, second.start, second.end, other.pk, 1, 0],
    ]
    assert data["codes"][str(other.pk)] == ["Getting there", "GT", 4]
    assert re.findall(r'data-start="(\d+)" data-marks="([^"]+)"', page.text) == [
        (str(TEXT.index("P: Good")), "Be GT"),
        (str(TEXT.index("I: And")), "GT"),
    ]
    assert "Good 🙂</blockquote>" in page.text
    assert page.text.count("Take back: Belonging") == 1
    assert "Take back: Getting there" not in page.text


def test_desk_shows_codings_of_a_merged_code_as_the_other_and_none_of_an_ended_one(desk, text, code, study, now):
    other, gone = CodeFactory(study=study), CodeFactory(study=study)
    coding = CodingFactory(source=text, code=code)
    CodingFactory(source=text, code=gone)
    merge_code(code=code, into=other, now=now)
    end_code(code=gone, now=now)
    assert [(row[0], row[3]) for row in drawn(desk.get(address("text_code", text.pk)))["codings"]] == [
        (coding.pk, other.pk)
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_desk_costs_the_same_for_any_number_of_codings(desk, text, code, number, queries_of):
    for index in range(number):
        CodingFactory(source=text, code=code, start=index, end=index + 3)
    assert queries_of(address("text_code", text.pk)) == 13


def test_text_that_looks_like_a_page_stays_text(desk, study, code):
    text = TranscriptFactory(study=study, text="P: <script>alert(1)</script> & </script>\nI: <b>x</b>")
    CodeFactory(study=study, name="</script><b>", definition="<i>")
    page = desk.get(address("text_code", text.pk)).text
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert "P: &lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;/script&gt;" in page


def test_opening_the_desk_is_a_look_that_the_person_sees(desk, text, member, analyst):
    desk.get(address("text_code", text.pk))
    entry = looks_at(member).first()
    assert (entry.actor, entry.route, entry.object_id) == (analyst, "evaluation:text_code", text.pk)


def test_text_of_someone_who_asked_for_removal_is_closed(desk, text, participant, study, now):
    WithdrawalFactory(participant=participant, scope="remove", withdrawn_at=now)
    for name in ("text_code", "coding_add"):
        assert desk.get(address(name, text.pk)).status_code == 404
    assert desk.get(address("text_list", study.pk)).context["texts"] == []


# Coding by place


def test_place_is_coded_with_one_short_answer(send, analyst, code, django_assert_max_num_queries):
    at = TEXT.index("🙂")
    with django_assert_max_num_queries(15):
        answer = send(at, at + 1)
    coding = Coding.objects.get()
    assert (answer.status_code, answer.json()) == (201, {"key": coding.pk, "code": code.pk, "stands": True})
    assert (coding.coder, TEXT[coding.start : coding.end]) == (analyst, "🙂")
    assert len(answer.content) < 100


def test_place_sent_twice_is_coded_once(send):
    guid = uuid.uuid4()
    assert send(0, 5, guid=guid).json() == send(0, 5, guid=guid).json()
    assert Coding.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"start": 10**12},
        {"end": len(TEXT) + 1},
        {"start": -1},
        {"start": 5, "end": 5},
        {"guid": "one"},
        {"start": ""},
        {"start": "1.5"},
    ],
)
def test_place_that_is_none_is_refused_with_a_sentence(send, changed):
    answer = send(**changed)
    assert (answer.status_code, answer.json()) == (
        400,
        {"sentence": "This could not be coded. Choose the words again."},
    )
    assert not Coding.objects.exists()


def test_code_that_is_gone_meanwhile_is_pointed_out_and_a_merged_one_is_the_other(send, code, study, now):
    other = CodeFactory(study=study)
    merge_code(code=code, into=other, now=now)
    assert send(0, 5).json()["code"] == other.pk
    end_code(code=other, now=now)
    for wrong in (other.pk, CodeFactory().pk, "x"):
        answer = send(0, 4, code=wrong)
        assert (answer.status_code, answer.json()["sentence"]) == (
            400,
            "This code is not in use any more. Choose another one.",
        )


def test_coding_of_another_study_or_by_who_may_not_is_refused(sign_in, text, code, interviewer):
    posted = {"code": code.pk, "start": 0, "end": 5, "guid": uuid.uuid4()}
    outsider = StudyMemberFactory(duty="analyst").person
    for person, status in ((interviewer, 403), (outsider, 404)):
        client = sign_in(person)
        assert client.post(address("coding_add", text.pk), posted, headers={"X-Desk": "1"}).status_code == status
    assert not Coding.objects.exists()


# Coding by quote, without a script


def quote(desk, text, code, words, **changed):
    posted = {"quote": words, "code": code.pk, "guid": uuid.uuid4()} | changed
    return desk.post(address("coding_add", text.pk), posted, follow=True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Good 🙂 to be", "Good 🙂 to be"),
        ("  all.\r\nI:  And then? ", "all.\nI: And then?"),
        ("שלום", "שלום"),
        ("Good again.", "Good again."),
    ],
)
def test_pasted_words_are_found_and_coded(desk, text, code, words, expected):
    page = quote(desk, text, code, words)
    assert "The words are coded." in page.text
    coding = Coding.objects.get()
    assert TEXT[coding.start : coding.end] == expected


def test_words_that_stand_there_twice_are_asked_about(desk, text, code):
    page = quote(desk, text, code, "Good")
    assert page.context["form"].errors == {
        "place": ["These words stand in the text 2 times. Choose the place you mean."]
    }
    assert "[Good] 🙂 to be there." in page.text
    second = TEXT.rindex("Good")
    quote(desk, text, code, "Good", place=second)
    assert Coding.objects.get().start == second
    page = quote(desk, text, code, "Good", place=3)
    assert "place" in page.context["form"].errors


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("never said", "These words are not in the text. Copy them from the text, then paste them here."),
        ("good", "These words are not in the text. Copy them from the text, then paste them here."),
        ("Good " * 4001, "Use 20000 characters or fewer. You have used 20004."),
        ("", "Paste the words to code"),
        (" \n ", "Paste the words to code"),
    ],
)
def test_words_that_are_not_there_are_pointed_out(desk, text, code, words, sentence):
    page = quote(desk, text, code, words)
    assert page.context["form"].errors["quote"] == [sentence]
    assert not Coding.objects.exists()


def test_words_that_stand_everywhere_are_too_short(desk, study, code):
    text = TranscriptFactory(study=study, text="I: and " * 30)
    page = quote(desk, text, code, "and")
    assert page.context["form"].errors["quote"] == [
        "These words come too often. Paste more of what stands around them."
    ]


def test_pasted_words_with_a_code_that_is_gone_are_kept(desk, text, code, now):
    end_code(code=code, now=now)
    page = quote(desk, text, code, "Good again.")
    assert "code" in page.context["form"].errors
    assert "Good again." in page.text


# Taking back


def test_own_coding_is_taken_back(desk, text, code, analyst):
    coding = CodingFactory(source=text, code=code, coder=analyst)
    page = desk.post(address("coding_take_back", coding.pk), follow=True)
    assert "The coding is taken back." in page.text
    assert not Coding.objects.standing().exists()
    assert desk.post(address("coding_take_back", coding.pk)).status_code == 404


def test_desk_takes_back_with_a_short_answer(desk, text, code, analyst):
    coding = CodingFactory(source=text, code=code, coder=analyst)
    answer = desk.post(address("coding_take_back", coding.pk), headers={"X-Desk": "1"})
    assert (answer.status_code, answer.json()) == (200, {})
    assert not Coding.objects.standing().exists()


def test_coding_of_someone_else_is_not_taken_back(desk, text, code):
    coding = CodingFactory(source=text, code=code)
    assert desk.post(address("coding_take_back", coding.pk)).status_code == 403
    assert Coding.objects.standing().exists()


def test_coding_of_a_closed_round_stays(desk, text, code, analyst, coding_round, lead, now):
    coding = CodingFactory(source=text, code=code, coder=analyst, round=coding_round)
    close_round(round=coding_round, by=lead, now=now)
    page = desk.post(address("coding_take_back", coding.pk), follow=True)
    assert "Its round is closed, so this coding stays." in page.text
    answer = desk.post(address("coding_take_back", coding.pk), headers={"X-Desk": "1"})
    assert (answer.status_code, answer.json()) == (409, {"sentence": "Its round is closed, so this coding stays."})


# In a round


def test_coder_in_a_round_finds_nothing_of_the_others_anywhere(
    desk, study, text, code, analyst, other_analyst, coding_round, now
):
    at = TEXT.index("Good")
    theirs = CodingFactory(source=text, code=code, coder=other_analyst, round=coding_round, start=at, end=at + 4)
    add_memo(study=study, about={"coding": theirs}, text="Zq7 their thought", by=other_analyst, now=now)
    page = desk.get(address("text_code", text.pk))
    assert drawn(page)["codings"] == []
    assert "In your round" in page.text
    assert "data-marks" not in page.text
    assert "0 codings" in page.text
    assert "0 codings" in desk.get(address("code_list", study.pk)).text
    assert "Nothing has this code yet" in desk.get(code.get_absolute_url()).text
    assert "No passages" in desk.get(address("code_matrix", study.pk)).text
    assert "Zq7" not in desk.get(address("memo_list", study.pk)).text
    assert desk.post(address("coding_take_back", theirs.pk)).status_code == 404
    assert desk.get(address("memo_add", study.pk, "coding", theirs.pk)).status_code == 404


# Letters


def test_letter_keys_are_turned_off_and_on(desk, text):
    assert "data-letters" in desk.get(address("text_code", text.pk)).text
    page = desk.post(address("letters_switch", text.pk), follow=True)
    assert "data-letters" not in page.text
    assert "Turn letter keys on" in page.text
    assert "data-letters" in desk.post(address("letters_switch", text.pk), follow=True).text
