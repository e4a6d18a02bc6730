"""One code of a code book, and what has to hold for all of them together."""

import unicodedata
import uuid
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 100
MOST_CODES = 1000

EMPTY = _("There are no codes in it. Choose the file that holds them.")
TOO_MANY = _("There are over 1,000 codes in it, which is more than can be used. Check that it is the right file.")
NO_NAME = _("A code in it has no name. Give each code a name, then choose the file again.")
LONG_NAME = _("This name of a code is too long: “%(name)s”. Use 100 characters or fewer.")
TWICE = _("The code “%(name)s” is in it twice. Give each code a name of its own.")
NO_PARENT = _("“%(name)s” stands below “%(parent)s”, which is not in the file. Add that code, or leave it blank.")
CIRCLE = _("“%(name)s” stands below itself. Change its parent, then choose the file again.")


class UnreadableCodebook(ValueError):
    """`sentence` says to a person what is wrong and what to do."""

    def __init__(self, sentence, **words):
        self.sentence = sentence % words if words else sentence
        super().__init__(str(self.sentence))


@dataclass(frozen=True)
class Entry:
    """`parent` is a name, "" at the top; `colour` one of Code.Colour; `guid` as the file has it."""

    name: str
    definition: str = ""
    parent: str = ""
    guid: uuid.UUID | None = None
    colour: int | None = None


def plain(text: str) -> str:
    """A name on one line, as it is kept: Unicode NFC, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def in_order(entries: list[Entry]) -> list[Entry]:
    """Parents first, else as they came. Raises UnreadableCodebook."""
    by_name = _by_name(entries)
    found: dict[str, Entry] = {}
    for entry in entries:
        line = [entry]
        while line[-1].parent and line[-1].parent.lower() not in found:
            parent = by_name.get(line[-1].parent.lower())
            if parent is None:
                raise UnreadableCodebook(NO_PARENT, name=line[-1].name, parent=line[-1].parent)
            if parent in line:
                raise UnreadableCodebook(CIRCLE, name=parent.name)
            line.append(parent)
        found |= {one.name.lower(): one for one in reversed(line)}
    return list(found.values())


def _by_name(entries):
    if not entries:
        raise UnreadableCodebook(EMPTY)
    if len(entries) > MOST_CODES:
        raise UnreadableCodebook(TOO_MANY)
    by_name: dict[str, Entry] = {}
    for entry in entries:
        if not entry.name:
            raise UnreadableCodebook(NO_NAME)
        if len(entry.name) > LONGEST_NAME:
            raise UnreadableCodebook(LONG_NAME, name=f"{entry.name[:40]}…")
        if entry.name.lower() in by_name:
            raise UnreadableCodebook(TWICE, name=entry.name)
        by_name[entry.name.lower()] = entry
    return by_name
