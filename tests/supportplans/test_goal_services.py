from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from peersupport.reminders import outbox
from peersupport.reminders.models import Message
from supportplans.models import Goal, GoalReview
from supportplans.refusals import GoalEnded
from supportplans.services.goal import add_goal, edit_goal, next_review_on, review_goal
from tests.factories import NOW, TODAY, GoalFactory, PersonFactory

pytestmark = pytest.mark.django_db


def look_back(goal, **changes):
    given = {
        "outcome": "some",
        "note": "",
        "confidence": None,
        "next_step": "",
        "state": "active",
        "review_on": TODAY + timedelta(days=14),
        "now": NOW,
    }
    return review_goal(goal=goal, **(given | changes))


def test_goal_needs_nothing_but_what():
    goal = add_goal(by=PersonFactory(), now=NOW, what="Sing")
    assert (goal.state, goal.review_on, goal.confidence) == ("active", None, None)


def test_looking_back_adds_a_review_and_moves_the_goal_on():
    goal = GoalFactory(confidence=4, next_step="Far")
    review = look_back(goal, confidence=8, next_step="Near", note="Rain")
    goal.refresh_from_db()
    assert (goal.next_step, goal.confidence, goal.review_on) == ("Near", 8, TODAY + timedelta(days=14))
    assert (review.note, review.state_after) == ("Rain", "active")


def test_blank_answers_leave_the_goal_as_it_was():
    goal = GoalFactory(confidence=4, next_step="Far")
    look_back(goal)
    goal.refresh_from_db()
    assert (goal.next_step, goal.confidence) == ("Far", 4)


@pytest.mark.parametrize("state", ["achieved", "partly", "changed", "paused", "let_go"])
def test_every_end_is_kept_and_stops_the_reminders(state):
    goal = GoalFactory(review_on=TODAY)
    look_back(goal, state=state)
    goal.refresh_from_db()
    assert (goal.state, goal.review_on, goal.state_changed_at) == (state, None, NOW)


def test_ended_goal_is_not_looked_back_at():
    goal = GoalFactory(state="let_go")
    with pytest.raises(GoalEnded):
        look_back(goal)
    assert not GoalReview.objects.exists()


def test_resting_goal_can_be_taken_up_again():
    goal = GoalFactory(state="paused")
    look_back(goal)
    goal.refresh_from_db()
    assert goal.state == "active"


def test_another_date_is_another_schedule_and_drops_what_waited():
    goal = GoalFactory(review_on=TODAY)
    outbox.enqueue(
        kind="supportplans.goal_review",
        subject_id=goal.pk,
        recipient_ids=[goal.person_id],
        due_at=NOW,
        expires_at=NOW + timedelta(days=7),
        now=NOW,
    )
    edit_goal(goal=goal, now=NOW, review_on=TODAY + timedelta(days=3))
    goal.refresh_from_db()
    assert goal.schedule_version == 1
    assert Message.objects.get().state == "dropped"


def test_editing_other_things_leaves_the_schedule():
    goal = GoalFactory(review_on=TODAY)
    edit_goal(goal=goal, now=NOW, what="Dance", review_on=TODAY)
    goal.refresh_from_db()
    assert (goal.what, goal.schedule_version) == ("Dance", 0)


def test_next_date_follows_the_rhythm():
    assert next_review_on(goal=GoalFactory(rhythm_weeks=2), today=TODAY) == TODAY + timedelta(days=14)
    assert next_review_on(goal=GoalFactory(rhythm_weeks=None), today=TODAY) is None


@pytest.mark.parametrize("change", [{"confidence": 11}, {"what": ""}, {"rhythm_weeks": 3}, {"state": "failed"}])
def test_impossible_goals_are_refused_by_the_database(change):
    goal = GoalFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Goal.objects.filter(pk=goal.pk).update(**change)


def test_rhythm_without_a_date_gives_the_first_one():
    goal = add_goal(by=PersonFactory(), now=NOW, what="Sing", rhythm_weeks=2, review_on=None)
    assert goal.review_on == TODAY + timedelta(weeks=2)


def test_chosen_date_goes_before_the_rhythm():
    goal = add_goal(by=PersonFactory(), now=NOW, what="Sing", rhythm_weeks=2, review_on=TODAY)
    assert goal.review_on == TODAY


def test_rhythm_chosen_later_gives_a_date_and_a_new_schedule():
    goal = edit_goal(goal=GoalFactory(), now=NOW, rhythm_weeks=4, review_on=None)
    goal.refresh_from_db()
    assert (goal.review_on, goal.schedule_version) == (TODAY + timedelta(weeks=4), 1)


def test_date_taken_out_stays_out_while_the_rhythm_is_the_same():
    goal = edit_goal(goal=GoalFactory(rhythm_weeks=4, review_on=TODAY), now=NOW, rhythm_weeks=4, review_on=None)
    goal.refresh_from_db()
    assert goal.review_on is None
