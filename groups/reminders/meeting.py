"""What members hear about meetings: a new one, a move, a cancellation, and that one is coming."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.calendar_entries import entry_of
from groups.icalendar import calendar_of
from groups.models import RSVP, Meeting, Membership
from groups.recurrence import say_rule
from peersupport.reminders.registry import Email, Kind, register
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


def load_meeting(subject_id):
    told = Membership.objects.current().filter(group=OuterRef("group"), person=None).order_by("name", "pk")
    rows = ArraySubquery(told.values(row=JSONObject(by="told_by", name="name", how="told_how")))
    meetings = Meeting.objects.select_related("group", "venue", "online_venue", "series")
    return meetings.with_greeter().annotate(told=rows).filter(pk=subject_id).first()


def reason_not_to_send(message, meeting, now):
    """Why a message about a meeting that goes ahead is not sent after all."""
    if not meeting.is_going_ahead:
        return "The meeting was cancelled."
    return _reason_of_recipient(message, meeting)


def reason_not_to_remind(message, meeting, now):
    if reason := reason_not_to_send(message, meeting, now):
        return reason
    current = Membership.objects.current().filter(group=meeting.group_id, person=message.recipient_id)
    said = RSVP.objects.holding().filter(meeting=meeting, membership__in=current)
    if said.filter(answer=RSVP.Answer.CANNOT).exists():
        return "They said they can't come."
    return ""


def reason_not_to_tell_of_cancelling(message, meeting, now):
    return _reason_of_recipient(message, meeting) if meeting.is_cancelled else "The meeting goes ahead after all."


def _reason_of_recipient(message, meeting):
    if message.schedule_version != meeting.sequence:
        return "The meeting has been changed since."
    joined = Membership.objects.current().filter(group=meeting.group_id, person=message.recipient_id)
    return "" if joined.exists() else "They have left the group."


def compose_planned(message, meeting):
    return _email(message, meeting, _("Your group will meet on %(date)s"), "meeting_planned")


def compose_moved(message, meeting):
    # What was changed together was changed at one moment; this message speaks for all of it.
    together = Meeting.objects.going_ahead().filter(series=meeting.series_id, changed_at=meeting.changed_at)
    others = together.exclude(pk=meeting.pk).count() if meeting.series_id else 0
    return _email(message, meeting, _("Your group now meets on %(date)s"), "meeting_moved", others=others)


def compose_cancelled(message, meeting):
    # What was cancelled together was cancelled at one moment; this message speaks for all of it.
    together = Meeting.objects.filter(group=meeting.group_id, state="cancelled", changed_at=meeting.changed_at)
    others = together.exclude(pk=meeting.pk).count()
    subject = _("Your group does not meet on %(date)s")
    return _email(message, meeting, subject, "meeting_cancelled", method="CANCEL", others=others)


def compose_coming(message, meeting):
    return _email(message, meeting, _("Your group meets on %(day)s"), "meeting_coming")


def _email(message, meeting, subject, template, method="REQUEST", **context):
    """One of the mails; its calendar part is the one meeting (a series is not repeated in it: see groups.icalendar)."""
    recipient = message.recipient
    entry = entry_of(meeting, attendee=recipient.email)
    starts_at = in_zone(meeting.starts_at, meeting.time_zone)
    return Email(
        subject=subject % {"date": date_format(starts_at, "l j F"), "day": date_format(starts_at, "l")},
        template=f"emails/groups/{template}",
        context={
            "meeting": meeting,
            "when": spoken_datetime(meeting.starts_at, meeting.time_zone),
            "until": spoken_time(meeting.ends_at, meeting.time_zone),
            "own_time": _own_time(meeting, recipient),
            "calendar_url": settings.BASE_URL + reverse("groups:calendar"),
            "to_tell": [Told(**told) for told in meeting.told if told["by"] == recipient.pk],
            "rhythm": say_rule(meeting.series.rule) if meeting.series else "",
            **context,
        },
        action=(_("Look at the meeting"), settings.BASE_URL + meeting.get_absolute_url()),
        calendar=calendar_of([entry], method=method),
        calendar_method=method,
    )


def _own_time(meeting, recipient):
    """The time by the recipient's own clock, where it differs from the group's."""
    is_elsewhere = meeting.is_at_another_hour_for(recipient)
    return spoken_datetime(meeting.starts_at, recipient.time_zone) if is_elsewhere else ""


register(
    Kind(
        name="groups.meeting_planned",
        label=gettext_lazy("A new meeting is planned"),
        why=WHY,
        load=load_meeting,
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
        load=load_meeting,
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
        load=load_meeting,
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
        load=load_meeting,
        reason_not_to_send=reason_not_to_remind,
        compose=compose_coming,
        plan=plan_coming,
        subject=ABOUT,
        leads=LEADS,
        usual_leads=(DAY_BEFORE_MINUTES,),
    )
)
