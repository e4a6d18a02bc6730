"""Hang answers and attendance on the membership that the person had at the meeting, and say since when a group is quiet."""

from django.db import migrations

# The membership that held at the meeting; the services let nobody else answer or be noted.
_OF_MEMBERSHIP = """
    UPDATE {table} said SET membership_id = (
        SELECT membership.id FROM groups_membership membership
        JOIN groups_meeting meeting ON meeting.id = said.meeting_id
        WHERE membership.group_id = meeting.group_id AND membership.person_id = said.person_id
        ORDER BY (membership.joined_at < meeting.ends_at) DESC,
                 (membership.ended_at IS NULL OR membership.ended_at > meeting.starts_at) DESC, membership.id DESC
        LIMIT 1
    )
"""

_COMING_SINCE = "UPDATE groups_rsvp SET coming_since = answered_at WHERE answer = 'coming'"

_QUIET_SINCE = """
    UPDATE groups_supportgroup quiet SET quiet_since = coalesce((
        SELECT max(meeting.starts_at) FROM groups_meeting meeting
        WHERE meeting.group_id = quiet.id AND meeting.state <> 'cancelled' AND meeting.ends_at <= now()
    ), quiet.created_at)
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0003_whole_groups")]

    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (
            _OF_MEMBERSHIP.format(table="groups_attendance"),
            _OF_MEMBERSHIP.format(table="groups_rsvp"),
            _COMING_SINCE,
            _QUIET_SINCE,
        )
    ]
