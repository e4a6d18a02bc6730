"""How many of a study's participants were asked by each instrument and what came of it: small numbers hidden."""

from dataclasses import dataclass

from django.db.models import Count

from evaluation.models import Administration, Event, PlannedInstrument, Study
from evaluation.small_numbers import shown
from peersupport.instruments.catalogue import instrument_of


@dataclass(frozen=True)
class Asked:
    """One instrument at one event; `cells` are numbers of people in the order of the states, None where hidden.

    `is_planned` is off for what is not asked any more.
    """

    name: str
    version: int
    is_planned: bool
    cells: list[int | None]

    @property
    def cells_by_state(self) -> list[tuple[str, int | None]]:
        return list(zip(Administration.State.labels, self.cells, strict=True))


def counts_of(study: Study) -> list[tuple[Event, list[Asked]]]:
    """Each event at which something is or was asked, in order. Two queries."""
    rows = Administration.objects.filter(occasion__study=study).values_list(
        "occasion__event", "instrument__code", "instrument__version", "state"
    )
    counted = {tuple(key): number for *key, number in rows.annotate(number=Count("pk")).order_by()}
    current = PlannedInstrument.objects.current().filter(study=study)
    planned = set(current.values_list("event", "instrument__code", "instrument__version"))
    asked = sorted(planned | {key[:3] for key in counted})
    return [
        (event, those)
        for event in Event
        if (those := [_asked(study, key, key in planned, counted) for key in asked if key[0] == event])
    ]


def _asked(study, key, is_planned, counted):
    _event, code, version = key
    cells = [shown(counted.get((*key, state), 0), study.small_number_threshold) for state in Administration.State]
    definition = instrument_of(code, version)
    return Asked(definition.name if definition else code, version, is_planned, cells)
