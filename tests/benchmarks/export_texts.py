"""Texts in a bundle: the project and the table of codings, against the clock and against the same text in a zip."""

import random
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

from tests.benchmarks import servers
from tests.benchmarks.measure import Measure, in_turn, seconds

TRANSCRIPTS, WORDS = 200, 5_000
HIGHLIGHTS, CODES_OF_EACH = 10_000, 2
MOST_SECONDS_OF_PROJECT, MOST_SECONDS_OF_TABLE = 2, 0.5
#: At twice the codings, how much longer it may take.
LINEAR = 2.4
#: Of the bundle's parts in memory, beside the programs: however many texts there are.
MOST_MEGABYTES = 20


def measures():
    servers.started()
    # Django has to be set up before anything that knows models.
    from django.db import connection

    from tests.evaluation.exporting import StudyWorld

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        chance, world = random.Random(20261126), StudyWorld()
        sources, codes = _texts(world, chance), _codes(world)
        _code(world, sources, codes, chance)
        servers.settle()
        half = min(seconds(_Writing(world, cursor).project) for _time in range(3))
        _code(world, sources, codes, chance)
        servers.settle()
        with tempfile.TemporaryDirectory() as folder:
            yield from _measures(world, cursor, Path(folder), half)


def _measures(world, cursor, folder, half):
    from evaluation.exports.qual.verify import verify_texts

    texts = _Writing(world, cursor)
    codings = HIGHLIGHTS * CODES_OF_EACH
    ours, plain = in_turn(texts.project, lambda: _plainly(texts.snapshot, folder / "plain.zip"))
    name = f"QDPX of {TRANSCRIPTS} transcripts of {WORDS:,} words with {codings:,} codings"
    yield Measure(name, ours, "s", MOST_SECONDS_OF_PROJECT, bar=1)
    yield Measure(f"{name}, against the same text in a zip", ours, "s", plain, bar=4)
    yield Measure(f"{name}, against half of the codings", ours, "s", half, bar=LINEAR)
    known = texts.snapshot.texts
    table = min(seconds(lambda: texts.table(known)) for _time in range(6))
    yield Measure(f"table of {HIGHLIGHTS:,} passages x {CODES_OF_EACH} codes", table, "s", MOST_SECONDS_OF_TABLE, bar=1)
    whole = texts.whole(folder / "whole.zip")
    with zipfile.ZipFile(folder / "whole.zip") as bundle:
        checked = seconds(lambda: verify_texts(bundle, {entry.path: entry.rows for entry in whole}))
    yield Measure("reading the texts back against writing the project", checked, "s", ours, bar=3)
    tracemalloc.start()
    texts.project()
    peak = tracemalloc.get_traced_memory()[1] / (1 << 20)
    tracemalloc.stop()
    yield Measure("memory that writing the project takes", peak, "MB", MOST_MEGABYTES, bar=1)


class _Writing:
    """What is measured, each time on a fresh reading of the study."""

    def __init__(self, world, cursor):
        from evaluation.exports.profile import QUALITATIVE

        self.world, self.cursor, self.profile = world, cursor, QUALITATIVE

    @property
    def snapshot(self):
        return self.world.snapshot(profile=self.profile)

    def project(self):
        from evaluation.exports.qual.project import write_project

        with self._bundle() as bundle, bundle.add_zip("project.qdpx") as project:
            write_project(project, self.snapshot, self.cursor)

    def table(self, texts):
        """Once it is known which `texts` leave, as where they were written before."""
        from evaluation.exports.qual.files import coding_rows

        with self._bundle() as bundle:
            bundle.add_lines("codings.csv", coding_rows(texts))

    def whole(self, path):
        from evaluation.exports.qual.files import add_texts

        with self._bundle(path) as bundle:
            add_texts(bundle, self.snapshot, self.cursor)
        return bundle.entries

    def _bundle(self, path="/dev/null"):
        from evaluation.exports.bundle import Bundle

        return Bundle(Path(path))


def _plainly(snapshot, path):
    """No program can write the same words into a zip with less."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for text, words in snapshot.texts.words():
            target.writestr(f"{text.guid}.txt", words)


def _texts(world, chance):
    """Approved transcripts of as many participants. The steps are taken without the desk, which would read it all."""
    from evaluation.models import Source, TranscriptStep
    from evaluation.texts import sha256_of

    sources = []
    for number in range(TRANSCRIPTS):
        interview = world.participant("interview").interviews.get()
        by, now, second = world.researcher, world.now, world.second
        facts = {"study": world.study, "interview": interview, "kind": "transcript", "added_at": now}
        words = f"{number} {' '.join(chance.choices(VOCABULARY, k=WORDS))}"
        facts |= {"text": words, "sha256": sha256_of(words)}
        raw = Source.objects.create(version=2, added_by=by, **facts)
        for step in ("checked", "not_wished", "deidentified"):
            TranscriptStep.objects.create(source=raw, step=step, taken_by=by, taken_at=now)
        approved = Source.objects.create(version=3, added_by=second, redacted_from=raw, **facts)
        TranscriptStep.objects.create(source=approved, step="approved", taken_by=second, taken_at=now)
        sources.append(approved)
    return sources


def _codes(world):
    from tests import factories as make

    return [make.CodeFactory(study=world.study, name=f"Code {number:02}") for number in range(40)]


def _code(world, sources, codes, chance):
    """Half of all there will be, each passage with `CODES_OF_EACH` codes."""
    from evaluation.models import Coding

    rows = []
    for number in range(HIGHLIGHTS // 2):
        source = sources[number % len(sources)]
        start = chance.randrange(len(source.text) - 400)
        facts = {"source": source, "coder": world.researcher, "start": start, "end": start + chance.randrange(20, 400)}
        given = chance.sample(codes, CODES_OF_EACH)
        rows += [Coding(code=code, coded_at=world.now, **facts) for code in given]
    Coding.objects.bulk_create(rows)


VOCABULARY = [
    f"{start}{middle}{end}"
    for start in ("b", "ch", "st", "m", "wh", "th", "gr", "l")
    for middle in ("a", "ea", "oo", "i", "u")
    for end in ("t", "nd", "k", "ving", "re", "lly", "s", "ck", "p")
]
