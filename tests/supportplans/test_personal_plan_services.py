"""A plan that is saved as it is typed loses nothing: not to another page, not to a lost answer, not to a slip."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from supportplans.models import PersonalPlan, PersonalPlanSection, PersonalPlanText
from supportplans.refusals import ChangedElsewhere
from supportplans.services.personal_plan import edit_personal_section, note_look, restore_personal_text
from tests.factories import (
    NOW,
    PersonalPlanFactory,
    PersonalPlanSectionFactory,
    PersonalPlanTextFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db


class Page:
    """An opening of the page, as its script would save from it."""

    def __init__(self, person, *, revision=0, kind="first_steps"):
        self.person, self.revision, self.kind = person, revision, kind
        self.sitting, self.step = uuid.uuid4(), 0

    def save(self, text, *, at=NOW, step=None):
        self.step = step or self.step + 1
        return edit_personal_section(
            kind=self.kind,
            text=text,
            revision=self.revision,
            sitting=self.sitting,
            step=self.step,
            by=self.person,
            now=at,
        )

    def save_and_hear(self, text, **when):
        self.revision = self.save(text, **when).revision


def opened(person):
    """The page as it is when opened now."""
    section = PersonalPlanSection.objects.filter(plan__person=person).first()
    return Page(person, revision=section.revision if section else 0)


def earlier_texts():
    return list(PersonalPlanText.objects.order_by("revision").values_list("text", flat=True))


@pytest.fixture
def person():
    return PersonFactory()


def test_first_section_makes_the_plan(person):
    section = Page(person).save("Lie down.")
    assert (section.text, section.revision, section.changed_at) == ("Lie down.", 1, NOW)
    assert PersonalPlan.objects.get().person == person
    assert PersonalPlan.objects.get().looked_at is None
    assert earlier_texts() == []


def test_what_is_typed_in_one_sitting_leaves_nothing_behind(person):
    page = Page(person)
    for text in ("Lie", "Lie down", "Lie down. Tell Joan."):
        page.save_and_hear(text)
    assert PersonalPlanSection.objects.get().text == "Lie down. Tell Joan."
    assert earlier_texts() == []


def test_another_sitting_keeps_what_the_one_before_had_written(person):
    Page(person).save("Lie down.")
    page = opened(person)
    page.save_and_hear("Lie down. Tell Joan.", at=NOW + timedelta(days=1))
    page.save_and_hear("Lie down. Tell Joan. Rest.", at=NOW + timedelta(days=1))
    kept = PersonalPlanText.objects.get()
    assert (kept.text, kept.revision, kept.written_at) == ("Lie down.", 1, NOW)


def test_a_page_left_open_for_long_counts_as_opened_anew(person):
    page = Page(person)
    page.save_and_hear("Lie down.")
    page.save_and_hear("Lie down. Tell Joan.", at=NOW + timedelta(minutes=59))
    page.save_and_hear("Lie down. Tell Joan. Rest.", at=NOW + timedelta(hours=3))
    assert earlier_texts() == ["Lie down. Tell Joan."]


def test_wiping_it_out_by_a_slip_keeps_it_even_in_the_same_sitting(person):
    page = Page(person)
    page.save_and_hear("Lie on my side for twenty minutes.")
    page.save_and_hear("")
    page.save_and_hear("L")
    assert earlier_texts() == ["Lie on my side for twenty minutes."]


def test_page_opened_before_another_was_saved_is_told_and_nothing_is_overwritten(person):
    one, other = Page(person), Page(person)
    one.save("Ring Joan.")
    with pytest.raises(ChangedElsewhere) as conflict:
        other.save("Ring my sister.")
    assert conflict.value.theirs.text == "Ring Joan."
    assert PersonalPlanSection.objects.get().text == "Ring Joan."


def test_saving_once_both_texts_were_seen_keeps_the_other_one(person):
    one, other = Page(person), Page(person)
    one.save("Ring Joan.")
    with pytest.raises(ChangedElsewhere) as conflict:
        other.save("Ring my sister.")
    other.revision = conflict.value.theirs.revision
    other.save("Ring my sister, then Joan.")
    assert PersonalPlanSection.objects.get().text == "Ring my sister, then Joan."
    assert earlier_texts() == ["Ring Joan."]


def test_same_form_sent_twice_is_no_conflict_and_no_second_revision(person):
    page = Page(person)
    assert page.save("Lie down.", step=1).revision == 1
    assert page.save("Lie down.", step=1).revision == 1
    assert Page(person).save("Lie down.").revision == 1


def test_page_whose_answer_was_lost_goes_on_without_a_conflict(person):
    page = Page(person)
    page.save("Lie down.")
    assert page.revision == 0
    assert page.save("Lie down. Tell Joan.").text == "Lie down. Tell Joan."


def test_request_that_comes_too_late_does_not_overwrite_a_newer_one(person):
    page = Page(person)
    page.save("Lie down. Tell Joan.", step=2)
    with pytest.raises(ChangedElsewhere):
        page.save("Lie", step=1)
    assert PersonalPlanSection.objects.get().text == "Lie down. Tell Joan."


def test_form_without_script_sent_again_with_other_words_is_not_lost_unseen(person):
    page = Page(person)
    page.save("Lie down.", step=0)
    page.step = 0
    with pytest.raises(ChangedElsewhere):
        edit_personal_section(
            kind="first_steps", text="Sit.", revision=0, sitting=page.sitting, step=0, by=person, now=NOW
        )


def test_lost_answer_of_one_page_does_not_win_over_another_that_saved_since(person):
    lost = Page(person)
    lost.save("Lie down.")
    opened(person).save("Stand up.")
    with pytest.raises(ChangedElsewhere):
        lost.save("Lie down. Tell Joan.")


def test_sections_and_people_do_not_touch_one_another(person):
    other = PersonFactory()
    Page(person).save("Mine.")
    Page(person, kind="reward").save("Cake.")
    Page(other).save("Hers.")
    texts = PersonalPlanSection.objects.values_list("plan__person", "kind", "text")
    assert set(texts) == {
        (person.pk, "first_steps", "Mine."),
        (person.pk, "reward", "Cake."),
        (other.pk, "first_steps", "Hers."),
    }


def test_earlier_text_comes_back_and_what_stood_there_is_kept(person):
    Page(person).save("Lie down.")
    opened(person).save("Stand up.")
    earlier = PersonalPlanText.objects.get()
    section = restore_personal_text(earlier=earlier, by=person, now=NOW + timedelta(minutes=1))
    assert section.text == "Lie down."
    assert earlier_texts() == ["Lie down.", "Stand up."]


def test_page_open_meanwhile_learns_that_a_text_was_brought_back(person):
    Page(person).save("Lie down.")
    page = opened(person)
    page.save_and_hear("Stand up.")
    restore_personal_text(earlier=PersonalPlanText.objects.get(), by=person, now=NOW)
    with pytest.raises(ChangedElsewhere):
        page.save("Stand up and walk.")


texts = st.text("ab .é😀ع", max_size=12).map(str.strip)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from([0, 1]), texts, st.booleans()), max_size=12))
def test_no_text_is_lost_whoever_saves_and_whatever_answer_gets_lost(saves):
    """Two pages save by turns. What the one said last when the other took over stands there, or is kept."""
    with transaction.atomic():
        person = PersonFactory()
        pages, last, owner = [Page(person), Page(person)], "", None
        for number, text, is_heard in saves:
            revision = _save_having_seen(pages[number], text, last)
            if text != last:
                assert not last or number == owner or last in earlier_texts_of(person)
                last, owner = text, number
            if is_heard:
                pages[number].revision = revision
            standing = PersonalPlanSection.objects.filter(plan__person=person).values_list("text", flat=True)
            assert list(standing) == [text] or (not standing and not text)
        transaction.set_rollback(True)


def _save_having_seen(page, text, last):
    """Save; if that shows another text first, it is the one that stood there."""
    theirs = None
    try:
        return page.save(text).revision
    except ChangedElsewhere as conflict:
        theirs = conflict.theirs
    assert theirs.text == last
    page.revision = theirs.revision
    return page.save(text).revision


def earlier_texts_of(person):
    return PersonalPlanText.objects.filter(section__plan__person=person).values_list("text", flat=True)


@pytest.mark.django_db(transaction=True)
def test_two_pages_at_the_same_moment_take_turns():
    person = PersonFactory()
    pages = [Page(person) for _number in range(5)]

    def save(page):
        try:
            return page.save(f"Text of {page.sitting}").text
        except ChangedElsewhere as conflict:
            return conflict.theirs.text
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        standing = set(threads.map(save, pages))
    assert standing == {PersonalPlanSection.objects.get().text}


def test_look_is_noted_and_looks_close_together_are_one():
    plan = PersonalPlanFactory()
    PersonalPlanFactory()
    for minutes, expected in ((0, 0), (30, 0), (61, 61)):
        note_look(by=plan.person, now=NOW + timedelta(minutes=minutes))
        plan.refresh_from_db()
        assert plan.looked_at == NOW + timedelta(minutes=expected)
    assert PersonalPlan.objects.filter(looked_at=None).count() == 1


# What the database holds


@pytest.mark.parametrize("change", [{"kind": "diagnosis"}, {"kind": ""}])
def test_section_of_an_unknown_kind_is_refused(change):
    with pytest.raises(IntegrityError, match="personal_section_kind_known"):
        PersonalPlanSectionFactory(**change)


def test_second_section_of_a_kind_and_second_plan_are_refused():
    section = PersonalPlanSectionFactory()
    with pytest.raises(IntegrityError, match="one_section_of_a_kind_per_personal_plan"), transaction.atomic():
        PersonalPlanSectionFactory(plan=section.plan)
    with pytest.raises(IntegrityError):
        PersonalPlanFactory(person=section.plan.person)


def test_earlier_text_is_one_per_revision_and_never_blank():
    earlier = PersonalPlanTextFactory()
    with pytest.raises(IntegrityError, match="one_earlier_text_per_revision"), transaction.atomic():
        PersonalPlanTextFactory(section=earlier.section)
    with pytest.raises(IntegrityError, match="earlier_text_says_something"):
        PersonalPlanTextFactory(section=earlier.section, text="", revision=5)


@pytest.mark.parametrize("change", [lambda rows: rows.update(text="Other"), lambda rows: rows.delete()])
def test_earlier_text_can_be_neither_changed_nor_deleted(change):
    earlier = PersonalPlanTextFactory()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(PersonalPlanText.objects.filter(pk=earlier.pk))
    assert PersonalPlanText.objects.get().text == "Lie down."
