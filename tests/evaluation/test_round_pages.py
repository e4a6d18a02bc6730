"""Rounds through their pages: begun, unseen, closed, compared and settled."""

import pytest
from django.urls import reverse

from evaluation.models import CodingRound, Settlement
from evaluation.services.code import merge_code
from evaluation.services.coding_round import close_round
from peersupport.access.log import looks_at
from tests.evaluation.conftest import TEXT
from tests.factories import CodeFactory, CodingFactory, PersonFactory, TranscriptFactory, WithdrawalFactory

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


@pytest.fixture
def differ(text, code, coding_round, analyst, other_analyst, lead, now):
    """A closed round: both coded the first ten characters of a line, one of them ten more."""
    at = TEXT.index("They")
    CodingFactory(source=text, code=code, coder=analyst, round=coding_round, start=at, end=at + 20)
    CodingFactory(source=text, code=code, coder=other_analyst, round=coding_round, start=at, end=at + 10)
    close_round(round=coding_round, by=lead, now=now)
    return coding_round, at + 10, at + 20


def settle_url(differ, text, code):
    round, start, end = differ
    return address("disagreement_settle", round.pk, text.pk, code.pk, start, end)


def test_lead_starts_a_round(sign_in, study, text, lead, analyst, other_analyst):
    page = sign_in(lead).post(
        address("round_start", study.pk), {"coders": [analyst.pk, other_analyst.pk], "sources": [text.pk]}, follow=True
    )
    assert "The round has begun." in page.text
    round = CodingRound.objects.get()
    assert (set(round.coders.all()), list(round.sources.all())) == ({analyst, other_analyst}, [text])
    assert "Nobody sees what the coders do until the round is closed." in page.text


def test_round_that_can_not_start_says_why(sign_in, study, text, lead, analyst, interviewer, coding_round):
    client = sign_in(lead)
    for posted, field, sentence in (
        ({"coders": [analyst.pk], "sources": [text.pk]}, "coders", "Choose two people or more"),
        ({"coders": [analyst.pk, lead.pk]}, "sources", "Choose one text or more"),
        ({"coders": [analyst.pk, interviewer.pk], "sources": [text.pk]}, "coders", None),
        ({"coders": [analyst.pk, lead.pk], "sources": [text.pk]}, "sources", "Close it first."),
        ({"coders": [analyst.pk, lead.pk], "sources": [TranscriptFactory().pk]}, "sources", None),
    ):
        page = client.post(address("round_start", study.pk), posted)
        assert list(page.context["form"].errors) == [field], posted
        assert (sentence or "") in page.context["form"].errors[field][0]
    assert CodingRound.objects.count() == 1


def test_open_round_shows_no_codings_and_only_the_lead_closes_it(sign_in, analyst, lead, text, code, coding_round):
    CodingFactory(source=text, code=code, coder=analyst, round=coding_round, start=0, end=9)
    client = sign_in(analyst)
    page = client.get(coding_round.get_absolute_url())
    assert "How far the coders agree" not in page.text
    assert "Close the round" not in page.text
    assert client.get(address("disagreement_settle", coding_round.pk, text.pk, code.pk, 0, 9)).status_code == 404
    assert client.post(address("round_close", coding_round.pk)).status_code == 403
    page = sign_in(lead).post(address("round_close", coding_round.pk), follow=True)
    assert "The round is closed." in page.text
    assert "Belonging" in page.text


def test_closed_round_shows_agreement_over_characters_and_turns(sign_in, analyst, differ, code, text, member):
    page = sign_in(analyst).get(differ[0].get_absolute_url())
    (row,) = page.context["rows"]
    assert row.code == code
    assert (row.characters.units, row.characters.jaccard) == (len(TEXT), 0.5)
    assert row.characters.percent == pytest.approx(1 - 10 / len(TEXT))
    assert (row.turns.units, row.turns.percent, row.turns.kappa) == (4, 1, 1)
    assert looks_at(member).first().route == "evaluation:round_detail"


def test_agreement_that_is_undefined_is_said_in_words(
    sign_in, study, analyst, other_analyst, lead, code, coding_round, text, now
):
    for coder in (analyst, other_analyst):
        CodingFactory(source=text, code=code, coder=coder, round=coding_round, start=0, end=len(TEXT))
    close_round(round=coding_round, by=lead, now=now)
    page = sign_in(analyst).get(coding_round.get_absolute_url())
    (row,) = page.context["rows"]
    assert (row.characters.kappa, row.characters.alpha) == (None, None)
    assert page.text.count("not defined") == 4
    assert "Nothing waits to be settled." in page.text


