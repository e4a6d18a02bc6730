"""Roles: asked, accepted, ended."""

from datetime import date, datetime, timedelta

from django.db import transaction

from groups.models import Membership, Programme, RoleTerm, SupportGroup
from groups.models.checklist import Page
from groups.refusals import (
    AlreadyOffered,
    GroupHasEnded,
    LastContact,
    NotAMember,
    OfferGone,
    OnlyContactLeft,
)
from groups.reminders.role import KIND
from groups.services.checklist import note_done
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
    log_if_of_another(term=term, by=by, route="groups:tutor_appoint", now=now, action=log.Action.ADDED)
    return term


@transaction.atomic
def offer_role(
    *,
    group: SupportGroup,
    person: Person,
    role: str,
    by: Person,
    now: datetime,
    ends_on: date | None = None,
    instead_of: RoleTerm | None = None,
) -> RoleTerm:
    """Ask a member to take on a role, perhaps `instead_of` a term that ends then; whoever asks themselves said yes."""
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
            ends_on=ends_on,
            instead_of=instead_of,
        )
    note_done(group=group, page=Page.ROLES, by=by, now=now)
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
    if term.instead_of_id:
        RoleTerm.objects.current().filter(pk=term.instead_of_id).update(ended_at=now)
    return term


@transaction.atomic
def edit_role(*, term: RoleTerm, ends_on: date | None, by: Person, now: datetime) -> None:
    """Until when they mean to do it. Nothing ends by itself: the day is there to be seen and talked about."""
    if not RoleTerm.objects.open().filter(pk=term.pk).update(ends_on=ends_on):
        raise OfferGone
    log_if_of_another(term=term, by=by, route="groups:role_edit", now=now)


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
    log_if_of_another(term=term, by=by, route="groups:role_end", now=now)


def is_last_contact(*, group: SupportGroup, term: RoleTerm) -> bool:
    """Whether the group, meeting or about to, would be without a contact once `term` ends."""
    if term.role != RoleTerm.Role.CONTACT or not term.accepted_at or not group.is_under_way:
        return False
    contacts = RoleTerm.objects.current().filter(group=group, role=RoleTerm.Role.CONTACT)
    return not contacts.exclude(pk=term.pk).exists()


def _tell_of_offer(term, now):
    outbox.enqueue(
        kind=KIND, subject_id=term.pk, recipient_ids=[term.person_id], expires_at=now + OFFER_MAIL_LASTS, now=now
    )


def log_if_of_another(
    *, term: RoleTerm, by: Person, route: str, now: datetime, action: str = log.Action.CHANGED
) -> None:
    """Whoever has a role sees who else changed something about it."""
    if by != term.person:
        log.record(actor=by, action=action, obj=term, subject=term.person, route=route, now=now)
