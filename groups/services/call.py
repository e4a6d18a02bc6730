"""The call list of a meeting: who rings those whom no message reaches."""

from datetime import datetime

from django.db import transaction

from groups.models import Call, Meeting, Membership
from groups.refusals import MeetingOver, ReachedByMail, SomeoneElseRings
from members.models import Person


@transaction.atomic
def take_call(*, meeting: Meeting, membership: Membership, by: Person, now: datetime) -> Call:
    """`by` will ring them. Raises SomeoneElseRings where somebody else said so first."""
    meeting = _to_ring_about(meeting, membership, now)
    Call.objects.filter(meeting=meeting, membership=membership, rung_at__lt=meeting.changed_at).delete()
    call, _is_new = Call.objects.get_or_create(
        meeting=meeting, membership=membership, defaults={"caller": by, "taken_at": now}
    )
    if call.caller != by:
        raise SomeoneElseRings
    return call


@transaction.atomic
def note_rung(*, meeting: Meeting, membership: Membership, by: Person, now: datetime) -> Call:
    """They know. Whoever reached them counts as the one who rang."""
    meeting = _to_ring_about(meeting, membership, now)
    rung = {"caller": by, "rung_at": now}
    call, _is_new = Call.objects.update_or_create(
        meeting=meeting, membership=membership, defaults=rung, create_defaults=rung | {"taken_at": now}
    )
    return call


@transaction.atomic
def drop_call(*, meeting: Meeting, membership: Membership, by: Person, now: datetime) -> None:
    """Nobody has told them after all, and nobody has said that they will."""
    meeting = _to_ring_about(meeting, membership, now)
    Call.objects.filter(meeting=meeting, membership=membership).delete()


def _to_ring_about(meeting, membership, now):
    """The meeting as it is now, still ahead or under way, for a member who needs a call."""
    meeting = Meeting.objects.get(pk=meeting.pk)
    if meeting.ends_at <= now:
        raise MeetingOver
    out_of_reach = Membership.objects.joined().out_of_reach().filter(pk=membership.pk, group=meeting.group_id)
    if not out_of_reach.exists():
        raise ReachedByMail
    return meeting
