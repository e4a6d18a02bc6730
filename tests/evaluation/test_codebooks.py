"""Code books in and out: CSV and QDC, and what is wrong with them."""

import uuid
from pathlib import Path

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from evaluation.codebook import Entry, UnreadableCodebook, qdc, read, sheet
from evaluation.codebook.qdc import NAMESPACE

GUID = uuid.UUID("8f5f2a9e-37b1-4c57-a3c0-6a6f3c2c1e11")
QDC = f"""<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns="{NAMESPACE}" origin="Other"><Codes>
  <Code guid="{GUID}" name="Belonging" isCodable="true" color="#b25a00">
    <Description>Being one of them.</Description>
    <Code guid="not one" name=" Chairs  moved" isCodable="false"/>
  </Code>
  <Code guid="" name="Tea" isCodable="true" color="#123456"/>
</Codes></CodeBook>"""


def refused(content):
    with pytest.raises(UnreadableCodebook) as found:
        read(content)
    return str(found.value.sentence)


# CSV


@pytest.mark.parametrize(
    "content",
    [
        b"name,definition,parent\nBelonging,Being one of them.,\nChairs,,Belonging\n",
        "\ufeffname,definition,parent\r\nBelonging,Being one of them.,\r\nChairs,,Belonging\r\n".encode(),
        b"Name;Definition;Parent\nBelonging;Being one of them.;\nChairs;;belonging\n",
        b"parent\tname\tdefinition\nBelonging\tChairs\t\n\tBelonging\tBeing one of them.\n",
        b'name,definition,parent,colour\n" Belonging ",Being one of them.,,red\nChairs,,Belonging\n\n,,\n',
    ],
    ids=["plain", "bom and crlf", "semicolons and capitals", "tabs, child first", "more columns and blank lines"],
)
def test_sheet_is_read_parents_first(content):
    first, second = read(content)
    assert (first.name, first.definition, first.parent) == ("Belonging", "Being one of them.", "")
    assert (second.name, second.definition, second.parent.lower()) == ("Chairs", "", "belonging")


def test_sheet_with_names_only_is_enough():
    assert read(b"name\nBelonging\nTea\n") == [Entry("Belonging"), Entry("Tea")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a table of codes"),
        (b"name,definition,parent\n", "not a table of codes"),
        (b"code,meaning\nA,B\n", "The first line must name the columns"),
        (b"PK\x03\x04 a workbook", "not a table of codes"),
        (b'name\n"never closed\n', "not a table of codes"),
        (b"name\nTea\ntea\n", "The code “tea” is in it twice."),
        ("name\nCafé\nCafe\u0301\n".encode(), "The code “Café” is in it twice."),
        (b"name,definition,parent\n,Words but no name,\n", "has no name"),
        (b"name,definition,parent\nTea,,Drinks\n", "“Tea” stands below “Drinks”, which is not in the file."),
        (b"name,definition,parent\nA,,B\nB,,C\nC,,A\n", "stands below itself"),
        (b"name,definition,parent\nA,,A\n", "“A” stands below itself"),
        (b"name\n" + b"x" * 101, "Use 100 characters or fewer"),
        (b"name\n" + b"".join(b"c%d\n" % n for n in range(1001)), "over 1,000 codes"),
    ],
)
def test_sheet_that_can_not_be_used_is_refused_with_a_sentence(content, sentence):
    assert sentence in refused(content)


def test_formula_cells_are_text_on_the_way_in_and_no_formulas_on_the_way_out():
    entries = read(b'name,definition\n=1+1,"=HYPERLINK(""http://x"")"\n@home,-5\n')
    assert [(entry.name, entry.definition) for entry in entries] == [
        ("=1+1", '=HYPERLINK("http://x")'),
        ("@home", "-5"),
    ]
    written = sheet.write(entries).decode()
    assert all(not line.startswith(("=", "@")) for line in written.splitlines())
    assert read(written.encode()) == entries


