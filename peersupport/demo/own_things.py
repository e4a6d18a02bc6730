"""What members keep: goals."""

from datetime import datetime, timedelta

from groups.models import Membership
from members.models import Person
from peersupport.demo.cast import Telling
from peersupport.demo.founding import Circle
from supportplans.models import Goal, GoalReview
from supportplans.services.goal import add_goal
from supportplans.services.goal_review import review_goal
from supportplans.services.sharing import change_audience

Outcome = GoalReview.Outcome


def tell_goals(telling: Telling, circle: Circle, person: Person, joined_at: datetime):
    """None, one or two goals, looked back at every few weeks until they end or today comes.

    Maria, whom people sign in as, has three, and one that she has just set.
    """
    is_maria = person.email == "member@example.org"
    if is_maria:
        _tell_goal(telling, circle, person, telling.some("goals"), telling.ago(days=5))
    for _number in range(3 if is_maria else telling.chance.choice([0, 1, 1, 2])):
        plot = telling.some("goals")
        start = joined_at + timedelta(days=telling.chance.randint(10, 200))
        if start < telling.ago(days=3):
            _tell_goal(telling, circle, person, plot, start)


def _tell_goal(telling, circle, person, plot, start):
    weeks = telling.chance.choice([2, 4, 4, 12])
    goal = add_goal(
        by=person,
        now=start,
        what=plot["what"],
        why=plot["why"],
        where_now=plot["now"],
        next_step=plot["step"],
        confidence=telling.chance.randint(4, 9),
        rhythm_weeks=weeks,
        review_on=(start + timedelta(weeks=weeks)).date(),
    )
    if person in circle.members and telling.often(0.3):
        membership = Membership.objects.current().get(group=circle.group, person=person)
        change_audience(item=goal, audience=[(membership, None)], by=person, now=start)
    at = start + timedelta(weeks=weeks)
    while at < telling.now - timedelta(hours=1) and goal.state == Goal.State.ACTIVE:
        if telling.often(0.85):
            goal = _look_back(telling, goal, at, weeks).goal
        at += timedelta(weeks=weeks)


def _look_back(telling, goal, at, weeks):
    ends = [Goal.State.ACHIEVED, Goal.State.PARTLY, Goal.State.CHANGED, Goal.State.PAUSED, Goal.State.LET_GO]
    state = telling.chance.choice(ends) if telling.often(0.15) else Goal.State.ACTIVE
    return review_goal(
        goal=goal,
        outcome=telling.chance.choice([Outcome.WELL, Outcome.WELL, Outcome.SOME, Outcome.NOT_THIS_TIME]),
        note=telling.some("review_notes"),
        confidence=telling.chance.randint(3, 10) if telling.often(0.8) else None,
        next_step="",
        state=state,
        revision=goal.revision,
        review_on=(at + timedelta(weeks=weeks)).date() if state == Goal.State.ACTIVE else None,
        now=at,
    )
