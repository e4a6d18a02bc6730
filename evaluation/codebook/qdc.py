"""A code book as other programs for qualitative analysis exchange it: QDC, of the REFI-QDA standard 1.0."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException, ElementTree
from django.utils.translation import gettext_lazy as _

from evaluation.codebook.entry import Entry, UnreadableCodebook, plain

NAMESPACE = "urn:QDA-XML:codebook:1.0"
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
ORIGIN = "Peer Support"
NOT_A_CODEBOOK = _(
    "This file could not be read as a code book (.qdc). Export the code book once more from the program that made it,"
    " then choose that file here."
)
#: What each colour is in a file, by Code.Colour.
COLOURS = {1: "#00534C", 2: "#B25A00", 3: "#5B3F9C", 4: "#3A7CA5", 5: "#A3195B", 6: "#455A5C"}
#: More levels than anybody can use, and fewer than Python can count its way down.
DEEPEST = 50
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(content: bytes) -> list[Entry]:
    """All codes, also those that only hold others. Entities and document types: UnreadableCodebook."""
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableCodebook(NOT_A_CODEBOOK) from error
    if _tag(root) not in {"CodeBook", "Project"}:
        raise UnreadableCodebook(NOT_A_CODEBOOK)
    book = root if _tag(root) == "CodeBook" else next(_named(root, "CodeBook"), root)
    return [entry for codes in _named(book, "Codes") for entry in _entries(codes, "", 0)]


def write(entries: list[Entry]) -> bytes:
    """A file of `entries`, parents first, at least one."""
    return f'{DECLARATION}<CodeBook xmlns="{NAMESPACE}" origin="{ORIGIN}">{codes(entries)}</CodeBook>'.encode()


def codes(entries: list[Entry]) -> str:
    """The element that code books and whole projects have in common. Containers that would be empty are left out: the
    standard does not allow them."""
    below: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        below[entry.parent.lower()].append(entry)
    return f"<Codes>{''.join(_written(below, ''))}</Codes>"


def legal(text: str) -> str:
    """`text` with a mark where it holds what XML 1.0 can't."""
    return _ILLEGAL.sub("\ufffd", text)


def _written(below, parent):
    for entry in below[parent]:
        colour = f' color="{COLOURS[entry.colour]}"' if entry.colour else ""
        yield f'<Code guid="{entry.guid}" name={quoteattr(legal(entry.name))} isCodable="true"{colour}>'
        if entry.definition:
            yield f"<Description>{escape(legal(entry.definition))}</Description>"
        yield from _written(below, entry.name.lower())
        yield "</Code>"


def _entries(parent, name, depth) -> Iterator[Entry]:
    if depth > DEEPEST:
        raise UnreadableCodebook(NOT_A_CODEBOOK)
    for element in _named(parent, "Code"):
        own = plain(element.get("name") or "")
        description = next(_named(element, "Description"), None)
        yield Entry(own, _words(description), name, _guid(element), _colour(element))
        yield from _entries(element, own, depth + 1)


def _named(parent, tag):
    return (element for element in parent if _tag(element) == tag)


def _tag(element):
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _words(element):
    return "" if element is None else "".join(element.itertext()).strip()


def _guid(element):
    try:
        return uuid.UUID(element.get("guid") or "")
    except ValueError:
        return None


def _colour(element):
    """One of ours; any other is left to chance, since it need not differ from its neighbours."""
    by_colour = {colour: number for number, colour in COLOURS.items()}
    return by_colour.get((element.get("color") or "").upper())
