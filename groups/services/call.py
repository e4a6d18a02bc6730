"""The call list of a meeting: who rings those whom no message reaches."""

from datetime import datetime

from django.db import transaction

from groups.models import Call, Meeting, Membership
from groups.refusals import MeetingOver, ReachedByMail, SomeoneElseRings
from members.models import Person


@transaction.atomic
def take_call(*, meeting: Meeting, membership: Membership, by: Person, now: datetime) -> Call:
    """`by` will ring them. Raises SomeoneElseRings where somebody else said so first."""
    _check(meeting, membership, now)
    call, _is_new = Call.objects.get_or_create(
        meeting=meeting, membership=membership, defaults={"caller": by, "taken_at": now}
    )
    if call.caller != by:
        raise SomeoneElseRings
    return call


@transaction.atomic
def note_rung(*, meeting: Meeting, membership: Membership, by: Person, now: datetime) -> Call:
    """They know. Whoever reached them counts as the one who rang."""
    _check(meeting, membership, now)
    rung = {"caller": by, "rung_at": now}
    call, _is_new = Call.objects.update_or_create(
        meeting=meeting, membership=membership, defaults=rung, create_defaults=rung | {"taken_at": now}
    )
    return call


@transaction.atomic
def drop_call(*, meeting: Meeting, membership: Membership, by: Person, now: datetime) -> None:
    """Nobody has told them after all, and nobody has said that they will."""
    _check(meeting, membership, now)
    Call.objects.filter(meeting=meeting, membership=membership).delete()


def _check(meeting, membership, now):
    if meeting.ends_at <= now:
        raise MeetingOver
    out_of_reach = Membership.objects.joined().out_of_reach().filter(pk=membership.pk, group=meeting.group_id)
    if not out_of_reach.exists():
        raise ReachedByMail
