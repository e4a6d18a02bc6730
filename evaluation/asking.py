"""Who may be asked to take part in research, and about which group: the one place that says so.

It is asked when a frame is made, and again when the invitation goes out.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from evaluation.consent import consented
from evaluation.models import (
    Approach,
    ApproachKey,
    ApproachStep,
    ConsentDecision,
    ConsentStatement,
    IdentityKey,
    ResearchWish,
    Study,
    Withdrawal,
)
from groups.models import Membership, RoleTerm
from members.models import Person
from peersupport.reminders.models import Preference

INVITATION = "evaluation.study_invitation"
#: How long people get to answer.
TIME_TO_ANSWER = timedelta(weeks=3)

Kind = Approach.Kind
_AGAIN = ConsentStatement.Purpose.CONTACT_AGAIN


def willing() -> QuerySet[Person]:
    """People with an account who said nothing against being asked: no wish of theirs, no study that they withdrew
    from, no invitations turned off."""
    themselves = OuterRef("pk")
    return Person.objects.filter(
        ~Exists(ResearchWish.objects.filter(person=themselves, may_be_asked=False)),
        ~Exists(Withdrawal.objects.filter(participant__identity_key__person=themselves)),
        ~Exists(Preference.objects.filter(person=themselves, kind=INVITATION, is_wanted=False)),
        is_active=True,
        died_marked_at=None,
    )


def to_be_asked(study: Study) -> QuerySet[Person]:
    """Willing people whom the study never asked, and who are not in it."""
    return willing().filter(
        ~Exists(IdentityKey.objects.filter(study=study, person=OuterRef("pk"))),
        ~Exists(ApproachKey.objects.filter(study=study, person=OuterRef("pk"))),
    )


def to_be_asked_again(study: Study, as_of: datetime) -> QuerySet[Person]:
    """Willing people in the study whose yes to being asked again stands at `as_of`, and who are not being asked."""
    keys = IdentityKey.objects.filter(study=study, participant__in=consented(study, _AGAIN, as_of).values("pk"))
    asked = Approach.objects.in_state(ApproachStep.Step.INVITED).filter(study=study)
    return willing().filter(
        ~Exists(ApproachKey.objects.filter(approach__in=asked.values("pk"), person=OuterRef("pk"))),
        pk__in=keys.values("person"),
    )


def kind_of(state: str | None, has_leave: bool, roles: Collection[str]) -> Kind | None:
    """What someone is to a group as one who may be asked; None where they may not.

    `state` and `has_leave` are those of their latest membership, `roles` the terms that hold. Whoever has a break is
    left in peace; whoever is out of the group is asked only by their leave.
    """
    if RoleTerm.Role.TUTOR in roles:
        return Kind.TUTOR
    if state == Membership.State.JOINED:
        return Kind.ROLE_HOLDER if roles else Kind.MEMBER
    if state in Membership.OUT_OF_IT and has_leave:
        return Kind.NEVER_ATTENDED if state == Membership.State.NEVER_ATTENDED else Kind.LEFT
    return None


def with_leave(approaches: QuerySet[Approach]) -> QuerySet[Approach]:
    """With what `may_still_be_asked` needs."""
    person = OuterRef("key__person")
    memberships = Membership.objects.filter(person=person, group=OuterRef("group")).order_by("-joined_at", "-pk")
    words = ConsentDecision.objects.filter(
        participant__identity_key__person=person,
        participant__study=OuterRef("study"),
        statement__purpose=_AGAIN,
    )
    return approaches.annotate(
        is_willing=Exists(willing().filter(pk=person)),
        is_tutor=Exists(RoleTerm.objects.current().tutors().filter(person=person, group=OuterRef("group"))),
        state_in_group=Subquery(memberships.values("state")[:1]),
        has_leave=Subquery(memberships.values("researchers_may_ask")[:1]),
        word_on_again=Subquery(words.order_by("-decided_at", "-pk").values("decision")[:1]),
    )


def may_still_be_asked(approach: Approach) -> bool:
    """Of a row read `with_leave`: whether the person may be asked now, as when they were drawn."""
    if not approach.is_willing:
        return False
    if approach.word_on_again is not None:
        return approach.word_on_again == ConsentDecision.Decision.GIVEN
    roles = [RoleTerm.Role.TUTOR] if approach.is_tutor else []
    return kind_of(approach.state_in_group, approach.has_leave, roles) is not None
