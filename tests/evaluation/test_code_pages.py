"""The code book, segments, search, matrix and memos through their pages."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evaluation.codebook import read
from evaluation.models import CellSummary, Code, Memo
from evaluation.services.code import end_code
from evaluation.services.memo import add_memo, write_cell
from evaluation.services.observation import record_observation
from peersupport.access.log import looks_at
from tests.evaluation.conftest import TEXT
from tests.factories import (
    CodeFactory,
    CodingFactory,
    IdentityKeyFactory,
    MeetingFactory,
    StudyMemberFactory,
    TranscriptFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


@pytest.fixture
def desk(sign_in, analyst):
    return sign_in(analyst)


def names(study):
    return list(Code.objects.in_use().filter(study=study).values_list("name", flat=True))


# The code book


def test_code_tree_is_built_through_pages(desk, study, code):
    page = desk.post(
        address("code_add", study.pk),
        {"name": "  Moving  chairs ", "definition": "They make room.", "parent": code.pk, "colour": 5},
        follow=True,
    )
    assert "“Moving chairs” is added." in page.text
    chairs = Code.objects.get(name="Moving chairs")
    assert (chairs.parent, chairs.colour) == (code, 5)
    assert [branch.label for branch, _count in page.context["rows"]] == [
        "Belonging",
        "Belonging > Moving chairs",
    ]
    desk.post(address("code_edit", chairs.pk), {"name": "Chairs", "definition": "", "colour": 2})
    desk.post(address("code_move", chairs.pk), {"parent": ""})
    chairs.refresh_from_db()
    assert (chairs.name, chairs.definition, chairs.colour, chairs.parent) == ("Chairs", "", 2, None)
    desk.post(address("code_shift", chairs.pk), {"way": "up"})
    assert names(study) == ["Chairs", "Belonging"]
    desk.post(address("code_shift", chairs.pk), {"way": "down"})
    assert names(study) == ["Belonging", "Chairs"]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"name": ""}, "name", "Enter a name for the code"),
        ({"name": "BELONGING"}, "name", "There is a code with this name. Choose another name."),
        ({"name": "x" * 101}, "name", "Use 100 characters or fewer. You have used 101."),
        ({"colour": "7"}, "colour", "Choose one of the answers"),
        ({"colour": ""}, "colour", "Choose how the code is drawn"),
        ({"parent": "0"}, "parent", "Choose one of the answers"),
    ],
)
def test_code_that_can_not_be_added_keeps_what_was_typed(desk, study, code, changed, field, sentence):
    posted = {"name": "New", "definition": "Kept words.", "parent": "", "colour": "1"} | changed
    page = desk.post(address("code_add", study.pk), posted)
    assert page.context["form"].errors == {field: [sentence]}
    assert "Kept words." in page.text
    assert names(study) == ["Belonging"]


def test_code_can_not_take_a_name_in_use_or_stand_below_itself(desk, study, code):
    child = CodeFactory(study=study, parent=code, name="Child")
    page = desk.post(address("code_edit", child.pk), {"name": "belonging", "definition": "", "colour": 1})
    assert "There is a code with this name." in page.text
    for below in (code, child):
        page = desk.post(address("code_move", code.pk), {"parent": below.pk})
        assert page.context["form"].errors == {"parent": ["Choose one of the answers"]}


def test_codes_are_merged_and_ended_on_pages_that_say_what_follows(desk, study, code, text):
    other, gone = CodeFactory(study=study, name="Other"), CodeFactory(study=study, name="Gone")
    CodingFactory(source=text, code=code)
    CodingFactory(source=text, code=gone)
    page = desk.post(address("code_merge", code.pk), {"into": code.pk})
    assert page.context["form"].errors == {"into": ["Choose one of the answers"]}
    page = desk.post(address("code_merge", code.pk), {"into": other.pk}, follow=True)
    assert "“Belonging” is part of “Other” now." in page.text
    assert {branch.code: count for branch, count in page.context["rows"]} == {other: 1, gone: 1}
    assert "1 coding that you can see has it." in desk.get(address("code_end", gone.pk)).text
    assert names(study) == ["Other", "Gone"]
    assert "“Gone” is ended." in desk.post(address("code_end", gone.pk), follow=True).text
    assert names(study) == ["Other"]
    for name in ("code_edit", "code_end", "code_merge", "segment_list"):
        assert desk.get(address(name, gone.pk)).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_code_list_costs_the_same_for_any_number(desk, study, number, queries_of):
    parent = None
    for _index in range(number):
        parent = CodeFactory(study=study, parent=parent)
    assert queries_of(address("code_list", study.pk)) == 8


# In and out


def upload(content, name="codes.csv"):
    return {"file": SimpleUploadedFile(name, content)}


def test_code_book_is_brought_in_and_taken_along(desk, study, code):
    content = b"name,definition,parent\nBelonging,Theirs.,\n=Chairs,-moved,Belonging\n"
    page = desk.post(address("codebook_import", study.pk), upload(content), follow=True)
    assert "1 code is added. 1 was here already and stays as it is." in page.text
    assert Code.objects.get(name="=Chairs").parent.definition == "Being one of them."
    table = desk.get(address("codebook_download", study.pk, "csv"))
    assert table["Content-Disposition"] == f'attachment; filename="codebook-{study.pk}.csv"'
    assert table.content.decode() == (
        "name,definition,parent\nBelonging,Being one of them.,\n'=Chairs,'-moved,Belonging\n"
    )
    book = desk.get(address("codebook_download", study.pk, "qdc"))
    entries = read(book.content)
    assert [(one.name, one.parent) for one in entries] == [("Belonging", ""), ("=Chairs", "Belonging")]
    assert entries[0].guid == code.guid


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "There are no codes in it. Choose the file that holds them."),
        (b"x" * (1024 * 1024 + 1), "This is over 1 MB, more than any code book. Check the file."),
        (b"name\nA\na\n", "The code “a” is in it twice. Give each code a name of its own."),
        (b"<CodeBook>", "This file could not be read as a code book"),
    ],
)
def test_code_book_that_can_not_be_read_changes_nothing(desk, study, content, sentence):
    page = desk.post(address("codebook_import", study.pk), upload(content))
    assert page.context["form"].errors["file"][0].startswith(sentence)
    assert names(study) == []


def test_without_codes_there_is_nothing_to_take_along(desk, study):
    assert "There are no codes yet." in desk.get(address("codebook_download", study.pk, "qdc"), follow=True).text


# Segments


def test_segments_of_a_code_stand_side_by_side_with_what_is_around_them(desk, study, text, code, member):
    child = CodeFactory(study=study, parent=code, name="Chairs")
    at = TEXT.index("chair")
    CodingFactory(source=text, code=child, start=at, end=at + 5)
    elsewhere = TranscriptFactory(study=study, text="P: Elsewhere.")
    CodingFactory(source=elsewhere, code=code, start=3, end=12)
    CodingFactory(source=elsewhere, code=CodeFactory(study=study), start=3, end=12)
    page = desk.get(code.get_absolute_url())
    found = [(source, own.name, said.quote) for _coding, source, _name, own, said in page.context["segments"]]
    assert found == [(text, "Chairs", "chair"), (elsewhere, "Belonging", "Elsewhere")]
    assert "They 👩‍🦽 moved a <mark>chair</mark>. Good again." in page.text
    assert looks_at(member).first().route == "evaluation:segment_list"
    only = desk.get(f"{code.get_absolute_url()}?who={text.interview.participant_id}")
    assert [source for _coding, source, *_rest in only.context["segments"]] == [text]


@pytest.mark.parametrize("who", ["0", "x", "9" * 30, "-1"])
def test_segments_of_nobody_are_not_there(desk, code, who):
    assert desk.get(f"{code.get_absolute_url()}?who={who}").status_code == 404


def test_segments_come_by_the_page(desk, study, text, code):
    for index in range(30):
        CodingFactory(source=text, code=code, start=index, end=index + 2)
    page = desk.get(code.get_absolute_url())
    assert len(page.context["segments"]) == 25
    rest = desk.get(code.get_absolute_url() + page.context["page"].next_url)
    assert len(rest.context["segments"]) == 5


@pytest.mark.parametrize("number", [1, 3])
def test_segments_cost_the_same_for_any_number_of_texts(desk, study, code, number, queries_of):
    for _index in range(number):
        CodingFactory(source=TranscriptFactory(study=study), code=code)
    assert queries_of(code.get_absolute_url()) == 11


# Search


def test_words_are_found_in_codes_and_texts(desk, study, text, code, member):
    page = desk.get(address("text_search", study.pk), {"words": "good"})
    assert [said.quote for _name, _source, said in page.context["found"]] == ["Good", "Good"]
    assert looks_at(member).first().route == "evaluation:text_search"
    by_definition = desk.get(address("text_search", study.pk), {"words": "ONE of them"})
    assert [branch.code for branch in by_definition.context["codes"]] == [code]
    assert by_definition.context["found"] == []
    across_lines = desk.get(address("text_search", study.pk), {"words": "all. I:"})
    assert [said.quote for _name, _source, said in across_lines.context["found"]] == ["all.\nI:"]


@pytest.mark.parametrize("words", ["", "   ", "%", "_", "(", "x" * 300, "\\"])
def test_words_that_find_nothing(desk, study, text, words):
    page = desk.get(address("text_search", study.pk), {"words": words})
    assert page.status_code == 200
    assert page.context["found"] == []


def test_search_stops_at_fifty_and_says_so(desk, study):
    TranscriptFactory(study=study, text="again " * 80)
    page = desk.get(address("text_search", study.pk), {"words": "again"})
    assert len(page.context["found"]) == 50
    assert "These are the first 50." in page.text


def test_search_leaves_out_who_asked_for_removal(desk, study, text, participant, now):
    WithdrawalFactory(participant=participant, scope="remove", withdrawn_at=now)
    assert desk.get(address("text_search", study.pk), {"words": "good"}).context["found"] == []


# The matrix


def test_matrix_counts_passages_and_not_coders(desk, study, text, code, participant):
    child = CodeFactory(study=study, parent=code, name="Chairs")
    CodeFactory(study=study, name="Another theme")
    for start, end in ((0, 6), (3, 9), (20, 25)):
        CodingFactory(source=text, code=code, start=start, end=end)
    CodingFactory(source=text, code=code, start=0, end=6)
    page = desk.get(address("code_matrix", study.pk))
    assert page.context["codes"] == [code, child]
    assert [(who, [count for _code, count, _latest in cells]) for who, cells in page.context["rows"]] == [
        (participant, [2, 0])
    ]
    assert "2 passages" in page.text
    other = desk.get(address("code_matrix", study.pk), {"theme": Code.objects.get(name="Another theme").pk})
    assert [one.name for one in other.context["codes"]] == ["Another theme"]
    top = desk.get(address("code_matrix", study.pk), {"theme": "top"})
    assert [one.name for one in top.context["codes"]] == ["Belonging", "Another theme"]
    assert desk.get(address("code_matrix", study.pk), {"theme": "x"}).context["codes"] == [code, child]


@pytest.mark.parametrize("number", [1, 3])
def test_matrix_costs_the_same_for_any_number(desk, study, code, analyst, now, number, queries_of):
    for _index in range(number):
        text = TranscriptFactory(study=study)
        CodingFactory(source=text, code=code)
        participant = text.interview.participant
        write_cell(participant=participant, code=code, number=0, text="Warm.", by=analyst, now=now)
    assert queries_of(address("code_matrix", study.pk)) == 14


def test_cell_is_written_and_what_another_wrote_meanwhile_is_shown(desk, text, code, participant, analyst, now):
    url = address("cell_write", participant.pk, code.pk)
    page = desk.post(url, {"text": "Warm.", "number": "0"}, follow=True)
    assert "The summary is saved." in page.text
    assert "<p>Warm.</p>" in page.text
    write_cell(participant=participant, code=code, number=1, text="Theirs.", by=analyst, now=now)
    page = desk.post(url, {"text": "Mine.", "number": "1"})
    assert "Somebody has written here since." in page.text
    assert "<p>Theirs.</p>" in page.text
    assert "Mine." in page.text
    assert page.context["form"]["number"].value() == 2
    desk.post(url, {"text": "Mine.", "number": "2"})
    assert CellSummary.objects.first().text == "Mine."


def test_cell_refuses_what_is_no_cell(desk, participant, text, code, study, now):
    assert desk.get(address("cell_write", participant.pk, CodeFactory().pk)).status_code == 404
    page = desk.post(address("cell_write", participant.pk, code.pk), {"text": "x" * 2001, "number": "0"})
    assert "Use 2000 characters or fewer" in page.text
    end_code(code=code, now=now)
    assert desk.get(address("cell_write", participant.pk, code.pk)).status_code == 404


def test_matrix_and_its_cells_are_closed_for_who_asked_for_removal(desk, study, text, code, participant, now):
    WithdrawalFactory(participant=participant, scope="remove", withdrawn_at=now)
    assert desk.get(address("code_matrix", study.pk)).context["rows"] == []
    assert desk.get(address("cell_write", participant.pk, code.pk)).status_code == 404


# Memos


def test_memos_stand_on_anything_and_say_what_they_are_about(desk, study, text, code, participant):
    coding = CodingFactory(source=text, code=code, start=0, end=6)
    kinds = {"study": study, "source": text, "code": code, "coding": coding, "participant": participant}
    for kind, row in kinds.items():
        page = desk.post(address("memo_add", study.pk, kind, row.pk), {"text": f"On the {kind}."}, follow=True)
        assert "The memo is saved." in page.text
    page = desk.get(address("memo_list", study.pk))
    assert {memo.text: (about, quote) for memo, about, quote, _url in page.context["rows"]} == {
        "On the study.": ("The study", ""),
        "On the source.": (f"{participant.pseudonym}, Transcript 1", ""),
        "On the code.": ("Belonging", ""),
        "On the coding.": (f"Belonging: {participant.pseudonym}, Transcript 1", "I: How"),
        "On the participant.": (participant.pseudonym, ""),
    }


def test_memos_on_who_asked_for_removal_are_closed(desk, study, text, participant, analyst, now):
    for about in ({"participant": participant}, {"source": text}, {}):
        add_memo(study=study, about=about, text=f"On {list(about)}", by=analyst, now=now)
    WithdrawalFactory(participant=participant, scope="remove", withdrawn_at=now)
    page = desk.get(address("memo_list", study.pk))
    assert [memo.text for memo, *_rest in page.context["rows"]] == ["On []"]
    assert desk.get(address("memo_add", study.pk, "participant", participant.pk)).status_code == 404


def test_memo_without_words_or_on_something_elsewhere_is_refused(desk, study, code):
    page = desk.post(address("memo_add", study.pk, "code", code.pk), {"text": " "})
    assert page.context["form"].errors == {"text": ["Enter your memo"]}
    for kind, row in (("code", CodeFactory()), ("source", TranscriptFactory()), ("coding", CodingFactory())):
        assert desk.get(address("memo_add", study.pk, kind, row.pk)).status_code == 404
    assert not Memo.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_memo_list_costs_the_same_for_any_number(desk, study, code, analyst, now, number, queries_of):
    for index in range(number):
        coding = CodingFactory(source=TranscriptFactory(study=study), code=code)
        at = now + timedelta(seconds=index)
        add_memo(study=study, about={"coding": coding}, text="A thought.", by=analyst, now=at)
    assert queries_of(address("memo_list", study.pk)) == 10


# Looks


def test_looks_at_notes_of_a_visit_are_seen_by_those_described(
    sign_in, desk, study, group, member, participant, decide, interviewer, code, now
):
    decide(participant, "observation")
    meeting = MeetingFactory(group=group, starts_at=now - timedelta(days=10))
    observation = record_observation(
        study=study, meeting=meeting, has_group_agreed=True, present_count=5, consents={participant: True},
        text="They laugh a lot.", by=interviewer, now=now, observer_role="observer", style="paraphrase", memo="",
    )  # fmt: skip
    source = observation.sources.get()
    CodingFactory(source=source, code=code, start=0, end=4)
    unnamed = TranscriptFactory(study=study)
    IdentityKeyFactory(participant=unnamed.interview.participant, person=None, name="On paper")
    CodingFactory(source=unnamed, code=code)
    page = desk.get(code.get_absolute_url())
    assert page.status_code == 200
    assert f"{group.name}, Observation note 1" in page.text
    assert [entry.object_id for entry in looks_at(member) if entry.route == "evaluation:segment_list"] == [source.pk]


def test_pages_of_another_study_are_not_there(sign_in, study, code):
    client = sign_in(StudyMemberFactory(duty="lead").person)
    for name in ("text_list", "code_list", "code_matrix", "round_list", "memo_list", "text_search"):
        assert client.get(address(name, study.pk)).status_code == 404
    assert client.get(code.get_absolute_url()).status_code == 404
