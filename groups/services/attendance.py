"""Who came: recorded by an organiser, corrected by new rows."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from groups.models import Attendance, Meeting, Membership, SupportGroup
from groups.refusals import MeetingCancelled, NotBegun
from groups.services.group import activate_if_forming
from members.models import Person
from peersupport.access import log


def memberships_of_meeting(*, meeting: Meeting) -> QuerySet[Membership]:
    """Everyone who belonged to the group when it met, by name; someone who came back that day once."""
    then = Membership.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=meeting.starts_at), group=meeting.group_id, joined_at__lt=meeting.ends_at
    )
    again = then.filter(person=OuterRef("person"), pk__gt=OuterRef("pk"))
    return then.filter(~Exists(again)).ordered_by_name()


@transaction.atomic
def record_attendance(*, meeting: Meeting, outcomes: Mapping[int, str], by: Person, now: datetime) -> int:
    """Write down how it was for each member (by the membership's key); gives how many rows are new.

    What was recorded before and is the same stays; what differs is replaced by a new row. The meeting counts as held.
    """
    meeting = Meeting.objects.select_for_update(of=["self"]).select_related("group").get(pk=meeting.pk)
    if meeting.is_cancelled:
        raise MeetingCancelled
    if meeting.starts_at > now:
        raise NotBegun
    standing = dict(Attendance.objects.standing().filter(meeting=meeting).values_list("membership_id", "outcome"))
    known = memberships_of_meeting(meeting=meeting).in_bulk()
    changed = {
        known[key]: outcome for key, outcome in outcomes.items() if key in known and standing.get(key) != outcome
    }
    rows = _replace(meeting, changed, standing, by, now)
    _hold(meeting, now)
    _log_if_from_outside(meeting, rows, by, now)
    return len(rows)


def _replace(meeting, changed, standing, by, now):
    if replaced := [membership for membership in changed if membership.pk in standing]:
        Attendance.objects.standing().filter(meeting=meeting, membership__in=replaced).update(replaced_at=now)
    return Attendance.objects.bulk_create(
        Attendance(meeting=meeting, membership=membership, outcome=outcome, recorded_by=by, recorded_at=now)
        for membership, outcome in changed.items()
    )


def _hold(meeting, now):
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.HELD)
    if meeting.group.state == SupportGroup.State.FORMING:
        activate_if_forming(group=meeting.group, now=now)


def _log_if_from_outside(meeting, rows, by, now):
    """A tutor who is no member works with the members' records: each of them can see it."""
    if Membership.objects.current().filter(group=meeting.group_id, person=by).exists():
        return
    looked_at = [(row, row.membership.person) for row in rows]
    log.record_each(actor=by, action=log.Action.CHANGED, looked_at=looked_at, route="groups:attendance_record", now=now)
