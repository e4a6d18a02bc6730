"""What a bundle with texts holds of them, in `qual/`."""

from collections.abc import Iterator

from evaluation.codebook import qdc
from evaluation.coded import entries_of
from evaluation.exports.bundle import Bundle, Row
from evaluation.exports.qual.project import write_project
from evaluation.exports.qual.tables import CODINGS, SOURCES
from evaluation.exports.qual.texts import Texts
from evaluation.exports.snapshot import Snapshot
from evaluation.models import Source

CODEBOOK, PROJECT, FOLDER = "qual/codebook.qdc", "qual/project.qdpx", "qual/sources/"


def add_texts(bundle: Bundle, snapshot: Snapshot, cursor) -> None:
    """A code book without codes would be none, so it is left out."""
    texts = snapshot.texts
    for text, words in texts.words():
        bundle.add_text(f"{FOLDER}{text.guid}.txt", words)
    bundle.add_lines(SOURCES.path, source_rows(texts))
    bundle.add_lines(CODINGS.path, coding_rows(texts))
    if texts.tree:
        bundle.add_bytes(CODEBOOK, qdc.write(entries_of(texts.tree, texts.code_guid)))
    with bundle.add_zip(PROJECT) as project:
        write_project(project, snapshot, cursor)


def source_rows(texts: Texts) -> Iterator[Row]:
    """qual/sources.csv."""
    yield tuple(SOURCES.header)
    for text in texts.texts:
        kind = Source.Kind.TRANSCRIPT.value
        yield text.guid, text.participant, text.interview, kind, text.characters, text.sha256


def coding_rows(texts: Texts) -> Iterator[Row]:
    """qual/codings.csv."""
    yield tuple(CODINGS.header)
    codes = {branch.code.pk: (branch.code.name, texts.code_guid(branch.code)) for branch in texts.tree}
    for (text, coded), (_same, words) in zip(texts.coded(), texts.words(), strict=True):
        for one in coded:
            place = one.start, one.end, words[one.start : one.end], one.day
            round = "" if one.round is None else one.round
            yield one.guid, text.guid, text.participant, text.interview, *codes[one.code], one.coder, round, *place
