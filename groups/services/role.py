"""Roles: asked, accepted, handed over, ended."""

from datetime import datetime, timedelta

from django.db import transaction

from groups.models import Membership, Programme, RoleTerm, SupportGroup
from groups.refusals import (
    AlreadyOffered,
    GroupHasEnded,
    LastContact,
    NotADeputy,
    NotAMember,
    OfferGone,
    OnlyContactLeft,
)
from groups.reminders.role import KIND
from members.models import Person
from members.services import find_or_add_person
from peersupport.access import log
from peersupport.refusals import refusing
from peersupport.reminders import outbox

#: An e-mail about an offer is of no use later than this.
OFFER_MAIL_LASTS = timedelta(days=14)


@transaction.atomic
def appoint_tutor(*, programme: Programme, preferred_name: str, email: str, by: Person, now: datetime) -> RoleTerm:
    """Ask whoever has this address to be patient tutor of a programme; they get an account if they have none."""
    person, _is_new = find_or_add_person(email=email, preferred_name=preferred_name, now=now)
    with refusing(AlreadyOffered, constraint="one_open_term_per_person_and_role"):
        term = RoleTerm.objects.create(
            programme=programme,
            person=person,
            role=RoleTerm.Role.TUTOR,
            offered_as=preferred_name,
            offered_at=now,
            offered_by=by,
        )
    _tell_of_offer(term, now)
    _log_if_of_another(term, by, "groups:tutor_appoint", now, action=log.Action.ADDED)
    return term


@transaction.atomic
def offer_role(*, group: SupportGroup, person: Person, role: str, by: Person, now: datetime) -> RoleTerm:
    """Ask a member to take on a role; whoever asks themselves has said yes."""
    group = SupportGroup.objects.locked(group)
    if group.state == SupportGroup.State.CLOSED:
        raise GroupHasEnded
    if not Membership.objects.current().filter(group=group, person=person).exists():
        raise NotAMember
    with refusing(AlreadyOffered, constraint="one_open_term_per_person_and_role"):
        term = RoleTerm.objects.create(
            group=group,
            person=person,
            role=role,
            offered_at=now,
            offered_by=by,
            accepted_at=now if person == by else None,
        )
    if not term.accepted_at:
        _tell_of_offer(term, now)
    return term


@transaction.atomic
def accept_role(*, term: RoleTerm, by: Person, now: datetime) -> RoleTerm:
    if term.group and SupportGroup.objects.locked(term.group).state == SupportGroup.State.CLOSED:
        raise GroupHasEnded
    offered = RoleTerm.objects.open().filter(pk=term.pk, person=by, accepted_at=None)
    if not offered.update(accepted_at=now):
        raise OfferGone
    term.refresh_from_db()
    return term


@transaction.atomic
def end_role(*, term: RoleTerm, by: Person, now: datetime) -> None:
    """End a term, or say no to an offer. A tutor who stops supporting a programme stops supporting its groups."""
    if term.group and is_last_contact(group=SupportGroup.objects.locked(term.group), term=term):
        raise LastContact if by == term.person else OnlyContactLeft
    if not RoleTerm.objects.open().filter(pk=term.pk).update(ended_at=now):
        raise OfferGone
    if term.programme:
        groups_of_programme = RoleTerm.objects.open().tutors().filter(group__programme=term.programme)
        groups_of_programme.filter(person=term.person).update(ended_at=now)
    outbox.drop(kinds=[KIND], subject_id=term.pk, reason="The role is not on offer any more.", now=now)
    _log_if_of_another(term, by, "groups:role_end", now)


@transaction.atomic
def hand_over_role(*, term: RoleTerm, to: Person, by: Person, now: datetime) -> RoleTerm:
    """The deputy takes the contact's place at once: standing in is what a deputy said yes to."""
    SupportGroup.objects.locked(term.group)
    standing_in = RoleTerm.objects.current().filter(group=term.group, person=to, role=RoleTerm.Role.DEPUTY)
    if not standing_in.update(ended_at=now):
        raise NotADeputy
    if not RoleTerm.objects.current().filter(pk=term.pk).update(ended_at=now):
        raise OfferGone
    _log_if_of_another(term, by, "groups:role_hand_over", now)
    taken_over, _is_new = RoleTerm.objects.open().update_or_create(
        group=term.group,
        person=to,
        role=term.role,
        defaults={"accepted_at": now},
        create_defaults={"offered_at": now, "offered_by": by, "accepted_at": now},
    )
    return taken_over


def is_last_contact(*, group: SupportGroup, term: RoleTerm) -> bool:
    """Whether the group, meeting or about to, would be without a contact once `term` ends."""
    if term.role != RoleTerm.Role.CONTACT or not term.accepted_at or not group.is_under_way:
        return False
    contacts = RoleTerm.objects.current().filter(group=group, role=RoleTerm.Role.CONTACT)
    return not contacts.exclude(pk=term.pk).exists()


def _tell_of_offer(term, now):
    outbox.enqueue(
        kind=KIND,
        subject_id=term.pk,
        recipient_ids=[term.person_id],
        due_at=now,
        expires_at=now + OFFER_MAIL_LASTS,
        now=now,
    )


def _log_if_of_another(term, by, route, now, action=log.Action.CHANGED):
    if by != term.person:
        log.record(actor=by, action=action, obj=term, subject=term.person, route=route, now=now)
