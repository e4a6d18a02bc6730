"""How some members of the sample story say they are, for their own eyes: over two years, with gaps and skips."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from members.models import Person
from peersupport.demo.cast import SEED, Telling
from peersupport.demo.founding import Circle
from peersupport.instruments.catalogue import instrument_of
from peersupport.instruments.definition import Instrument, Item, Missing
from supportplans.models import SelfReportWish
from supportplans.services.self_report import answer_item, finish_report, start_report
from supportplans.services.self_report_wish import edit_self_report_wish, end_self_report_wish

#: What the second, third and fourth member to try it chose, and at which rhythm; Maria is told apart.
CHOICES = ((["pain_nrs", "ons_loneliness"], 12), (["gad7"], 4), (["pain_nrs", "pgic"], None))
MARIAS = ["pain_nrs", "ons4", "phq4"]


def tell_how_they_are(telling: Telling, circle: Circle) -> None:
    """Told by a chance of its own, so that the rest of the story stays as it is."""
    chance = random.Random(SEED)
    maria = next(person for person in circle.members if person.email == "member@example.org")
    others = [person for person in circle.members if person != maria][: len(CHOICES)]
    _use(telling, chance, maria, MARIAS, 4)
    for person, (codes, weeks) in zip(others, CHOICES, strict=True):
        _use(telling, chance, person, codes, weeks)
    end_self_report_wish(by=others[1], now=telling.ago(weeks=20))


def _use(telling, chance, person: Person, codes: list[str], weeks: int | None) -> None:
    """Turned on after the programme, answered most of the time; one long gap, and today it is due again."""
    began = telling.now - timedelta(weeks=96)
    wish = edit_self_report_wish(instruments=codes, rhythm_weeks=weeks, by=person, now=began)
    for number, at in enumerate(_times(telling, began, wish)):
        if number in range(8, 13) or chance.random() < 0.1:
            continue
        for code in codes:
            _answer(chance, person, instrument_of(code), at + timedelta(hours=3), drift=number)


def _times(telling, began: datetime, wish: SelfReportWish) -> Iterator[datetime]:
    """The days on which they are asked, before today; every six weeks for someone who comes when they like."""
    step = timedelta(weeks=wish.rhythm_weeks or 6)
    at = began + step
    while at < telling.ago(days=2):
        yield at
        at += step


def _answer(chance, person: Person, instrument: Instrument, at: datetime, drift: int) -> None:
    report = start_report(instrument=instrument, by=person, now=at)
    for item in instrument.items:
        if chance.random() < 0.04:
            reason = chance.choice(list(Missing))
            answer_item(report=report, item=item.code, missing=reason, now=at)
        else:
            answer_item(report=report, item=item.code, value=_value(chance, item, drift), now=at)
    finish_report(report=report, now=at + timedelta(minutes=3))


def _value(chance, item: Item, drift: int) -> int:
    """Somewhere in the middle, wandering a little with time."""
    place = 0.6 - 0.004 * drift + chance.gauss(0, 0.16)
    return item.values[round(min(1, max(0, place)) * (len(item.values) - 1))]
