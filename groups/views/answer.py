"""What members said before a meeting, for those who look after it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from groups.forms.attendance import AnswerMeetingForm
from groups.models import RSVP, Meeting, Membership
from groups.services.answer import answer_meeting, ask_for_answers, note_answer
from peersupport.access import log, require
from peersupport.refusals import shown_to


@require_POST
def meeting_answer(request, pk):
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.answer_meeting", meeting)
    form = AnswerMeetingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the answers."))
        return redirect(meeting)
    with shown_to(request):
        rsvp = answer_meeting(meeting=meeting, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _said(rsvp))
    return redirect(meeting)


def _said(rsvp):
    meeting = rsvp.meeting
    if rsvp.answer == RSVP.Answer.COMING and meeting.capacity is not None and rsvp.turn() > meeting.capacity:
        return _("The room is full just now. You are on the waiting list.")
    return _("Your answer is saved: %(answer)s.") % {"answer": rsvp.get_answer_display()}


def answer_list(request, pk):
    """Everyone with what they said; a look by a tutor who is no member is written down for each of them."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("group"), pk=pk)
    require(request.user, "groups.view_answers", meeting)
    members = list(Membership.objects.current().filter(group=meeting.group).ordered_by_name())
    rsvps = {rsvp.membership_id: rsvp for rsvp in meeting.rsvps.all()}
    if not request.user.has_perm("groups.answer_meeting", meeting):
        answered = [rsvps[member.pk] for member in members if member.pk in rsvps and member.person_id]
        subjects = {member.pk: member.person for member in members}
        log.record_each(
            actor=request.user,
            action=log.Action.VIEWED,
            looked_at=[(rsvp, subjects[rsvp.membership_id]) for rsvp in answered],
            route="groups:answer_list",
        )
    context = {
        "meeting": meeting,
        "rows": [(member, rsvps.get(member.pk)) for member in members],
        "answers": RSVP.Answer.choices,
        "is_open": meeting.is_going_ahead and meeting.ends_at > timezone.now(),
    }
    return render(request, "groups/answer_list.html", context)


@require_POST
def answer_ask(request, pk):
    """One tap asks everyone who has said nothing yet."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.record_attendance", meeting)
    with shown_to(request):
        number = ask_for_answers(meeting=meeting, by=request.user, now=timezone.now())
        asked = ngettext("%(number)d member is asked.", "%(number)d members are asked.", number)
        messages.success(request, asked % {"number": number})
    return redirect("groups:answer_list", pk)


@require_POST
def answer_note(request, pk, membership_pk):
    """For someone without an account, who said it to a role holder."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.record_attendance", meeting)
    membership = get_object_or_404(Membership, pk=membership_pk, group=meeting.group_id)
    form = AnswerMeetingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the answers."))
        return redirect("groups:answer_list", pk)
    with shown_to(request):
        note_answer(meeting=meeting, membership=membership, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Noted for %(name)s.") % {"name": membership.shown_name})
    return redirect("groups:answer_list", pk)
