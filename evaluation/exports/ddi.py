"""dictionary/ddi-codebook.xml: the dictionary as archives take it (DDI Codebook 2.5)."""

from collections.abc import Iterator
from xml.etree import ElementTree

from django.conf import settings

from evaluation.exports.snapshot import Snapshot
from evaluation.exports.variables import MISSING, SUPPRESSED, Table, Variable

NAMESPACE = "ddi:codebook:2_5"
_FORMATS = {
    "integer": "numeric",
    "number": "numeric",
    "boolean": "character",
    "date": "character",
    "string": "character",
}


def ddi_codebook(snapshot: Snapshot) -> bytes:
    """Sections and their parts in the order that the schema has them in; ids are names of tables and variables."""
    tables = snapshot.profile.tables
    root = ElementTree.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", "xml:lang": "en"})
    _document(root, snapshot)
    _study(root, snapshot)
    for table in tables:
        _file(root, table)
    data = ElementTree.SubElement(root, "dataDscr")
    for table in tables:
        for variable in table.variables:
            _variable(data, table, variable)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _document(root, snapshot):
    citation = _within(root, "docDscr", "citation")
    _text(_within(citation, "titlStmt"), "titl", f"{snapshot.study.title}: dictionary")
    produced = _within(citation, "prodStmt")
    _text(produced, "producer", settings.SERVICE_NAME)
    _text(produced, "prodDate", f"{snapshot.as_of:%Y-%m-%d}", date=f"{snapshot.as_of:%Y-%m-%d}")


def _study(root, snapshot):
    study = _within(root, "stdyDscr")
    titles = _within(study, "citation", "titlStmt")
    _text(titles, "titl", snapshot.study.title)
    _text(titles, "IDNo", snapshot.study.ethics_reference)
    information = _within(study, "stdyInfo")
    _text(information, "abstract", snapshot.study.method)
    _text(_within(information, "sumDscr"), "anlyUnit", "Participants, and what they logged, said and attended")
    access = _within(study, "dataAccs", "useStmt")
    _text(access, "restrctn", "Personal data under a pseudonym. Use and keep them as the study's protocol says.")


def _file(root, table: Table):
    described = ElementTree.SubElement(root, "fileDscr", ID=f"file_{table.name}", URI=table.path)
    text = ElementTree.SubElement(described, "fileTxt")
    _text(text, "fileName", table.path)
    _text(text, "fileCont", table.label)
    _text(_within(text, "dimensns"), "varQnty", str(len(table.variables)))
    _text(text, "fileType", "text/csv", charset="UTF-8")


def _variable(data, table: Table, variable: Variable):
    described = ElementTree.SubElement(
        data,
        "var",
        ID=f"{table.name}.{variable.name}",
        name=variable.name,
        files=f"file_{table.name}",
        intrvl="discrete" if variable.categories else "contin",
    )
    _text(described, "labl", variable.label)
    if variable.can_be_hidden:
        invalid = _within(described, "invalrng")
        ElementTree.SubElement(invalid, "item", VALUE=SUPPRESSED)
    for value, label, is_missing in _categories(variable):
        category = ElementTree.SubElement(described, "catgry", missing="Y" if is_missing else "N")
        _text(category, "catValu", value)
        _text(category, "labl", label)
    ElementTree.SubElement(described, "varFormat", type=_FORMATS[variable.kind], schema="other")


def _categories(variable: Variable) -> Iterator[tuple[str, str, bool]]:
    for value, label in variable.categories.items():
        yield value, label, False
    if variable.can_be_hidden:
        yield SUPPRESSED, MISSING[SUPPRESSED], True


def _within(parent, *names):
    for name in names:
        parent = ElementTree.SubElement(parent, name)
    return parent


def _text(parent, name, text, **attributes):
    ElementTree.SubElement(parent, name, attributes).text = text
