"""The other formats of a bundle, read back with programs that none of us wrote: equal to the CSV, with its labels."""

import csv
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import defusedxml.ElementTree as ElementTree
import pandas as pd
import pyreadstat
import pytest
from django.utils import timezone
from pyarrow import parquet

from evaluation.exports.ddi import ddi_codebook
from evaluation.exports.formats import labels, statistics
from evaluation.exports.formats.codes import code_of
from evaluation.exports.formats.parquet import typed_schema, write_parquet
from evaluation.exports.formats.scripts import scripts
from evaluation.exports.formats.statistics import write_statistics
from evaluation.exports.profile import EVERYTHING, PROFILES, QUANTITATIVE
from evaluation.exports.variables import MISSING, SUPPRESSED, Table, Variable
from tests.evaluation.exporting import CANARY, PURPOSES, StudyWorld, table
from tests.factories import ParticipantFactory, answered

HIDDEN = MISSING[SUPPRESSED]
#: A table with everything in it that a table can have.
ANSWERS = Table(
    "answers",
    "Answers",
    (),
    (
        Variable("participant_id", "Participant", "", identifies="participant"),
        Variable("kind", "Kind", "", categories={"member": "Member", "left": "Left the group"}),
        Variable("is_sure", "Sure", "", "boolean", {"true": "Yes", "false": "No"}),
        Variable("day", "Day", "", "integer"),
        Variable("met_on", "Day they met", "", "date"),
        Variable("present", "How many came", "", "integer", can_be_hidden=True),
        Variable("meeting_id", "Meeting", "", identifies="meeting", can_be_hidden=True),
    ),
    "",
)
ROWS = [
    ["pa1", "member", "true", "-99", "2026-03-29", "12", "me1"],
    ["pa2", "left", "false", "", "", "suppressed", "suppressed"],
    ["pa3", "", "", "0", "2026-10-25", "", ""],
]
MADE_AT = datetime(2026, 11, 26, 18, 5, 9, tzinfo=UTC)


@pytest.fixture
def rows(tmp_path):
    return written(tmp_path, ROWS)


def written(folder, rows):
    path = folder / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ANSWERS.header)
        writer.writerows(rows)
    return path


def statistics_of(rows, folder, kind, answers=ANSWERS):
    return list(write_statistics(answers, rows, folder, (kind,), MADE_AT, lambda: None))


# Parquet


def test_parquet_has_types_labels_and_says_what_is_hidden(rows, tmp_path):
    read = parquet.read_table(write_parquet(ANSWERS, rows, tmp_path, lambda: None))
    assert [str(field.type) for field in read.schema] == [
        "string",
        "dictionary<values=string, indices=int32, ordered=0>",
        "bool",
        "int64",
        "date32[day]",
        "int64",
        "string",
        "string",
    ]
    assert read.to_pylist() == [
        dict(zip(read.column_names, values, strict=True))
        for values in (
            ["pa1", "member", True, -99, date(2026, 3, 29), 12, None, "me1"],
            ["pa2", "left", False, None, None, None, "suppressed", "suppressed"],
            ["pa3", None, None, 0, date(2026, 10, 25), None, None, None],
        )
    ]
    described = read.schema.field("kind").metadata
    assert described[b"label"] == b"Kind"
    assert json.loads(described[b"categories"]) == {"member": "Member", "left": "Left the group"}
    assert read.schema.field("present_missing").metadata[b"label"].decode().endswith(HIDDEN)


