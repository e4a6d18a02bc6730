"""What members say before a meeting, and whose turn it is where a room is small."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from groups.models import RSVP, Meeting, MeetingSeries, Membership
from groups.refusals import AnswersThemselves, EveryoneHasAnswered, NotAMember
from groups.reminders.answer import WANTED
from groups.reminders.place import KIND
from groups.services.meeting import locked_meeting
from members.models import Person
from peersupport.reminders import outbox


@transaction.atomic
def answer_meeting(*, meeting: Meeting, answer: str, by: Person, now: datetime) -> RSVP:
    """What a member says beforehand; the last word counts."""
    meeting = locked_meeting(meeting=meeting, now=now)
    membership = Membership.objects.current().filter(group=meeting.group_id, person=by).first()
    if membership is None:
        raise NotAMember
    with _telling_whose_place_changes(_small(meeting), now, besides=membership):
        return _say(meeting, membership, answer, now)


@transaction.atomic
def note_answer(*, meeting: Meeting, membership: Membership, answer: str, by: Person, now: datetime) -> RSVP:
    """What someone without an account said to a role holder. Whoever has an account answers for themselves."""
    meeting = locked_meeting(meeting=meeting, now=now)
    membership = Membership.objects.get(pk=membership.pk)
    if not membership.is_current or membership.group_id != meeting.group_id:
        raise NotAMember
    if membership.person_id:
        raise AnswersThemselves
    with _telling_whose_place_changes(_small(meeting), now):
        return _say(meeting, membership, answer, now, noted_by=by)


@transaction.atomic
def ask_for_answers(*, meeting: Meeting, by: Person, now: datetime) -> int:
    """Ask those who have said nothing yet whether they come; gives how many. Each is asked once, after a move anew."""
    meeting = locked_meeting(meeting=meeting, now=now)
    answered = RSVP.objects.holding().filter(meeting=meeting).values("membership")
    silent = Membership.objects.joined().with_account().filter(group=meeting.group_id).exclude(person=by)
    asked = outbox.recipients_of(kind=WANTED, subject_id=meeting.pk, schedule_version=meeting.sequence)
    people = [key for key in silent.exclude(pk__in=answered).values_list("person", flat=True) if key not in asked]
    number = outbox.enqueue(
        kind=WANTED,
        subject_id=meeting.pk,
        recipient_ids=people,
        expires_at=meeting.starts_at,
        now=now,
        schedule_version=meeting.sequence,
    )
    if not number:
        raise EveryoneHasAnswered
    return number


@transaction.atomic
def set_capacity(*, meeting: Meeting, capacity: int | None, is_for_series: bool, by: Person, now: datetime) -> None:
    """How many can come, to this meeting or to all of its series that are still ahead."""
    meeting = locked_meeting(meeting=meeting, now=now)
    meetings = Meeting.objects.filter(pk=meeting.pk)
    if is_for_series and meeting.series_id:
        MeetingSeries.objects.filter(pk=meeting.series_id).update(capacity=capacity)
        meetings = Meeting.objects.filter(series=meeting.series_id, starts_at__gt=now).going_ahead()
    affected = list(meetings.select_for_update().order_by("pk"))
    with _telling_whose_place_changes(affected, now):
        Meeting.objects.filter(pk__in=[each.pk for each in affected]).update(capacity=capacity)


@transaction.atomic
def forget_answers(*, membership: Membership, now: datetime, is_standing_only: bool = False) -> None:
    """What someone said about meetings still ahead: all of it when they go, or what was filled in for them."""
    own = RSVP.objects.filter(membership=membership, meeting__starts_at__gt=now)
    if is_standing_only:
        own = own.filter(is_standing=True)
    small = Meeting.objects.filter(rsvps__in=own, capacity__isnull=False)
    # Locked, so that someone who answers at this moment is seen, or sees it.
    locked = list(small.select_for_update(of=["self"]).order_by("pk"))
    with _telling_whose_place_changes(locked, now):
        own.delete()


def _say(meeting, membership, answer, now, noted_by=None):
    """Whoever comes already keeps their turn; after a move everyone's turn begins anew."""
    since = None
    if answer == RSVP.Answer.COMING:
        before = RSVP.objects.holding().filter(meeting=meeting, membership=membership)
        since = before.values_list("coming_since", flat=True).first() or now
    said = {
        "answer": answer,
        "answered_at": now,
        "coming_since": since,
        "is_standing": False,
        "noted_by": noted_by,
    }
    # One statement: "I usually come" may fill this answer in at the same moment.
    [rsvp] = RSVP.objects.bulk_create(
        [RSVP(meeting=meeting, membership=membership, **said)],
        update_conflicts=True,
        unique_fields=["meeting", "membership"],
        update_fields=list(said),
    )
    return rsvp


def _small(meeting):
    """The meeting, if it has only so many places: nobody's place changes in the others."""
    return [meeting] if meeting.capacity is not None else []


@contextmanager
def _telling_whose_place_changes(
    meetings: Iterable[Meeting], now: datetime, besides: Membership | None = None
) -> Iterator[None]:
    """Tell each member who gets a place, or loses it, by what the block does; `besides` is looking at it themselves."""
    keys = [meeting.pk for meeting in meetings]
    before = _places(keys)
    yield
    for rsvp, has_place in _places(keys).items():
        member = rsvp.membership
        if rsvp in before and before[rsvp] != has_place and member != besides:
            outbox.enqueue(
                kind=KIND,
                subject_id=rsvp.pk,
                # Someone without an account hears of it from whoever tells them, or noted their answer.
                recipient_ids=[member.person_id or member.told_by_id or rsvp.noted_by_id],
                expires_at=rsvp.meeting.starts_at,
                now=now,
                # Each change is a message of its own, also when it is the second of the same sort.
                schedule_version=max(0, int((now - rsvp.meeting.created_at).total_seconds())),
            )


def _places(meeting_ids):
    """Who means to come, in turn, and whether they have a place: everyone, where there is no limit."""
    if not meeting_ids:
        # Most meetings are not small, and writing a query that finds nothing takes as long as one that does.
        return {}
    coming = RSVP.objects.coming().filter(meeting__in=meeting_ids)
    taken: dict[int, int] = {}
    places = {}
    for rsvp in coming.select_related("meeting", "membership"):
        taken[rsvp.meeting_id] = taken.get(rsvp.meeting_id, 0) + 1
        places[rsvp] = rsvp.meeting.capacity is None or taken[rsvp.meeting_id] <= rsvp.meeting.capacity
    return places
