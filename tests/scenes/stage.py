"""What scenes are made of: made-up people and places in late November 2026."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from peersupport.reminders.models import Message
from tests import factories as make
from tests.factories import NOW

GROUP, SITE, PROGRAMME, VENUE = "Tuesday Group", "Avonside Hospital", "Autumn 2026", "Horfield Community Centre"
#: Tuesday 1 December 2026, 2pm in Bristol.
MEETS_AT = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
#: What people wrote, each for one page only: no message may hold any of it.
PRIVATE = "Nobody else is to read these words."


@dataclass(frozen=True)
class Scene:
    """`title` is "" for the usual message of its kind, else what is different."""

    kind: str
    title: str
    play: Callable[[], Message]

    @property
    def name(self) -> str:
        return ".".join(filter(None, [self.kind, self.title.lower().replace(" ", "-")]))


SCENES: list[Scene] = []


def scene(kind, title=""):
    def remember(function):
        SCENES.append(Scene(kind, title, function))
        return function

    return remember


def message(row, to, version=0):
    """A message about `row`, not saved; its kind is that of the scene."""
    return Message(subject_id=row.pk, recipient=to, schedule_version=version, due_at=NOW, expires_at=MEETS_AT)


def person(name):
    return make.PersonFactory(preferred_name=name, email=f"{name.lower()}@example.org")


def site():
    return make.SiteFactory(name=SITE)


def group(**changes):
    return make.SupportGroupFactory(site=site(), name=GROUP, **changes)


def venue(place, **changes):
    details = {"name": VENUE, "address": "3 Lockleaze Road\r\nHorfield\r\nBristol BS7 0XX"}
    details |= {"access_notes": "The side door is step-free.\r\nRing the bell."}
    return make.VenueFactory(**{"site": place.site} | details | changes)


def member(place, name="Maria"):
    return make.MembershipFactory(group=place, person=person(name)).person


def meeting(**changes):
    """A meeting with a place and a greeter."""
    place = changes.pop("group", None) or group()
    make.RoleTermFactory(group=place, person=person("Pat"), role="greeter")
    return make.MeetingFactory(**{"group": place, "venue": venue(place), "starts_at": MEETS_AT} | changes)