# QDC


def test_qdc_is_read_with_its_tree_colours_and_numbers():
    assert read(QDC.encode()) == [
        Entry("Belonging", "Being one of them.", "", GUID, 2),
        Entry("Chairs moved", "", "Belonging", None, None),
        Entry("Tea", "", "", None, None),
    ]


def test_code_book_of_a_whole_project_is_read():
    inside = QDC.partition("?>")[2].replace(NAMESPACE, "urn:QDA-XML:project:1.0")
    assert [entry.name for entry in read(f"<Project name='x'>{inside}</Project>".encode())] == [
        "Belonging",
        "Chairs moved",
        "Tea",
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><CodeBook><Codes><Code name="&b;"/></Codes></CodeBook>'
DEEP = "<CodeBook><Codes>" + "".join(f'<Code name="c{n}">' for n in range(60)) + "</Code>" * 60 + "</Codes></CodeBook>"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("<CodeBook><Codes>", "could not be read as a code book"),
        ("<html><body>Hello</body></html>", "could not be read as a code book"),
        (BOMB, "could not be read as a code book"),
        ('<!DOCTYPE CodeBook SYSTEM "file:///etc/passwd"><CodeBook/>', "could not be read as a code book"),
        ('<?xml version="1.0" encoding="no-such"?><CodeBook/>', "could not be read as a code book"),
        (DEEP, "could not be read as a code book"),
        ("<CodeBook/>", "There are no codes in it"),
        ("<CodeBook><Codes><Code/></Codes></CodeBook>", "has no name"),
        ('<CodeBook><Codes><Code name="A"><Code name="a"/></Code></Codes></CodeBook>', "is in it twice"),
    ],
    ids=["not closed", "a page", "entities", "outside file", "encoding", "too deep", "empty", "nameless", "twice"],
)
def test_qdc_that_can_not_be_used_is_refused_with_a_sentence(content, sentence):
    assert sentence in refused(content.encode())


def test_outside_file_is_never_read(tmp_path):
    secret = Path(tmp_path / "secret.txt")
    secret.write_text("Zq7secret")
    content = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret}">]><CodeBook><Codes><Code name="&s;"/></Codes></CodeBook>'
    assert "Zq7secret" not in refused(content.encode())


def test_written_qdc_holds_what_the_standard_asks_for_and_no_empty_container():
    content = qdc.write(
        [Entry("Belonging", "Being <one> of them.", guid=GUID, colour=2), Entry("Tea", "", "Belonging", uuid.uuid4())]
    )
    root = ElementTree.fromstring(content)
    assert root.tag == f"{{{NAMESPACE}}}CodeBook"
    assert [child.tag for child in root] == [f"{{{NAMESPACE}}}Codes"]
    (code,) = root[0]
    assert (code.get("name"), code.get("isCodable"), code.get("guid")) == ("Belonging", "true", str(GUID))
    assert [child.tag.rpartition("}")[2] for child in code] == ["Description", "Code"]
    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')


# There and back

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(
    st.lists(
        st.tuples(WORDS, st.text(st.characters(exclude_categories=["C", "Z"]))),
        min_size=1,
        unique_by=lambda one: one[0].lower(),
    )
)
def test_what_is_written_is_read_again(codes):
    entries = [
        Entry(name, definition, parent=codes[0][0] if number % 2 else "", guid=uuid.UUID(int=number), colour=1)
        for number, (name, definition) in enumerate(codes)
    ]
    try:
        known = read(sheet.write(entries))
    except UnreadableCodebook:
        # Two names that are one once composed, or a name with nothing left of it.
        return
    assert len(known) == len(entries)
    assert read(sheet.write(known)) == known
    of_qdc = read(qdc.write([Entry(one.name, one.definition, one.parent, uuid.uuid4(), 1) for one in known]))
    assert {(one.name, one.definition, one.parent) for one in of_qdc} == {
        (one.name, one.definition, one.parent) for one in known
    }
