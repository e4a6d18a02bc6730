"""Handing roles over: one, or all of them at once by someone who is unwell."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from groups.models import Membership, RoleTerm, SupportGroup
from groups.refusals import NotADeputy, NothingToHandOver, OfferGone
from groups.reminders.role import TAKEN_OVER
from groups.services.membership import pause_membership
from groups.services.role import log_if_of_another, offer_role
from members.models import Person
from peersupport.reminders import outbox

#: An e-mail about having taken over is of no use later than this.
TAKEN_OVER_MAIL_LASTS = timedelta(days=14)


@transaction.atomic
def hand_over_role(*, term: RoleTerm, to: Person, by: Person, now: datetime) -> RoleTerm:
    """The deputy takes the place at once, and is told: standing in is what a deputy said yes to."""
    SupportGroup.objects.locked(term.group)
    _end_deputyship(term.group, to, now)
    return _take_over(term, to, by, now)


@transaction.atomic
def ask_to_take_over(*, term: RoleTerm, person: Person, by: Person, now: datetime) -> RoleTerm:
    """Ask a member who is no deputy; the term goes on until they say yes."""
    if term.group is None:
        # A tutor's term on a programme: a coordinator appoints another tutor.
        raise NothingToHandOver
    return offer_role(group=term.group, person=person, role=term.role, by=by, now=now, instead_of=term)


@transaction.atomic
def hand_over_all(*, group: SupportGroup, to: Person, takes_break: bool, by: Person, now: datetime) -> int:
    """All that `by` does in the group goes to a deputy at once, without a reason; gives how many roles."""
    group = SupportGroup.objects.locked(group)
    own = RoleTerm.objects.current().looking_after_group().filter(group=group, person=by).select_related("group")
    terms = list(own.exclude(role=RoleTerm.Role.DEPUTY))
    if not terms:
        raise NothingToHandOver
    _end_deputyship(group, to, now)
    for term in terms:
        _take_over(term, to, by, now)
    own.filter(role=RoleTerm.Role.DEPUTY).update(ended_at=now)
    if takes_break:
        for membership in Membership.objects.joined().filter(group=group, person=by):
            pause_membership(membership=membership, by=by, now=now)
    return len(terms)


def deputies_for(*, group: SupportGroup | None, person: Person) -> QuerySet[RoleTerm]:
    """Those who said that they will step in for `person`."""
    deputies = RoleTerm.objects.current().filter(group=group, group__isnull=False, role=RoleTerm.Role.DEPUTY)
    return deputies.exclude(person=person).select_related("person").order_by("pk")


def _end_deputyship(group, person, now):
    standing_in = RoleTerm.objects.current().filter(group=group, person=person, role=RoleTerm.Role.DEPUTY)
    if not standing_in.update(ended_at=now):
        raise NotADeputy


def _take_over(term, to, by, now):
    if not RoleTerm.objects.current().filter(pk=term.pk).update(ended_at=now):
        raise OfferGone
    log_if_of_another(term=term, by=by, route="groups:role_hand_over", now=now)
    taken_over, _is_new = RoleTerm.objects.open().update_or_create(
        group=term.group,
        person=to,
        role=term.role,
        defaults={"accepted_at": now},
        create_defaults={"offered_at": now, "offered_by": by, "accepted_at": now, "ends_on": term.ends_on},
    )
    outbox.enqueue(
        kind=TAKEN_OVER,
        subject_id=taken_over.pk,
        recipient_ids=[to.pk],
        expires_at=now + TAKEN_OVER_MAIL_LASTS,
        now=now,
    )
    return taken_over
