"""Things to bring, notes, and how many can come."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.around_meeting import AddBringItemForm, EditCapacityForm, EditNoteForm
from groups.models import BringItem, Meeting, MeetingNote
from groups.refusals import NoteChanged
from groups.services.answer import set_capacity
from groups.services.around_meeting import (
    add_bring_item,
    give_back_bring_item,
    remove_bring_item,
    take_bring_item,
    write_note,
)
from peersupport.access import require
from peersupport.refusals import Refused, shown_on, shown_to


def bring_item_add(request, pk):
    meeting = _meeting(request, pk, "groups.bring_items")
    form = AddBringItemForm(request.POST or None, cancel_url=meeting.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            add_bring_item(meeting=meeting, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("It is on the list."))
            return redirect(meeting)
    return render(request, "groups/bring_item_add.html", {"meeting": meeting, "form": form})


@require_POST
def bring_item_take(request, pk):
    item = _item(request, pk, "groups.bring_items")
    with shown_to(request):
        take_bring_item(item=item, by=request.user, now=timezone.now())
    return redirect(item.meeting)


@require_POST
def bring_item_give_back(request, pk):
    item = _item(request, pk, "groups.bring_items")
    give_back_bring_item(item=item, by=request.user)
    return redirect(item.meeting)


@require_POST
def bring_item_remove(request, pk):
    item = _item(request, pk, "groups.remove_bring_item")
    remove_bring_item(item=item)
    return redirect(item.meeting)


def note_edit(request, pk):
    """Two people may write at once: whoever saves second gets both texts."""
    meeting = _meeting(request, pk, "groups.write_note")
    standing = MeetingNote.objects.standing().filter(meeting=meeting).select_related("written_by").first()
    initial = {"text": standing.text, "base": standing.pk} if standing else {}
    form = EditNoteForm(request.POST or None, initial=initial, cancel_url=meeting.get_absolute_url())
    theirs = None
    if form.is_valid():
        try:
            write_note(meeting=meeting, by=request.user, now=timezone.now(), **form.cleaned_data)
        except NoteChanged as refusal:
            theirs = refusal.theirs
            form = EditNoteForm({**request.POST.dict(), "base": theirs.pk}, cancel_url=meeting.get_absolute_url())
            form.add_error("text", str(refusal))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The note is saved."))
            return redirect(meeting)
    earlier = MeetingNote.objects.filter(meeting=meeting, replaced_at__isnull=False).select_related("written_by")
    context = {"meeting": meeting, "form": form, "theirs": theirs, "earlier": earlier.order_by("-written_at")[:20]}
    return render(request, "groups/note_edit.html", context)


def capacity_edit(request, pk):
    meeting = _meeting(request, pk, "groups.move_meeting")
    form = EditCapacityForm(
        request.POST if request.method == "POST" else None,
        has_series=bool(meeting.series_id),
        initial={"capacity": meeting.capacity},
        cancel_url=meeting.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            set_capacity(
                meeting=meeting,
                capacity=form.cleaned_data["capacity"],
                is_for_series=form.is_for_series,
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("Saved. Whoever gets or loses a place by it is told."))
            return redirect(meeting)
    return render(request, "groups/capacity_edit.html", {"meeting": meeting, "form": form})


def _meeting(request, pk, permission):
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("group"), pk=pk)
    require(request.user, permission, meeting)
    return meeting


def _item(request, pk, permission):
    item = get_object_or_404(BringItem.objects.visible_to(request.user).select_related("meeting__group"), pk=pk)
    require(request.user, permission, item)
    return item
