"""Who came to a meeting."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.forms.attendance import RecordAttendanceForm
from groups.models import Attendance, Meeting, SupportGroup
from groups.services.attendance import memberships_of_meeting, record_attendance
from peersupport.access import log, require
from peersupport.refusals import shown_on

#: Two years of meetings every other week fit a chart.
MOST_MEETINGS = 52


def attendance_record(request, pk):
    meeting = _meeting_to_record(request, pk)
    standing = list(Attendance.objects.standing().filter(meeting=meeting).select_related("membership__person"))
    # Most came, as a rule: one tap fills that in, and whoever did not is quickly changed. Nothing is saved by it.
    is_everyone = "everyone" in request.GET
    form = RecordAttendanceForm(
        request.POST or None,
        memberships=memberships_of_meeting(meeting=meeting),
        standing={row.membership_id: row.outcome for row in standing},
        default=Attendance.Outcome.ATTENDED if is_everyone else Attendance.Outcome.NOT_KNOWN,
        cancel_url=meeting.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            record_attendance(meeting=meeting, outcomes=form.outcomes(), by=request.user, now=timezone.now())
            messages.success(request, _("Saved. You can correct it at any time."))
            return redirect(meeting)
    _log_look(request, meeting, standing, "groups:attendance_record")
    return render(
        request, "groups/attendance_record.html", {"meeting": meeting, "form": form, "is_everyone": is_everyone}
    )


def attendance_history(request, pk):
    """What was noted, by whom, and what replaced it; a tutor's look is written down for each person."""
    meeting = _meeting_to_record(request, pk)
    rows = Attendance.objects.filter(meeting=meeting).select_related("membership__person", "recorded_by")
    rows = list(rows.order_by("-recorded_at", "-pk"))
    _log_look(request, meeting, rows, "groups:attendance_history")
    return render(request, "groups/attendance_history.html", {"meeting": meeting, "rows": rows})


def attendance_sheet(request, pk):
    """A list with boxes to tick on paper, and lines for those who come unannounced."""
    meeting = _meeting_to_record(request, pk)
    members = memberships_of_meeting(meeting=meeting)
    return render(request, "groups/attendance_sheet.html", {"meeting": meeting, "members": members})


def attendance_over_time(request, pk):
    """How many came to the last meetings; numbers only."""
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    held = Meeting.objects.filter(group=group).past(now=timezone.now()).exclude(state=Meeting.State.CANCELLED)
    meetings = list(held.with_outcome_counts()[:MOST_MEETINGS])
    return render(request, "groups/attendance_over_time.html", {"group": group, "meetings": meetings[::-1]})


def _meeting_to_record(request, pk):
    meetings = Meeting.objects.visible_to(request.user).select_related("group", "venue")
    meeting = get_object_or_404(meetings, pk=pk)
    require(request.user, "groups.record_attendance", meeting)
    return meeting


def _log_look(request, meeting, rows, route):
    """Members among themselves leave no entry; a tutor from outside leaves one for each person."""
    if not request.user.has_perm("groups.answer_meeting", meeting):
        looked_at = [(row, row.membership.person) for row in rows if row.membership.person_id]
        log.record_each(actor=request.user, action=log.Action.VIEWED, looked_at=looked_at, route=route)
