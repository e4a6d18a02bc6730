"""Flare-ups: logged in one tap, filled in later or never, corrected with what stood before kept."""

import uuid
from datetime import date, datetime
from typing import Any

from django.db import transaction

from members.models import Person
from supportplans.models import FlareUp, FlareUpChange, FlareUpRemedy, FlareUpTrigger, Remedy, Trigger
from supportplans.refusals import ChangedElsewhere, TakenBack

WORDS = {"triggers": Trigger, "remedies": Remedy}


@transaction.atomic
def log_flareup(
    *, by: Person, client_id: uuid.UUID, started_on: date, now: datetime, is_start_approximate: bool = False
) -> FlareUp:
    """A new entry; the same `client_id` again (double tap, retry, back button) is the same entry.

    One that was taken back since does not come again by itself: TakenBack.
    """
    flareup, _is_new = FlareUp.objects.get_or_create(
        person=by,
        client_id=client_id,
        defaults={
            "started_on": started_on,
            "is_start_approximate": is_start_approximate,
            "logged_at": now,
            "changed_at": now,
        },
    )
    if flareup.taken_back_at:
        raise TakenBack
    return flareup


@transaction.atomic
def take_back_flareup(*, flareup: FlareUp, now: datetime) -> None:
    """It was a slip: kept, but shown and counted nowhere from now on. Twice does no harm."""
    FlareUp.objects.filter(pk=flareup.pk, taken_back_at=None).update(taken_back_at=now)


@transaction.atomic
def edit_flareup(*, flareup: FlareUp, revision: int, now: datetime, **said: Any) -> FlareUp:
    """Save some of what its owner says; `revision` is the one they saw.

    `said` are names of `FlareUp.SAID`, or `triggers` and `remedies` (lists of names), or `helped` (each remedy's name
    to a value of `FlareUpRemedy.Helped`). Where another page changed the same thing since, ChangedElsewhere.
    """
    flareup = FlareUp.objects.select_for_update().get(pk=flareup.pk)
    words = _own_words(flareup, said)
    said |= {name: [word.name for word in words[name]] for name in words}
    before = flareup.said(words={*words, "remedies"} if "helped" in said else words)
    after = _merged(before, said)
    changed = {name: before[name] for name in after if after[name] != before[name]}
    if changed.keys() & _changed_since(flareup, revision):
        raise ChangedElsewhere(flareup)
    if changed:
        _correct(flareup, changed, after, now)
        _use_words(flareup, words, changed, after)
    return flareup


@transaction.atomic
def end_flareup(*, flareup: FlareUp, on: date, now: datetime) -> FlareUp:
    """It is over, as of the day `on`. One that has an end keeps it."""
    flareup = FlareUp.objects.select_for_update().get(pk=flareup.pk)
    if not flareup.is_open:
        return flareup
    return edit_flareup(flareup=flareup, revision=flareup.revision, now=now, ended_on=max(on, flareup.started_on))


@transaction.atomic
def go_on_flareup(*, flareup: FlareUp, on: date, now: datetime) -> FlareUp:
    """It is still going on, on the day `on`; one that was said to be over is open again."""
    flareup = FlareUp.objects.select_for_update().get(pk=flareup.pk)
    said = {"ended_on": None, "still_going_on": max(on, flareup.started_on)}
    return edit_flareup(flareup=flareup, revision=flareup.revision, now=now, **said)


def _own_words(flareup, said):
    """The rows of the words that are said, spelled as their owner wrote them first."""
    return {
        name: model.objects.of_names(flareup.person_id, said[name]) for name, model in WORDS.items() if name in said
    }


def _merged(before, said):
    """`before` (see `FlareUp.said`) with what is `said` now."""
    after = before | {name: _plain(said[name]) for name in before if name in said}
    if "remedies" in before:
        after["remedies"] = _rated(dict(before["remedies"]), said)
    still_on = after["still_going_on"]
    if still_on and (after["ended_on"] or still_on < after["started_on"]):
        after["still_going_on"] = None
    return after


def _rated(helped, said):
    """Pairs of name and answer: the answers that stood there, and over them those that are `said`."""
    tried = said.get("remedies", list(helped))
    answers = helped | said.get("helped", {})
    return [[name, answers.get(name, "")] for name in tried]


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def _changed_since(flareup, revision):
    """The names of what changed since `revision` was shown."""
    if flareup.revision == revision:
        return set()
    kept = flareup.changes.filter(revision__gte=revision).values_list("before", flat=True)
    return set().union(*kept)


def _correct(flareup, changed, after, now):
    """Write `after`; `changed` is what stood there before, and is kept."""
    FlareUpChange.objects.create(flareup=flareup, revision=flareup.revision, before=changed, changed_at=now)
    for name in changed.keys() & set(FlareUp.SAID):
        setattr(flareup, name, _read(name, after[name]))
    flareup.revision, flareup.changed_at = flareup.revision + 1, now
    flareup.save()


def _read(name, value):
    return date.fromisoformat(value) if value and name.endswith("_on") else value


def _use_words(flareup, words, changed, after):
    """Bring the rows of the words in line with `after`, as far as `changed` says that something else stood there."""
    if "triggers" in changed:
        stood = changed["triggers"]
        _let_go(flareup.triggers, set(stood).difference(after["triggers"]))
        new = [word for word in words["triggers"] if word.name not in stood]
        FlareUpTrigger.objects.bulk_create([FlareUpTrigger(flareup=flareup, word=word) for word in new])
    if "remedies" in changed:
        before, now = dict(changed["remedies"]), dict(after["remedies"])
        _let_go(flareup.remedies, before.keys() - now.keys())
        _rate(flareup, words, {name: helped for name, helped in now.items() if before.get(name) != helped})


def _let_go(uses, names):
    if names:
        uses.filter(word__name__in=names).delete()


def _rate(flareup, words, helped):
    """`helped` is each name to whether it helped, blank where nothing was said."""
    known = words.get("remedies") or Remedy.objects.of_names(flareup.person_id, helped)
    FlareUpRemedy.objects.bulk_create(
        [FlareUpRemedy(flareup=flareup, word=word, helped=helped[word.name]) for word in known if word.name in helped],
        update_conflicts=True,
        unique_fields=["flareup", "word"],
        update_fields=["helped"],
    )