def test_round_in_which_nobody_coded(sign_in, analyst, lead, coding_round, now):
    close_round(round=coding_round, by=lead, now=now)
    assert "Nobody coded anything in this round." in sign_in(analyst).get(coding_round.get_absolute_url()).text


def test_disagreement_is_listed_and_settled(sign_in, analyst, other_analyst, differ, text, code):
    client = sign_in(analyst)
    page = client.get(differ[0].get_absolute_url())
    (waiting,) = page.context["waiting"]
    assert (waiting.coded_by, waiting.left_by) == ([analyst], [other_analyst])
    assert waiting.passage.quote == TEXT[differ[1] : differ[2]]
    url = settle_url(differ, text, code)
    assert client.post(url, {"outcome": "applies", "note": " "}).context["form"].errors == {
        "note": ["Enter in a few words why"]
    }
    page = client.post(url, {"outcome": "does_not", "note": "It is about the room."}, follow=True)
    assert "What you agreed is saved." in page.text
    assert (page.context["waiting"], page.context["waiting_count"]) == ([], 0)
    assert page.context["settled"][0].settled.note == "It is about the room."
    client.post(url, {"outcome": "applies", "note": "On reflection, yes."})
    assert "On reflection, yes." in client.get(differ[0].get_absolute_url()).text
    assert Settlement.objects.count() == 2


def test_what_is_no_disagreement_is_not_settled(sign_in, analyst, differ, text, code, study):
    client = sign_in(analyst)
    round, start, end = differ
    for args in (
        (text.pk, code.pk, start, end + 1),
        (text.pk, CodeFactory(study=study).pk, start, end),
        (TranscriptFactory(study=study).pk, code.pk, start, end),
        (text.pk, code.pk, 10**20, 10**21),
    ):
        assert client.get(address("disagreement_settle", round.pk, *args)).status_code == 404


def test_settled_places_stay_settled_when_codes_are_merged(sign_in, analyst, differ, text, code, study, now):
    client = sign_in(analyst)
    client.post(settle_url(differ, text, code), {"outcome": "applies", "note": "Yes."})
    other = CodeFactory(study=study, name="Other")
    merge_code(code=code, into=other, now=now)
    page = client.get(differ[0].get_absolute_url())
    assert [(one.code, one.settled.note) for one in page.context["settled"]] == [(other, "Yes.")]
    assert page.context["rows"][0].code == other


def test_stretch_without_a_word_is_no_disagreement(
    sign_in, analyst, other_analyst, lead, text, code, coding_round, now
):
    at = TEXT.index(". Good again")
    CodingFactory(source=text, code=code, coder=analyst, round=coding_round, start=at - 5, end=at + 2)
    CodingFactory(source=text, code=code, coder=other_analyst, round=coding_round, start=at - 5, end=at)
    close_round(round=coding_round, by=lead, now=now)
    assert sign_in(analyst).get(coding_round.get_absolute_url()).context["waiting"] == []


def test_texts_of_who_asked_for_removal_leave_the_round(sign_in, analyst, differ, participant, now):
    WithdrawalFactory(participant=participant, scope="remove", withdrawn_at=now)
    page = sign_in(analyst).get(differ[0].get_absolute_url())
    assert (page.context["texts"], page.context["rows"], page.context["waiting"]) == ([], [], [])


@pytest.mark.parametrize("number", [1, 3])
def test_round_pages_cost_the_same_for_any_number(
    sign_in, analyst, study, text, code, coding_round, lead, now, number, queries_of
):
    for index in range(number):
        source = TranscriptFactory(study=study, text=TEXT)
        coding_round.sources.add(source)
        coding_round.coders.add(PersonFactory())
        CodingFactory(source=source, code=CodeFactory(study=study), coder=analyst, round=coding_round, end=9 + index)
    close_round(round=coding_round, by=lead, now=now)
    sign_in(analyst)
    assert queries_of(coding_round.get_absolute_url()) == 16
    assert queries_of(address("round_list", study.pk)) == 7
