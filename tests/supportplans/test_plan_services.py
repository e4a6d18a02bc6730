"""A plan's way from draft to use and on."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError

from groups.models import Membership, SupportGroup
from peersupport.reminders.models import Message
from supportplans.models import MutualSupportPlan, PlanSection, PlanWord
from supportplans.refusals import (
    AlreadyBeingMade,
    ChangedSinceRead,
    GroupEnded,
    NotADraft,
    NotAMember,
    NothingWritten,
    NotProposed,
)
from supportplans.services.plan import propose_plan, reopen_plan, start_plan
from supportplans.services.plan_word import say_word
from tests.factories import NOW, PersonFactory
from tests.supportplans.planning import LAST_DAY, LATER, TIME_UP, agree_on, propose, say, write

pytestmark = pytest.mark.django_db


def test_first_draft_has_every_part_and_nothing_in_it(plan):
    assert plan.number == 1
    assert set(plan.sections.values_list("kind", "text")) == {(kind, "") for kind in PlanSection.Kind.values}


def test_group_works_on_one_plan_at_a_time(plan, group, members):
    with pytest.raises(AlreadyBeingMade):
        start_plan(group=group, by=members[1], now=NOW)


def test_new_version_starts_from_the_one_in_use_and_inherits_no_word(plan, group, members):
    agree_on(plan, members)
    second = start_plan(group=group, by=members[1], now=LATER)
    assert second.rule == "everyone"
    assert second.number == 2
    assert second.sections.get(kind="purpose").text == "We carry on."
    assert list(second.words.standing()) == []


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
    assert [said.word for said in plan.words.standing()] == ["agree"]
    assert PlanWord.objects.count() == 2


def test_words_from_before_it_was_changed_count_no_more(plan, members):
    write(plan)
    propose(plan)
    say(plan, members[0])
    plan = reopen_plan(plan=plan, now=LATER)
    assert plan.state == "draft"
    plan = propose(plan, now=LATER + timedelta(days=1))
    assert list(plan.words.standing()) == []
    assert PlanWord.objects.count() == 1


def test_changing_a_proposal_drops_its_mails_and_a_new_one_sends_anew(plan, members):
    write(plan)
    propose(plan)
    reopen_plan(plan=plan, now=LATER)
    propose(MutualSupportPlan.objects.get(), now=LATER)
    states = Message.objects.filter(recipient=members[1]).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["dropped", "pending"]


def test_word_on_a_text_that_was_changed_since_it_was_read_is_not_taken(plan, members):
    write(plan)
    read = propose(plan)
    reopen_plan(plan=plan, now=LATER)
    write(plan, text="We end.")
    propose(plan, now=LATER)
    with pytest.raises(ChangedSinceRead):
        say_word(plan=plan, word="agree", note="", proposal=read.proposals, by=members[1], now=LATER)
    assert not PlanWord.objects.exists()


def test_same_word_sent_twice_is_one(plan, members):
    write(plan)
    propose(plan)
    for note in ("Good", "Good", "Very good"):
        say(plan, members[0], note=note)
    assert list(PlanWord.objects.order_by("pk").values_list("note", flat=True)) == ["Good", "Very good"]


def test_words_are_never_rewritten(plan, members):
    write(plan)
    propose(plan)
    say(plan, members[0], "not_yet")
    for change in (lambda rows: rows.update(word="agree"), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
            change(PlanWord.objects.all())
    assert PlanWord.objects.get().word == "not_yet"


def test_new_version_starts_with_the_rule_of_the_one_before(plan, members):
    agree_on(plan, members, rule="most")
    assert start_plan(group=plan.group, by=members[1], now=LATER).rule == "most"


def test_new_version_says_who_wrote_the_text_it_starts_from(plan, members):
    write(plan, by=members[2])
    agree_on(plan, members)
    section = start_plan(group=plan.group, by=members[1], now=LATER).sections.get(kind="purpose")
    assert (section.edited_by, section.edited_at, section.revision) == (members[2], NOW, 0)


@pytest.mark.parametrize(
    ("zone", "last_day", "until"),
    [
        ("Europe/London", date(2027, 3, 28), "2027-03-28T23:00:00+00:00"),
        ("Europe/London", date(2027, 3, 27), "2027-03-28T00:00:00+00:00"),
        ("Pacific/Auckland", date(2026, 12, 8), "2026-12-08T11:00:00+00:00"),
    ],
)
def test_words_are_asked_until_the_last_day_is_over_where_the_group_is(plan, group, zone, last_day, until):
    SupportGroup.objects.filter(pk=group.pk).update(time_zone=zone)
    write(plan)
    plan = propose(plan, last_day=last_day)
    assert plan.words_until.astimezone(ZoneInfo("UTC")).isoformat() == until
    plan.refresh_from_db()
    assert plan.last_day == last_day


def test_draft_asks_no_words_and_time_for_them_comes_after_the_proposal(plan):
    plans = MutualSupportPlan.objects.filter(pk=plan.pk)
    with pytest.raises(IntegrityError, match="plan_draft_asks_no_words"), transaction.atomic():
        plans.update(words_until=TIME_UP)
    write(plan)
    propose(plan, last_day=LAST_DAY)
    with pytest.raises(IntegrityError, match="plan_words_until_after_proposal"), transaction.atomic():
        plans.update(words_until=NOW)
    assert plans.get().words_until == TIME_UP


def test_group_that_ended_starts_proposes_and_agrees_nothing(plan, group, members):
    write(plan)
    SupportGroup.objects.filter(pk=group.pk).update(state="closed", closing_reason="Moved on")
    with pytest.raises(GroupEnded):
        propose(plan)
    with pytest.raises(GroupEnded):
        start_plan(group=group, by=members[0], now=NOW)
    SupportGroup.objects.filter(pk=group.pk).update(state="active")
    propose(plan)
    SupportGroup.objects.filter(pk=group.pk).update(state="closed")
    with pytest.raises(GroupEnded):
        say(plan, members[0])


def test_who_has_a_break_is_not_written_to(plan, group, members):
    Membership.objects.filter(group=group, person=members[2]).update(state="paused")
    write(plan)
    propose_plan(plan=plan, rule="most", review_on=None, last_day=LAST_DAY, by=members[0], now=NOW)
    assert list(Message.objects.values_list("recipient", flat=True)) == [members[1].pk]


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
