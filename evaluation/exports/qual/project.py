"""A project as programs for qualitative analysis exchange it: QDPX, of the REFI-QDA standard 1.5.

The order of the elements is fixed, and containers that would be empty are left out. Offsets count code points, the end
not included: slices in Python. Identifiers and days are those of the tables.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZipFile

from evaluation.codebook.qdc import DECLARATION, ORIGIN, codes, legal
from evaluation.coded import entries_of
from evaluation.exports.bundle import zip_entry
from evaluation.exports.qual.texts import Coded, Text, Texts
from evaluation.exports.snapshot import Snapshot

NAMESPACE = "urn:QDA-XML:project:1.0"
DOCUMENT = "project.qde"
#: The day of every participant's entry, where the standard asks for a date.
DAY_ZERO = datetime(2000, 1, 1, tzinfo=UTC)
DESCRIPTION = (
    "Approved transcripts with their codings. Dates are not true: 2000-01-01 is the day of each participant's entry"
    " into the study, and the others are counted from it."
)


def write_project(project: ZipFile, snapshot: Snapshot, cursor) -> None:
    with io.TextIOWrapper(project.open(zip_entry(DOCUMENT), "w"), "utf-8", newline="\n") as stream:
        stream.writelines(_document(snapshot, cursor))
    for text, words in snapshot.texts.words():
        project.writestr(zip_entry(f"sources/{text.guid}.txt"), words.encode())


@lru_cache
def moment(day: int) -> str:
    """A day since entry as the date and time that the standard asks for."""
    return f"{DAY_ZERO + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}"


def _document(snapshot, cursor) -> Iterator[str]:
    texts = snapshot.texts
    yield f'{DECLARATION}<Project xmlns="{NAMESPACE}" name={_quoted(snapshot.study.title)} origin="{ORIGIN}">\n'
    yield from _filled("Users", _users(texts))
    if texts.tree:
        yield f"<CodeBook>{codes(entries_of(texts.tree, texts.code_guid))}</CodeBook>\n"
    table = next(table for table in snapshot.profile.tables if table.name == "participants")
    cursor.execute(*snapshot.query(table))
    described = table.variables[1:]
    yield from _filled("Variables", _variables(texts, described))
    yield from _filled("Cases", _cases(texts, described, cursor))
    yield from _filled("Sources", _sources(texts))
    yield f"<Description>{escape(DESCRIPTION)}</Description>\n</Project>\n"


def _filled(container, elements):
    """The container with its elements, one a line; nothing where there are none."""
    is_empty = True
    for element in elements:
        if is_empty:
            yield f"<{container}>\n"
        is_empty = False
        yield element
    if not is_empty:
        yield f"</{container}>\n"


def _users(texts):
    for coder in texts.coders:
        yield f'<User guid="{_user(texts, coder)}" name="{coder}"/>\n'


def _user(texts: Texts, coder: str) -> str:
    return texts.identifiers.guid("coder", coder)


def _variables(texts, described):
    for variable in described:
        kind = "Boolean" if variable.kind == "boolean" else "Text"
        guid = texts.identifiers.guid("variable", variable.name)
        label = escape(legal(variable.label))
        yield f'<Variable guid="{guid}" name="{variable.name}" typeOfVariable="{kind}">'
        yield f"<Description>{label}</Description></Variable>\n"


def _cases(texts, described, rows):
    """One of each participant in the bundle: what is known of them, and which texts are theirs."""
    guids = [texts.identifiers.guid("variable", variable.name) for variable in described]
    by_person = {whose: list(own) for whose, own in groupby(texts.texts, key=lambda text: text.participant)}
    for participant, *values in rows:
        yield f'<Case guid="{texts.identifiers.guid("case", participant)}" name="{participant}">'
        for variable, guid, value in zip(described, guids, values, strict=True):
            if value is not None:
                kind = "BooleanValue" if variable.kind == "boolean" else "TextValue"
                held = f"<{kind}>{escape(value)}</{kind}>"
                yield f'<VariableValue><VariableRef targetGUID="{guid}"/>{held}</VariableValue>'
        yield from (f'<SourceRef targetGUID="{text.guid}"/>' for text in by_person.get(participant, ()))
        yield "</Case>\n"


def _sources(texts):
    users = {coder: _user(texts, coder) for coder in texts.coders}
    code_guids = {branch.code.pk: texts.code_guid(branch.code) for branch in texts.tree}
    for text, coded in texts.coded():
        path = f"internal://{text.guid}.txt"
        yield f'<TextSource guid="{text.guid}" name="{text.interview}" plainTextPath="{path}"'
        yield from _selections(texts, text, coded, users, code_guids) if coded else ["/>\n"]


def _selections(texts: Texts, text: Text, coded: list[Coded], users, code_guids):
    """A stretch is one selection for each of its coders, with all the codes they gave it."""
    yield ">\n"
    ordered = sorted(coded, key=lambda one: (one.start, -one.end, one.coder))
    for (start, end, coder), given in groupby(ordered, key=lambda one: (one.start, one.end, one.coder)):
        guid = texts.identifiers.guid("selection", f"{text.guid} {start} {end} {coder}")
        codings = list(given)
        by = f'creatingUser="{users[coder]}" creationDateTime='
        yield (
            f'<PlainTextSelection guid="{guid}" startPosition="{start}" endPosition="{end}"'
            f' {by}"{moment(codings[0].day)}">'
        )
        for one in codings:
            code = f'<CodeRef targetGUID="{code_guids[one.code]}"/>'
            yield f'<Coding guid="{one.guid}" {by}"{moment(one.day)}">{code}</Coding>'
        yield "</PlainTextSelection>\n"
    yield "</TextSource>\n"


def _quoted(text):
    return quoteattr(legal(text))
