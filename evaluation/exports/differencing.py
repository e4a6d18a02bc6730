"""Two tables of numbers that differ by a few people tell about these few, even if each by itself hides small numbers.

So a bundle has the study's numbers (report/) only if those who have an earlier one can't work out anything from the
two. Rows of data are guarded by access instead, and change with every withdrawal, as they must.
"""

from collections import Counter
from collections.abc import Iterable

from evaluation.models import Export
from evaluation.study_report import StudyReport


def counted(report: StudyReport) -> dict[str, int]:
    """The true numbers that the tables of a report are made of: cell > people."""
    cells = {f"{kind} {outcome}": number for (kind, outcome), number in report.outcomes.items()}
    return cells | {f"{kind} interviewed {state}": number for (kind, state), number in report.interviewed.items()}


def tell_of_few(cells: dict[str, int], people: set[int], earlier: Iterable[Export], threshold: int) -> bool:
    """Whether tables made of `cells`, or the `people` (keys) in their bundle, differ from those of an `earlier` export
    by someone, but by fewer than `threshold`."""
    few = range(1, threshold)
    for export in earlier:
        if export.counted is not None:
            held = set(export.exported_participants.values_list("participant", flat=True))
            if _difference(cells, export.counted) in few or len(people ^ held) in few:
                return True
    return False


def _difference(cells, others):
    """By how many people two tables differ: someone who moved from one cell to another is one."""
    more, fewer = Counter(cells) - Counter(others), Counter(others) - Counter(cells)
    return max(more.total(), fewer.total())
