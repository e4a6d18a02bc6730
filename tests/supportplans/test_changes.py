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


def test_part_that_is_new_or_gone_says_so():
    before = [PlanSection(kind="money", text=""), PlanSection(kind="purpose", text="Tea")]
    after = [PlanSection(kind="money", text="A tin"), PlanSection(kind="purpose", text="")]
    assert [(change.kind, change.pieces) for change in changes_between(before, after)] == [
        ("new", [("new", "A tin")]),
        ("gone", [("gone", "Tea")]),
    ]


def test_lines_stay_lines_and_a_moved_break_alone_is_no_change_of_words():
    assert pieces_of("One\n\ntwo", "One\n\nthree") == [("same", "One\n\n"), ("gone", "two"), ("new", "three")]
    assert pieces_of("One two", "One\ntwo") == [("same", "One"), ("same", "\n"), ("same", "two")]


def test_right_to_left_words_and_emoji_are_words():
    assert pieces_of("نلتقي الثلاثاء 🌊", "نلتقي الاثنين 🌊") == [
        ("same", "نلتقي"),
        ("gone", "الثلاثاء"),
        ("new", "الاثنين"),
        ("same", "🌊"),
    ]


@given(st.text(), st.text())
def test_pieces_give_both_texts_back(old, new):
    pieces = pieces_of(old, new)
    kept = " ".join(text for tag, text in pieces if tag != "new")
    made = " ".join(text for tag, text in pieces if tag != "gone")
    assert (kept.split(), made.split()) == (old.split(), new.split())


def test_one_word_repeated_is_compared_at_once():
    """SequenceMatcher would take minutes over this."""
    old, new = "a " * 2400, "a b " * 1200
    assert pieces_of(old, new) == [("gone", old.strip()), ("new", new.strip())]


def test_long_prose_is_still_compared_word_by_word():
    old = " ".join(f"word{number} and" for number in range(100))
    assert pieces_of(old, f"{old} more")[-1] == ("new", "more")
