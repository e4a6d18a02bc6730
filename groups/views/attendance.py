"""Who came to a meeting."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.forms.attendance import RecordAttendanceForm
from groups.models import Attendance, Meeting
from groups.services.attendance import memberships_of_meeting, record_attendance
from peersupport.access import require
from peersupport.refusals import shown_on


def attendance_record(request, pk):
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("group"), pk=pk)
    require(request.user, "groups.record_attendance", meeting)
    standing = Attendance.objects.standing().filter(meeting=meeting).values_list("membership_id", "outcome")
    # Most came, as a rule: one tap fills that in, and whoever did not is quickly changed. Nothing is saved by it.
    is_everyone = "everyone" in request.GET
    form = RecordAttendanceForm(
        request.POST or None,
        memberships=memberships_of_meeting(meeting=meeting),
        standing=dict(standing),
        default=Attendance.Outcome.ATTENDED if is_everyone else Attendance.Outcome.NOT_KNOWN,
        cancel_url=meeting.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            record_attendance(meeting=meeting, outcomes=form.outcomes(), by=request.user, now=timezone.now())
            messages.success(request, _("Saved. You can correct it at any time."))
            return redirect(meeting)
    return render(
        request, "groups/attendance_record.html", {"meeting": meeting, "form": form, "is_everyone": is_everyone}
    )
