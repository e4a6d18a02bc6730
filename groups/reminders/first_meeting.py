"""Before someone's first meeting: what to expect, and who greets. The first meeting is the hurdle."""

from django.utils.translation import gettext_lazy

from groups.reminders.meeting import ABOUT, WHY, meeting_mail, meeting_rows, reason_not_to_remind
from peersupport.reminders.registry import Kind, register

KIND = "groups.first_meeting"
LEAD_MINUTES = 2 * 24 * 60

# Members who have not come yet, for the first meeting of their group after they joined that takes place.
_FIRST = """
    SELECT meeting.id, membership.person_id, %s, meeting.sequence,
           meeting.starts_at - make_interval(mins => %s), meeting.starts_at
    FROM groups_meeting meeting
    JOIN groups_membership membership ON membership.group_id = meeting.group_id AND membership.state = 'joined'
        AND membership.person_id IS NOT NULL
    WHERE meeting.state IN ('planned', 'confirmed')
      AND meeting.starts_at > %s + make_interval(mins => %s) AND meeting.starts_at <= %s + make_interval(mins => %s)
      AND membership.joined_at <= meeting.starts_at - make_interval(mins => %s)
      AND NOT EXISTS (
        SELECT 1 FROM groups_meeting earlier
        WHERE earlier.group_id = meeting.group_id AND earlier.state <> 'cancelled'
          AND earlier.starts_at > membership.joined_at AND earlier.starts_at < meeting.starts_at
      )
      AND NOT EXISTS (
        SELECT 1 FROM groups_attendance came
        WHERE came.membership_id = membership.id AND came.outcome = 'attended' AND came.replaced_at IS NULL
      )
      AND NOT EXISTS (
        SELECT 1 FROM groups_rsvp rsvp
        WHERE rsvp.meeting_id = meeting.id AND rsvp.membership_id = membership.id
          AND rsvp.answered_at >= meeting.changed_at AND rsvp.answer = 'cannot'
      )
"""


def plan_first(since, until):
    lead = LEAD_MINUTES
    return _FIRST, [lead, lead, since, lead, until, lead, lead]


def compose(message, meeting):
    return meeting_mail(message, meeting, gettext_lazy("What to expect on %(day)s"), "first_meeting")


register(
    Kind(
        name=KIND,
        label=gettext_lazy("What to expect, before your first meeting"),
        why=WHY,
        rows=meeting_rows,
        reason_not_to_send=reason_not_to_remind,
        compose=compose,
        plan=plan_first,
        subject=ABOUT,
        usual_leads=(LEAD_MINUTES,),
    )
)
