from hypothesis import given
from hypothesis import strategies as st

from supportplans.changes import changes_between, pieces_of
from supportplans.models import PlanSection


def test_words_that_went_and_came_are_told_apart():
    assert pieces_of("We meet on Mondays", "We meet every Tuesday") == [
        ("same", "We meet"),
        ("gone", "on Mondays"),
        ("new", "every Tuesday"),
    ]


def test_only_parts_that_differ_are_listed():
    before = [PlanSection(kind="money", text="A pound"), PlanSection(kind="purpose", text="Same")]
    after = [PlanSection(kind="money", text="Two pounds"), PlanSection(kind="purpose", text="Same")]
    assert [change.name for change in changes_between(before, after)] == ["Money"]


@given(st.text(), st.text())
def test_pieces_give_both_texts_back(old, new):
    pieces = pieces_of(old, new)
    kept = " ".join(text for tag, text in pieces if tag != "new")
    made = " ".join(text for tag, text in pieces if tag != "gone")
    assert (kept, made) == (" ".join(old.split()), " ".join(new.split()))


def test_one_word_repeated_is_compared_at_once():
    """SequenceMatcher would take minutes over this."""
    old, new = "a " * 2400, "a b " * 1200
    assert pieces_of(old, new) == [("gone", old.strip()), ("new", new.strip())]


def test_long_prose_is_still_compared_word_by_word():
    old = " ".join(f"word{number} and" for number in range(100))
    assert pieces_of(old, f"{old} more")[-1] == ("new", "more")
