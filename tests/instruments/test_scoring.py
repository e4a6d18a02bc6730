"""Scores are exact, and a gap gives no score and a reason."""

import random
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from peersupport.instruments.catalogue import OPTIONAL, SHIPPED, instrument_of
from peersupport.instruments.reading import read_definition
from peersupport.instruments.scoring import ANSWERS_MISSING, SCORERS, NotAnAnswer, check, score

INSTRUMENTS = {
    instrument.code: instrument
    for folder in (SHIPPED, OPTIONAL)
    for instrument in map(read_definition, sorted(folder.glob("*.yaml")))
}


def scored(code, *values):
    """Score code to number (or None), for answers given in the order of the items."""
    instrument = INSTRUMENTS[code]
    answers = dict(zip((item.code for item in instrument.items), values, strict=True))
    return {one.code: one.value if one.value is None else float(one.value) for one in score(instrument, answers)}


@pytest.mark.parametrize(
    ("code", "values", "expected"),
    [
        ("pain_nrs", [0], {"pain": 0}),
        ("pain_nrs", [10], {"pain": 10}),
        ("ons4", [7, 8, 6, 3], {"satisfied": 7, "worthwhile": 8, "happy": 6, "anxious": 3}),
        ("ons4", [7, None, 6, 3], {"satisfied": 7, "worthwhile": None, "happy": 6, "anxious": 3}),
        ("ons_loneliness", [1, 1, 1, 5], {"total": 3, "lonely": 5}),
        ("ons_loneliness", [3, 3, 3, 1], {"total": 9, "lonely": 1}),
        ("ons_loneliness", [1, 2, 3, None], {"total": 6, "lonely": None}),
        ("ons_loneliness", [1, None, 3, 2], {"total": None, "lonely": 2}),
        ("phq4", [0, 0, 0, 0], {"total": 0, "anxiety": 0, "depression": 0}),
        ("phq4", [3, 3, 3, 3], {"total": 12, "anxiety": 6, "depression": 6}),
        ("phq4", [1, 2, 3, 0], {"total": 6, "anxiety": 3, "depression": 3}),
        ("phq4", [1, 2, None, 0], {"total": None, "anxiety": 3, "depression": None}),
        ("gad7", [3] * 7, {"total": 21}),
        ("gad7", [0, 1, 2, 3, 0, 1, 2], {"total": 9}),
        ("gad7", [0, 1, 2, 3, 0, 1, None], {"total": None}),
        ("phq8", [3] * 8, {"total": 24}),
        ("phq8", [1] * 8, {"total": 8}),
        ("pgic", [4], {"change": 4}),
        ("peg", [7, 5, 8], {"mean": 6.7}),
        ("peg", [0, 0, 1], {"mean": 0.3}),
        ("peg", [10, 10, 10], {"mean": 10}),
        ("peg", [7, None, 8], {"mean": None}),
        ("who5", [5] * 5, {"total": 100}),
        ("who5", [0] * 5, {"total": 0}),
        ("who5", [3, 2, 4, 1, 3], {"total": 52}),
        ("dejong6", [1, 1, 1, 3, 3, 3], {"total": 0, "emotional": 0, "social": 0}),
        ("dejong6", [3, 3, 3, 1, 1, 1], {"total": 6, "emotional": 3, "social": 3}),
        ("dejong6", [2] * 6, {"total": 6, "emotional": 3, "social": 3}),
        ("dejong6", [None, 3, 1, 3, 2, 3], {"total": 2, "emotional": None, "social": 1}),
        ("dejong6", [None, None, 1, 3, 2, 3], {"total": None, "emotional": None, "social": 1}),
    ],
)
def test_scores_are_exact(code, values, expected):
    assert scored(code, *values) == expected


def test_missing_gives_no_score_with_a_reason():
    for answers in ({}, {"nervous": 3}, {"nervous": 3, "worrying": None}):
        total = score(INSTRUMENTS["phq4"], answers)[0]
        assert (total.value, total.reason) == (None, ANSWERS_MISSING)
    whole = score(INSTRUMENTS["pain_nrs"], {"pain": 0})[0]
    assert (whole.value, whole.reason) == (0, "")


def test_each_score_says_which_arithmetic_it_was():
    assert [(one.scorer, one.scorer_version) for one in score(INSTRUMENTS["ons_loneliness"], {})] == [
        ("sum", 1),
        ("category", 1),
    ]


@pytest.mark.parametrize("answers", [{"pain": 11}, {"pain": -1}, {"ache": 3}, {"pain": 3, "ache": None}])
def test_what_is_no_answer_is_not_scored(answers):
    with pytest.raises(NotAnAnswer):
        score(INSTRUMENTS["pain_nrs"], answers)
    with pytest.raises(NotAnAnswer):
        check(INSTRUMENTS["pain_nrs"], answers)


