"""How the sample study asks people: two draws, clinicians asked in person, and a draw that Maria is in."""

from datetime import datetime, timedelta

from django.utils import timezone

from evaluation.frames import Criteria
from evaluation.models import Approach, ApproachStep, ConsentForm, Participant, SamplingFrame, Study
from evaluation.services.approach import add_approach, decline_approach, record_outcome
from evaluation.services.consent import answer_consent
from evaluation.services.frame import draw_frame
from groups.models import SupportGroup
from members.models import Person
from peersupport.demo.cast import Telling

Kind, Step, Method = Approach.Kind, ApproachStep.Step, SamplingFrame.Method
#: Whom the draws are of, and how many.
DRAWS = (((Kind.MEMBER, Kind.ROLE_HOLDER), 12), ((Kind.LEFT,), 9))


def tell_draws(telling: Telling, study: Study, form: ConsentForm, lead: Person) -> list[Participant]:
    """Of members who had not answered, and of people who left; gives those who said yes."""
    agreed: list[Participant] = []
    groups = list(study.groups.exclude(name="Tuesday Group"))
    for kinds, wanted in DRAWS:
        at = telling.ago(weeks=34)
        frame = draw_frame(
            study=study,
            criteria=Criteria(groups, kinds, asks_again=False),
            method=Method.RANDOM,
            wanted=wanted,
            seed=f"{telling.chance.getrandbits(128):032x}",
            by=lead,
            now=at,
        )
        agreed += _answers(telling, frame, form, lead, at)
    return agreed


def tell_asked_by_hand(study: Study, kind: str, group: SupportGroup | None, lead: Person, at: datetime) -> Approach:
    """Asked in person or by phone, said yes a few days later."""
    day = timezone.localdate(at)
    asked, answered = ("in_person", "email") if kind == Kind.CLINICIAN else ("post", "phone")
    approach = add_approach(
        study=study, kind=kind, group=group, way=asked, happened_on=day - timedelta(days=6), by=lead, now=at
    )
    record_outcome(approach=approach, step=Step.AGREED, way=answered, happened_on=day, by=lead, now=at)
    return approach


def tell_last_draw(telling: Telling, study: Study, lead: Person) -> None:
    """Everyone of Maria's group who was not asked yet. A clinician had no time; another has not answered for weeks."""
    group = study.groups.get(name="Tuesday Group")
    criteria = Criteria([group], [Kind.MEMBER, Kind.LEFT], asks_again=False)
    draw_frame(study=study, criteria=criteria, method=Method.WHOLE, wanted=None, by=lead, now=telling.ago(days=2))
    for days_ago, says_no in ((80, True), (40, False)):
        at = telling.ago(days=days_ago)
        asked = {"way": "email", "happened_on": timezone.localdate(at), "by": lead, "now": at}
        approach = add_approach(study=study, kind=Kind.CLINICIAN, group=None, **asked)
        if says_no:
            record_outcome(approach=approach, step=Step.DECLINED, reason="no_time", **asked)


def _answers(telling, frame, form, lead, at) -> list[Participant]:
    """In turn: two say yes, one says no, one is never heard of."""
    agreed = []
    drawn = Approach.objects.filter(steps__frame=frame).select_related("key__person").order_by("pk")
    for number, approach in enumerate(drawn):
        then = at + timedelta(days=3 + number)
        if number % 4 in (0, 1):
            answers = dict.fromkeys(form.statements.all(), True)
            agreed.append(answer_consent(form=form, person=approach.key.person, answers=answers, now=then))
        elif number % 4 == 2:
            reason, words = telling.chance.choice(telling.words["study"]["declined"])
            decline_approach(approach=approach, reason=reason, words=words, by=approach.key.person, now=then)
        else:
            late = at + timedelta(weeks=3)
            day = timezone.localdate(late)
            record_outcome(approach=approach, step=Step.NOT_REACHED, way="email", happened_on=day, by=lead, now=late)
    return agreed
