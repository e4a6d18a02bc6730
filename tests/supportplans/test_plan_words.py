"""When a proposed plan comes into use: the group's rule, row by row, as words are said and people come and go."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groups.models import Membership, SupportGroup
from groups.services.membership import leave_group, pause_membership
from members.models import Person
from supportplans.models import MutualSupportPlan, PlanWord
from supportplans.services.plan import settle_plans
from tests.factories import NOW, KeptMembershipFactory, MembershipFactory, MutualSupportPlanFactory, SupportGroupFactory
from tests.groups.test_at_once import at_once
from tests.supportplans.planning import LATER, TIME_UP, agree_on, propose, say, second_version, write

pytestmark = pytest.mark.django_db

A, N, S = PlanWord.Word.AGREE, PlanWord.Word.NOT_YET, PlanWord.Word.STAND_ASIDE
Rule = MutualSupportPlan.Rule
BEFORE, AFTER = TIME_UP - timedelta(seconds=1), TIME_UP


def is_agreed(rule, words, silent, is_time_up):
    """The rule again, in other words than the query's: `words` said, and how many said none."""
    agreeing = words.count(A)
    if not agreeing or not (is_time_up or not silent or rule == Rule.EVERYONE):
        return False
    return {
        Rule.EVERYONE: not silent and N not in words,
        Rule.MOST: agreeing > (len(words) + silent) / 2,
        Rule.NO_ONE_AGAINST: N not in words,
    }[rule]


def proposed_with(rule, words, silent):
    """A plan on which some members said `words` and others none."""
    plan = MutualSupportPlanFactory(rule=rule, state="proposed", proposed_at=NOW, words_until=TIME_UP)
    people = [MembershipFactory(group=plan.group).person for _number in range(len(words) + silent)]
    PlanWord.objects.bulk_create(
        PlanWord(plan=plan, person=person, word=word, said_at=LATER)
        for person, word in zip(people, words, strict=False)
    )
    return plan


def in_use(plan):
    return MutualSupportPlan.objects.get(pk=plan.pk).state == "in_use"


@pytest.mark.parametrize(
    ("rule", "words", "silent", "at_once", "in_time"),
    [
        (Rule.EVERYONE, [A, A, A], 0, True, True),
        (Rule.EVERYONE, [A, A, S], 0, True, True),
        (Rule.EVERYONE, [A, A], 1, False, False),
        (Rule.EVERYONE, [A, A, N], 0, False, False),
        (Rule.EVERYONE, [S, S, S], 0, False, False),
        (Rule.MOST, [A, A, N], 0, True, True),
        (Rule.MOST, [A, A], 1, False, True),
        (Rule.MOST, [A], 2, False, False),
        (Rule.MOST, [A, S, S], 0, False, False),
        (Rule.MOST, [A, A], 2, False, False),
        (Rule.NO_ONE_AGAINST, [A], 2, False, True),
        (Rule.NO_ONE_AGAINST, [A, S], 1, False, True),
        (Rule.NO_ONE_AGAINST, [A, S, S], 0, True, True),
        (Rule.NO_ONE_AGAINST, [A, N], 1, False, False),
        (Rule.NO_ONE_AGAINST, [S], 2, False, False),
        (Rule.NO_ONE_AGAINST, [], 3, False, False),
    ],
)
def test_rule_before_and_after_the_last_day(rule, words, silent, at_once, in_time):
    proposed_with(rule, words, silent)
    plans = MutualSupportPlan.objects
    assert (plans.agreed(now=BEFORE).exists(), plans.agreed(now=AFTER).exists()) == (at_once, in_time)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(Rule), st.lists(st.sampled_from([A, N, S]), max_size=5), st.integers(0, 3), st.booleans())
def test_query_agrees_with_the_rule_said_in_other_words(db, rule, words, silent, is_time_up):
    plan = proposed_with(rule, words, silent)
    row = MutualSupportPlan.objects.with_whether_agreed(now=AFTER if is_time_up else BEFORE).get(pk=plan.pk)
    assert (row.agree, row.against, row.aside) == tuple(words.count(word) for word in (A, N, S))
    assert row.silent == silent
    assert row.is_agreed == is_agreed(rule, words, silent, is_time_up)


@pytest.mark.parametrize("rule", [Rule.MOST, Rule.NO_ONE_AGAINST])
def test_others_are_heard_before_a_first_yes_carries(plan, members, rule):
    write(plan)
    propose(plan, rule=rule)
    say(plan, members[0])
    assert say(plan, members[1]).state == "proposed"
    assert settle_plans(now=BEFORE) == 0
    assert settle_plans(now=AFTER) == 1
    plan.refresh_from_db()
    assert (plan.state, plan.in_use_at) == ("in_use", AFTER)
    assert settle_plans(now=AFTER) == 0


def test_plan_proposed_before_there_was_a_last_day_waits_for_none(plan, members):
    write(plan)
    propose(plan, rule=Rule.NO_ONE_AGAINST)
    MutualSupportPlan.objects.update(words_until=None)
    assert say(plan, members[0]).state == "in_use"