def answered(instrument, values):
    return dict(zip((item.code for item in instrument.items), values, strict=True))


@st.composite
def sittings(draw, *, may_miss=True):
    """An instrument and answers to it, some of them missing."""
    instrument = draw(st.sampled_from(list(INSTRUMENTS.values())))
    values = [
        draw(st.one_of(st.none(), choice) if may_miss else choice)
        for item in instrument.items
        for choice in [st.sampled_from(item.values)]
    ]
    return instrument, answered(instrument, values)


@given(sittings())
def test_scores_lie_in_their_range_or_say_why_there_is_none(sitting):
    instrument, answers = sitting
    for one in score(instrument, answers):
        rule = instrument.score_rule(one.code)
        if one.value is None:
            assert one.reason == ANSWERS_MISSING
            assert any(answers[item] is None for item in rule.items)
        else:
            assert rule.lowest <= one.value <= rule.highest
            assert one.reason == ""


@given(sittings(may_miss=False))
def test_what_is_whole_has_every_score(sitting):
    assert all(one.value is not None for one in score(*sitting))


@given(sittings(), st.randoms())
def test_order_of_answers_changes_nothing(sitting, chance: random.Random):
    instrument, answers = sitting
    shuffled = list(answers.items())
    chance.shuffle(shuffled)
    assert score(instrument, dict(shuffled)) == score(instrument, answers)


@given(sittings(may_miss=False), st.data())
def test_a_higher_answer_never_lowers_a_sum_or_a_mean(sitting, data):
    instrument, answers = sitting
    item = data.draw(st.sampled_from(instrument.items))
    higher = data.draw(st.sampled_from([value for value in item.values if value >= answers[item.code]]))
    before, after = score(instrument, answers), score(instrument, answers | {item.code: higher})
    for first, second in zip(before, after, strict=True):
        if first.scorer in ("sum", "mean"):
            assert second.value >= first.value


@given(sittings())
def test_leaving_one_more_out_never_makes_a_score(sitting):
    instrument, answers = sitting
    had = {one.code for one in score(instrument, answers) if one.value is not None}
    for item in answers:
        left = {one.code for one in score(instrument, answers | {item: None}) if one.value is not None}
        assert left <= had


def own(tmp_path, settings, code, items, answers, rule):
    """A definition as a deployer brings it: the items are theirs, and stand here as bare numbers."""
    whole = {
        **{"code": code, "version": 1, "name": code, "languages": ["en"], "recall": "now"},
        **{"licence": "Held by the deployer.", "source": "The deployer's own copy."},
        "en": {"plain_name": code, "asks": "Something.", "credit": "Someone's."},
        "scale": answers | {"en": {"low": "Low", "high": "High"}},
        "items": [{"code": f"item_{number}", "en": f"Item {number}"} for number in range(1, items + 1)],
        "scores": [{"code": "score", "higher_is": "better", "en": {"name": "S", "higher": "H"}} | rule],
        "missing_codes": {"not_asked": -97, "skipped": -98, "prefer_not": -99},
    }
    (tmp_path / f"{code}.v1.yaml").write_text(yaml.safe_dump(whole))
    settings.INSTRUMENTS_DIR = str(tmp_path)
    return instrument_of(code)


@pytest.mark.parametrize(
    ("code", "items", "highest", "rule", "values", "expected"),
    [
        ("pseq", 10, 6, {"rule": "sum", "range": [0, 60]}, [6] * 10, "60"),
        ("pseq", 10, 6, {"rule": "sum", "range": [0, 60]}, [6] * 9 + [None], None),
        ("pseq2", 2, 6, {"rule": "sum", "range": [0, 12]}, [5, 6], "11"),
        ("bpi_severity", 4, 10, {"rule": "mean", "range": [0, 10]}, [3, 4, 4, 4], "3.8"),
        (
            "bpi_interference",
            7,
            10,
            {"rule": "mean", "range": [0, 10], "may_miss": 3},
            [4, 5, 6, 7] + [None] * 3,
            "5.5",
        ),
        ("bpi_interference", 7, 10, {"rule": "mean", "range": [0, 10], "may_miss": 3}, [4, 5, 6] + [None] * 4, None),
    ],
)
def test_scoring_only_ones_are_scored_once_the_deployer_brings_the_items(
    tmp_path, settings, code, items, highest, rule, values, expected
):
    instrument = own(tmp_path, settings, code, items, {"lowest": 0, "highest": highest}, rule)
    value = score(instrument, answered(instrument, values))[0].value
    assert value == (None if expected is None else Decimal(expected))


def test_every_rule_says_in_its_docstring_what_missing_answers_do():
    for name, scorer in SCORERS.items():
        assert "missing" in scorer.function.__doc__, name
        assert scorer.version >= 1
