"""Someone has died: everything that goes out to them stops, and a mistake is undone in one tap."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from groups.models import Membership, RoleTerm
from groups.refusals import MembershipEnded, NotMarked
from groups.services.membership import end_membership
from members.models import Person
from peersupport.access import log

DIED = Membership.State.DIED


@transaction.atomic
def mark_died(*, membership: Membership, by: Person, now: datetime) -> None:
    """End all that this person belongs to, without a word to anyone. History keeps their name."""
    person = membership.person
    if person:
        Person.objects.filter(pk=person.pk, died_marked_at=None).update(died_marked_at=now)
        log.record(
            actor=by,
            action=log.Action.CHANGED,
            obj=membership,
            subject=person,
            route="groups:membership_died",
            now=now,
        )
    memberships = list(_together(membership).current())
    if not memberships:
        raise MembershipEnded
    for each in memberships:
        end_membership(membership=each, state=DIED, by=by, now=now)
    if person:
        RoleTerm.objects.open().filter(person=person).update(ended_at=now)


@transaction.atomic
def undo_died(*, membership: Membership, by: Person, now: datetime) -> None:
    """It was a mistake: what ended together with `membership` holds again. Roles and answers are asked anew."""
    marked = Membership.objects.select_for_update(of=["self"]).get(pk=membership.pk)
    if marked.state != DIED:
        raise NotMarked
    ended = _together(marked).filter(state=DIED, ended_at=marked.ended_at)
    since = Membership.objects.current().filter(group=OuterRef("group"), person=OuterRef("person"))
    ended.exclude(Exists(since)).update(state=Membership.State.JOINED, ended_at=None, ended_by=None)
    if marked.person:
        Person.objects.filter(pk=marked.person_id).update(died_marked_at=None)


def _together(membership):
    """This membership, and all others of its person."""
    if not membership.person_id:
        return Membership.objects.filter(pk=membership.pk)
    return Membership.objects.filter(person=membership.person_id).select_related("group", "person")
