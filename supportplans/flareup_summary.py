"""What a member takes along to an appointment: their own words and numbers, over dates of their choice.

Nothing is averaged over what was not noted; each number says of how many flare-ups it is known.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from supportplans.models import FlareUp, FlareUpRemedy, FlareUpTrigger, Goal
from supportplans.over_time import days_known

#: As many as two printed pages hold; the newest.
MOST_LISTED = 40
MOST_WORDS, MOST_GOALS = 12, 10
Helped = FlareUpRemedy.Helped


@dataclass(frozen=True)
class Range:
    """The lowest and the highest number noted, and on how many flare-ups one was."""

    lowest: int
    highest: int
    noted: int


@dataclass(frozen=True)
class Tried:
    """How often something was tried, and how often each answer was given to whether it helped."""

    name: str
    times: int
    answers: dict[str, int] = field(default_factory=dict)


class Summary:
    """The flare-ups of `person` known to have a day from `first` to `last`; each part is read when it is asked for."""

    def __init__(self, person, first: date, last: date):
        self.person, self.first, self.last = person, first, last
        found = FlareUp.objects.visible_to(person).known_between(first, last)
        self.flareups = list(found.newest_first())
        self.number = len(self.flareups)

    @cached_property
    def listed(self):
        """The newest, each with `causes`: what set it off."""
        causes = defaultdict(list)
        for pk, name in self._named:
            causes[pk].append(name)
        listed = self.flareups[:MOST_LISTED]
        for flareup in listed:
            flareup.causes = causes[flareup.pk]
        return listed

    @property
    def not_listed(self):
        return max(0, self.number - MOST_LISTED)

    @property
    def days(self):
        """Days of the stretch known to be part of a flare-up, each counted once."""
        spans = [(one.started_on, one.known_until_on) for one in self.flareups]
        return len(days_known(spans, self.first, self.last))

    @property
    def open(self):
        return sum(one.is_open for one in self.flareups)

    @property
    def pain(self):
        return _range(one.pain for one in self.flareups)

    @property
    def effect(self):
        return _range(one.effect for one in self.flareups)

    @property
    def contacts(self):
        """(label, number of flare-ups) for each kind of help noted, "no one" among them."""
        counted = Counter(contact for one in self.flareups for contact in one.contacts or [])
        return [(kind.label, counted[kind]) for kind in FlareUp.Contact if counted[kind]]

    @property
    def contacts_noted(self):
        return sum(one.contacts is not None for one in self.flareups)

    @property
    def causes(self):
        """(name, times), the most named first."""
        return _most_first(Counter(name for _pk, name in self._named))

    @cached_property
    def tried(self):
        """What was tried, what helped most often first."""
        answers = defaultdict(Counter)
        for name, helped in self._uses(FlareUpRemedy).values_list("word__name", "helped"):
            answers[name][helped] += 1
        found = [Tried(name, counted.total(), counted) for name, counted in answers.items()]
        return sorted(found, key=in_order_of_help)[:MOST_WORDS]

    @property
    def goals(self):
        return Goal.objects.active().filter(person=self.person).order_by("-created_at", "-pk")[:MOST_GOALS]

    @property
    def notes(self):
        return [one for one in self.flareups[:MOST_LISTED] if one.note]

    @cached_property
    def _named(self):
        """(flare-up's key, what set it off)."""
        return list(self._uses(FlareUpTrigger).values_list("flareup", "word__name"))

    def _uses(self, model):
        return model.objects.filter(flareup__in=[one.pk for one in self.flareups]).order_by("word__folded")


def in_order_of_help(tried: Tried):
    """What helped most often first, then what helped a little, then what was tried most."""
    answers = tried.answers
    return -answers.get(Helped.YES, 0), -answers.get(Helped.A_LITTLE, 0), -tried.times, tried.name.casefold()


def _range(numbers):
    noted = [number for number in numbers if number is not None]
    return Range(min(noted), max(noted), len(noted)) if noted else None


def _most_first(counted):
    return sorted(counted.items(), key=lambda one: (-one[1], one[0].casefold()))[:MOST_WORDS]


def quarter_before(day: date) -> date:
    """Where the page begins unless its owner says otherwise."""
    return day - timedelta(days=91)
