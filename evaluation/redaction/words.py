"""Words and names as they are compared: without case, accents and what stands between them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evaluation.redaction.kinds import Kind

_WORD = re.compile(r"[^\W_]+")
#: What may stand between two words of one name: "Anne-Marie", "O’Brien", "St. John", a name over a line end.
_BETWEEN = re.compile(r"[ \t\n'’.-]{1,3}")
TITLES = frozenset(
    ("dr", "doctor", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "sir", "dame", "rev", "nurse", "sister")
)
_ORDINARY = """
will may mark grace joy hope faith rose dawn june april august bill pat sue rob jack art ray gene dean drew dale
guy miles sunny penny ruby pearl daisy lily ivy holly heather jasmine olive violet robin martin carol frank grant
chase hunter mason young long short brown white black green grey gray king bell hill wood woods cook baker hall bush
day page price rice stone west north east south love best good little small bath reading deal sandwich street wells
ely rugby poole battle ware diss hope rye wick nelson ford fields park banks rivers waters marsh moss field lane
church castle knight bishop pope major summer winter autumn summers winters spring friend friends power sharp swift
strong wise bright noble gold silver fox wolf lamb bird finch swan wren gill bond cross case dear max nick sandy
sonny honey angel iris basil sage clay cliff don harry josh rich rusty ted tony victor vic jo al bo di ed cy mo ty
vi lee li ng ho an so my do the and of for carer mother father
"""
#: Names that are words as well: they count with a capital letter alone.
ORDINARY = frozenset(_ORDINARY.split())
_LEAST_LETTERS = 2


@dataclass(frozen=True)
class Span:
    """`text[start:end]` may identify someone. `label` is what the words around it say it is ("sister"), or ""."""

    start: int
    end: int
    kind: str
    label: str = ""


def fold(word: str) -> str:
    """`word` as it is compared."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name as they are compared."""
    return tuple(fold(match[0]) for match in _WORD.finditer(text))


def folded(text: str) -> str:
    """A name as it is kept in the study's table: two that differ in case and accents only are one."""
    return " ".join(words_of(text))


def parts_of_name(name: str) -> list[str]:
    """What a person may be called by: all of the name, and each part that is more than a title or a letter."""
    parts = [*name.split(), *(match[0] for match in _WORD.finditer(name))]
    telling = [part for part in parts if words_of(part) and folded(part) not in TITLES and len(part) >= _LEAST_LETTERS]
    return list(dict.fromkeys([name, *telling])) if telling else []


class Words:
    """Known names, found in one walk over a text however many there are."""

    def __init__(self, names: Iterable[tuple[str, str]] = ()):
        """`names` are pairs of a name and its kind. Where two are the same words, the first counts."""
        self._first: dict = {}
        for name, kind in names:
            self._add(words_of(name), kind)

    def _add(self, parts, kind):
        node = self._first
        for part in parts:
            node = node.setdefault(part, {})
        if parts:
            node.setdefault(None, Kind(kind))

    def spans_in(self, text: str) -> Iterator[Span]:
        """Where they stand, in order, each place with the longest name that fits; they may overlap."""
        found = [(fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]
        for place, (word, _start, _end) in enumerate(found):
            node = self._first.get(word)
            if node and (span := _longest(text, found, place, node)) and not _is_just_a_word(text, span):
                yield span


def _longest(text, found, place, node):
    start, span = found[place][1], None
    while node is not None:
        end = found[place][2]
        if None in node:
            span = Span(start, end, node[None])
        place += 1
        if place == len(found) or not _BETWEEN.fullmatch(text, end, found[place][1]):
            break
        node = node.get(found[place][0])
    return span


def _is_just_a_word(text, span):
    said = text[span.start : span.end]
    return fold(said) in ORDINARY and not said[0].isupper()
