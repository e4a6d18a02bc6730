"""Members without an account: kept by a role holder with their leave, until they claim it themselves."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from groups.models import Invitation, Membership, SupportGroup
from groups.refusals import GroupHasEnded, HasAccount, MembershipEnded
from groups.services.invitation import add_code, withdraw_invitation
from members.models import Person

#: How long a code to claim a membership works.
CLAIM_LASTS = timedelta(days=90)


@transaction.atomic
def keep_member(
    *, group: SupportGroup, name: str, told_how: str, told_by: Person | None, by: Person, now: datetime
) -> Membership:
    """Someone without an account, who said that their name may be kept here. They count like everyone."""
    group = SupportGroup.objects.locked(group)
    if group.state == SupportGroup.State.CLOSED:
        raise GroupHasEnded
    return Membership.objects.create(
        group=group,
        name=name,
        told_how=told_how,
        told_by=told_by,
        kept_by=by,
        leave_given_on=timezone.localdate(now, group.zone),
        joined_at=now,
    )


@transaction.atomic
def edit_kept_member(
    *, membership: Membership, name: str, told_how: str, told_by: Person | None, by: Person
) -> Membership:
    """Change what they are called and how they hear of things, while they have no account."""
    changed = Membership.objects.current().filter(pk=membership.pk, person=None)
    if not changed.update(name=name, told_how=told_how, told_by=told_by, kept_by=by):
        raise MembershipEnded
    membership.refresh_from_db()
    return membership


@transaction.atomic
def add_claim(*, membership: Membership, by: Person, now: datetime) -> Invitation:
    """A code for one person to claim what was kept for them; an earlier one stops working."""
    membership = Membership.objects.select_for_update(of=["self"]).select_related("group").get(pk=membership.pk)
    if not membership.is_current:
        raise MembershipEnded
    if membership.person_id:
        raise HasAccount
    for earlier in Invitation.objects.usable(now=now).filter(membership=membership):
        withdraw_invitation(invitation=earlier, now=now)
    return add_code(
        group=membership.group, max_uses=1, expires_at=now + CLAIM_LASTS, membership=membership, by=by, now=now
    )
