"""Belonging to a group: having a break from it, leaving it, and the other ways in which it ends."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from groups.models import Attendance, BringItem, Invitation, Membership, RoleTerm, SupportGroup
from groups.refusals import HasCome, LastContact, MembershipEnded, NotAMember, OnlyContactLeft
from groups.reminders.membership import REMOVED
from groups.services.answer import forget_answers
from groups.services.role import is_last_contact
from groups.services.standing_answers import answer_what_is_ahead
from members.models import Person
from peersupport.access import log
from peersupport.reminders import outbox

State = Membership.State
#: An e-mail about having been taken out is of no use later than this.
REMOVED_MAIL_LASTS = timedelta(days=14)


@transaction.atomic
def pause_membership(*, membership: Membership, by: Person, now: datetime) -> None:
    """Have a break: nothing is sent but changes to meetings that stand in the person's calendar already."""
    _move(membership, {State.JOINED}, State.PAUSED)


@transaction.atomic
def resume_membership(*, membership: Membership, by: Person, now: datetime) -> None:
    _move(membership, {State.PAUSED}, State.JOINED)
    if membership.usually_comes:
        answer_what_is_ahead(membership=membership, now=now)


@transaction.atomic
def edit_membership(
    *,
    membership: Membership,
    usually_comes: bool,
    shows_answer: bool,
    greeter_may_know: bool,
    by: Person,
    now: datetime,
) -> None:
    """What a member allows others to know, and whether they usually come."""
    current = Membership.objects.current().filter(pk=membership.pk)
    leaves = {"shows_answer": shows_answer, "greeter_may_know": greeter_may_know}
    if not current.update(usually_comes=usually_comes, **leaves):
        raise MembershipEnded
    if usually_comes:
        answer_what_is_ahead(membership=membership, now=now)
    else:
        forget_answers(membership=membership, now=now, is_standing_only=True)


@transaction.atomic
def leave_group(
    *, group: SupportGroup, by: Person, now: datetime, reason: str = "", researchers_may_ask: bool = False
) -> None:
    """End one's own membership, with the reason if one was given; nobody else sees it.

    `researchers_may_ask`: whether studies may still ask them about this group.
    """
    membership = Membership.objects.current().filter(group=group, person=by).first()
    if membership is None:
        raise NotAMember
    leave = {"researchers_may_ask": researchers_may_ask}
    _end(membership, State.LEFT, by, now, refusal=LastContact, reason=reason, **leave)


@transaction.atomic
def change_research_leave(*, person: Person, allowed: Collection[Membership]) -> None:
    """About which groups that they are out of researchers may still ask `person`: those of `allowed`, and no others."""
    own = Membership.objects.filter(person=person, state__in=Membership.OUT_OF_IT)
    keys = [membership.pk for membership in allowed]
    own.exclude(pk__in=keys).update(researchers_may_ask=False)
    own.filter(pk__in=keys).update(researchers_may_ask=True)


@transaction.atomic
def remove_member(*, membership: Membership, reason: str, by: Person, now: datetime) -> None:
    """Take someone out of the group. They are told, with the reason, and whom they can turn to."""
    _end(membership, State.REMOVED, by, now, removal_reason=reason)
    _log(membership, by, "groups:membership_remove", now)
    if membership.person:
        outbox.enqueue(
            kind=REMOVED,
            subject_id=membership.pk,
            recipient_ids=[membership.person_id],
            expires_at=now + REMOVED_MAIL_LASTS,
            now=now,
        )


@transaction.atomic
def note_never_came(*, membership: Membership, by: Person, now: datetime) -> None:
    """Someone joined and never came: kept as that, and no failure of theirs. Refused for someone who was there."""
    if Attendance.objects.standing().filter(membership=membership, outcome="attended").exists():
        raise HasCome
    _end(membership, State.NEVER_ATTENDED, by, now)
    _log(membership, by, "groups:membership_never_came", now)


def end_membership(*, membership: Membership, state: str, by: Person, now: datetime, **changes) -> None:
    """End a membership with everything that came with it: roles, answers, things to bring, a code to claim it.

    What both sides can see ends with it, because who may see a thing asks for a current membership.
    """
    ended = Membership.objects.current().filter(pk=membership.pk)
    if not ended.update(state=state, ended_at=now, ended_by=by, usually_comes=False, **changes):
        raise MembershipEnded
    if membership.person:
        RoleTerm.objects.open().filter(group=membership.group_id, person=membership.person).update(ended_at=now)
    BringItem.objects.filter(taken_by=membership, meeting__ends_at__gt=now).update(taken_by=None)
    Invitation.objects.filter(membership=membership, withdrawn_at=None, uses=0).update(withdrawn_at=now)
    forget_answers(membership=membership, now=now)


def _end(membership, state, by, now, *, refusal=OnlyContactLeft, **changes):
    """As `end_membership`, but never of the last contact of a group that is under way."""
    group = SupportGroup.objects.locked(membership.group)
    terms = RoleTerm.objects.current().filter(group=group, person=membership.person, person__isnull=False)
    if any(is_last_contact(group=group, term=term) for term in terms):
        raise refusal
    end_membership(membership=membership, state=state, by=by, now=now, **changes)


def _move(membership, from_states, to):
    if not Membership.objects.filter(pk=membership.pk, state__in=from_states).update(state=to):
        raise MembershipEnded


def _log(membership, by, route, now):
    if membership.person and membership.person != by:
        log.record(actor=by, action=log.Action.CHANGED, obj=membership, subject=membership.person, route=route, now=now)
