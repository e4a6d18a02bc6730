"""Inviting people, by e-mail or with a printed code, and letting them in."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery

from groups.invitees import Invitee
from groups.models import Invitation, JoinRequest, Membership, SupportGroup
from groups.models.checklist import Page
from groups.models.invitation import MOST_SENDS
from groups.refusals import AlreadyMember, GroupHasEnded, NotUsable, SentOften, TakenOutBefore
from groups.reminders.invitation import KIND, REMINDER
from groups.services.checklist import note_done
from groups.services.role import offer_role
from members.models import Person
from peersupport.access import tokens
from peersupport.refusals import refusing
from peersupport.reminders import outbox

EMAIL_LASTS = timedelta(days=30)


@transaction.atomic
def invite_people(
    *, group: SupportGroup, people: Sequence[Invitee], by: Person, now: datetime
) -> tuple[list[Invitation], list[Invitee]]:
    """An e-mail to each; gives the new invitations, and those who have an open one from before and get no second."""
    group = _open_group(group)
    by_email = Invitation.objects.filter(group=group, kind=Invitation.Kind.EMAIL)
    waiting = set(by_email.usable(now=now).values_list("email", flat=True))
    _withdraw(by_email.filter(expires_at__lte=now, email__in=[person.email for person in people]), now)
    invitations = _add(
        Invitation(
            group=group,
            kind=Invitation.Kind.EMAIL,
            name=person.name,
            email=person.email,
            invited_by=by,
            created_at=now,
            expires_at=now + EMAIL_LASTS,
        )
        for person in people
        if person.email not in waiting
    )
    for invitation in invitations:
        _send(invitation, now)
    note_done(group=group, page=Page.PEOPLE, by=by, now=now)
    return invitations, [person for person in people if person.email in waiting]


@transaction.atomic
def add_code(
    *,
    group: SupportGroup,
    max_uses: int,
    expires_at: datetime,
    by: Person,
    now: datetime,
    membership: Membership | None = None,
) -> Invitation:
    """A code to print, that lets `max_uses` people in; or the one person whose `membership` is kept for them."""
    invitation = Invitation(
        group=_open_group(group),
        kind=Invitation.Kind.CODE,
        max_uses=max_uses,
        membership=membership,
        invited_by=by,
        created_at=now,
        expires_at=expires_at,
    )
    if membership is None:
        note_done(group=group, page=Page.PEOPLE, by=by, now=now)
    return _add([invitation])[0]


@transaction.atomic
def resend_invitation(*, invitation: Invitation, now: datetime) -> None:
    """The same link once more, good for another while; never more often than MOST_SENDS."""
    waiting = Invitation.objects.filter(pk=invitation.pk, kind=Invitation.Kind.EMAIL, withdrawn_at=None, uses=0)
    if not waiting.exists():
        raise NotUsable
    if not waiting.filter(sends__lt=MOST_SENDS).update(sends=F("sends") + 1, expires_at=now + EMAIL_LASTS):
        raise SentOften
    invitation.refresh_from_db()
    _send(invitation, now)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, now: datetime) -> None:
    """Close this way into the group at once; whoever came in by it stays."""
    if not _withdraw(Invitation.objects.filter(pk=invitation.pk), now):
        raise NotUsable


@transaction.atomic
def withdraw_all_invitations(*, group: SupportGroup, now: datetime) -> None:
    _withdraw(Invitation.objects.filter(group=group), now)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by: Person, now: datetime) -> Membership:
    """Use the invitation once and make `by` a member. Of many at the same moment, only as many get in as it lets.

    Whoever was taken out needs an invitation of their own to come back: a sheet that still hangs there won't do.
    """
    way_in = _with_history_of(by).get(pk=invitation.pk)
    if way_in.is_member and not way_in.membership_id:
        raise AlreadyMember
    if way_in.is_sheet and way_in.last_state == Membership.State.REMOVED:
        raise TakenOutBefore
    if not use_invitation(invitation=way_in, now=now):
        raise NotUsable
    if way_in.membership_id:
        return _claim(way_in, by, now)
    if way_in.has_asked:
        drop_question(group=way_in.group, person=by)
    membership = join(group=way_in.group, person=by, invitation=way_in, now=now)
    if way_in.role:
        offer_role(group=way_in.group, person=by, role=way_in.role, by=way_in.invited_by, now=now)
    return membership


def use_invitation(*, invitation: Invitation, now: datetime) -> bool:
    """Count one use, if there is one left. The one statement waits for whoever is using the same, then looks again."""
    return bool(Invitation.objects.usable(now=now).filter(pk=invitation.pk).update(uses=F("uses") + 1))


@transaction.atomic
def decline_invitation(*, invitation: Invitation, reason: str, now: datetime) -> None:
    """No, thank you: nothing more is sent to this address for it. The words, if any, are kept and shown to nobody."""
    waiting = Invitation.objects.usable(now=now).filter(pk=invitation.pk, kind=Invitation.Kind.EMAIL)
    if not waiting.update(declined_at=now, withdrawn_at=now, decline_reason=reason):
        raise NotUsable
    outbox.drop(kinds=[KIND, REMINDER], subject_id=invitation.pk, reason="They said no, thank you.", now=now)


def join(*, group: SupportGroup, person: Person, now: datetime, invitation: Invitation | None = None) -> Membership:
    """The one place where a membership of someone with an account begins."""
    with refusing(AlreadyMember, constraint="one_open_membership_per_group_and_person"):
        return Membership.objects.create(group=group, person=person, invitation=invitation, joined_at=now)


def drop_question(*, group: SupportGroup, person: Person) -> None:
    """Whoever is in by another way needs no answer to what they asked."""
    asked = JoinRequest.objects.filter(group=group, person=person, state=JoinRequest.State.ASKED)
    asked.update(state=JoinRequest.State.WITHDRAWN)


def _with_history_of(person):
    """Invitations, each with how the person stands in its group, how they last stood, and whether they asked."""
    own = Membership.objects.filter(group=OuterRef("group"), person=person)
    asked = JoinRequest.objects.filter(group=OuterRef("group"), person=person, state=JoinRequest.State.ASKED)
    return Invitation.objects.select_related("group", "invited_by").annotate(
        is_member=Exists(own.current()),
        last_state=Subquery(own.order_by("-joined_at", "-pk").values("state")[:1]),
        has_asked=Exists(asked),
    )


def _claim(invitation, by, now):
    """What was kept for someone becomes theirs; beside a membership of their own it ends, and stays theirs to see."""
    changes = {"person": by, "name": "", "told_how": "", "told_by": None, "invitation": invitation}
    if invitation.is_member:
        changes |= {"state": Membership.State.LEFT, "ended_at": now, "ended_by": by}
    kept = Membership.objects.current().filter(pk=invitation.membership_id, person=None)
    if not kept.update(**changes):
        raise NotUsable
    return Membership.objects.get(pk=invitation.membership_id)


def _open_group(group):
    group = SupportGroup.objects.locked(group)
    if group.state == SupportGroup.State.CLOSED:
        raise GroupHasEnded
    return group


def _add(invitations):
    """Insert rows, whose secrets come from their keys: so the fingerprints follow in a second statement."""
    invitations = list(invitations)
    for invitation in invitations:
        invitation.nonce = tokens.new_nonce()
        invitation.fingerprint = invitation.nonce
    Invitation.objects.bulk_create(invitations)
    for invitation in invitations:
        invitation.fingerprint = tokens.fingerprint(invitation.token())
    Invitation.objects.bulk_update(invitations, ["fingerprint"])
    return invitations


def _send(invitation, now):
    outbox.enqueue(
        kind=KIND,
        subject_id=invitation.pk,
        recipient_ids=[None],
        expires_at=invitation.expires_at,
        now=now,
        schedule_version=invitation.sends,
    )


def _withdraw(invitations, now):
    """How many of these were withdrawn now; their e-mails that still wait are not sent."""
    still_open = invitations.filter(withdrawn_at=None, uses__lt=F("max_uses"))
    keys = list(still_open.select_for_update().values_list("pk", flat=True))
    for key in keys:
        outbox.drop(kinds=[KIND, REMINDER], subject_id=key, reason="The invitation was withdrawn.", now=now)
    return Invitation.objects.filter(pk__in=keys).update(withdrawn_at=now)
