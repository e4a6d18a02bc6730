"""Two tabs, two taps, two people at the same moment: one thing is made of a form, and what is hidden stays hidden."""

import uuid

import pytest

from supportplans.models import Goal, GoalReview, Report, ReportStep
from supportplans.services.goal import add_goal, edit_goal, start_goal
from supportplans.services.goal_level import write_levels
from supportplans.services.goal_review import review_goal
from supportplans.services.report import hide_item, leave_item, report_item
from supportplans.services.sharing import change_audience
from tests.factories import (
    NOW,
    GoalFactory,
    GoalShareFactory,
    MembershipFactory,
    PersonFactory,
    ReportFactory,
    RoleTermFactory,
)
from tests.groups.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_goal_sent_several_times_is_one():
    person, sent = PersonFactory(), uuid.uuid4()
    assert at_once(*[lambda: add_goal(by=person, now=NOW, client_id=sent, what="Sing")] * 4) == ["done"] * 4
    assert Goal.objects.count() == 1


def test_a_look_back_sent_several_times_is_one():
    goal, sent = GoalFactory(), uuid.uuid4()
    said = {"outcome": "well", "note": "", "confidence": 8, "next_step": "", "state": "achieved", "review_on": None}
    actions = [lambda: review_goal(goal=goal, revision=0, client_id=sent, now=NOW, **said)] * 4
    assert at_once(*actions) == ["done"] * 4
    assert GoalReview.objects.count() == 1


def test_of_two_tabs_one_is_saved_and_the_other_is_told():
    goal = GoalFactory()
    tabs = [lambda what=what: edit_goal(goal=goal, revision=0, now=NOW, what=what) for what in ("Sing", "Dance")]
    assert at_once(*tabs) == ["ChangedElsewhere", "done"]
    goal.refresh_from_db()
    assert (goal.what in {"Sing", "Dance"}, goal.revision) == (True, 1)


def test_levels_written_while_it_starts_are_either_there_or_refused():
    goal = GoalFactory(state="draft")
    told = at_once(
        lambda: write_levels(goal=goal, texts={0: "One song"}, revision=0), lambda: start_goal(goal=goal, now=NOW)
    )
    assert goal.levels.count() == (1 if told == ["done", "done"] else 0)
    assert told in (["done", "done"], ["LevelsFixed", "done"])


def test_sharing_anew_while_it_is_hidden_shows_it_to_nobody():
    share = GoalShareFactory()
    owner, group = share.membership, share.membership.group
    friend = MembershipFactory(group=group)
    contact = RoleTermFactory(group=group, person=MembershipFactory(group=group).person).person
    report = ReportFactory(goal=share.item, membership=owner)
    audience = [(owner, None), (owner, friend)]
    told = at_once(
        lambda: change_audience(item=share.item, audience=audience, by=owner.person, now=NOW),
        lambda: hide_item(report=report, reason="It names Cal", by=contact, now=NOW),
    )
    assert told in (["done", "done"], ["HiddenThere", "done"])
    assert not Goal.objects.visible_to(friend.person).exists()


def test_two_who_settle_a_report_settle_it_once():
    share = GoalShareFactory()
    report = ReportFactory(goal=share.item, membership=share.membership)
    people = PersonFactory.create_batch(3)
    actions = [lambda by=by: leave_item(report=report, by=by, now=NOW) for by in people]
    assert at_once(*actions) == ["Settled", "Settled", "done"]
    assert ReportStep.objects.count() == 1


def test_a_report_sent_several_times_is_one():
    share = GoalShareFactory()
    friend = MembershipFactory(group=share.membership.group).person
    said = {"reason": "other", "words": "", "by": friend, "now": NOW}
    assert at_once(*[lambda: report_item(item=share.item, **said)] * 4) == ["done"] * 4
    assert Report.objects.count() == 1
