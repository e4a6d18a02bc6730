from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from groups.models import Membership
from peersupport.reminders.models import Message
from supportplans.models import MutualSupportPlan, PlanSection, PlanWord
from supportplans.refusals import (
    AlreadyBeingMade,
    ChangedMeanwhile,
    NotADraft,
    NotAMember,
    NothingWritten,
    NotProposed,
    Refused,
)
from supportplans.services.plan import edit_section, propose_plan, reopen_plan, say_word, start_plan
from tests.factories import NOW, PersonFactory

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


def write(plan, kind="purpose", text="We carry on."):
    section = plan.sections.get(kind=kind)
    return edit_section(section=section, text=text, revision=section.revision, by=plan.started_by, now=NOW)


def propose(plan, rule="everyone", now=NOW):
    return propose_plan(plan=plan, rule=rule, review_on=None, by=plan.started_by, now=now)


def say(plan, person, word="agree", now=LATER):
    return say_word(plan=plan, word=word, note="", by=person, now=now)


def agree_on(plan, members):
    write(plan)
    propose(plan)
    for person in members:
        plan = say(plan, person)
    return plan


def test_first_draft_has_every_part_and_nothing_in_it(plan):
    assert plan.number == 1
    assert set(plan.sections.values_list("kind", "text")) == {(kind, "") for kind in PlanSection.Kind.values}


def test_group_works_on_one_plan_at_a_time(plan, group, members):
    with pytest.raises(AlreadyBeingMade):
        start_plan(group=group, by=members[1], now=NOW)


def test_new_version_starts_from_the_one_in_use_and_inherits_no_word(plan, group, members):
    agree_on(plan, members)
    second = start_plan(group=group, by=members[1], now=LATER)
    assert second.number == 2
    assert second.sections.get(kind="purpose").text == "We carry on."
    assert list(second.latest_words()) == []


def test_saved_part_remembers_who_and_counts_up(plan, members):
    section = write(plan)
    assert (section.text, section.revision, section.edited_by, section.edited_at) == (
        "We carry on.",
        1,
        members[0],
        NOW,
    )


def test_second_writer_is_told_and_nothing_is_lost(plan, members):
    section = plan.sections.get(kind="purpose")
    write(plan, text="Ana's words")
    with pytest.raises(ChangedMeanwhile) as conflict:
        edit_section(section=section, text="Ben's words", revision=0, by=members[1], now=NOW)
    assert conflict.value.theirs.text == "Ana's words"
    section.refresh_from_db()
    assert section.text == "Ana's words"


def test_same_form_sent_twice_is_no_conflict(plan):
    section = plan.sections.get(kind="purpose")
    for _time in range(2):
        saved = edit_section(section=section, text="Once", revision=0, by=plan.started_by, now=NOW)
    assert saved.revision == 1


def test_empty_plan_is_not_proposed(plan):
    with pytest.raises(NothingWritten):
        propose(plan)


def test_proposed_plan_cannot_be_edited(plan):
    write(plan)
    propose(plan)
    with pytest.raises(NotADraft):
        write(plan, text="Too late")


def test_proposing_asks_every_member_but_the_one_who_did(plan, members):
    write(plan)
    propose(plan)
    asked = Message.objects.filter(kind="supportplans.plan_proposed").values_list("recipient", flat=True)
    assert set(asked) == {members[1].pk, members[2].pk}


def test_word_that_fulfils_the_rule_brings_the_plan_into_use(plan, members):
    write(plan)
    propose(plan)
    assert [say(plan, person).state for person in members] == ["proposed", "proposed", "in_use"]


def test_new_version_in_use_replaces_the_old(plan, group, members):
    agree_on(plan, members)
    second = agree_on(start_plan(group=group, by=members[0], now=NOW), members)
    plan.refresh_from_db()
    assert (plan.state, second.state) == ("superseded", "in_use")
    assert plan.superseded_at == LATER


def test_latest_word_counts_and_all_are_kept(plan, members):
    write(plan)
    plan = propose(plan)
    say(plan, members[0], "not_yet")
    say(plan, members[0], "agree", now=LATER + timedelta(minutes=1))
    assert [said.word for said in plan.latest_words()] == ["agree"]
    assert PlanWord.objects.count() == 2


def test_words_from_before_it_was_changed_count_no_more(plan, members):
    write(plan)
    propose(plan)
    say(plan, members[0])
    plan = reopen_plan(plan=plan, now=LATER)
    assert plan.state == "draft"
    plan = propose(plan, now=LATER + timedelta(days=1))
    assert list(plan.latest_words()) == []
    assert PlanWord.objects.count() == 1


def test_changing_a_proposal_drops_its_mails_and_a_new_one_sends_anew(plan, members):
    write(plan)
    propose(plan)
    reopen_plan(plan=plan, now=LATER)
    propose(MutualSupportPlan.objects.get(), now=LATER)
    states = Message.objects.filter(recipient=members[1]).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["dropped", "pending"]


def test_people_outside_the_group_have_no_word(plan, members):
    write(plan)
    propose(plan)
    with pytest.raises(NotAMember):
        say(plan, PersonFactory())


def test_someone_who_left_holds_nothing_up(plan, group, members):
    write(plan)
    propose(plan)
    say(plan, members[0])
    left = Membership.objects.filter(group=group, person=members[2])
    left.update(state="left", ended_at=LATER)
    assert say(plan, members[1]).state == "in_use"


@pytest.mark.parametrize("action", [say, lambda plan, person: reopen_plan(plan=plan, now=NOW)])
def test_draft_takes_no_word(plan, members, action):
    with pytest.raises(NotProposed):
        action(plan, members[0])


@pytest.mark.django_db(transaction=True)
def test_words_at_the_same_moment_bring_it_into_use_once(plan, members):
    write(plan)
    propose(plan, now=timezone.now())

    def agree(person):
        try:
            return say(plan, person, now=timezone.now()).state
        except Refused as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        states = sorted(threads.map(agree, members))
    assert states == ["in_use", "proposed", "proposed"]
    assert MutualSupportPlan.objects.get().state == "in_use"
