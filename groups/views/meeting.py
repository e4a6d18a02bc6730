"""Meetings: planned, looked at, moved, cancelled."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from groups.forms.meeting import (
    CancelMeetingForm,
    CancelMeetingsForm,
    ChangeMeetingForm,
    PlanMeetingForm,
    Scope,
    StopSeriesForm,
)
from groups.models import RSVP, Attendance, Meeting, MeetingNote, Membership, SupportGroup, Venue
from groups.recurrence import say_rule
from groups.services.meeting import (
    cancel_meeting,
    confirm_meeting,
    move_meeting,
    plan_meeting,
    settle_meeting,
    stop_series,
)
from groups.services.series_change import cancel_following, move_series
from groups.views.pointing_out import holiday_of, point_out_bank_holidays, point_out_overlap
from groups.views.starting import after_step, step_shown
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on, shown_to

PAGE = 25


def meeting_list(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    meetings = Meeting.objects.filter(group=group).select_related("venue").with_attendance_counts()
    now, is_past = timezone.now(), "past" in request.GET
    some = meetings.past(now=now) if is_past else meetings.upcoming(now=now)
    page = page_of(some, key="starts_at", query=request.GET, size=PAGE, is_descending=is_past)
    context = {
        "group": group,
        "page": page,
        "is_past": is_past,
        "is_organiser": request.user.has_perm("groups.plan_meeting", group),
    }
    return render(request, "groups/meeting_list.html", context)


def meeting_detail(request, pk):
    meeting = _visible_meeting(request, pk)
    now = timezone.now()
    is_organiser = request.user.has_perm("groups.view_answers", meeting)
    rsvps = list(RSVP.objects.coming().filter(meeting=meeting).select_related("membership__person"))
    placed = rsvps[: meeting.capacity]
    context = {
        "meeting": meeting,
        "group": meeting.group,
        "answers": RSVP.Answer.choices,
        "is_over": meeting.ends_at <= now,
        "has_begun": meeting.starts_at <= now,
        "is_member": request.user.has_perm("groups.answer_meeting", meeting),
        "is_organiser": is_organiser,
        "can_write": request.user.has_perm("groups.write_note", meeting),
        "coming": len(placed),
        "waiting": len(rsvps) - len(placed),
        "shown": [rsvp.membership.shown_name for rsvp in placed if rsvp.is_shown],
        "newcomers": newcomers_of(meeting) if request.user.has_perm("groups.view_newcomers", meeting) else [],
        "items": meeting.bring_items.select_related("taken_by__person"),
        "note": MeetingNote.objects.standing().filter(meeting=meeting).select_related("written_by").first(),
        "holiday": holiday_of(meeting, meeting.group.site),
        "has_own_time": meeting.is_at_another_hour_for(request.user),
        "rhythm": say_rule(meeting.series.rule) if meeting.series else "",
        "my_outcome": Attendance.Outcome(meeting.my_outcome).label if meeting.my_outcome else "",
        "greeter": meeting.greeter,
    }
    return render(request, "groups/meeting_detail.html", context)


def meeting_plan(request, pk):
    groups = SupportGroup.objects.visible_to(request.user).select_related("site", "online_venue")
    group = get_object_or_404(groups, pk=pk)
    require(request.user, "groups.plan_meeting", group)
    form = PlanMeetingForm(
        request.POST or None,
        venues=Venue.objects.to_choose_from(site=group.site, group=group),
        zone=group.zone,
        online_venue=group.online_venue,
        initial={
            "venue": str(group.venue_id or PlanMeetingForm.LATER),
            "is_hybrid": ["online"] if group.online_venue else [],
        },
        cancel_url=group.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            meeting = plan_meeting(group=group, by=request.user, now=timezone.now(), **form.meeting_details())
            messages.success(request, _("The meeting is planned. Everyone in the group gets an email."))
            planned = meeting.series.meetings.all() if meeting.series else Meeting.objects.filter(pk=meeting.pk)
            point_out_overlap(request, planned)
            point_out_bank_holidays(request, planned, group.site)
            return redirect(after_step(request, group) or meeting)
    return render(request, "groups/meeting_plan.html", {"group": group, "form": form, **step_shown(request, group)})


def meeting_move(request, pk):
    """Another time or place: for this one, for those after it as well, or for all of its rhythm still ahead."""
    meeting = _visible_meeting(request, pk)
    require(request.user, "groups.move_meeting", meeting)
    starts_at = timezone.localtime(meeting.starts_at, meeting.zone)
    form = ChangeMeetingForm(
        request.POST or None,
        venues=Venue.objects.to_choose_from(site=meeting.group.site, group=meeting.group),
        zone=meeting.zone,
        online_venue=meeting.group.online_venue,
        has_series=_goes_on(meeting),
        initial={
            "on": starts_at.date(),
            "start_time": starts_at.time(),
            "duration_minutes": int((meeting.ends_at - meeting.starts_at).total_seconds() // 60),
            "venue": str(meeting.venue_id or ChangeMeetingForm.LATER),
            "is_hybrid": ["online"] if meeting.online_venue_id else [],
        },
        cancel_url=meeting.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            if form.chosen_scope() == Scope.THIS:
                return _move_one(request, meeting, form)
            return _move_many(request, meeting, form)
    return render(request, "groups/meeting_move.html", {"meeting": meeting, "form": form})


def _move_one(request, meeting, form):
    moved = move_meeting(meeting=meeting, by=request.user, now=timezone.now(), **form.meeting_details())
    if moved.sequence > meeting.sequence:
        messages.success(request, _("The meeting is moved. Everyone in the group gets an email."))
        point_out_overlap(request, Meeting.objects.filter(pk=moved.pk))
        point_out_bank_holidays(request, Meeting.objects.filter(pk=moved.pk), meeting.group.site)
    return redirect(moved)


def _move_many(request, meeting, form):
    changed = move_series(
        meeting=meeting,
        is_from_now=form.chosen_scope() == Scope.ALL,
        by=request.user,
        now=timezone.now(),
        **form.meeting_details(),
    )
    sentence = ngettext(
        "%(number)d meeting is changed. Everyone in the group gets one email.",
        "%(number)d meetings are changed. Everyone in the group gets one email.",
        changed.number,
    )
    messages.success(request, sentence % {"number": changed.number})
    if changed.kept:
        kept = ngettext(
            "%(number)d meeting that was changed on its own stays as it is.",
            "%(number)d meetings that were changed on their own stay as they are.",
            changed.kept,
        )
        messages.warning(request, kept % {"number": changed.kept})
    planned = changed.first.series.meetings.all()
    point_out_overlap(request, planned)
    point_out_bank_holidays(request, planned, meeting.group.site)
    return redirect(meeting)


def meeting_cancel(request, pk):
    meeting = _visible_meeting(request, pk)
    require(request.user, "groups.cancel_meeting", meeting)
    form_class = CancelMeetingsForm if _goes_on(meeting) else CancelMeetingForm
    form = form_class(request.POST or None, cancel_url=meeting.get_absolute_url())
    if form.is_valid():
        reason, is_many = form.cleaned_data["reason"], form.cleaned_data.get("scope") == Scope.FOLLOWING
        service = cancel_following if is_many else cancel_meeting
        with shown_on(form):
            service(meeting=meeting, reason=reason, by=request.user, now=timezone.now())
            messages.success(
                request,
                _("The meetings are cancelled. Everyone in the group gets one email.")
                if is_many
                else _("The meeting is cancelled. Everyone in the group gets an email."),
            )
            return redirect(meeting)
    return render(request, "groups/meeting_cancel.html", {"meeting": meeting, "form": form})


@require_POST
def meeting_confirm(request, pk):
    meeting = _visible_meeting(request, pk)
    require(request.user, "groups.move_meeting", meeting)
    with shown_to(request):
        confirm_meeting(meeting=meeting, now=timezone.now())
        messages.success(request, _("The meeting is confirmed."))
    return redirect(meeting)


@require_POST
def meeting_settle(request, pk):
    """Whether a meeting that is over took place; who came is written down elsewhere."""
    meeting = _visible_meeting(request, pk)
    require(request.user, "groups.record_attendance", meeting)
    with shown_to(request):
        settle_meeting(meeting=meeting, state=request.POST.get("state", ""), now=timezone.now())
        messages.success(request, _("Saved."))
    return redirect(meeting)


def series_stop(request, pk):
    """Reached from one of its meetings: nothing of the rhythm goes on after this."""
    meeting = _visible_meeting(request, pk)
    require(request.user, "groups.cancel_meeting", meeting)
    if not meeting.series:
        raise Http404
    form = StopSeriesForm(request.POST or None, cancel_url=meeting.get_absolute_url())
    if form.is_valid():
        number = stop_series(series=meeting.series, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(
            request,
            ngettext("%(number)d meeting is cancelled.", "%(number)d meetings are cancelled.", number)
            % {"number": number},
        )
        return redirect(meeting.group)
    return render(request, "groups/series_stop.html", {"meeting": meeting, "form": form})


def _visible_meeting(request, pk):
    meetings = Meeting.objects.visible_to(request.user).with_answer_of(request.user).with_outcome_of(request.user)
    meetings = meetings.select_related("group__site", "group__online_venue", "venue", "online_venue", "series")
    return get_object_or_404(meetings.with_greeter(), pk=pk)


def newcomers_of(meeting):
    """Members who have not been there yet, may come, and let the greeter know that they are new."""
    came = Attendance.objects.standing().filter(membership=OuterRef("pk"), outcome=Attendance.Outcome.ATTENDED)
    said_no = RSVP.objects.holding().filter(meeting=meeting, membership=OuterRef("pk"), answer=RSVP.Answer.CANNOT)
    members = Membership.objects.joined().filter(group=meeting.group_id, greeter_may_know=True)
    return members.exclude(Exists(came)).exclude(Exists(said_no)).ordered_by_name()


def _goes_on(meeting):
    """Whether it is one of a rhythm that has not ended."""
    return bool(meeting.series_id) and meeting.series.ended_at is None
