"""The e-mail that it is time to look back at a goal."""

from datetime import datetime, time

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.reminders.registry import Ahead, Email, Kind, register
from peersupport.spoken import spoken_date
from supportplans.models import Goal
from supportplans.services.goal import REVIEW

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
