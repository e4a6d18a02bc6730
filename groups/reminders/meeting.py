"""What members hear about meetings: a new one, a move, a cancellation, and that one is coming."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from groups.calendar_entries import entry_of
from groups.icalendar import Event, calendar_of
from groups.models import RSVP, Meeting, Membership
from groups.recurrence import say_rule
from peersupport.reminders.registry import Ahead, Email, Kind, register
from peersupport.reminders.rendering import kept_with
from peersupport.spoken import in_zone, spoken_datetime, spoken_time

ABOUT = "groups.meeting"
WHY = gettext_lazy("You get this because you belong to this group.")
DAY_BEFORE_MINUTES = 24 * 60
LEADS = {
    7 * 24 * 60: gettext_lazy("A week before"),
    DAY_BEFORE_MINUTES: gettext_lazy("The day before"),
    2 * 60: gettext_lazy("Two hours before"),
}

# Members, but for those having a break, those who said they can't come to the meeting as it now is, and those to whom
# it was no news: they joined, or it was planned or moved, when the reminder was due already.
_COMING = """
    SELECT meeting.id, membership.person_id, lead.minutes, meeting.sequence,
           meeting.starts_at - make_interval(mins => lead.minutes), meeting.starts_at
    FROM unnest(%s::int[]) AS lead (minutes)
    JOIN groups_meeting meeting ON meeting.starts_at > %s + make_interval(mins => lead.minutes)
        AND meeting.starts_at <= %s + make_interval(mins => lead.minutes)
    JOIN groups_membership membership ON membership.group_id = meeting.group_id AND membership.state = 'joined'
        AND membership.person_id IS NOT NULL
    LEFT JOIN groups_rsvp rsvp ON rsvp.meeting_id = meeting.id AND rsvp.membership_id = membership.id
        AND rsvp.answered_at >= meeting.changed_at
    WHERE meeting.state IN ('planned', 'confirmed')
      AND membership.joined_at <= meeting.starts_at - make_interval(mins => lead.minutes)
      AND meeting.changed_at <= meeting.starts_at - make_interval(mins => lead.minutes)
      AND rsvp.answer IS DISTINCT FROM 'cannot'
