"""One e-mail a week with all that is ahead, for those who want that in place of single reminders."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.reminders import clock
from peersupport.reminders.models import Preference
from peersupport.reminders.registry import Ahead, Email, Kind, all_kinds, register

DIGEST = "reminders.digest"
WEEK = timedelta(days=7)

# Eight in the morning of the chosen day, by the person's own clock. The version is the day: one digest for each.
_DUE = """
    SELECT due.person_id, due.person_id, 0, due.day - date '2020-01-01', due.at, due.at + interval '1 day'
    FROM (
        SELECT digest.person_id, day::date AS day,
               (day::date + time '08:00') AT TIME ZONE person.time_zone AS at
        FROM reminders_weeklydigest digest
        JOIN members_person person ON person.id = digest.person_id
        CROSS JOIN generate_series(
            (%s AT TIME ZONE 'UTC')::date - 1, (%s AT TIME ZONE 'UTC')::date + 1, interval '1 day'
        ) AS day
        WHERE extract(isodow FROM day) = digest.weekday
    ) due
    WHERE due.at > %s AND due.at <= %s
"""


def plan_digests(since, until):
    return _DUE, [since, until, since, until]


def person_rows():
    return get_user_model().objects.select_related("weekly_digest")


def reason_not_to_send(message, person, now):
    if not hasattr(person, "weekly_digest"):
        return "They get single reminders again."
    return "" if lines_for(person, now) else "Nothing lies ahead this week."


def compose(message, person):
    return Email(
        subject=_("Your week"),
        template="emails/reminders/digest",
        context={"lines": lines_for(person, clock.now())},
        action=(_("Go to your page"), settings.BASE_URL + reverse("home")),
    )


def lines_for(person, now: datetime) -> list[Ahead]:
    """What lies ahead of a person in the week from `now`, soonest first, without kinds they turned off."""
    off = set(Preference.objects.filter(person=person, is_wanted=False).values_list("kind", flat=True))
    lines: list[Ahead] = []
    for kind in all_kinds():
        if kind.ahead and kind.name not in off:
            lines += kind.ahead(person, now, now + WEEK)
    return sorted(lines, key=lambda line: line.at)


register(
    Kind(
        name=DIGEST,
        label=gettext_lazy("Your week in one email"),
        why=gettext_lazy("You get this because you asked for one email a week."),
        rows=person_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        plan=plan_digests,
        at_most_once=True,
    )
)
