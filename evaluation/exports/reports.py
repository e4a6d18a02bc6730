"""The numbers of a study that stand in a bundle beside its data: as on the study's report, small ones hidden."""

from collections.abc import Iterator

from evaluation.coreq import sheet
from evaluation.coreq.records import Records
from evaluation.exports.snapshot import Snapshot
from evaluation.exports.variables import SUPPRESSED
from evaluation.study_report import Outcome, StudyReport

#: The steps of `StudyReport.flow`, in its order.
STEPS = ("asked", "agreed", "interviewed", "stopped")
Lines = Iterator[tuple[str, ...]]


def consent_flow(report: StudyReport) -> Lines:
    """report/consent_flow.csv: what came of asking, by kind of participant."""
    yield "kind", "outcome", "people"
    for kind, row in zip(report.kinds, report.outcome_rows, strict=True):
        for outcome, cell in zip(Outcome, row.cells, strict=True):
            yield kind.value, outcome.value, _number(cell)


def interviewed(report: StudyReport) -> Lines:
    """report/interviewed.csv: people interviewed, by kind and by how their group is."""
    yield "kind", "group_state", "people"
    states = [state for state, _label in report.group_states]
    for kind, row in zip(report.interviewed_kinds, report.interviewed_rows, strict=True):
        for state, cell in zip(states, row.cells, strict=True):
            yield kind.value, state, _number(cell)


def summary_tables(report: StudyReport) -> Lines:
    """report/summary_tables.csv: how many came how far, and in per cent of those asked.

    Sums of what consent_flow.csv shows, so that they give nothing away that it does not: people counted in a second
    way, or parts beside their true total, would.
    """
    yield "step", "people", "per_cent"
    (_label, asked), *_further = report.flow
    for step, (_label, people) in zip(STEPS, report.flow, strict=True):
        yield step, str(people), str(round(100 * people / asked)) if asked else ""


def reports(snapshot: Snapshot) -> Iterator[tuple[str, Lines]]:
    """(path in the bundle, its lines)."""
    yield "report/consent_flow.csv", consent_flow(snapshot.report)
    yield "report/summary_tables.csv", summary_tables(snapshot.report)
    yield "report/interviewed.csv", interviewed(snapshot.report)
    yield "report/coreq.csv", sheet.lines(Records(snapshot.study, snapshot.as_of, has_words=False))


def _number(cell):
    return SUPPRESSED if cell is None else str(cell)