def test_word_after_the_last_day_still_counts(plan, members):
    write(plan)
    propose(plan, rule=Rule.MOST)
    say(plan, members[0])
    assert settle_plans(now=AFTER) == 0
    assert say(plan, members[1], now=AFTER + timedelta(days=3)).state == "in_use"


def test_plan_does_not_wait_for_someone_who_left(plan, group, members):
    write(plan)
    propose(plan)
    for person in members[:2]:
        say(plan, person)
    assert settle_plans(now=LATER) == 0
    leave_group(group=group, by=members[2], now=LATER)
    assert settle_plans(now=LATER) == 1
    assert in_use(plan)


def test_new_version_that_comes_into_use_by_itself_replaces_the_old(plan, members):
    first = agree_on(plan, members)
    second = second_version(plan, members[0])
    write(second, kind="money", text="A tin.")
    propose(second, rule=Rule.NO_ONE_AGAINST)
    say(second, members[1])
    assert settle_plans(now=AFTER) == 1
    first.refresh_from_db()
    assert (first.state, first.superseded_at) == ("superseded", AFTER)
    assert in_use(second)


def test_no_of_someone_who_left_counts_no_more_and_does_not_come_back_with_them(plan, group, members):
    write(plan)
    propose(plan)
    for person in members[:2]:
        say(plan, person)
    say(plan, members[2], N)
    leave_group(group=group, by=members[2], now=LATER)
    MembershipFactory(group=group, person=members[2], joined_at=LATER + timedelta(hours=1))
    standing = MutualSupportPlan.objects.with_whether_agreed(now=BEFORE).get()
    assert (standing.against, standing.silent, standing.is_agreed) == (0, 1, False)
    assert say(plan, members[2], now=LATER + timedelta(hours=2)).state == "in_use"


def test_who_joins_while_it_waits_is_heard_as_well(plan, group, members):
    write(plan)
    propose(plan)
    new = MembershipFactory(group=group, joined_at=NOW + timedelta(hours=1)).person
    assert [say(plan, person).state for person in members] == ["proposed"] * 3
    assert say(plan, new, S).state == "in_use"


def test_break_holds_nothing_up_and_takes_no_word_away(plan, group, members):
    write(plan)
    propose(plan)
    for person in members[1:]:
        membership = Membership.objects.get(group=group, person=person)
        pause_membership(membership=membership, by=person, now=NOW)
    assert say(plan, members[1], N).state == "proposed"
    assert say(plan, members[0]).state == "proposed"
    assert say(plan, members[1], A).state == "in_use"


def test_those_without_an_account_and_closed_accounts_hold_nothing_up(plan, group, members):
    KeptMembershipFactory(group=group)
    Person.objects.filter(pk=members[2].pk).update(is_active=False)
    write(plan)
    propose(plan)
    assert [say(plan, person).state for person in members[:2]] == ["proposed", "in_use"]


def test_plan_of_a_group_that_ended_stays_as_it_is(plan, group, members):
    write(plan)
    propose(plan, rule=Rule.NO_ONE_AGAINST)
    say(plan, members[0])
    SupportGroup.objects.update(state="closed", closing_reason="Moved on")
    assert settle_plans(now=AFTER) == 0


def test_words_of_one_group_say_nothing_in_another(plan, members):
    other = proposed_with(Rule.NO_ONE_AGAINST, [], 2)
    write(plan)
    propose(plan, rule=Rule.NO_ONE_AGAINST)
    say(plan, members[0])
    assert settle_plans(now=AFTER) == 1
    assert not in_use(other)


def test_passing_time_costs_the_same_queries_for_one_plan_and_many(django_assert_num_queries):
    for _number in range(5):
        proposed_with(Rule.NO_ONE_AGAINST, [A], 1)
    with django_assert_num_queries(7):
        assert settle_plans(now=AFTER) == 5
    with django_assert_num_queries(3):
        assert settle_plans(now=AFTER) == 0


@pytest.mark.django_db(transaction=True)
def test_words_at_the_same_moment_bring_it_into_use_once(plan, members):
    write(plan)
    propose(plan)
    read = MutualSupportPlan.objects.get()
    states = []

    def agree(person):
        states.append(say(MutualSupportPlan.objects.get(pk=read.pk), person).state)

    assert at_once(*[lambda person=person: agree(person) for person in members]) == ["done"] * 3
    assert sorted(states) == ["in_use", "proposed", "proposed"]


@pytest.mark.django_db(transaction=True)
def test_no_and_the_end_of_the_last_day_at_once_end_in_one_of_two_ways():
    group = SupportGroupFactory()
    people = [MembershipFactory(group=group).person for _number in range(2)]
    plan = MutualSupportPlanFactory(group=group, started_by=people[0])
    plan.sections.create(kind="purpose", text="We carry on.")
    propose(plan, rule=Rule.NO_ONE_AGAINST)
    say(plan, people[0])
    outcome = at_once(
        lambda: settle_plans(now=AFTER),
        lambda: say(MutualSupportPlan.objects.get(pk=plan.pk), people[1], N, now=AFTER),
        lambda: settle_plans(now=AFTER),
    )
    said_no = PlanWord.objects.filter(word=N).exists()
    assert outcome == (["done"] * 3 if said_no else ["NotProposed", "done", "done"])
    assert in_use(plan) is not said_no
