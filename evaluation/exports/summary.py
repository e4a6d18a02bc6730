"""report/summary_tables.csv: of how many people the data hold something, small numbers hidden.

People are told apart in one way only, by kind, and no number is the total of others: two ways of telling the same
people apart, or parts and their total, would give hidden numbers away.
"""

from collections.abc import Iterator

from evaluation.exports.snapshot import Snapshot
from evaluation.exports.variables import SUPPRESSED
from evaluation.models import Participant
from evaluation.small_numbers import shown

PARTICIPANT, PARTICIPANTS = "participant_id", "participants"
_COUNTING = "SELECT count(DISTINCT {}) FROM ({}) AS held"


def summary_tables(snapshot: Snapshot, cursor) -> Iterator[tuple[str, ...]]:
    """Participants by kind; of every other table the people with any row in it."""
    yield "table", "kind", "people"
    kinds = Participant.objects.filter(pk__in=snapshot.included).values_list("kind", flat=True)
    of_kind = list(kinds)
    for kind in Participant.Kind.values:
        yield PARTICIPANTS, kind, _shown(snapshot, of_kind.count(kind))
    for table in snapshot.profile.tables:
        if PARTICIPANT in table.header and table.name != PARTICIPANTS:
            yield table.name, "", _shown(snapshot, _people_in(snapshot, cursor, table))


def _people_in(snapshot, cursor, table):
    sql, parameters = snapshot.query(table)
    person = next(variable.sql for variable in table.variables if variable.name == PARTICIPANT)
    rows = f"SELECT {person} AS {PARTICIPANT} {table.unordered}"
    cursor.execute(f"{sql.removesuffix(table.sql)} {_COUNTING.format(PARTICIPANT, rows)}", parameters)
    return cursor.fetchone()[0]


def _shown(snapshot, number):
    cell = shown(number, snapshot.study.small_number_threshold)
    return SUPPRESSED if cell is None else str(cell)
