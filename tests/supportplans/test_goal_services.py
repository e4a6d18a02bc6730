import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from peersupport.reminders import outbox
from peersupport.reminders.models import Message
from supportplans.models import Goal, GoalLevel, GoalReview
from supportplans.refusals import ChangedElsewhere, DayToCome, GoalEnded, GoalNotReady, LevelsFixed
from supportplans.services.goal import (
    add_goal,
    edit_goal,
    keep_step,
    next_review_on,
    pause_goal,
    resume_goal,
    shrink_step,
    start_goal,
)
from supportplans.services.goal_level import write_levels
from supportplans.services.goal_review import review_goal
from tests.factories import NOW, TODAY, GoalFactory, GoalLevelFactory, GoalReviewFactory, PersonFactory

pytestmark = pytest.mark.django_db


def look_back(goal, **changes):
    given = {
        "outcome": "some",
        "note": "",
        "confidence": None,
        "next_step": "",
        "state": "active",
        "revision": goal.revision,
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
    edit_goal(goal=goal, revision=0, now=NOW, review_on=TODAY + timedelta(days=3))
    goal.refresh_from_db()
    assert goal.schedule_version == 1
    assert Message.objects.get().state == "dropped"


def test_editing_other_things_leaves_the_schedule():
    goal = GoalFactory(review_on=TODAY)
    edit_goal(goal=goal, revision=0, now=NOW, what="Dance", review_on=TODAY)
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
    goal = edit_goal(goal=GoalFactory(), revision=0, now=NOW, rhythm_weeks=4, review_on=None)
    goal.refresh_from_db()
    assert (goal.review_on, goal.schedule_version) == (TODAY + timedelta(weeks=4), 1)


def test_date_taken_out_stays_out_while_the_rhythm_is_the_same():
    goal = edit_goal(
        goal=GoalFactory(rhythm_weeks=4, review_on=TODAY), revision=0, now=NOW, rhythm_weeks=4, review_on=None
    )
    goal.refresh_from_db()
    assert goal.review_on is None


# Sent twice, and two tabs


def test_the_same_form_sent_twice_is_one_goal_and_one_review():
    person, sent = PersonFactory(), uuid.uuid4()
    goals = [add_goal(by=person, now=NOW, client_id=sent, what="Sing") for _time in range(2)]
    assert (goals[0], Goal.objects.count()) == (goals[1], 1)
    assert add_goal(by=PersonFactory(), now=NOW, client_id=sent, what="Sing") != goals[0]
    reviews = [look_back(goals[0], client_id=sent, state="let_go") for _time in range(2)]
    assert (reviews[0], GoalReview.objects.count()) == (reviews[1], 1)


def test_second_tab_loses_nothing_of_the_first():
    goal = GoalFactory(what="Walk")
    edit_goal(goal=goal, revision=0, now=NOW, what="Sing")
    for change in (
        lambda: edit_goal(goal=goal, revision=0, now=NOW, what="Dance"),
        lambda: look_back(goal, revision=0, next_step="Ring the choir"),
        lambda: shrink_step(goal=goal, next_step="Hum", revision=None),
    ):
        with pytest.raises(ChangedElsewhere) as conflict:
            change()
        assert (conflict.value.theirs.what, conflict.value.theirs.revision) == ("Sing", 1)
    assert (Goal.objects.get().what, GoalReview.objects.count()) == ("Sing", 0)
    edit_goal(goal=goal, revision=1, now=NOW, what="Dance")
    assert Goal.objects.get().what == "Dance"


def test_saving_the_same_twice_is_no_conflict():
    goal = GoalFactory(what="Walk")
    for _time in range(2):
        edit_goal(goal=goal, revision=0, now=NOW, what="Sing", review_on=TODAY)
        shrink_step(goal=GoalFactory(next_step="Hum"), next_step="Hum", revision=3)
    goal.refresh_from_db()
    assert (goal.what, goal.revision) == ("Sing", 1)


# Drafts


def test_draft_waits_for_nothing_until_it_is_started():
    goal = add_goal(by=PersonFactory(), now=NOW, is_draft=True, what="Sing", rhythm_weeks=2, review_on=None)
    assert (goal.state, goal.started_at, goal.review_on) == ("draft", None, None)
    with pytest.raises(GoalNotReady):
        look_back(goal)
    for _time in range(2):
        start_goal(goal=goal, now=NOW)
    goal.refresh_from_db()
    assert (goal.state, goal.started_at, goal.review_on) == ("active", NOW, TODAY + timedelta(weeks=2))


def test_day_that_passed_while_it_was_a_draft_gives_way_to_the_rhythm():
    goal = GoalFactory(state="draft", rhythm_weeks=1, review_on=TODAY - timedelta(days=3))
    assert start_goal(goal=goal, now=NOW).review_on == TODAY + timedelta(weeks=1)
    later = GoalFactory(state="draft", rhythm_weeks=1, review_on=TODAY + timedelta(days=3))
    assert start_goal(goal=later, now=NOW).review_on == TODAY + timedelta(days=3)


@pytest.mark.parametrize(
    "change", [{"state": "draft"}, {"state": "draft", "started_at": None}, {"started_at": NOW}, {"started_at": None}]
)
def test_started_goal_is_never_a_draft_again(change):
    goal = GoalFactory()
    with pytest.raises(DatabaseError), transaction.atomic():
        Goal.objects.filter(pk=goal.pk).update(**change)


# Rest


def test_resting_and_taking_it_up_again():
    goal = GoalFactory(rhythm_weeks=4, review_on=TODAY)
    for _time in range(2):
        pause_goal(goal=goal, now=NOW)
    goal.refresh_from_db()
    assert (goal.state, goal.review_on) == ("paused", None)
    for _time in range(2):
        resume_goal(goal=goal, now=NOW)
    goal.refresh_from_db()
    assert (goal.state, goal.review_on) == ("active", TODAY + timedelta(weeks=4))


@pytest.mark.parametrize(("state", "refusal"), [("let_go", GoalEnded), ("draft", GoalNotReady)])
@pytest.mark.parametrize("move", [pause_goal, resume_goal])
def test_only_what_goes_on_can_rest(state, refusal, move):
    with pytest.raises(refusal):
        move(goal=GoalFactory(state=state), now=NOW)


# A smaller step


def test_smaller_step_takes_the_place_of_the_one_before():
    goal = GoalFactory(next_step="To the shop", confidence=4, is_step_kept=True)
    shrink_step(goal=goal, next_step="To the gate", revision=0)
    goal.refresh_from_db()
    assert (goal.next_step, goal.confidence, goal.is_step_kept) == ("To the gate", None, False)


def test_keeping_a_step_holds_until_step_or_confidence_change():
    goal = GoalFactory(next_step="To the shop", confidence=4)
    keep_step(goal=goal)
    edit_goal(goal=goal, revision=0, now=NOW, why="For joy", confidence=4)
    goal.refresh_from_db()
    assert goal.is_step_kept
    edit_goal(goal=goal, revision=1, now=NOW, confidence=3)
    goal.refresh_from_db()
    assert not goal.is_step_kept
    keep_step(goal=goal)
    look_back(goal, confidence=2)
    goal.refresh_from_db()
    assert not goal.is_step_kept


# Reviews stay


def test_looking_back_at_an_earlier_day_is_noon_of_that_day_by_their_clock():
    goal = GoalFactory(person__time_zone="America/New_York")
    review = look_back(goal, looked_back_on=TODAY - timedelta(days=3))
    assert review.reviewed_at == datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert review.recorded_at == NOW


def test_today_is_by_the_owners_clock_and_tomorrow_is_refused():
    far_east = GoalFactory(person__time_zone="Pacific/Kiritimati")
    assert look_back(far_east, looked_back_on=TODAY + timedelta(days=1)).reviewed_at == NOW
    with pytest.raises(DayToCome):
        look_back(GoalFactory(), looked_back_on=TODAY + timedelta(days=1))


def test_reviews_are_never_changed():
    review = GoalReviewFactory(note="Rain")
    for change in (lambda rows: rows.update(note="Sun"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(GoalReview.objects.filter(pk=review.pk))
    assert GoalReview.objects.get().note == "Rain"


def test_review_of_the_future_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalReviewFactory(reviewed_at=NOW, recorded_at=NOW - timedelta(seconds=1))


# Levels


def test_levels_are_written_and_rewritten_while_it_is_a_draft():
    goal = GoalFactory(state="draft")
    write_levels(goal=goal, texts={2: "Two songs", 0: "One song", -2: ""}, revision=0)
    write_levels(goal=goal, texts={2: "", 0: "One verse", -2: "None"}, revision=1)
    assert list(goal.levels.values_list("level", "text")) == [(0, "One verse"), (-2, "None")]
    write_levels(goal=goal, texts={0: "One verse", -2: "None"}, revision=1)
    with pytest.raises(ChangedElsewhere):
        write_levels(goal=goal, texts={0: "Other"}, revision=1)


def test_levels_are_fixed_once_it_is_started():
    goal = GoalFactory(state="draft")
    write_levels(goal=goal, texts={0: "One song"}, revision=0)
    start_goal(goal=goal, now=NOW)
    with pytest.raises(LevelsFixed):
        write_levels(goal=goal, texts={0: "None"}, revision=2)
    draft = GoalLevelFactory()
    for change in (
        lambda: GoalLevel.objects.filter(goal=goal).update(text="None"),
        lambda: GoalLevel.objects.filter(goal=goal).delete(),
        lambda: GoalLevelFactory(goal=goal, level=1),
        lambda: GoalLevel.objects.filter(goal=goal).update(goal=draft.goal, level=2),
        lambda: GoalLevel.objects.filter(pk=draft.pk).update(goal=goal, level=2),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert list(goal.levels.values_list("text", flat=True)) == ["One song"]


@pytest.mark.parametrize("change", [{"level": 3}, {"text": ""}])
def test_impossible_levels_are_refused_by_the_database(change):
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalLevelFactory(**change)
