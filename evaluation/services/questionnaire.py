"""What a study asks its participants, and when: set by a lead, and changed for those who are yet to be asked."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from evaluation.models import Event, InstrumentItem, InstrumentVersion, PlannedInstrument, QuestionnairePlan, Study
from evaluation.question_refusals import QuestionsGone
from members.models import Person
from peersupport.instruments.catalogue import instrument_of
from peersupport.instruments.definition import Instrument


@transaction.atomic
def plan_questionnaires(
    *, study: Study, chosen: Mapping[str, Collection[Event]], window_days: int, by: Person, now: datetime
) -> QuestionnairePlan:
    """`chosen`: the events at which each instrument is asked, by its code. What stands already keeps its version.

    Whoever has been asked is asked no more and no less than they were.
    """
    Study.objects.select_for_update().get(pk=study.pk)
    facts = {"window_days": window_days, "changed_by": by, "changed_at": now}
    plan, _is_new = QuestionnairePlan.objects.update_or_create(study=study, defaults=facts)
    wanted = {(code, event) for code, events in chosen.items() for event in events}
    current = PlannedInstrument.objects.current().filter(study=study).select_related("instrument")
    known = {(row.instrument.code, row.event): row for row in current}
    ended = [row.pk for key, row in known.items() if key not in wanted]
    PlannedInstrument.objects.filter(pk__in=ended).update(ended_at=now)
    new = sorted(wanted - known.keys())
    pinned = {code: pin_instrument(code=code, now=now) for code in sorted({code for code, _event in new})}
    PlannedInstrument.objects.bulk_create(
        PlannedInstrument(study=study, instrument=pinned[code], event=event, planned_by=by, planned_at=now)
        for code, event in new
    )
    return plan


@transaction.atomic
def pin_instrument(*, code: str, now: datetime) -> InstrumentVersion:
    """The newest version of an instrument, written down with the numbers that its questions take."""
    definition = instrument_of(code)
    if definition is None:
        raise QuestionsGone
    pinned, is_new = InstrumentVersion.objects.get_or_create(
        code=code,
        version=definition.version,
        defaults={"fingerprint": definition.fingerprint, "pinned_at": now},
    )
    if pinned.fingerprint != definition.fingerprint:
        raise QuestionsGone
    if is_new:
        InstrumentItem.objects.bulk_create(_items(pinned, definition))
    return pinned


def _items(pinned: InstrumentVersion, definition: Instrument):
    for number, item in enumerate(definition.items, start=1):
        yield InstrumentItem(instrument=pinned, number=number, code=item.code, values=list(item.values))
