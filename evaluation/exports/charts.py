"""Charts in a bundle as SVG: bars side by side with their numbers in words, for print and for screen readers."""

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from evaluation.small_numbers import ROUNDED_TO
from evaluation.study_report import StudyReport

WIDTH, LABELS, VALUES, ROW, BAR, TOP = 720, 300, 60, 32, 20, 48
FONT = "system-ui, sans-serif"
HIDDEN = "a few"


def charts(report: StudyReport) -> Iterator[tuple[str, bytes]]:
    """(path in the bundle, SVG) of what report/consent_flow.csv and interviewed.csv say."""
    yield "report/charts/consent_flow.svg", _bars("How many came how far", report.flow)
    states = [label for _state, label in report.group_states]
    interviewed = [
        (f"{row.label}, {state}", cell)
        for row in report.interviewed_rows
        for state, cell in zip(states, row.cells, strict=True)
        if cell != 0
    ]
    yield "report/charts/interviewed.svg", _bars("People interviewed, by kind and state of their group", interviewed)


def _bars(title: str, rows: Iterable[tuple[object, int | None]]) -> bytes:
    """None is a number that is hidden: it has no bar, and says so."""
    rows = [(str(label), number) for label, number in rows]
    most = max((number or 0 for _label, number in rows), default=0) or 1
    size = {"width": WIDTH, "height": TOP + ROW * len(rows) + ROW}
    svg = _part(None, "svg", xmlns="http://www.w3.org/2000/svg", role="img", **size)
    svg.set("aria-labelledby", "title desc")
    svg.set("font-family", FONT)
    _part(svg, "title", title, id="title")
    said = "; ".join(f"{label}: {HIDDEN if number is None else number}" for label, number in rows)
    _part(svg, "desc", said or "Nothing to show", id="desc")
    _part(svg, "text", title, x=0, y=24, font_size=18, font_weight="bold")
    for place, (label, number) in enumerate(rows):
        y = TOP + ROW * place
        _part(svg, "text", label, x=0, y=y + BAR - 5, font_size=14)
        length = round((WIDTH - LABELS - VALUES) * (number or 0) / most)
        _part(svg, "rect", x=LABELS, y=y, width=length, height=BAR, fill="#005f50")
        shown = HIDDEN if number is None else str(number)
        _part(svg, "text", shown, x=LABELS + length + 8, y=y + BAR - 5, font_size=14)
    note = f"Small numbers are hidden, the others rounded to {ROUNDED_TO}."
    _part(svg, "text", note, x=0, y=TOP + ROW * len(rows) + BAR, font_size=12)
    return ElementTree.tostring(svg, encoding="UTF-8", xml_declaration=True) + b"\n"


def _part(parent, name, text=None, **attributes):
    named = {key.replace("_", "-"): str(value) for key, value in attributes.items()}
    part = ElementTree.Element(name, named) if parent is None else ElementTree.SubElement(parent, name, named)
    part.text = text
    return part
