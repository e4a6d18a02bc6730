"""Showing an item to a group or to chosen members, and taking it back: its owner alone decides, at any time."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from groups.models import Membership
from members.models import Person
from supportplans.refusals import HiddenThere, NotInYourGroup, NotYourGroup

#: The owner's membership in a group, and the membership of a chosen member there, or None for the whole group.
Sight = tuple[Membership, Membership | None]


@transaction.atomic
def change_audience(*, item, audience: Iterable[Sight], by: Person, now: datetime) -> None:
    """Let those of `audience` see `item`, and nobody else; nothing in it means only its owner.

    What was hidden in a group stays so, and can't be shown there anew.
    """
    type(item).objects.select_for_update().get(pk=item.pk)
    wanted = {(own.pk, chosen.pk if chosen else None): own.group_id for own, chosen in audience}
    _check(wanted, by)
    shares = list(item.shares.select_related("membership"))
    hidden = {share.membership.group_id for share in shares if share.hidden_at}
    if hidden.intersection(wanted.values()):
        raise HiddenThere
    kept = {(share.membership_id, share.chosen_id) for share in shares if not share.hidden_at} & set(wanted)
    for share in shares:
        if not share.hidden_at and (share.membership_id, share.chosen_id) not in kept:
            share.delete()
    for membership_id, chosen_id in set(wanted) - kept:
        item.shares.create(membership_id=membership_id, chosen_id=chosen_id, shared_at=now)


def _check(wanted, by):
    """Only in memberships of one's own that hold now, and with members of the same group who sign in themselves."""
    current = Membership.objects.current().with_account()
    own = dict(current.filter(person=by, pk__in={own for own, _chosen in wanted}).values_list("pk", "group"))
    if own.keys() != {own for own, _chosen in wanted}:
        raise NotYourGroup
    chosen = {chosen for _own, chosen in wanted if chosen}
    others = dict(current.filter(pk__in=chosen).exclude(person=by).values_list("pk", "group"))
    if any(chosen and others.get(chosen) != own[membership] for membership, chosen in wanted):
        raise NotInYourGroup
