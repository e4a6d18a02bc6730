"""What members show to one another in the sample story, a draft and a goal that became another, and two reports."""

from datetime import timedelta

from groups.models import Membership
from members.models import Person
from peersupport.demo.accounts import ACCOUNTS
from peersupport.demo.cast import Telling
from peersupport.demo.founding import Circle
from supportplans.models import Goal, Report
from supportplans.services.goal import add_goal, edit_goal
from supportplans.services.goal_level import write_levels
from supportplans.services.goal_review import review_goal
from supportplans.services.report import hide_item, report_item
from supportplans.services.sharing import change_audience

LEVELS = {
    2: "I go every week and take a picture each time.",
    1: "I go twice a month.",
    0: "I go once a month, with Joan.",
    -1: "I look at pictures of it at home.",
    -2: "The camera stays in the drawer, as now.",
}


def tell_shared_things(telling: Telling, circle: Circle) -> None:
    """Told without chance, so that the rest of the story stays as it is."""
    maria, joan, *others = _those_in(circle)
    _tell_marias(telling, maria, joan)
    waiting, settled, teller = others[:3]
    _tell_report(telling, waiting, teller, "Say no when my brother asks for money", telling.ago(days=2))
    report = _tell_report(
        telling, settled, teller, "Sell my cream for sore knees at each meeting", telling.ago(weeks=7)
    )
    reason = "We agreed that nobody sells things in the group. Take that out, and we show it again."
    hide_item(report=report, reason=reason, by=joan.person, now=telling.ago(weeks=7) + timedelta(days=1))


def _those_in(circle: Circle) -> list[Membership]:
    """Maria, Joan, and others of the group, who share a name with nobody that people sign in as."""
    current = Membership.objects.joined().with_account().filter(group=circle.group).select_related("person")
    members = {member.person.email: member for member in current.order_by("pk")}
    names = {account.name for account in ACCOUNTS}
    others = [member for member in members.values() if member.shown_name not in names]
    return [members["member@example.org"], members["contact@example.org"], *others]


def _tell_marias(telling: Telling, maria: Membership, joan: Membership) -> None:
    """A draft with its levels; and a goal that became another one, which Joan sees."""
    draft = add_goal(by=maria.person, now=telling.ago(days=4), is_draft=True, what="Take pictures by the river again")
    write_levels(goal=draft, texts=LEVELS, revision=draft.revision)
    before = _look_at_music(telling, maria.person)
    after = add_goal(
        by=maria.person,
        now=telling.ago(weeks=10),
        changed_from=before,
        what="Learn one song on the small guitar",
        why="Music was always mine.",
        next_step="Two chords, sitting up, after breakfast",
        confidence=8,
        rhythm_weeks=4,
        review_on=(telling.now + timedelta(weeks=2)).date(),
    )
    change_audience(item=after, audience=[(maria, joan)], by=maria.person, now=telling.ago(weeks=9))


def _look_at_music(telling: Telling, person: Person) -> Goal:
    goal = add_goal(by=person, now=telling.ago(weeks=30), what="Play the piano at church again", rhythm_weeks=4)
    edit_goal(goal=goal, revision=goal.revision, now=telling.ago(weeks=29), why="Music was always mine.")
    goal.refresh_from_db()
    review_goal(
        goal=goal,
        outcome="not_this_time",
        note="The stool is too hard for an hour. A guitar I can hold on the sofa.",
        confidence=None,
        next_step="",
        state=Goal.State.CHANGED,
        revision=goal.revision,
        review_on=None,
        now=telling.ago(weeks=10),
    )
    return goal


def _tell_report(telling: Telling, owner: Membership, teller: Membership, what: str, at) -> Report:
    """A goal that its owner shows to the whole group, and someone reports."""
    goal = add_goal(by=owner.person, now=at - timedelta(days=3), what=what)
    change_audience(item=goal, audience=[(owner, None)], by=owner.person, now=at - timedelta(days=2))
    reason = Report.Reason.SELLING if "Sell" in what else Report.Reason.SOMEONE_ELSE
    report_item(item=goal, reason=reason, words="", by=teller.person, now=at)
    return Report.objects.get(goal=goal)
