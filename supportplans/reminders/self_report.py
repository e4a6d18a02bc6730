"""The e-mail on the days that a member chose to be asked how they are. It says nothing about what is asked."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.reminders.registry import Ahead, Email, Kind, register
from peersupport.spoken import spoken_date
from supportplans.models import SelfReportWish
from supportplans.models.self_report import days_answered
from supportplans.services.self_report_wish import ASKED

NINE = time(9)
#: The day that a message is about, as its schedule version: days since then.
DAY_ZERO = date(2000, 1, 1)
# Nine in the morning of each day asked, by the member's own clock, on either side of a clock change.
_DUE = """
    SELECT due.id, due.person_id, 0, due.version, due.at, due.at + interval '3 days'
    FROM (
        SELECT wish.id, wish.person_id, asked.day - date '2000-01-01' AS version,
               (asked.day + time '09:00') AT TIME ZONE person.time_zone AS at
        FROM generate_series(
            (%s AT TIME ZONE 'UTC')::date - 1, (%s AT TIME ZONE 'UTC')::date + 1, interval '1 day'
        ) AS series (moment)
        CROSS JOIN LATERAL (SELECT series.moment::date AS day) asked
        JOIN supportplans_selfreportwish wish
          ON wish.is_on AND wish.first_on <= asked.day AND mod(asked.day - wish.first_on, 7 * wish.rhythm_weeks) = 0
        JOIN members_person person ON person.id = wish.person_id
    ) due
    WHERE due.at > %s AND due.at <= %s
"""


def plan_asked(since, until):
    return _DUE, [since, until, since, until]


def wish_rows():
    return SelfReportWish.objects.with_answered()


def reason_not_to_ask(message, wish, now):
    """Whether it is still true on the day that the message is about."""
    day = DAY_ZERO + timedelta(days=message.schedule_version)
    if not wish.asks_on(day):
        return "It was turned off, or the days were changed."
    today = max(day, timezone.localdate(now, timezone=message.recipient.zone))
    return "" if wish.waiting(today, days_answered(wish.answered, message.recipient.zone)) else "Nothing is asked now."


def compose_asked(message, wish):
    return Email(
        subject=_("Your own questions are ready"),
        template="emails/supportplans/self_report",
        action=(_("Answer, or not this time"), page_address()),
    )


def asked_ahead(person, since, until):
    """The day in this time on which a person chose to be asked."""
    wish = SelfReportWish.objects.filter(person=person, is_on=True, first_on__isnull=False).first()
    if wish is None:
        return []
    first, last = (at.astimezone(person.zone).date() for at in (since, until))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    lines = [
        Ahead(
            at=datetime.combine(day, NINE, person.zone),
            when=spoken_date(day),
            text=_("Your own questions"),
            url=page_address(),
        )
        for day in days
        if wish.asks_on(day)
    ]
    return [line for line in lines if since < line.at <= until]


def page_address():
    return f"{settings.BASE_URL}{reverse('supportplans:self_report_list')}"


register(
    Kind(
        name=ASKED,
        label=gettext_lazy("It is time for the questions you chose for yourself"),
        why=gettext_lazy("You get this because you chose to be asked now and then."),
        rows=wish_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose_asked,
        plan=plan_asked,
        at_most_once=True,
        ahead=asked_ahead,
    )
)
