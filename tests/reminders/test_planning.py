from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from peersupport.reminders import services
from peersupport.reminders.models import Message, PlanningProgress
from peersupport.reminders.planning import plan_all, plan_kind
from tests.factories import GoalFactory
from tests.reminders.conftest import NAME

MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_what_falls_due_is_planned_once_however_often(note_kind):
    goal = GoalFactory(review_on=MIDNIGHT.date())
    assert [plan_kind(note_kind, MIDNIGHT - timedelta(minutes=minute)) for minute in (20, 3, 2, 1)] == [0, 1, 0, 0]
    message = Message.objects.get()
    assert (message.subject_id, message.recipient_id, message.due_at) == (goal.pk, goal.person_id, MIDNIGHT)


def test_an_outage_is_caught_up_from_the_last_success(note_kind):
    plan_kind(note_kind, MIDNIGHT - timedelta(days=1))
    GoalFactory(review_on=MIDNIGHT.date())
    assert plan_kind(note_kind, MIDNIGHT + timedelta(hours=30)) == 1


def test_what_expired_during_an_outage_is_left_out(note_kind):
    plan_kind(note_kind, MIDNIGHT - timedelta(days=1))
    GoalFactory(review_on=MIDNIGHT.date())
    assert plan_kind(note_kind, MIDNIGHT + timedelta(hours=49)) == 0
    assert not Message.objects.exists()


def test_first_pass_does_not_dig_up_the_past(note_kind):
    GoalFactory(review_on=(MIDNIGHT - timedelta(days=1)).date())
    assert plan_kind(note_kind, MIDNIGHT) == 0


def test_row_committed_late_is_found_by_the_next_pass(note_kind):
    plan_kind(note_kind, MIDNIGHT + timedelta(minutes=2))
    GoalFactory(review_on=MIDNIGHT.date())
    assert plan_kind(note_kind, MIDNIGHT + timedelta(minutes=3)) == 1


def test_planner_with_a_clock_behind_takes_nothing_back(note_kind):
    plan_kind(note_kind, MIDNIGHT)
    plan_kind(note_kind, MIDNIGHT - timedelta(hours=1))
    assert PlanningProgress.objects.get(kind=NAME).planned_until > MIDNIGHT


def test_turned_off_is_not_planned(note_kind):
    goal = GoalFactory(review_on=MIDNIGHT.date())
    services.choose_reminders(person_id=goal.person_id, wanted={NAME: False}, now=MIDNIGHT)
    assert plan_kind(note_kind, MIDNIGHT) == 0


@pytest.mark.parametrize("number", [1, 50])
def test_planning_costs_the_same_queries_for_any_number(note_kind, number, django_assert_max_num_queries):
    GoalFactory.create_batch(number, review_on=MIDNIGHT.date())
    with django_assert_max_num_queries(9):
        assert plan_kind(note_kind, MIDNIGHT) == number


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_plan_everything_once(note_kind):
    GoalFactory.create_batch(20, review_on=MIDNIGHT.date())

    def plan(_number):
        try:
            return plan_all(MIDNIGHT)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        added = list(threads.map(plan, range(4)))
    assert sum(added) == 20
    assert Message.objects.count() == 20
