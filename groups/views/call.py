"""The call list: members whom no message reaches, and who rings them about a meeting."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.models import Call, Meeting, Membership
from groups.services.call import drop_call, note_rung, take_call
from peersupport.access import require
from peersupport.refusals import shown_to

SERVICES = {"taken": take_call, "rung": note_rung, "open": drop_call}


def call_list(request, pk):
    meeting = _meeting(request, pk)
    members = Membership.objects.joined().out_of_reach().filter(group=meeting.group_id).select_related("told_by")
    calls = {call.membership_id: call for call in Call.objects.filter(meeting=meeting).select_related("caller")}
    context = {
        "meeting": meeting,
        "rows": [_row(member, calls.get(member.pk), meeting) for member in members.ordered_by_name()],
        "is_open": meeting.ends_at > timezone.now(),
    }
    return render(request, "groups/call_list.html", context)


@require_POST
def call_note(request, pk, membership_pk):
    """I will ring them; they know; or nobody rings them after all."""
    meeting = _meeting(request, pk)
    membership = get_object_or_404(Membership, pk=membership_pk, group=meeting.group_id)
    service = SERVICES.get(request.POST.get("state", ""))
    if service is None:
        messages.error(request, _("Choose one of the answers."))
        return redirect("groups:call_list", pk)
    with shown_to(request):
        service(meeting=meeting, membership=membership, by=request.user, now=timezone.now())
        messages.success(request, _("Noted for %(name)s.") % {"name": membership.shown_name})
    return redirect("groups:call_list", pk)


def _meeting(request, pk):
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("group"), pk=pk)
    require(request.user, "groups.record_attendance", meeting)
    return meeting


def _row(member, call, meeting):
    """The member, the call that counts, and whether they were rung before the meeting was changed."""
    was_rung_before = bool(call and call.is_out_of_date(meeting))
    return member, None if was_rung_before else call, was_rung_before