def test_table_without_rows_still_has_its_columns(tmp_path):
    rows = written(tmp_path, [])
    assert parquet.read_table(write_parquet(ANSWERS, rows, tmp_path, lambda: None)).schema == typed_schema(ANSWERS)
    for kind, read in (("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)):
        [path] = statistics_of(rows, tmp_path, kind)
        frame, _meta = read(path)
        assert (list(frame.columns), len(frame)) == (ANSWERS.header, 0)


# SPSS and Stata


def test_spss_file_has_labels_and_keeps_hidden_apart_from_missing(rows, tmp_path):
    [path] = statistics_of(rows, tmp_path, "sav")
    frame, meta = pyreadstat.read_sav(path, user_missing=True)
    assert meta.column_labels == [variable.label for variable in ANSWERS.variables]
    assert meta.variable_value_labels == {
        "kind": {1.0: "Member", 2.0: "Left the group"},
        "is_sure": {1.0: "Yes", 0.0: "No"},
        "present": {-9.0: HIDDEN},
    }
    assert meta.missing_ranges == {"present": [{"lo": -9.0, "hi": -9.0}]}
    assert frame.replace({float("nan"): None}).to_numpy().tolist() == [
        ["pa1", 1, 1, -99, date(2026, 3, 29), 12, "me1"],
        ["pa2", 2, 0, None, None, -9, "suppressed"],
        ["pa3", None, None, 0, date(2026, 10, 25), None, ""],
    ]
    without, _meta = pyreadstat.read_sav(path)
    assert without["present"].isna().tolist() == [False, True, True]


def test_stata_file_has_labels_and_keeps_hidden_apart_from_missing(rows, tmp_path):
    [path] = statistics_of(rows, tmp_path, "dta")
    frame, meta = pyreadstat.read_dta(path, user_missing=True)
    assert meta.variable_value_labels == {
        "kind": {1: "Member", 2: "Left the group"},
        "is_sure": {1: "Yes", 0: "No"},
        "present": {"a": HIDDEN},
    }
    assert frame["present"].tolist()[:2] == [12, "a"]
    assert frame["day"].replace({float("nan"): None}).tolist() == [-99, None, 0]
    # And by a reader that knows nothing of the first.
    other = pd.read_stata(path, convert_categoricals=False, convert_dates=False, convert_missing=True)
    assert [str(value) for value in other["present"]] == ["12", ".a", "."]
    with pd.io.stata.StataReader(path) as reader:
        assert reader.variable_labels() == dict(zip(ANSWERS.header, meta.column_labels, strict=True))


def test_long_table_comes_in_numbered_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(statistics, "PART", 2)
    parts = statistics_of(written(tmp_path, ROWS), tmp_path, "sav")
    assert [path.name for path in parts] == ["answers-1.sav", "answers-2.sav"]
    frames = [pyreadstat.read_sav(path)[0] for path in parts]
    assert [list(frame["participant_id"]) for frame in frames] == [["pa1", "pa2"], ["pa3"]]


def test_files_say_they_were_made_at_the_instant_of_the_data(rows, tmp_path):
    for kind, read in (("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)):
        [path] = statistics_of(rows, tmp_path, kind)
        made = read(path, metadataonly=True)[1].creation_time
        assert made.strftime("%Y-%m-%d %H:%M") == "2026-11-26 18:05"


#: Its letters take three and four bytes, so that neither 255 nor 120 bytes end with one.
LONG = "€" + "🌧" * 100


def test_long_labels_are_cut_at_a_character_and_listed(rows, tmp_path):
    chatty = Variable("kind", LONG, "", categories={"member": LONG, "left": "Left"})
    answers = replace(ANSWERS, variables=(ANSWERS.variables[0], chatty, *ANSWERS.variables[2:]))
    [sav] = statistics_of(rows, tmp_path, "sav", answers)
    _frame, meta = pyreadstat.read_sav(sav)
    of_variable, of_value = meta.column_names_to_labels["kind"], meta.variable_value_labels["kind"][1]
    assert (len(of_variable.encode()), len(of_value.encode())) == (255, 119)
    assert LONG.startswith(of_variable)
    assert LONG.startswith(of_value)
    [dta] = statistics_of(rows, tmp_path, "dta", answers)
    assert pyreadstat.read_dta(dta)[1].column_names_to_labels["kind"] == LONG[:80]
    listed = list(labels.cut([answers]))[1:]
    assert listed == [
        ("sav", "answers", "kind", "", LONG, of_variable),
        ("dta", "answers", "kind", "", LONG, LONG[:80]),
        ("sav", "answers", "kind", "member", LONG, of_value),
    ]


# In a bundle


@pytest.mark.django_db
def test_every_format_of_every_table_equals_its_csv(tmp_path):
    world = StudyWorld()
    participants = [world.participant(*PURPOSES) for _number in range(3)]
    world.observe(dict.fromkeys(participants, True), present=2)
    answered(occasion=participants[0].occasions.get(), code="pain_nrs", pain=6)
    path = world.bundle(tmp_path)
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(folder)
    for described in QUANTITATIVE.tables:
        wanted = [coded(described, row) for row in table(path, described.name)]
        assert wanted
        sav, _meta = pyreadstat.read_sav(folder / f"stats/{described.name}.sav", user_missing=True)
        dta, _meta = pyreadstat.read_dta(folder / f"stats/{described.name}.dta", user_missing=True)
        as_parquet = parquet.read_table(folder / f"data/{described.name}.parquet")
        assert records(sav, described, -9) == wanted
        assert records(dta, described, "a") == wanted
        assert [from_parquet(described, row) for row in as_parquet.to_pylist()] == table(path, described.name)


def coded(described, row):
    """A row of the CSV as SPSS and Stata have it: numbers for categories, None for what is missing."""
    return {v.name: _coded(v, row[v.name]) for v in described.variables}


def _coded(variable, value):
    if variable.categories:
        return code_of(variable)[value] if value else None
    if variable.kind == "date":
        return date.fromisoformat(value) if value else None
    if variable.kind == "integer" and value != SUPPRESSED:
        return int(value) if value else None
    if variable.kind == "number":
        return float(value) if value else None
    return value


def records(frame, described, hidden):
    names = [v.name for v in described.variables if v.is_hidden_number]
    plain = frame.astype(object).where(frame.notna(), None)
    return [
        {name: SUPPRESSED if name in names and value == hidden else value for name, value in row.items()}
        for row in plain.to_dict("records")
    ]


def from_parquet(described, row):
    """A row of the Parquet file as the CSV has it."""
    found = {}
    for variable in described.variables:
        value = row[variable.name]
        reason = row.get(f"{variable.name}_missing")
        text = reason if reason else "" if value is None else f"{value:g}" if variable.kind == "number" else str(value)
        found[variable.name] = text.lower() if variable.kind == "boolean" else text
    return found


@pytest.mark.django_db
def test_web_workers_do_not_load_the_libraries_for_it():
    code = (
        "import django, sys; django.setup(); import peersupport.urls\n"
        "print(sorted({'pandas', 'pyarrow', 'pyreadstat'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# Scripts that read the CSV files


@pytest.fixture
def unpacked(rows, tmp_path):
    """A folder as an unpacked bundle has it, with the one table."""
    (tmp_path / "data").mkdir()
    rows.rename(tmp_path / "data/answers.csv")
    for path, text in scripts([ANSWERS]):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_spss_syntax_gives_what_the_spss_file_has(unpacked):
    syntax = (unpacked / "stats/import.sps").read_text() + "SAVE OUTFILE='by_syntax.sav'.\n"
    (unpacked / "run.sps").write_text(syntax)
    pspp = shutil.which("pspp")
    if not pspp:
        pytest.skip("There is no pspp here.")
    done = subprocess.run([pspp, "run.sps"], cwd=unpacked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    by_syntax, said = pyreadstat.read_sav(unpacked / "by_syntax.sav", user_missing=True)
    [path] = statistics_of(unpacked / "data/answers.csv", unpacked, "sav")
    shipped, meta = pyreadstat.read_sav(path, user_missing=True)
    assert records(by_syntax[ANSWERS.header], ANSWERS, -9) == records(shipped, ANSWERS, -9)
    assert said.variable_value_labels == meta.variable_value_labels
    assert said.missing_ranges == meta.missing_ranges
    assert said.column_names_to_labels == meta.column_names_to_labels


def test_pspp_reads_the_spss_file(rows, tmp_path):
    pspp = shutil.which("pspp")
    if not pspp:
        pytest.skip("There is no pspp here.")
    statistics_of(rows, tmp_path, "sav")
    (tmp_path / "run.sps").write_text(
        "GET FILE='answers.sav'.\nSAVE TRANSLATE /OUTFILE='back.csv' /TYPE=CSV /FIELDNAMES /CELLS=LABELS.\n"
    )
    done = subprocess.run([pspp, "run.sps"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    back = list(csv.DictReader((tmp_path / "back.csv").read_text().splitlines()))
    assert [row["kind"].strip() for row in back] == ["Member", "Left the group", ""]
    assert [row["is_sure"].strip() for row in back] == ["Yes", "No", ""]


def test_r_script_gives_types_and_labels(unpacked):
    rscript = shutil.which("Rscript")
    if not rscript:
        pytest.skip("There is no Rscript here.")
    (unpacked / "run.R").write_text(
        'source("stats/import.R")\n'
        'cat(class(answers$kind), levels(answers$kind), class(answers$met_on), attr(answers$present, "hidden"),'
        ' attr(answers$day, "label"), answers$is_sure[1], sep = "|")\n'
    )
    done = subprocess.run([rscript, "run.R"], cwd=unpacked, capture_output=True, text=True, check=True)
    assert done.stdout == "factor|Member|Left the group|Date|2|Day|TRUE"


@pytest.mark.parametrize("path", ["stats/import.R", "stats/import.sps", "stats/import.do"])
def test_each_script_names_every_variable_category_and_label(unpacked, path):
    text = (unpacked / path).read_text()
    for variable in ANSWERS.variables:
        assert variable.name in text
        for value, label in variable.categories.items():
            assert label in text or variable.kind == "boolean"
            assert f'"{value}"' in text or f"'{value}'" in text or variable.kind == "boolean"
    assert "data/answers.csv" in text or '"answers"' in text


def test_labels_with_quotes_stay_labels():
    quoted = Variable("kind", "Their \"own\" 'word'", "", categories={"a": 'It\'s "so"'})
    texts = dict(scripts([replace(ANSWERS, variables=(quoted,))]))
    assert "VARIABLE LABELS kind 'Their \"own\" ''word'''." in texts["stats/import.sps"]
    assert '"Their \\"own\\" \'word\'"' in texts["stats/import.R"]
    assert 'label variable kind `"Their "own" \'word\'"\'' in texts["stats/import.do"]


# The dictionary as archives take it


@pytest.fixture
def codebook(db):
    world = StudyWorld()
    world.study.title = "Carrying on <together> & more"
    return ElementTree.fromstring(ddi_codebook(world.snapshot()))


DDI = "{ddi:codebook:2_5}"
#: Parts in the order that DDI Codebook 2.5 has them in, of those that are used here.
ORDER = {
    "codeBook": ["docDscr", "stdyDscr", "fileDscr", "dataDscr"],
    "stdyDscr": ["citation", "stdyInfo", "dataAccs"],
    "citation": ["titlStmt", "prodStmt"],
    "titlStmt": ["titl", "IDNo"],
    "prodStmt": ["producer", "prodDate"],
    "stdyInfo": ["abstract", "sumDscr"],
    "fileTxt": ["fileName", "fileCont", "dimensns", "fileType"],
    "var": ["labl", "invalrng", "catgry", "varFormat"],
    "catgry": ["catValu", "labl"],
}


def test_codebook_keeps_the_rules_of_ddi(codebook):
    ids = [element.get("ID") for element in codebook.iter() if element.get("ID")]
    assert len(ids) == len(set(ids)) > 50
    for element in codebook.iter():
        name = element.tag.removeprefix(DDI)
        assert element.tag == DDI + name
        parts = [child.tag.removeprefix(DDI) for child in element]
        if name in ORDER:
            assert parts == sorted(parts, key=ORDER[name].index)
        assert parts or element.text or element.attrib, f"{name} is empty"
        assert element.get("files", ids[0]) in ids


def test_codebook_has_every_variable_once_with_its_categories(codebook):
    described = {element.get("ID"): element for element in codebook.iter(DDI + "var")}
    wanted = {f"{t.name}.{v.name}": v for t in QUANTITATIVE.tables for v in t.variables}
    assert described.keys() == wanted.keys()
    for name, variable in wanted.items():
        element = described[name]
        assert element.findtext(DDI + "labl") == variable.label
        categories = {
            (one.findtext(DDI + "catValu"), one.findtext(DDI + "labl"), one.get("missing"))
            for one in element.iter(DDI + "catgry")
        }
        hidden = {(SUPPRESSED, HIDDEN, "Y")} if variable.can_be_hidden else set()
        assert categories == {(value, label, "N") for value, label in variable.categories.items()} | hidden
    assert codebook.findtext(f"{DDI}stdyDscr/{DDI}citation/{DDI}titlStmt/{DDI}titl") == "Carrying on <together> & more"


# What a report is made of


def test_summary_is_made_of_what_is_shown_and_of_nothing_else(db, tmp_path):
    world = StudyWorld()
    for _number in range(4):
        world.participant(*PURPOSES)
    # Two who said no are hidden, so that no total may count them.
    for _number in range(2):
        world.participant(refused=PURPOSES)
        ParticipantFactory(study=world.study, kind="clinician", created_at=world.now)
    path = world.bundle(tmp_path)
    shown = [row for row in in_report(path, "consent_flow") if row["people"] != SUPPRESSED]
    assert len(in_report(path, "consent_flow")) > len(shown)
    summed = {row["step"]: (row["people"], row["per_cent"]) for row in in_report(path, "summary_tables")}
    assert summed["asked"] == (str(sum(int(row["people"]) for row in shown)), "100")
    for outcome, step in (("interviewed", "interviewed"), ("stopped", "stopped")):
        people = sum(int(row["people"]) for row in shown if row["outcome"] == outcome)
        assert summed[step] == (str(people), str(round(100 * people / int(summed["asked"][0]))))


def test_summary_of_nobody_has_no_per_cent(db, tmp_path):
    told = in_report(StudyWorld().bundle(tmp_path), "summary_tables")
    assert [(row["people"], row["per_cent"]) for row in told] == [("0", "")] * 4


def in_report(path, name):
    with zipfile.ZipFile(path) as bundle:
        return list(csv.DictReader(bundle.read(f"report/{name}.csv").decode().splitlines()))


def test_charts_say_in_words_what_their_bars_show(db, tmp_path):
    world = StudyWorld()
    for _number in range(4):
        world.participant(*PURPOSES)
    ParticipantFactory(study=world.study, kind="clinician", created_at=world.now)
    with zipfile.ZipFile(world.bundle(tmp_path)) as bundle:
        names = [name for name in bundle.namelist() if name.endswith(".svg")]
        drawn = [ElementTree.fromstring(bundle.read(name)) for name in sorted(names)]
    svg = "{http://www.w3.org/2000/svg}"
    flow, interviewed = drawn
    assert flow.findtext(svg + "desc") == "Asked, or came by themselves: 5; Agreed: 5; Interviewed: 5; Stopped since: 0"
    assert interviewed.findtext(svg + "desc") == "Member, Meeting: 5"
    for chart in drawn:
        assert chart.get("role") == "img"
        assert {chart.find(svg + part).get("id") for part in ("title", "desc")} == {"title", "desc"}
        assert not [part for part in chart.iter() if part.tag.endswith("script")]


def test_same_snapshot_gives_the_same_bytes_in_every_format(db, tmp_path):
    world = StudyWorld()
    for _number in range(3):
        world.participant(*PURPOSES)
    as_of = timezone.now()
    one, other = (world.bundle(tmp_path, as_of, f"{name}.zip", EVERYTHING) for name in ("one", "other"))
    with zipfile.ZipFile(one) as bundle:
        assert {"data/goals.parquet", "stats/goals.sav", "stats/goals.dta"} <= set(bundle.namelist())
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("name", PROFILES)
def test_nobodys_words_or_names_are_in_any_format(db, tmp_path, name):
    """Unpacked and read as their programs read them: what a compressed file holds is not seen from outside."""
    world = StudyWorld()
    participants = [world.participant(*PURPOSES) for _number in range(3)]
    world.observe(dict.fromkeys(participants, True))
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(world.bundle(tmp_path, profile=PROFILES[name])) as bundle:
        bundle.extractall(folder)
    seen = {}
    for path in folder.rglob("*"):
        if path.is_file():
            seen[path.relative_to(folder).as_posix()] = words_in(path)
    assert {path for path, words in seen.items() if CANARY in words} == set()
    assert {path.rpartition(".")[2] for path in seen} >= {
        "parquet",
        "sav",
        "dta",
        "csv",
        "xml",
        "R",
        "sps",
        "do",
        "svg",
    }
    assert any("interview" in words for words in seen.values())


def words_in(path):
    if path.suffix == ".parquet":
        return str(parquet.read_table(path).to_pylist())
    if path.suffix in (".sav", ".dta"):
        read = pyreadstat.read_sav if path.suffix == ".sav" else pyreadstat.read_dta
        frame, meta = read(path, user_missing=True)
        return frame.to_csv() + str(vars(meta))
    if path.suffix == ".qdpx":
        with zipfile.ZipFile(path) as project:
            return b"\n".join(map(project.read, project.namelist())).decode()
    return path.read_bytes().decode(errors="replace")
