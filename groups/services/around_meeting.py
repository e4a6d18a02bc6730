"""What surrounds a meeting: things to bring or do, and the note of what was decided."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from groups.models import BringItem, Meeting, MeetingNote, Membership
from groups.refusals import ListFull, NotAMember, NotBegun, NoteChanged, NothingDecided, TakenByOther
from groups.services.meeting import locked_meeting
from members.models import Person

#: A list that nobody can read through helps nobody.
MOST_ITEMS = 40


@transaction.atomic
def add_bring_item(*, meeting: Meeting, what: str, by: Person, now: datetime) -> BringItem:
    meeting = locked_meeting(meeting=meeting, now=now)
    if BringItem.objects.filter(meeting=meeting).count() >= MOST_ITEMS:
        raise ListFull
    return BringItem.objects.create(meeting=meeting, what=what, added_by=by, added_at=now)


@transaction.atomic
def take_bring_item(*, item: BringItem, by: Person, now: datetime) -> None:
    """Take it on. Of two at the same moment one gets it, and the other reads who."""
    locked_meeting(meeting=item.meeting, now=now)
    membership = Membership.objects.current().filter(group=item.meeting.group_id, person=by).first()
    if membership is None:
        raise NotAMember
    free = BringItem.objects.filter(Q(taken_by=None) | Q(taken_by=membership), pk=item.pk)
    if not free.update(taken_by=membership):
        raise TakenByOther


@transaction.atomic
def give_back_bring_item(*, item: BringItem, by: Person) -> None:
    BringItem.objects.filter(pk=item.pk, taken_by__person=by).update(taken_by=None)


@transaction.atomic
def remove_bring_item(*, item: BringItem) -> None:
    BringItem.objects.filter(pk=item.pk).delete()


@transaction.atomic
def write_note(*, meeting: Meeting, text: str, base: int | None, by: Person, now: datetime) -> MeetingNote:
    """A new text of the meeting's note; the old one stays in its history. `base` is the text that was changed.

    Raises NoteChanged with the text that stands now, when someone else wrote meanwhile.
    """
    meeting = Meeting.objects.select_for_update(of=["self"]).get(pk=meeting.pk)
    if meeting.is_cancelled:
        raise NothingDecided
    if meeting.starts_at > now:
        raise NotBegun
    standing = MeetingNote.objects.standing().filter(meeting=meeting).first()
    # The same form sent twice is no conflict.
    if standing and standing.text == text:
        return standing
    if standing and standing.pk != base:
        raise NoteChanged(standing)
    MeetingNote.objects.standing().filter(meeting=meeting).update(replaced_at=now)
    return MeetingNote.objects.create(meeting=meeting, text=text, written_by=by, written_at=now)