"""


def plan_coming(since, until):
    return _COMING, [list(LEADS), since, until]


@dataclass(frozen=True)
class Told:
    """Someone without an account, whom the recipient of a mail tells of it."""

    by: int
    name: str
    how: str

    @property
    def way(self):
        return Membership.ToldHow(self.how).label if self.how else ""


def meeting_rows():
    """Meetings with all that is asked of them for many members at once.

    `members` are the keys of those who belong now, `said_no` of those who can't come, `told` those without an account.
    """
    current = Membership.objects.current().filter(group=OuterRef("group")).order_by("name", "pk")
    told = current.filter(person=None).values(row=JSONObject(by="told_by", name="name", how="told_how"))
    no = RSVP.objects.holding().filter(meeting=OuterRef("pk"), answer=RSVP.Answer.CANNOT).order_by()
    no = no.filter(membership__in=Membership.objects.current())
    meetings = Meeting.objects.select_related("group", "venue", "online_venue", "series").with_greeter()
    return meetings.annotate(
        told=ArraySubquery(told),
        members=ArraySubquery(current.exclude(person=None).values("person")),
        said_no=ArraySubquery(no.exclude(membership__person=None).values("membership__person")),
    )


def moved_rows():
    """And `others`: how many more of the series were changed at the same moment; one message speaks for all."""
    together = Meeting.objects.going_ahead().filter(series=OuterRef("series"), changed_at=OuterRef("changed_at"))
    return meeting_rows().annotate(others=_how_many(together, by="series"))


def cancelled_rows():
    """And `others`: how many more of the group were cancelled at the same moment; one message speaks for all."""
    together = Meeting.objects.filter(group=OuterRef("group"), state="cancelled", changed_at=OuterRef("changed_at"))
    return meeting_rows().annotate(others=_how_many(together, by="group"))


def _how_many(meetings, by):
    others = meetings.exclude(pk=OuterRef("pk")).order_by().values(by)
    return Coalesce(Subquery(others.annotate(number=Count("pk")).values("number")), 0)


def reason_not_to_send(message, meeting, now):
    """Why a message about a meeting that goes ahead is not sent after all."""
    if not meeting.is_going_ahead:
        return "The meeting was cancelled."
    return _reason_of_recipient(message, meeting)


def reason_not_to_remind(message, meeting, now):
    if reason := reason_not_to_send(message, meeting, now):
        return reason
    return "They said they can't come." if message.recipient_id in meeting.said_no else ""


def reason_not_to_tell_of_cancelling(message, meeting, now):
    return _reason_of_recipient(message, meeting) if meeting.is_cancelled else "The meeting goes ahead after all."


def _reason_of_recipient(message, meeting):
    if message.schedule_version != meeting.sequence:
        return "The meeting has been changed since."
    return "" if message.recipient_id in meeting.members else "They have left the group."


def compose_planned(message, meeting):
    return meeting_mail(message, meeting, gettext_lazy("Your group will meet on %(date)s"), "meeting_planned")


def compose_moved(message, meeting):
    return meeting_mail(
        message, meeting, gettext_lazy("Your group now meets on %(date)s"), "meeting_moved", others=meeting.others
    )


def compose_cancelled(message, meeting):
    subject = gettext_lazy("Your group does not meet on %(date)s")
    return meeting_mail(message, meeting, subject, "meeting_cancelled", method="CANCEL", others=meeting.others)


def compose_coming(message, meeting):
    return meeting_mail(message, meeting, gettext_lazy("Your group meets on %(date)s"), "meeting_coming")


def meeting_mail(message, meeting, subject, template, method="REQUEST", **context):
    """One of the mails; its calendar part is the one meeting (a series is not repeated in it: see groups.icalendar)."""
    recipient = message.recipient
    said = kept_with(meeting, (template, get_language()), lambda: _said_to_all(meeting, str(subject)))
    entry = replace(said.entry, attendee=recipient.email)
    return Email(
        subject=said.subject,
        brief=said.brief,
        template=f"emails/groups/{template}",
        context={
            "meeting": meeting,
            "when": said.when,
            "until": said.until,
            "own_time": _own_time(meeting, recipient),
            "calendar_url": said.calendar_url,
            "to_tell": [Told(**told) for told in meeting.told if told["by"] == recipient.pk],
            "rhythm": said.rhythm,
            **context,
        },
        action=(said.look, said.entry.url),
        calendar=calendar_of([entry], method=method),
        calendar_method=method,
    )


@dataclass(frozen=True)
class SaidToAll:
    """What all members who speak one language read of a meeting in one kind of mail."""

    subject: str
    brief: str
    look: str
    when: str
    until: str
    rhythm: str
    calendar_url: str
    entry: Event


def _said_to_all(meeting, subject):
    starts_at = in_zone(meeting.starts_at, meeting.time_zone)
    when = spoken_datetime(meeting.starts_at, meeting.time_zone)
    return SaidToAll(
        subject=subject % {"date": date_format(starts_at, "l j F"), "day": date_format(starts_at, "l")},
        brief=subject % {"date": when, "day": when},
        look=_("Look at the meeting"),
        when=when,
        until=spoken_time(meeting.ends_at, meeting.time_zone),
        rhythm=say_rule(meeting.series.rule) if meeting.series else "",
        calendar_url=settings.BASE_URL + reverse("groups:calendar"),
        entry=entry_of(meeting),
    )


def meetings_ahead(person, since, until):
    """The meetings of a person's groups in this time, but for those they can't come to or have a break from."""
    memberships = Membership.objects.joined().filter(person=person)
    no = RSVP.objects.holding().filter(membership__in=memberships, answer=RSVP.Answer.CANNOT)
    meetings = Meeting.objects.going_ahead().filter(
        group__in=memberships.values("group"), starts_at__gt=since, starts_at__lte=until
    )
    return [
        Ahead(
            at=meeting.starts_at,
            when=spoken_datetime(meeting.starts_at, meeting.time_zone),
            text=_("%(group)s meets") % {"group": meeting.group.name},
            url=settings.BASE_URL + meeting.get_absolute_url(),
        )
        for meeting in meetings.exclude(pk__in=no.values("meeting")).select_related("group")
    ]


def _own_time(meeting, recipient):
    """The time by the recipient's own clock, where it differs from the group's."""
    is_elsewhere = meeting.is_at_another_hour_for(recipient)
    return spoken_datetime(meeting.starts_at, recipient.time_zone) if is_elsewhere else ""


register(
    Kind(
        name="groups.meeting_planned",
        label=gettext_lazy("A new meeting is planned"),
        why=WHY,
        rows=meeting_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose_planned,
        subject=ABOUT,
    )
)
register(
    Kind(
        name="groups.meeting_moved",
        label=gettext_lazy("A meeting is moved"),
        why=WHY,
        rows=moved_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose_moved,
        subject=ABOUT,
    )
)
register(
    Kind(
        name="groups.meeting_cancelled",
        label=gettext_lazy("A meeting is cancelled"),
        why=WHY,
        rows=cancelled_rows,
        reason_not_to_send=reason_not_to_tell_of_cancelling,
        compose=compose_cancelled,
        subject=ABOUT,
    )
)
register(
    Kind(
        name="groups.meeting_coming",
        label=gettext_lazy("A meeting is coming"),
        why=WHY,
        rows=meeting_rows,
        reason_not_to_send=reason_not_to_remind,
        compose=compose_coming,
        plan=plan_coming,
        subject=ABOUT,
        leads=LEADS,
        usual_leads=(DAY_BEFORE_MINUTES,),
        ahead=meetings_ahead,
    )
)
