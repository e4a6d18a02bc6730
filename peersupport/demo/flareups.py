"""The flare-ups of the sample story: some with all their details, some with a day and no more."""

import random
import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from members.models import Person
from peersupport.demo.cast import SEED, Telling
from supportplans.models import FlareUp
from supportplans.services.flareup import edit_flareup, go_on_flareup, log_flareup, take_back_flareup

#: Maria has used it for two years: weeks ago, days it lasted (None: no end noted), and how much she told.
MARIAS = (
    (99, 4), (93, 2), (88, 6), (81, None), (77, 3), (70, 23), (61, 5), (55, 4), (49, 1), (44, 7), (38, 5), (31, 38),
    (22, 3), (17, 2), (13, 6), (9, 4), (5, 3), (3, 2), (1, None),
)  # fmt: skip


def tell_flareups(telling: Telling, person: Person, joined_at: datetime):
    """A few a year; some with all their details, some with none, the newest perhaps still going on."""
    if person.email == "member@example.org":
        _tell_marias(telling, person)
    day = joined_at + timedelta(days=telling.chance.randint(5, 60))
    while day < telling.ago(days=1):
        _tell_flareup(telling, person, day)
        day += timedelta(days=telling.chance.randint(30, 140))


def _tell_flareup(telling, person, at):
    flareup = _log(person, telling.chance.getrandbits(128), at)
    if not telling.often(0.7):
        return
    length = telling.chance.choice([2, 3, 4, 5, 7, 9, 16, 30])
    cause, remedy = telling.some("set_off_by"), telling.some("tried")
    helped = telling.chance.choice(["yes", "a_little", "no"])
    edit_flareup(
        flareup=flareup,
        revision=0,
        now=at + timedelta(days=1),
        **_when(flareup, length, telling.now),
        triggers=[cause] if cause else [],
        remedies=[remedy] if remedy else [],
        helped={remedy: helped},
        has_used_plan=telling.chance.choice([True, False, None]),
        has_turned_to_group=telling.chance.choice([True, False, None]),
        contacts=telling.chance.choice([None, ["none"], ["none"], ["gp"], ["111"], ["gp", "pain_clinic"]]),
        pain=telling.chance.randint(4, 10),
        effect=telling.chance.randint(3, 10),
    )


def _tell_marias(telling, person):
    """Told by a chance of its own, so that the rest of the story stays as it is. The last one still goes on."""
    chance = random.Random(SEED)
    for weeks, length in MARIAS:
        at = telling.ago(weeks=weeks, hours=chance.randint(1, 9))
        flareup = _log(person, chance.getrandbits(128), at)
        if weeks % 4:
            _tell_all_of_it(telling, chance, flareup, at, length)
    go_on_flareup(flareup=flareup, on=timezone.localdate(telling.ago(days=2)), now=telling.ago(days=2))
    slip = _log(person, chance.getrandbits(128), telling.ago(days=10))
    take_back_flareup(flareup=slip, now=telling.ago(days=10))


def _tell_all_of_it(telling, chance, flareup, at, length):
    """Some days later, in two sittings; what she tried comes from a short list that she knows by now."""
    words = telling.words["maria"]
    tried = chance.sample(words["tried"], 3)
    later = min(at + timedelta(days=(length or 3) + 2), telling.now)
    when = _when(flareup, length, telling.now) if length else {"kind": FlareUp.Kind.FLARE_UP}
    edit_flareup(
        flareup=flareup, revision=0, now=later, **when, triggers=chance.sample(words["set_off_by"], 2), remedies=tried,
        helped={name: chance.choice(words["helped"][name]) for name in tried}, pain=chance.randint(5, 9),
        effect=chance.randint(4, 9),
    )  # fmt: skip
    if chance.random() < 0.6:
        edit_flareup(
            flareup=flareup, revision=1, now=later + timedelta(minutes=5), note=chance.choice(words["notes"]),
            has_used_plan=chance.choice([True, True, False]), has_turned_to_group=chance.choice([True, True, None]),
            contacts=chance.choice([["none"], ["none"], ["gp"], ["gp", "111"], ["pain_clinic"]]),
        )  # fmt: skip


def _log(person, number, at):
    return log_flareup(by=person, client_id=uuid.UUID(int=number), started_on=timezone.localdate(at), now=at)


def _when(flareup, length, now):
    ended_on = flareup.started_on + timedelta(days=length)
    return {
        "kind": FlareUp.Kind.SETBACK if length > 14 else FlareUp.Kind.FLARE_UP,
        "ended_on": ended_on if ended_on < timezone.localdate(now) else None,
    }
