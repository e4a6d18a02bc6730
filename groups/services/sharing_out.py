"""Who might do what in a new group, before everyone has joined."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from groups.models import Invitation, Membership, SupportGroup
from groups.models.checklist import Page
from groups.refusals import AlreadyOffered
from groups.services.checklist import note_done
from groups.services.role import offer_role
from members.models import Person


@transaction.atomic
def share_out_roles(
    *, group: SupportGroup, chosen: Mapping[str, Membership | Invitation], by: Person, now: datetime
) -> None:
    """Role to who might do it: a member is asked now, an invitation keeps the role until its person has joined."""
    for role, whose in chosen.items():
        if isinstance(whose, Invitation):
            Invitation.objects.usable(now=now).filter(pk=whose.pk, group=group).update(role=role)
        else:
            _ask(group, whose.person, role, by, now)
    note_done(group=group, page=Page.ROLES, by=by, now=now)


def _ask(group, person, role, by, now):
    try:
        offer_role(group=group, person=person, role=role, by=by, now=now)
    except AlreadyOffered:
        # They were asked before or have the role: sharing out again changes nothing.
        return
