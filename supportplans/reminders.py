"""What members hear about goals and plans."""

from datetime import datetime, time

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import Membership
from peersupport.reminders.registry import Ahead, Email, Kind, register
from peersupport.spoken import spoken_date
from supportplans.models import Goal, MutualSupportPlan, PlanWord
from supportplans.services.goal import REVIEW
from supportplans.services.plan import PROPOSED

NINE = time(9)
# Nine in the morning of the review day, by the owner's own clock, on either side of a clock change.
_DUE = """
    SELECT due.id, due.person_id, 0, due.schedule_version, due.at, due.at + interval '7 days'
    FROM (
        SELECT goal.id, goal.person_id, goal.schedule_version,
               (goal.review_on + time '09:00') AT TIME ZONE person.time_zone AS at
        FROM supportplans_goal goal
        JOIN members_person person ON person.id = goal.person_id
        WHERE goal.state = 'active'
          AND goal.review_on BETWEEN (%s AT TIME ZONE 'UTC')::date - 1 AND (%s AT TIME ZONE 'UTC')::date + 1
    ) due
    WHERE due.at > %s AND due.at <= %s
"""


def plan_reviews(since, until):
    return _DUE, [since, until, since, until]


def goal_rows():
    return Goal.objects.all()


def reason_not_to_ask(message, goal, now):
    if goal.state != Goal.State.ACTIVE:
        return "The goal is not being worked on any more."
    return "" if goal.schedule_version == message.schedule_version else "The date was changed."


def compose_review(message, goal):
    return Email(
        subject=_("Time to look back"),
        template="emails/supportplans/goal_review",
        action=(_("Look back"), f"{settings.BASE_URL}{goal.get_absolute_url()}"),
    )


def reviews_ahead(person, since, until):
    """The goals that a person chose to look back at in this time."""
    days = [at.astimezone(person.zone).date() for at in (since, until)]
    goals = Goal.objects.filter(person=person, state=Goal.State.ACTIVE, review_on__range=days)
    lines = [
        Ahead(
            at=datetime.combine(goal.review_on, NINE, person.zone),
            when=spoken_date(goal.review_on),
            text=_("Look back at a goal"),
            url=f"{settings.BASE_URL}{goal.get_absolute_url()}",
        )
        for goal in goals
    ]
    return [line for line in lines if since < line.at <= until]


def plan_rows():
    return MutualSupportPlan.objects.select_related("group")


def reason_not_to_propose(message, plan, now):
    if plan.state != MutualSupportPlan.State.PROPOSED or plan.proposals != message.schedule_version:
        return "The plan is not waiting for words any more."
    if not Membership.objects.current().filter(group=plan.group_id, person=message.recipient_id).exists():
        return "They have left the group."
    said = PlanWord.objects.filter(plan=plan, person=message.recipient_id, said_at__gte=plan.proposed_at)
    return "They have said their word." if said.exists() else ""


def compose_proposed(message, plan):
    return Email(
        subject=_("%(group)s has a plan for you to read") % {"group": plan.group.name},
        template="emails/supportplans/plan_proposed",
        context={"plan": plan},
        action=(_("Read it and say what you think"), f"{settings.BASE_URL}{plan.get_absolute_url()}"),
    )


register(
    Kind(
        name=REVIEW,
        label=gettext_lazy("It is time to look back at a goal"),
        why=gettext_lazy("You get this because you chose a day to look back."),
        rows=goal_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose_review,
        plan=plan_reviews,
        at_most_once=True,
        ahead=reviews_ahead,
    )
)
register(
    Kind(
        name=PROPOSED,
        label=gettext_lazy("A support plan waits for your word"),
        why=gettext_lazy("You get this because you belong to this group."),
        rows=plan_rows,
        reason_not_to_send=reason_not_to_propose,
        compose=compose_proposed,
    )
)
