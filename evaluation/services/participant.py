"""People in a study who have no account."""

from datetime import datetime

from django.db import transaction

from evaluation import looks
from evaluation.models import Approach, IdentityKey, Participant, Study
from evaluation.services.approach import link_participant
from members.models import Person
from peersupport.access.log import Action


@transaction.atomic
def add_participant(
    *,
    study: Study,
    kind: str,
    name: str,
    contact: str,
    by: Person,
    now: datetime,
    approach: Approach | None = None,
) -> Participant:
    """Someone without an account, like a clinician, or who left or never came. Their name is in the key only.

    `approach`: where it was written down that they agreed.
    """
    participant = Participant.objects.create(study=study, kind=kind, created_at=now)
    if approach:
        link_participant(approach=approach, participant=participant)
    IdentityKey.objects.create(participant=participant, study=study, name=name, contact=contact, created_at=now)
    looks.record(
        actor=by,
        action=Action.ADDED,
        obj=participant,
        participants=[participant],
        route="evaluation:participant_add",
        now=now,
    )
    return participant
