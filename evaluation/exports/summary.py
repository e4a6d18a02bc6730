"""report/summary_tables.csv: of how many people the data hold something, and what, small numbers hidden.

Each number is hidden or rounded by itself and none is a total of others, so that none says anything of another.
"""

from collections import Counter
from collections.abc import Iterator

from evaluation.exports.snapshot import Snapshot
from evaluation.exports.variables import SUPPRESSED, Table
from evaluation.small_numbers import shown

PARTICIPANT = "participant_id"
_COUNTING = "SELECT {} FROM {} GROUP BY GROUPING SETS ({})"


def summary_tables(snapshot: Snapshot, cursor) -> Iterator[tuple[str, ...]]:
    """People with any row of a table (no variable), and with each value of those of its variables that have some."""
    yield "table", "variable", "value", "people"
    for table in snapshot.profile.tables:
        if PARTICIPANT not in table.header:
            continue
        people = _people_by_value(snapshot, cursor, table)
        yield table.name, "", "", _shown(snapshot, people["", ""])
        for variable in table.variables:
            for value in variable.categories:
                yield table.name, variable.name, value, _shown(snapshot, people[variable.name, value])


def _people_by_value(snapshot, cursor, table: Table) -> Counter[tuple[str, str]]:
    """(variable, value) > people, in one pass over the rows however many there are."""
    names = [variable.name for variable in table.variables if variable.categories]
    chosen = ", ".join(f"{v.sql} AS {v.name}" for v in table.variables if v.categories or v.name == PARTICIPANT)
    sets = ", ".join([f"({PARTICIPANT})", *(f"({PARTICIPANT}, {name})" for name in names)])
    columns = ", ".join([f"GROUPING({', '.join(names)})", *names]) if names else "0"
    sql, parameters = snapshot.query(table)
    held = f"(SELECT {chosen} {table.unordered}) AS held"
    cursor.execute(f"{sql.removesuffix(table.sql)} {_COUNTING.format(columns, held, sets)}", parameters)
    people: Counter[tuple[str, str]] = Counter()
    for which, *values in cursor:
        people[_found(which, names, values)] += 1
    return people


def _found(which, names, values):
    """The bits of GROUPING say which columns a row is not about: the one that is left, or none."""
    for place, name in enumerate(names):
        if not which >> (len(names) - 1 - place) & 1:
            return name, values[place]
    return "", ""


def _shown(snapshot, number):
    cell = shown(number, snapshot.study.small_number_threshold)
    return SUPPRESSED if cell is None else str(cell)
