"""Whatever members say and do in whatever order: no plan is in use against its rule, none waits once it is met."""

from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from groups.models import Membership
from groups.services.membership import leave_group, pause_membership, resume_membership
from supportplans.models import MutualSupportPlan, PlanWord
from supportplans.services.plan import reopen_plan, settle_plans, start_plan
from tests.factories import NOW, KeptMembershipFactory, MembershipFactory, PersonFactory, SupportGroupFactory
from tests.supportplans.planning import propose, say, write
from tests.supportplans.test_plan_words import is_agreed

PEOPLE = st.integers(0, 3)
WORDS = st.sampled_from(PlanWord.Word.values)
State = MutualSupportPlan.State


class Story(RuleBasedStateMachine):
    """A group of up to four, and what they hold in their heads about their plan: who is there, who said what since."""

    def __init__(self):
        super().__init__()
        self.now, self.said, self.waiting = NOW, {}, None
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize()
    def found_the_group(self):
        self.group = SupportGroupFactory()
        KeptMembershipFactory(group=self.group)
        self.people = [PersonFactory() for _number in range(4)]
        for person in self.people[:3]:
            MembershipFactory(group=self.group, person=person)

    @property
    def plan(self):
        return MutualSupportPlan.objects.being_made().first()

    def is_plan(self, state):
        return self.plan is not None and self.plan.state == state

    def membership_of(self, number):
        return Membership.objects.current().filter(group=self.group, person=self.people[number]).first()

    # What they do

    @precondition(lambda self: self.plan is None)
    @rule()
    def start(self):
        write(start_plan(group=self.group, by=self.people[0], now=self.now), now=self.now)

    @precondition(lambda self: self.is_plan(State.DRAFT))
    @rule(by=st.sampled_from(MutualSupportPlan.Rule.values), days=st.integers(1, 20))
    def ask_everyone(self, by, days):
        self.said, self.waiting = {}, self.plan
        propose(self.plan, rule=by, now=self.now, last_day=self.now.date() + timedelta(days=days))

    @precondition(lambda self: self.is_plan(State.PROPOSED))
    @rule()
    def change_it_first(self):
        reopen_plan(plan=self.plan, now=self.now)
        self.waiting = None

    @precondition(lambda self: self.is_plan(State.PROPOSED))
    @rule(number=PEOPLE, word=WORDS)
    def say(self, number, word):
        if self.membership_of(number):
            self.said[number] = word
            say(self.plan, self.people[number], word, now=self.now)

    @rule(number=PEOPLE)
    def leave_or_come_back(self, number):
        if self.membership_of(number):
            leave_group(group=self.group, by=self.people[number], now=self.now)
            self.said.pop(number, None)
        else:
            MembershipFactory(group=self.group, person=self.people[number], joined_at=self.now)

    @rule(number=PEOPLE)
    def have_a_break_or_end_it(self, number):
        membership = self.membership_of(number)
        if membership:
            change = pause_membership if membership.state == "joined" else resume_membership
            change(membership=membership, by=membership.person, now=self.now)

    @rule(hours=st.sampled_from([1, 24, 24 * 8]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    # What holds

    @invariant()
    def it_is_in_use_exactly_when_the_rule_says_so(self):
        self.now += timedelta(seconds=1)
        settle_plans(now=self.now)
        if self.waiting:
            self.waiting.refresh_from_db()
            assert (self.waiting.state == State.IN_USE) == self.they_agree(self.waiting)
            if self.waiting.state == State.IN_USE:
                self.waiting = None

    @invariant()
    def one_is_in_use_at_most_and_one_being_made(self):
        plans = MutualSupportPlan.objects.all()
        assert plans.in_use().count() <= 1
        assert plans.being_made().count() <= 1

    def they_agree(self, plan):
        here = {number: membership for number in range(4) if (membership := self.membership_of(number))}
        words = [word for number, word in self.said.items() if number in here]
        silent = [number for number, row in here.items() if row.state == "joined" and number not in self.said]
        return is_agreed(plan.rule, words, len(silent), plan.words_until <= self.now)


def test_no_plan_is_in_use_against_its_rule_and_none_is_stuck(db):
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
