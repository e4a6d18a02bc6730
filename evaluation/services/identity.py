"""Finding out who a pseudonym is: asked for with a reason, agreed to by a second person, each look written down."""

from datetime import datetime, timedelta

from django.db import transaction

from evaluation import looks
from evaluation.models import IdentityKey, IdentityLook, IdentityRequest, Participant
from evaluation.refusals import (
    AlreadyAnswered,
    AlreadyAsked,
    LinkedAlready,
    NeedsSecondPerson,
    NobodyToAsk,
    OwnRequest,
    TakesPartAlready,
)
from evaluation.reminders.identity import ANSWERED, REQUESTED, people_asked
from members.models import Person
from members.services import find_or_add_person
from peersupport.access.log import Action
from peersupport.refusals import refusing
from peersupport.reminders import outbox

MAIL_LASTS = timedelta(days=7)


@transaction.atomic
def request_identity(*, participant: Participant, reason: str, by: Person, now: datetime) -> IdentityRequest:
    """A key-holder asks; everyone who can be the second person is told. One request at a time each."""
    with refusing(AlreadyAsked, constraint="one_waiting_identity_request"):
        request = IdentityRequest.objects.create(
            participant=participant, study_id=participant.study_id, asked_by=by, reason=reason, asked_at=now
        )
    asked = people_asked(request)
    if not asked:
        raise NobodyToAsk
    _tell(request, REQUESTED, asked, now)
    return request


@transaction.atomic
def answer_identity_request(
    *, request: IdentityRequest, is_granted: bool, answer: str, by: Person, now: datetime
) -> IdentityRequest:
    """The second person's yes, or their no with its reason in `answer`; whoever asked is told."""
    request = IdentityRequest.objects.select_for_update(of=("self",)).select_related("participant").get(pk=request.pk)
    if request.asked_by_id == by.pk:
        raise OwnRequest
    if request.is_granted is not None:
        raise AlreadyAnswered
    request.is_granted, request.answer = is_granted, "" if is_granted else answer
    request.answered_by, request.answered_at = by, now
    request.save(update_fields=["is_granted", "answer", "answered_by", "answered_at"])
    looks.record(
        actor=by,
        action=Action.CHANGED,
        obj=request,
        participants=[request.participant],
        route="evaluation:identity_request_answer",
        now=now,
    )
    _tell(request, ANSWERED, [request.asked_by_id], now)
    return request


@transaction.atomic
def open_identity_key(*, key: IdentityKey, by: Person, now: datetime) -> IdentityLook:
    """A key-holder looks at who a pseudonym is, under a second person's yes that still holds.

    Without this row and its entry in the access log nothing is shown.
    """
    request = holding_request(key=key, person=by, now=now)
    if not request:
        raise NeedsSecondPerson
    look = IdentityLook.objects.create(
        request=request, identity_key=key, looked_by=by, reason=request.reason, looked_at=now
    )
    _log(key, Action.VIEWED, by, "evaluation:identity_key_open", now)
    return look


@transaction.atomic
def link_account(*, key: IdentityKey, email: str, by: Person, now: datetime) -> IdentityKey:
    """The participant sees their part in the study from now on, signed in with `email`, and the key keeps no name."""
    key = IdentityKey.objects.select_for_update(of=("self",)).select_related("participant").get(pk=key.pk)
    if not holding_request(key=key, person=by, now=now):
        raise NeedsSecondPerson
    if key.person_id:
        raise LinkedAlready
    key.person, _is_new = find_or_add_person(email=email, preferred_name=key.name, now=now)
    key.name = key.contact = ""
    with refusing(TakesPartAlready, constraint="one_participant_per_study_and_person"):
        key.save(update_fields=["person", "name", "contact"])
    _log(key, Action.CHANGED, by, "evaluation:account_link", now)
    return key


def holding_request(*, key: IdentityKey, person: Person, now: datetime) -> IdentityRequest | None:
    """The second person's yes that lets `person` open `key` at `now`, the one that lasts longest."""
    holding = IdentityRequest.objects.filter(participant=key.participant_id).holding(person=person, now=now)
    return holding.order_by("-answered_at").first()


def _log(key, action, by, route, now):
    looks.record(actor=by, action=action, obj=key, participants=[key.participant], route=route, now=now)


def _tell(request, kind, recipient_ids, now):
    outbox.enqueue(
        kind=kind, subject_id=request.pk, recipient_ids=list(recipient_ids), expires_at=now + MAIL_LASTS, now=now
    )
