"""Reading the texts of a bundle back, one at a time.

Every reference leads somewhere, every place lies in its text, and tables, files and project say the same.
"""

import csv
import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from shutil import copyfileobj

from defusedxml import DefusedXmlException, ElementTree

from evaluation.exports.bundle import NotVerified
from evaluation.exports.cells import original
from evaluation.exports.qual.files import FOLDER, PROJECT
from evaluation.exports.qual.project import DOCUMENT, NAMESPACE
from evaluation.exports.qual.tables import CODINGS, SOURCES, TextTable
from evaluation.texts import MOST_BYTES

# A coding may be of a whole text.
csv.field_size_limit(MOST_BYTES)

#: What an attribute or element refers to, by name.
_REFERENCES = {
    "CodeRef": ("targetGUID", "Code"),
    "VariableRef": ("targetGUID", "Variable"),
    "SourceRef": ("targetGUID", "TextSource"),
    "PlainTextSelection": ("creatingUser", "User"),
    "Coding": ("creatingUser", "User"),
}


def verify_texts(bundle: zipfile.ZipFile, rows: dict[str, int]) -> None:
    """`rows` says how many each table has. Raises NotVerified."""
    sources = {row["source_id"]: row for row in _rows(bundle, SOURCES, rows[SOURCES.path])}
    _check_files(bundle, sources)
    codings = _codings(bundle, sources, rows[CODINGS.path])
    # A zip is read from its end, which a file within a zip can be only by reading all of it each time.
    with tempfile.TemporaryFile() as whole:
        with bundle.open(PROJECT) as stream:
            copyfileobj(stream, whole)
        with zipfile.ZipFile(whole) as project:
            _check_texts_of(project, sources)
            with project.open(DOCUMENT) as document:
                _Walk(sources).through(document, codings)


def rows_of(bundle: zipfile.ZipFile, table: TextTable) -> Iterator[list[str]]:
    """The header and the rows of a table, as they were before anything was neutralised."""
    with bundle.open(table.path) as stream:
        lines = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        for row in csv.reader(lines, strict=True):
            yield [original(cell) for cell in row]


def _rows(bundle, table, expected):
    """Rows by name, each of whose cells is one that its variable allows."""
    allowed = [re.compile(variable.pattern) for variable in table.variables]
    rows, number = rows_of(bundle, table), 0
    try:
        if next(rows, None) != table.header:
            raise NotVerified(f"{table.path} has another header.")
        for number, row in enumerate(rows, start=1):
            if len(row) != len(allowed) or not all(map(re.Pattern.fullmatch, allowed, row)):
                raise NotVerified(f"Row {number} of {table.path} holds what no variable allows.")
            yield dict(zip(table.header, row, strict=True))
    except csv.Error as error:
        raise NotVerified(f"Row {number + 1} of {table.path} is none.") from error
    if number != expected:
        raise NotVerified(f"{table.path} has another number of rows.")


def _check_files(bundle, sources):
    names = {name for name in bundle.namelist() if name.startswith(FOLDER)}
    if names != {f"{FOLDER}{guid}.txt" for guid in sources}:
        raise NotVerified(f"{SOURCES.path} and the files of texts differ.")
    for guid, row in sources.items():
        content = bundle.read(f"{FOLDER}{guid}.txt")
        if hashlib.sha256(content).hexdigest() != row["sha256"] or len(content.decode()) != int(row["characters"]):
            raise NotVerified(f"{FOLDER}{guid}.txt is not the text that was approved.")
        if b"\r" in content or content.startswith(b"\xef\xbb\xbf"):
            raise NotVerified(f"{FOLDER}{guid}.txt is not written as texts are.")


