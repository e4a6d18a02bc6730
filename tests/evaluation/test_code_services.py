"""The code tree: names, order, merging and ending."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from evaluation.codebook import Entry
from evaluation.models import Code, Coding
from evaluation.services.code import (
    CodeEnded,
    NameTaken,
    WouldGoRound,
    add_code,
    edit_code,
    end_code,
    import_codes,
    merge_code,
    move_code,
    shift_code,
)
from tests.factories import CodeFactory, CodingFactory, StudyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(study, analyst, now):
    def add(name, parent=None, **fields):
        return add_code(study=study, name=name, parent=parent, by=analyst, now=now, **fields)

    return add


def tree(study, parent=None):
    """{name: tree below it} in order."""
    return {code.name: tree(study, code) for code in Code.objects.in_use().filter(study=study, parent=parent)}


def order(study):
    return list(tree(study))


def test_codes_are_added_in_order_below_their_parent_with_colours_in_turn(study, add):
    first = add("Belonging", definition="Being one of them.")
    add("Chairs", parent=first)
    add("Getting there")
    add("Tea", parent=first)
    assert tree(study) == {"Belonging": {"Chairs": {}, "Tea": {}}, "Getting there": {}}
    assert list(Code.objects.order_by("pk").values_list("colour", flat=True)) == [1, 2, 3, 4]
    assert first.definition == "Being one of them."


@pytest.mark.parametrize("name", ["Belonging", "BELONGING"])
def test_name_that_is_in_use_is_refused_and_free_again_in_another_study_or_once_ended(study, add, analyst, now, name):
    code = add("Belonging")
    with pytest.raises(NameTaken):
        add(name)
    with pytest.raises(NameTaken):
        edit_code(code=add("Other"), name=name, definition="", colour=1)
    add_code(study=StudyFactory(), name=name, by=analyst, now=now)
    end_code(code=code, now=now)
    assert add(name).name == name


def test_name_twice_is_refused_by_the_database_too(study):
    CodeFactory(study=study, name="Tea")
    with pytest.raises(IntegrityError, match="code_name_once_per_study"), transaction.atomic():
        CodeFactory(study=study, name="TEA")


def test_code_is_edited_under_its_own_name(add):
    code = edit_code(code=add("Belonging"), name="belonging", definition="One of them.", colour=5)
    code.refresh_from_db()
    assert (code.name, code.definition, code.colour) == ("belonging", "One of them.", 5)


def test_code_moves_with_what_is_below_it_and_never_below_itself(study, add):
    top, other = add("Top"), add("Other")
    child = add("Child", parent=top)
    grandchild = add("Grandchild", parent=child)
    move_code(code=child, parent=other)
    assert tree(study) == {"Top": {}, "Other": {"Child": {"Grandchild": {}}}}
    for below in (other, child, grandchild):
        with pytest.raises(WouldGoRound):
            move_code(code=other, parent=below)
    move_code(code=child, parent=None)
    assert order(study) == ["Top", "Other", "Child"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Code.objects.filter(pk=top.pk).update(parent=top)


def test_codes_change_places_and_stop_at_the_ends(study, add):
    first, second, third = add("A"), add("B"), add("C")
    shift_code(code=third, is_up=True)
    assert order(study) == ["A", "C", "B"]
    shift_code(code=first, is_up=False)
    assert order(study) == ["C", "A", "B"]
    shift_code(code=second, is_up=False)
    shift_code(code=third, is_up=True)
    assert order(study) == ["C", "A", "B"]


def test_merged_code_gives_its_codings_and_children_to_the_other(study, add, text, analyst, now):
    tea, drinks, food = add("Tea"), add("Drinks"), add("Food")
    add("Kettle", parent=tea)
    coding = CodingFactory(source=text, code=tea, coder=analyst)
    merge_code(code=tea, into=drinks, now=now)
    assert tree(study) == {"Drinks": {"Kettle": {}}, "Food": {}}
    standing = Coding.objects.standing().get()
    assert (standing, standing.code_now, standing.code) == (coding, drinks.pk, tea)
    merge_code(code=drinks, into=food, now=now)
    assert Coding.objects.standing().get().code_now == food.pk
    end_code(code=food, now=now)
    assert not Coding.objects.standing().exists()
    assert Coding.objects.count() == 1


def test_code_is_merged_into_one_below_it_and_not_into_itself(study, add, now):
    top = add("Top")
    child = add("Child", parent=top)
    leaf = add("Leaf", parent=child)
    with pytest.raises(WouldGoRound):
        merge_code(code=top, into=top, now=now)
    merge_code(code=top, into=leaf, now=now)
    assert tree(study) == {"Leaf": {"Child": {}}}


def test_ended_code_hands_what_is_below_it_upwards(study, add, now):
    top = add("Top")
    middle = add("Middle", parent=top)
    add("Leaf", parent=middle)
    end_code(code=middle, now=now)
    assert tree(study) == {"Top": {"Leaf": {}}}


def test_ended_code_can_not_be_changed_any_more(add, now):
    code, other = add("Tea"), add("Other")
    end_code(code=code, now=now)
    for change in (
        lambda: edit_code(code=code, name="New", definition="", colour=1),
        lambda: move_code(code=code, parent=None),
        lambda: move_code(code=other, parent=code),
        lambda: shift_code(code=code, is_up=True),
        lambda: merge_code(code=code, into=other, now=now),
        lambda: merge_code(code=other, into=code, now=now),
        lambda: end_code(code=code, now=now),
        lambda: add("Below", parent=code),
    ):
        with pytest.raises(CodeEnded):
            change()


def test_import_adds_what_is_new_and_leaves_the_rest_as_it_is(study, add, analyst, now):
    add("Belonging", definition="Ours.")
    guid, taken = uuid.uuid4(), add("Other").guid
    entries = [
        Entry("BELONGING", "Theirs."),
        Entry("Chairs", "Moved.", "belonging", guid, 4),
        Entry("Legs", parent="Chairs", guid=taken),
    ]
    assert import_codes(study=study, entries=entries, by=analyst, now=now) == (2, 1)
    assert tree(study) == {"Belonging": {"Chairs": {"Legs": {}}}, "Other": {}}
    chairs = Code.objects.get(name="Chairs")
    assert (chairs.guid, chairs.colour, chairs.parent.definition) == (guid, 4, "Ours.")
    assert Code.objects.get(name="Legs").guid != taken
    assert import_codes(study=study, entries=entries, by=analyst, now=now) == (0, 3)


@pytest.mark.parametrize(
    ("name", "mark"),
    [("Belonging", "Be"), ("Being together now", "BT"), ("é", "É"), ("נגישות", "נג")],
)
def test_mark_is_two_letters(name, mark):
    assert Code(name=name).mark == mark
