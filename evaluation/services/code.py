"""The code book: codes are added, changed, put in order, merged and ended; never deleted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from evaluation.codebook import Entry
from evaluation.models import Code, Study
from members.models import Person


class NameTaken(Exception):
    """A code in use has this name already."""


class CodeEnded(Exception):
    """The code is not in use any more: somebody has ended or merged it meanwhile."""


class WouldGoRound(Exception):
    """A code can't stand below itself."""


@transaction.atomic
def add_code(
    *,
    study: Study,
    name: str,
    by: Person,
    now: datetime,
    definition: str = "",
    parent: Code | None = None,
    colour: int | None = None,
    **identity: Any,
) -> Code:
    """A new code, the last below `parent`; without a `colour`, the next one in turn."""
    _lock(study)
    if _named(study, name).exists():
        raise NameTaken
    if parent:
        parent = _in_use(parent)
    return Code.objects.create(
        study=study,
        name=name,
        definition=definition,
        parent=parent,
        position=_next_position(study.pk, parent),
        colour=colour or study.codes.count() % len(Code.Colour) + 1,
        added_by=by,
        added_at=now,
        **identity,
    )


@transaction.atomic
def edit_code(*, code: Code, name: str, definition: str, colour: int) -> Code:
    _lock(code.study)
    code = _in_use(code)
    if _named(code.study, name).exclude(pk=code.pk).exists():
        raise NameTaken
    code.name, code.definition, code.colour = name, definition, colour
    code.save(update_fields=["name", "definition", "colour"])
    return code


@transaction.atomic
def move_code(*, code: Code, parent: Code | None) -> Code:
    """Put it below `parent` (None: at the top), as the last there, with all that is below it."""
    _lock(code.study)
    code = _in_use(code)
    if parent:
        parent = _in_use(parent)
        if code in _line_up(parent):
            raise WouldGoRound
    if code.parent != parent:
        code.parent, code.position = parent, _next_position(code.study_id, parent)
        code.save(update_fields=["parent", "position"])
    return code


@transaction.atomic
def shift_code(*, code: Code, is_up: bool) -> None:
    """Change places with the one before or after it. The first stays first, the last stays last."""
    _lock(code.study)
    code = _in_use(code)
    siblings = list(Code.objects.in_use().filter(study=code.study_id, parent=code.parent_id))
    at = siblings.index(code)
    other = at - 1 if is_up else at + 1
    if 0 <= other < len(siblings):
        siblings[at], siblings[other] = siblings[other], siblings[at]
        for position, sibling in enumerate(siblings):
            sibling.position = position
        Code.objects.bulk_update(siblings, ["position"])


@transaction.atomic
def merge_code(*, code: Code, into: Code, now: datetime) -> Code:
    """What has `code` has `into` from now on, and what stands below it stands below `into`. The codings themselves
    stay as they were made."""
    _lock(code.study)
    code, into = _in_use(code), _in_use(into)
    if code == into:
        raise WouldGoRound
    if code in _line_up(into):
        into.parent, into.position = code.parent, _next_position(code.study_id, code.parent)
        into.save(update_fields=["parent", "position"])
    _hand_children(code, into)
    Code.objects.filter(merged_into=code).update(merged_into=into)
    Code.objects.filter(pk=code.pk).update(ended_at=now, merged_into=into)
    return into


@transaction.atomic
def end_code(*, code: Code, now: datetime) -> None:
    """Nothing is coded with it any more and its codings are shown nowhere. What stands below it moves up."""
    _lock(code.study)
    code = _in_use(code)
    _hand_children(code, code.parent)
    Code.objects.filter(pk=code.pk).update(ended_at=now)


@transaction.atomic
def import_codes(*, study: Study, entries: Iterable[Entry], by: Person, now: datetime) -> tuple[int, int]:
    """Add the codes of a code book that was read (evaluation/codebook); (how many were added, how many were there).

    A code whose name is in use already stays as it is. Entries come parents first.
    """
    _lock(study)
    known = {code.name.lower(): code for code in study.codes.in_use()}
    added = there = 0
    for entry in entries:
        if entry.name.lower() in known:
            there += 1
            continue
        added += 1
        is_free = entry.guid and not Code.objects.filter(guid=entry.guid).exists()
        known[entry.name.lower()] = add_code(
            study=study,
            name=entry.name,
            definition=entry.definition,
            parent=known[entry.parent.lower()] if entry.parent else None,
            colour=entry.colour,
            by=by,
            now=now,
            **({"guid": entry.guid} if is_free else {}),
        )
    return added, there


def _lock(study):
    """One change of a study's code book at a time."""
    Study.objects.select_for_update().get(pk=study.pk)


def _in_use(code):
    found = Code.objects.in_use().select_related("study", "parent").filter(pk=code.pk).first()
    if not found:
        raise CodeEnded
    return found


def _named(study, name):
    return Code.objects.in_use().filter(study=study, name__iexact=name)


def _next_position(study_id, parent):
    siblings = Code.objects.in_use().filter(study=study_id, parent=parent)
    last = siblings.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _line_up(code):
    """The code and those above it."""
    line = []
    while code:
        line.append(code)
        code = code.parent
    return line


def _hand_children(code, parent):
    for child in Code.objects.in_use().filter(parent=code):
        child.parent, child.position = parent, _next_position(code.study_id, parent)
        child.save(update_fields=["parent", "position"])
