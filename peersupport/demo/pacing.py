"""Pacing in the sample story: Maria paces two things, one of them for months; others one, for a while."""

from datetime import timedelta

from django.utils import timezone

from members.models import Person
from peersupport.demo.cast import Telling
from peersupport.demo.founding import Circle
from supportplans.pacing_amounts import suggested_on, suggested_start
from supportplans.services.pacing import (
    add_pacing,
    call_pacing_enough,
    note_pacing_day,
    set_pacing,
    stop_pacing,
    try_pacing,
)

#: So many who pace something, of all the people of the story.
OTHERS = 12


def tell_pacing(telling: Telling, circles: list[Circle]) -> None:
    maria = Person.objects.get(email="member@example.org")
    first, second = telling.words["pacing"][:2]
    _pace(telling, maria, first, weeks=6)
    _pace(telling, maria, second, weeks=40)
    people = [person for circle in circles for person in circle.members if person != maria]
    for number, person in enumerate(telling.chance.sample(people, OTHERS)):
        ended = (None, call_pacing_enough, stop_pacing)[number % 3]
        _pace(telling, person, telling.some("pacing"), weeks=telling.chance.randint(3, 30), ended=ended)


def _pace(telling, person, plot, *, weeks, ended=None):
    """Three tries, a start a week later, and notes on some days of the last month, as life goes."""
    today, began = timezone.localdate(telling.now), telling.ago(weeks=weeks)
    baseline = add_pacing(what=plot["what"], unit=plot["unit"], by=person, now=began)
    days = [began.date() + timedelta(days=day) for day in (0, 2, 4)]
    try_pacing(
        baseline=baseline,
        tries=[
            (day, amount, number == 1) for number, (day, amount) in enumerate(zip(days, plot["tries"], strict=True))
        ],
    )
    amount = suggested_start([plot["tries"][0], plot["tries"][2]])
    set_pacing(
        baseline=baseline,
        from_on=began.date() + timedelta(days=7),
        amount=amount,
        weekly_percent=10,
        enough=plot["enough"],
        rest_days=[6],
    )
    starts = list(baseline.starts.all())
    for back in range(28, 0, -1):
        day = today - timedelta(days=back)
        if (suggested := suggested_on(day, starts)) and telling.often(0.6):
            done = None if telling.often(0.1) else int(suggested * telling.chance.choice([0.5, 0.8, 1, 1, 1, 1.2]))
            note_pacing_day(baseline=baseline, done_on=day, amount=done)
    if ended:
        ended(baseline=baseline, now=telling.ago(days=4))