def _codings(bundle, sources, expected):
    """Coding > (text, start, end, code), where the words are those that stand at that place."""

    @lru_cache(maxsize=1)
    def text_of(guid):
        return bundle.read(f"{FOLDER}{guid}.txt").decode()

    found = {}
    for row in _rows(bundle, CODINGS, expected):
        guid, start, end = row["source_id"], int(row["start"]), int(row["end"])
        source = sources.get(guid)
        if not source or (row["participant_id"], row["interview_id"]) != (
            source["participant_id"],
            source["interview_id"],
        ):
            raise NotVerified(f"Coding {row['coding_id']} is of no text that is here.")
        if not 0 <= start < end or text_of(guid)[start:end] != row["text"]:
            raise NotVerified(f"Coding {row['coding_id']} quotes what does not stand there.")
        found[row["coding_id"]] = guid, start, end, row["code_id"]
    if len(found) != expected:
        raise NotVerified(f"{CODINGS.path} has a coding twice.")
    return found


def _check_texts_of(project, sources):
    if sorted(project.namelist()) != sorted([DOCUMENT, *(f"sources/{guid}.txt" for guid in sources)]):
        raise NotVerified(f"{PROJECT} holds other files.")
    for guid, row in sources.items():
        if hashlib.sha256(project.read(f"sources/{guid}.txt")).hexdigest() != row["sha256"]:
            raise NotVerified(f"A text in {PROJECT} is not the one in {FOLDER}.")


class _Walk:
    """Once through the document, from the outside in: what is defined, referred to and coded."""

    def __init__(self, sources):
        self.sources = sources
        self.defined: dict[str, str] = {}
        self.referred: set[tuple[str, str]] = set()
        self.codings: dict[str, tuple[str, int, int, str]] = {}
        self.source, self.selection, self.coding = "", (0, 0), ""

    def through(self, document, codings) -> None:
        """Compare it with `codings`, those of the table."""
        try:
            for event, element in ElementTree.iterparse(document, events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    self._enter(element)
                else:
                    element.clear()
        except (ElementTree.ParseError, DefusedXmlException) as error:
            raise NotVerified(f"{DOCUMENT} can't be read.") from error
        if not all(self.defined.get(guid) == kind for guid, kind in self.referred):
            raise NotVerified(f"{DOCUMENT} refers to what is not in it.")
        if {guid for guid, kind in self.defined.items() if kind == "TextSource"} != set(self.sources):
            raise NotVerified(f"{DOCUMENT} has other texts.")
        if self.codings != codings:
            raise NotVerified(f"{DOCUMENT} and {CODINGS.path} differ.")

    def _enter(self, element):
        namespace, _brace, tag = element.tag.rpartition("}")
        if namespace != f"{{{NAMESPACE}":
            raise NotVerified(f"{DOCUMENT} is no project.")
        if guid := element.get("guid"):
            if guid in self.defined:
                raise NotVerified(f"{DOCUMENT} has {guid} twice.")
            self.defined[guid] = tag
        if tag in _REFERENCES:
            attribute, kind = _REFERENCES[tag]
            self.referred.add((element.get(attribute, ""), kind))
        if tag in _PLACES:
            _PLACES[tag](self, element)

    def _enter_source(self, element):
        self.source = element.get("guid", "")
        paths = {name: value for name, value in element.attrib.items() if name.endswith("Path")}
        if paths != {"plainTextPath": f"internal://{self.source}.txt"}:
            raise NotVerified(f"Text {self.source} in {DOCUMENT} leads to no file.")

    def _enter_selection(self, element):
        start, end = int(element.get("startPosition", -1)), int(element.get("endPosition", -1))
        if self.source not in self.sources or not 0 <= start < end <= int(self.sources[self.source]["characters"]):
            raise NotVerified(f"{DOCUMENT} has a selection outside of its text.")
        self.selection = start, end

    def _enter_coding(self, element):
        self.coding = element.get("guid", "")

    def _enter_code(self, element):
        self.codings[self.coding] = (self.source, *self.selection, element.get("targetGUID", ""))


_PLACES = {
    "TextSource": _Walk._enter_source,
    "PlainTextSelection": _Walk._enter_selection,
    "Coding": _Walk._enter_coding,
    "CodeRef": _Walk._enter_code,
}
