"""A code book as CSV: `name,definition,parent`, as spreadsheets read and save it."""

import csv
import io

from django.utils.translation import gettext_lazy as _

from evaluation import texts
from evaluation.codebook.entry import Entry, UnreadableCodebook, plain
from evaluation.exports.cells import line, original
from evaluation.texts import UnreadableText

COLUMNS = ("name", "definition", "parent")
NOT_A_SHEET = _(
    "This is not a table of codes. The first line must name the columns: name, definition and parent."
    " Save it as CSV (UTF-8), then choose the file again."
)
_SEPARATORS = ",;\t"


def read(content: bytes) -> list[Entry]:
    """Comma, semicolon or tab; with or without BOM; `definition` and `parent` may be left out. Cells stay text."""
    try:
        text = texts.read(content)
    except UnreadableText as error:
        raise UnreadableCodebook(NOT_A_SHEET) from error
    heading = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=heading.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise UnreadableCodebook(NOT_A_SHEET) from error
    names = {name.strip().lower(): name for name in (rows[0] if rows else {}) if isinstance(name, str)}
    if "name" not in names:
        raise UnreadableCodebook(NOT_A_SHEET)
    cells = [[original((row.get(names.get(column)) or "").strip()) for column in COLUMNS] for row in rows]
    return [Entry(plain(name), definition, plain(parent)) for name, definition, parent in cells if name or definition]


def write(entries: list[Entry]) -> bytes:
    """What a spreadsheet would take for a formula gets an apostrophe in front; `read` takes it off again."""
    return line(COLUMNS) + b"".join(line((entry.name, entry.definition, entry.parent)) for entry in entries)
