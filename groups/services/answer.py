"""What members say before a meeting."""

from datetime import datetime

from django.db import transaction

from groups.models import RSVP, Meeting, Membership
from groups.refusals import NotAMember
from groups.services.meeting import locked_meeting
from members.models import Person


@transaction.atomic
def answer_meeting(*, meeting: Meeting, answer: str, by: Person, now: datetime) -> RSVP:
    """What a member says beforehand; the last word counts."""
    meeting = locked_meeting(meeting=meeting, now=now)
    membership = Membership.objects.current().filter(group=meeting.group_id, person=by).first()
    if membership is None:
        raise NotAMember
    return _say(meeting, membership, answer, now)


def _say(meeting, membership, answer, now):
    """Whoever comes already keeps their turn; after a move everyone's turn begins anew."""
    before = RSVP.objects.filter(meeting=meeting, membership=membership, answered_at__gte=meeting.changed_at).first()
    coming_since = now if answer == RSVP.Answer.COMING else None
    if coming_since and before and before.coming_since:
        coming_since = before.coming_since
    said = {"answer": answer, "answered_at": now, "coming_since": coming_since, "is_standing": False}
    rsvp, _is_new = RSVP.objects.update_or_create(meeting=meeting, membership=membership, defaults=said)
    return rsvp


@transaction.atomic
def forget_answers(*, membership: Membership, now: datetime) -> None:
    """What someone who belongs to the group no longer said about meetings still ahead."""
    RSVP.objects.filter(membership=membership, meeting__starts_at__gt=now).delete()
