"""A code book as other programs for qualitative analysis exchange it: QDC, of the REFI-QDA standard 1.0."""

import io
import uuid
from collections.abc import Iterator
from xml.etree import ElementTree as Writing

from defusedxml import DefusedXmlException, ElementTree
from django.utils.translation import gettext_lazy as _

from evaluation.codebook.entry import Entry, UnreadableCodebook, plain

NAMESPACE = "urn:QDA-XML:codebook:1.0"
NOT_A_CODEBOOK = _(
    "This file could not be read as a code book (.qdc). Export the code book once more from the program that made it,"
    " then choose that file here."
)
#: What each colour is in a file, by Code.Colour.
COLOURS = {1: "#00534C", 2: "#B25A00", 3: "#5B3F9C", 4: "#3A7CA5", 5: "#A3195B", 6: "#455A5C"}
#: More levels than anybody can use, and fewer than Python can count its way down.
DEEPEST = 50


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
    """`entries` parents first. Containers that would be empty are left out: the standard does not allow them."""
    Writing.register_namespace("", NAMESPACE)
    book = Writing.Element(f"{{{NAMESPACE}}}CodeBook", origin="Peer Support")
    codes = Writing.SubElement(book, f"{{{NAMESPACE}}}Codes")
    written = {"": codes}
    for entry in entries:
        element = Writing.Element(f"{{{NAMESPACE}}}Code", guid=str(entry.guid), name=entry.name, isCodable="true")
        if entry.colour:
            element.set("color", COLOURS[entry.colour])
        if entry.definition:
            Writing.SubElement(element, f"{{{NAMESPACE}}}Description").text = entry.definition
        written[entry.parent.lower()].append(element)
        written[entry.name.lower()] = element
    target = io.BytesIO()
    Writing.ElementTree(book).write(target, encoding="utf-8", xml_declaration=True)
    return target.getvalue()


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
