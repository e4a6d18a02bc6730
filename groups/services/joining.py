"""Coming into a group without an invitation of one's own: asked, answered, or straight in where it is open."""

from datetime import datetime, timedelta

from django.db import transaction

from groups.models import Invitation, JoinRequest, Membership, RoleTerm, SupportGroup
from groups.refusals import AlreadyAsked, AlreadyMember, JoinRequestGone, NotOpen, NotUsable, TakenOutBefore
from groups.reminders.joining import ANSWERED, ASKED
from groups.services.invitation import drop_question, join, use_invitation
from members.models import Person
from peersupport.refusals import refusing
from peersupport.reminders import outbox

State = JoinRequest.State
#: Mail about asking and answering is of no use later than this.
MAIL_LASTS = timedelta(days=30)


@transaction.atomic
def join_open_group(*, group: SupportGroup, by: Person, now: datetime) -> Membership:
    """Straight in, where anyone may come."""
    group = _may_come(group, by)
    if group.join_rule != SupportGroup.JoinRule.OPEN:
        raise NotOpen
    drop_question(group=group, person=by)
    return join(group=group, person=by, now=now)


@transaction.atomic
def ask_to_join(
    *, group: SupportGroup, note: str, by: Person, now: datetime, invitation: Invitation | None = None
) -> JoinRequest:
    """Ask a group that lets people in by agreement, with its sheet's code (which counts a use) or without."""
    group = _may_come(group, by)
    if group.join_rule != SupportGroup.JoinRule.BY_AGREEMENT:
        raise NotOpen
    if invitation and not use_invitation(invitation=invitation, now=now):
        raise NotUsable
    with refusing(AlreadyAsked, constraint="one_open_request_per_group_and_person"):
        asked = JoinRequest.objects.create(group=group, person=by, invitation=invitation, note=note, asked_at=now)
    _tell(ASKED, asked, organisers_of(group=group), now)
    return asked


@transaction.atomic
def answer_join_request(*, join_request: JoinRequest, accepts: bool, note: str, by: Person, now: datetime) -> None:
    """The group's word, with a kind note; a yes makes the membership."""
    state = State.ACCEPTED if accepts else State.DECLINED
    _settle(join_request, state=state, answered_by=by, answered_at=now, answer_note=note)
    if accepts:
        join(group=join_request.group, person=join_request.person, invitation=join_request.invitation, now=now)
    _tell(ANSWERED, join_request, [join_request.person_id], now)


@transaction.atomic
def withdraw_join_request(*, join_request: JoinRequest, now: datetime) -> None:
    _settle(join_request, state=State.WITHDRAWN)
    outbox.drop(kinds=[ASKED], subject_id=join_request.pk, reason="The request was taken back.", now=now)


def organisers_of(*, group: SupportGroup) -> list[int]:
    """Keys of those who look after the group, tutors among them."""
    terms = RoleTerm.objects.current().filter(group=group)
    return sorted(set(terms.values_list("person_id", flat=True)))


def _may_come(group, person):
    group = SupportGroup.objects.locked(group)
    if not group.is_under_way:
        raise NotOpen
    latest = Membership.objects.filter(group=group, person=person).order_by("-joined_at", "-pk").first()
    if latest and latest.is_current:
        raise AlreadyMember
    if latest and latest.state == Membership.State.REMOVED:
        raise TakenOutBefore
    return group


def _settle(join_request, **changes):
    if not JoinRequest.objects.filter(pk=join_request.pk, state=State.ASKED).update(**changes):
        raise JoinRequestGone


def _tell(kind, join_request, recipient_ids, now):
    outbox.enqueue(
        kind=kind, subject_id=join_request.pk, recipient_ids=recipient_ids, expires_at=now + MAIL_LASTS, now=now
    )
