"""Who keeps in touch with whom: asked or proposed, begun once both say yes, ended by either."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from groups.models import Membership, SupportGroup
from members.models import Person
from peersupport.refusals import refusing
from peersupport.reminders import outbox
from supportplans.models import KeepInTouch, KeepInTouchWish
from supportplans.refusals import AskedBefore, AskedLately, NotAvailable, NoWish, PairGone
from supportplans.reminders.keep_in_touch import ABOUT_A_PAIR, ASKED, STARTED

State = KeepInTouch.State
#: An e-mail that someone asks, or said yes, is of no use later than this.
MAIL_LASTS = timedelta(days=14)
#: The first time comes soon, whatever the rhythm.
FIRST_AFTER = timedelta(weeks=1)
#: Whoever heard "not now", or that it ended, does not ask the same person again before this.
LEFT_ALONE_FOR = timedelta(days=30)


@transaction.atomic
def ask_buddy(*, wish: KeepInTouchWish, turn: str, by: Person, now: datetime) -> KeepInTouch:
    """Ask the member whose `wish` it is. `turn` says who gets in touch: "turns", "me" or "them"."""
    taking_part = KeepInTouchWish.objects.taking_part().select_related("membership")
    theirs = taking_part.filter(pk=wish.pk).exclude(membership__person=by).first()
    if theirs is None:
        raise NotAvailable
    own = taking_part.filter(membership__person=by, membership__group=theirs.membership.group_id).first()
    if own is None:
        raise NoWish
    before = KeepInTouch.objects.between(own.membership_id, theirs.membership_id)
    if before.filter(ended_by=theirs.membership.person_id, ended_at__gt=now - LEFT_ALONE_FOR).exists():
        raise AskedLately
    begins = theirs.membership if turn == "them" else own.membership
    pair = _propose([own.membership, theirs.membership], begins, turn == "turns", by, now)
    _tell(ASKED, pair, [theirs.membership.person_id], now)
    return pair


@transaction.atomic
def arrange_pairs(
    *, group: SupportGroup, memberships: Sequence[Membership], by: Person, now: datetime
) -> list[KeepInTouch]:
    """Propose that two take turns, or that each of several gets in touch with the next, the last with the first.

    Two who keep in touch already, or have been asked, are left as they are, and whoever proposes is not told.
    """
    chosen = [membership.pk for membership in memberships]
    wishes = KeepInTouchWish.objects.taking_part().filter(membership__in=chosen, membership__group=group)
    if wishes.count() != len(chosen) or len(chosen) < 2:
        raise NotAvailable
    ties = list(zip(memberships, [*memberships[1:], memberships[0]], strict=True))
    if len(chosen) == 2:
        ties = ties[:1]
    ties = [tie for tie in ties if not KeepInTouch.objects.open().between(tie[0].pk, tie[1].pk).exists()]
    pairs = [_propose(tie, tie[0], len(chosen) == 2, by, now) for tie in ties]
    for tie, pair in zip(ties, pairs, strict=True):
        _tell(ASKED, pair, {member.person_id for member in tie} - {by.pk}, now)
    return pairs


@transaction.atomic
def agree_pair(*, pair: KeepInTouch, by: Person, now: datetime) -> KeepInTouch:
    """One of the two says yes to their own part; with the second yes it begins, and the other hears of it."""
    pair = KeepInTouch.objects.locked(pair.pk)
    if pair.state != State.ASKED or not pair.holds:
        raise PairGone
    if by.pk == pair.first.person_id:
        pair.first_agreed_at = pair.first_agreed_at or now
    else:
        pair.second_agreed_at = pair.second_agreed_at or now
    if pair.first_agreed_at and pair.second_agreed_at:
        pair.state, pair.started_at, pair.schedule_version = State.ON, now, 1
        pair.due_on = timezone.localdate(now, timezone=by.zone) + FIRST_AFTER
        _tell(STARTED, pair, {pair.first.person_id, pair.second.person_id} - {by.pk}, now)
    pair.save()
    return pair


@transaction.atomic
def end_pair(*, pair: KeepInTouch, by: Person, now: datetime) -> KeepInTouch:
    """Say not now, take a question back, or stop: no reason is asked, and it holds at once. Twice does no harm."""
    pair = KeepInTouch.objects.locked(pair.pk)
    if pair.state not in KeepInTouch.OPEN:
        return pair
    has_agreed = pair.first_agreed_at if by.pk == pair.first.person_id else pair.second_agreed_at
    pair.state = State.ENDED if has_agreed else State.DECLINED
    pair.due_on, pair.ended_at, pair.ended_by = None, now, by
    pair.save()
    outbox.drop(kinds=ABOUT_A_PAIR, subject_id=pair.pk, reason="It has ended.", now=now)
    return pair


def _propose(members, begins, takes_turns, by, now):
    """A row for two members; whoever asks has said yes with it."""
    first, second = sorted(members, key=lambda membership: membership.pk)
    with refusing(AskedBefore, constraint="one_open_pair_of_two_members"):
        return KeepInTouch.objects.create(
            first=first,
            second=second,
            next_by=begins,
            takes_turns=takes_turns,
            asked_by=by,
            asked_at=now,
            first_agreed_at=now if first.person_id == by.pk else None,
            second_agreed_at=now if second.person_id == by.pk else None,
        )


def _tell(kind, pair, recipient_ids, now):
    outbox.enqueue(
        kind=kind, subject_id=pair.pk, recipient_ids=sorted(recipient_ids), expires_at=now + MAIL_LASTS, now=now
    )
