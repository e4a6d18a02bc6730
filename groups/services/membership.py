"""Belonging to a group, and leaving it."""

from datetime import datetime

from django.db import transaction

from groups.models import RSVP, Membership, RoleTerm, SupportGroup
from groups.refusals import LastContact, NotAMember
from groups.services.role import is_last_contact
from members.models import Person


@transaction.atomic
def leave_group(*, group: SupportGroup, by: Person, now: datetime, reason: str = "") -> None:
    """End a person's membership with everything that came with it: roles, and answers for meetings still ahead.

    What both sides can see ends with the membership, because who may see a thing asks for it.
    """
    group = SupportGroup.objects.locked(group)
    terms = RoleTerm.objects.open().filter(group=group, person=by)
    if any(is_last_contact(group=group, term=term) for term in terms):
        raise LastContact
    membership = Membership.objects.current().filter(group=group, person=by).first()
    if membership is None:
        raise NotAMember
    Membership.objects.filter(pk=membership.pk).update(state=Membership.State.LEFT, ended_at=now, reason=reason)
    terms.update(ended_at=now)
    RSVP.objects.filter(meeting__starts_at__gt=now, membership=membership).delete()
