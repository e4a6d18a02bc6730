"""Parts of a plan: written by many, overwritten by nobody, and what stood before is kept."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError

from supportplans.models import PlanSection, PlanSectionText
from supportplans.refusals import ChangedMeanwhile, NotADraft
from supportplans.services.plan_section import SENT_TWICE_WITHIN, edit_section
from tests.factories import NOW
from tests.groups.test_at_once import at_once
from tests.supportplans.planning import LATER, agree_on, propose, second_version, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def section(plan):
    return plan.sections.get(kind="purpose")


def save(section, text, revision, by, now=NOW):
    return edit_section(section=section, text=text, revision=revision, by=by, now=now)


def kept(section):
    return list(section.texts.order_by("revision").values_list("revision", "text"))


def test_saved_part_remembers_who_and_counts_up(section, members):
    saved = save(section, "We carry on.", 0, members[1])
    assert (saved.text, saved.revision) == ("We carry on.", 1)
    assert (saved.edited_by, saved.edited_at) == (members[1], NOW)


def test_second_writer_is_told_and_nothing_is_lost(section, members):
    save(section, "Ana's words", 0, members[0])
    with pytest.raises(ChangedMeanwhile) as conflict:
        save(section, "Ben's words", 0, members[1])
    assert (conflict.value.theirs.text, conflict.value.theirs.edited_by) == ("Ana's words", members[0])
    section.refresh_from_db()
    assert section.text == "Ana's words"


def test_two_who_wrote_the_same_are_no_conflict(section, members):
    save(section, "Tea.", 0, members[0])
    assert save(section, "Tea.", 0, members[1]).edited_by == members[0]
    assert kept(section) == [(1, "Tea.")]


def test_same_form_sent_twice_is_no_conflict(section, members):
    for _time in range(2):
        saved = save(section, "Once", 0, members[0])
    assert saved.revision == 1


def test_same_form_sent_twice_does_not_undo_what_another_wrote_in_between(section, members):
    save(section, "Tea.", 0, members[0])
    save(section, "Tea and cake.", 1, members[1])
    again = save(section, "Tea.", 0, members[0], now=NOW + timedelta(seconds=20))
    assert again.text == "Tea and cake."
    assert kept(section) == [(1, "Tea."), (2, "Tea and cake.")]


def test_old_page_that_is_sent_much_later_is_a_conflict(section, members):
    save(section, "Tea.", 0, members[0])
    save(section, "Tea and cake.", 1, members[1])
    with pytest.raises(ChangedMeanwhile):
        save(section, "Tea.", 0, members[0], now=NOW + SENT_TWICE_WITHIN)


@pytest.mark.parametrize("revision", [-1, 5, 10**30])
def test_revision_that_never_was_is_a_conflict(section, members, revision):
    with pytest.raises(ChangedMeanwhile):
        save(section, "Tea.", revision, members[0])


@pytest.mark.parametrize(
    "text", ["🌊 Tea 👩🏽‍🦽", "نلتقي كل يوم ثلاثاء", "one\n\ntwo", "x" * 5000, "'; DROP TABLE plan; --"]
)
def test_text_is_kept_as_it_is(section, members, text):
    save(section, text, 0, members[0])
    section.refresh_from_db()
    assert section.text == text
    assert kept(section) == [(1, text)]


def test_every_text_is_kept_with_its_writer(section, members):
    save(section, "Tea.", 0, members[0])
    save(section, "", 1, members[1], now=LATER)
    save(section, "Cake.", 2, members[2], now=LATER)
    assert kept(section) == [(1, "Tea."), (2, ""), (3, "Cake.")]
    writers = section.texts.order_by("revision").values_list("written_by", "written_at")
    assert list(writers) == [(members[0].pk, NOW), (members[1].pk, LATER), (members[2].pk, LATER)]


def test_text_from_before_texts_were_kept_is_kept_with_the_first_change(section, members):
    PlanSection.objects.filter(pk=section.pk).update(
        text="Old", revision=4, edited_by=members[1], edited_at=NOW - timedelta(days=9)
    )
    save(section, "New", 4, members[0])
    assert kept(section) == [(4, "Old"), (5, "New")]
    assert section.texts.get(revision=4).written_by == members[1]


def test_text_that_a_version_starts_from_is_kept(plan, members):
    agree_on(plan, members)
    second = second_version(plan, members[1])
    section = write(second, text="We carry on, and sing.", now=LATER)
    assert kept(section) == [(0, "We carry on."), (1, "We carry on, and sing.")]


def test_kept_texts_are_never_rewritten(section, members):
    save(section, "Tea.", 0, members[0])
    for change in (lambda rows: rows.update(text="Beer."), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
            change(PlanSectionText.objects.all())
    assert kept(section) == [(1, "Tea.")]


def test_proposed_plan_cannot_be_edited(plan):
    write(plan)
    propose(plan)
    with pytest.raises(NotADraft):
        write(plan, text="Too late")


def test_parts_stand_in_the_order_of_a_plan(plan):
    assert [section.kind for section in plan.sections.in_order()] == PlanSection.Kind.values


@pytest.mark.django_db(transaction=True)
def test_many_who_save_at_once_lose_nothing(section, members):
    actions = [lambda by=by: save(section, f"By {by.preferred_name}", 0, by) for by in members]
    assert at_once(*actions) == ["ChangedMeanwhile", "ChangedMeanwhile", "done"]
    section.refresh_from_db()
    assert kept(section) == [(1, section.text)]
