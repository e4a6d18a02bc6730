"""Meetings: planned, looked at, moved, cancelled."""

from django.contrib import messages
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.forms.meeting import (
    CancelMeetingForm,
    MoveMeetingForm,
    PlanMeetingForm,
    StopSeriesForm,
)
from groups.models import RSVP, Attendance, Meeting, MeetingNote, Membership, RoleTerm, SupportGroup, Venue
from groups.recurrence import say_rule
from groups.services.meeting import cancel_meeting, move_meeting, plan_meeting, stop_series
from groups.views.starting import after_step, step_shown
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on
from peersupport.spoken import spoken_date

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
    mine = next((number for number, rsvp in enumerate(rsvps, 1) if rsvp.membership.person_id == request.user.pk), None)
    context = {
        "meeting": meeting,
        "group": meeting.group,
        "answers": RSVP.Answer.choices,
        "is_over": meeting.ends_at <= now,
        "has_begun": meeting.starts_at <= now,
        "is_member": request.user.has_perm("groups.answer_meeting", meeting),
        "is_organiser": is_organiser,
        "can_write": request.user.has_perm("groups.write_note", meeting),
        "coming": len(rsvps),
        "shown": [rsvp.membership.shown_name for rsvp in rsvps if rsvp.membership.shows_answer],
        "waiting_place": mine - meeting.capacity if mine and meeting.capacity and mine > meeting.capacity else 0,
        "newcomers": newcomers_of(meeting) if is_organiser else [],
        "items": meeting.bring_items.select_related("taken_by__person"),
        "note": MeetingNote.objects.standing().filter(meeting=meeting).select_related("written_by").first(),
        "has_own_time": meeting.is_at_another_hour_for(request.user),
        "rhythm": say_rule(meeting.series.rule) if meeting.series else "",
        "my_outcome": Attendance.Outcome(meeting.my_outcome).label if meeting.my_outcome else "",
        "greeter": meeting.greeter,
    }
    return render(request, "groups/meeting_detail.html", context)


def meeting_plan(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user).select_related("site"), pk=pk)
    require(request.user, "groups.plan_meeting", group)
    form = PlanMeetingForm(
        request.POST or None,
        venues=Venue.objects.to_choose_from(site=group.site, group=group),
        zone=group.zone,
        initial={"venue": str(group.venue_id or PlanMeetingForm.LATER)},
        cancel_url=group.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            meeting = plan_meeting(group=group, by=request.user, now=timezone.now(), **form.meeting_details())
            messages.success(request, _("The meeting is planned. Everyone in the group gets an email."))
            _point_out_overlap(
                request, meeting.series.meetings if meeting.series else Meeting.objects.filter(pk=meeting.pk)
            )
            return redirect(after_step(request, group) or meeting)
    return render(request, "groups/meeting_plan.html", {"group": group, "form": form, **step_shown(request, group)})


def meeting_move(request, pk):
    meeting = _visible_meeting(request, pk)
    require(request.user, "groups.move_meeting", meeting)
    starts_at = timezone.localtime(meeting.starts_at, meeting.zone)
    form = MoveMeetingForm(
        request.POST or None,
        venues=Venue.objects.to_choose_from(site=meeting.group.site, group=meeting.group),
        zone=meeting.zone,
        initial={
            "on": starts_at.date(),
            "start_time": starts_at.time(),
            "duration_minutes": int((meeting.ends_at - meeting.starts_at).total_seconds() // 60),
            "venue": str(meeting.venue_id or MoveMeetingForm.LATER),
        },
        cancel_url=meeting.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            moved = move_meeting(meeting=meeting, by=request.user, now=timezone.now(), **form.meeting_details())
            if moved.sequence > meeting.sequence:
                messages.success(request, _("The meeting is moved. Everyone in the group gets an email."))
                _point_out_overlap(request, Meeting.objects.filter(pk=moved.pk))
            return redirect(moved)
    return render(request, "groups/meeting_move.html", {"meeting": meeting, "form": form})


def meeting_cancel(request, pk):
    meeting = _visible_meeting(request, pk)
    require(request.user, "groups.cancel_meeting", meeting)
    form = CancelMeetingForm(request.POST or None, cancel_url=meeting.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            cancel_meeting(meeting=meeting, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The meeting is cancelled. Everyone in the group gets an email."))
            return redirect(meeting)
    return render(request, "groups/meeting_cancel.html", {"meeting": meeting, "form": form})


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
    greeters = RoleTerm.objects.current().filter(group=OuterRef("group"), role=RoleTerm.Role.GREETER)
    greeter = Subquery(greeters.order_by("accepted_at").values("person__preferred_name")[:1])
    return get_object_or_404(meetings.select_related("group__site", "venue", "series").annotate(greeter=greeter), pk=pk)


def _point_out_overlap(request, planned):
    """Two meetings at once may be meant, so they are allowed; `planned` is what was just planned or moved."""
    if meeting := planned.overlapping().first():
        sentence = _("On %(day)s the group has another meeting at that time. If that is right, leave it so.")
        messages.warning(request, sentence % {"day": spoken_date(meeting.starts_at, meeting.time_zone)})


def newcomers_of(meeting):
    """Members who have not been there yet and let the greeter know it."""
    came = Attendance.objects.standing().filter(membership=OuterRef("pk"), outcome=Attendance.Outcome.ATTENDED)
    members = Membership.objects.joined().filter(group=meeting.group_id, greeter_may_know=True)
    return members.exclude(Exists(came)).ordered_by_name()
