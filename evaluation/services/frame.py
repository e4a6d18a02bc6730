"""Drawing people from a sampling frame and inviting them. Whoever draws learns codes, never names."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from evaluation.asking import INVITATION, TIME_TO_ANSWER
from evaluation.consent import current_form
from evaluation.frames import Criteria, strata_of
from evaluation.models import Approach, ApproachKey, ApproachStep, IdentityKey, SamplingFrame, Study
from evaluation.refusals import NobodyToDraw, StudyNotOpen
from evaluation.sampling import ALGORITHM, Stratum, draw, new_seed
from members.models import Person
from peersupport.reminders import outbox

Method = SamplingFrame.Method


@transaction.atomic
def draw_frame(
    *,
    study: Study,
    criteria: Criteria,
    method: str,
    wanted: int | None,
    by: Person,
    now: datetime,
    seed: str = "",
) -> SamplingFrame:
    """Make the frame, draw from it and invite who is drawn, without replacement: nobody is drawn twice.

    `wanted` counts for a random draw only. Without a `seed` chance gives one.
    """
    # Two who draw at once would draw the same people.
    study = Study.objects.select_for_update().get(pk=study.pk)
    _expect_open(study, now)
    strata = strata_of(study, criteria, now=now)
    if not strata:
        raise NobodyToDraw
    size = sum(map(len, strata.values()))
    is_random = method == Method.RANDOM
    seed = (seed or new_seed()) if is_random else ""
    frame = SamplingFrame.objects.create(
        study=study,
        number=study.frames.count() + 1,
        kinds=list(criteria.kinds),
        asks_again=criteria.asks_again,
        method=method,
        wanted=wanted if is_random else None,
        seed=seed,
        algorithm=ALGORITHM,
        size=size,
        drawn_by=by,
        drawn_at=now,
    )
    frame.groups.set(criteria.groups)
    drawn = draw(strata, wanted if is_random and wanted else size, seed)
    _invite(frame, _approaches_of(frame, drawn))
    return frame


def _expect_open(study, now):
    # Without dates there is no form yet.
    if not current_form(study, now).exists() or not study.starts_on <= timezone.localdate(now) <= study.ends_on:
        raise StudyNotOpen


def _approaches_of(frame: SamplingFrame, drawn: dict[Stratum, list[int]]) -> dict[int, Approach]:
    """Person key > their approach: the one they have, when they are asked again, or a new one."""
    people = {person: stratum for stratum, found in drawn.items() for person in found}
    known = Approach.objects.filter(study=frame.study, key__person__in=people).select_related("key")
    approaches = {approach.key.person_id: approach for approach in known}
    parts = IdentityKey.objects.filter(study=frame.study, person__in=people)
    participants = dict(parts.values_list("person_id", "participant_id"))
    new = {
        person: Approach(
            study=frame.study,
            kind=stratum.kind,
            group_id=stratum.group,
            is_by_service=True,
            participant_id=participants.get(person),
            added_by=frame.drawn_by,
            added_at=frame.drawn_at,
        )
        for person, stratum in people.items()
        if person not in approaches
    }
    Approach.objects.bulk_create(new.values())
    ApproachKey.objects.bulk_create(
        ApproachKey(approach=approach, study=frame.study, person_id=person) for person, approach in new.items()
    )
    return approaches | new


def _invite(frame, approaches):
    now = frame.drawn_at
    ApproachStep.objects.bulk_create(
        ApproachStep(
            approach=approach,
            step=ApproachStep.Step.INVITED,
            way=ApproachStep.Way.SERVICE,
            frame=frame,
            happened_on=timezone.localdate(now),
            taken_by=frame.drawn_by,
            taken_at=now,
        )
        for approach in approaches.values()
    )
    over = timezone.make_aware(datetime.combine(frame.study.ends_on + timedelta(days=1), time.min))
    for person, approach in approaches.items():
        outbox.enqueue(
            kind=INVITATION,
            subject_id=approach.pk,
            recipient_ids=[person],
            # Asked again by another frame, they are written to again.
            schedule_version=frame.number,
            expires_at=min(now + TIME_TO_ANSWER, over),
            now=now,
        )
