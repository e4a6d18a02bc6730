"""Tables as files of SPSS (.sav) and Stata (.dta), with labels and missing codes.

Categories are numbers from 1, in the order of the dictionary, with value labels; yes and no are 1 and 0. What is not
filled in is system-missing. A number that is hidden is -9 in SPSS, declared missing, and .a in Stata; both say why.

The library wants a whole table in memory, so that long tables come in parts of equal length, numbered from 1.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyreadstat
from pyarrow import compute

from evaluation.exports.formats import labels
from evaluation.exports.formats.codes import HIDDEN_IN_SPSS, HIDDEN_IN_STATA, code_of
from evaluation.exports.formats.typed import batches_of, number_and_reason, schema_of
from evaluation.exports.variables import MISSING, SUPPRESSED, Table

PART = 50_000
#: Where the two formats keep when a file was made (PSPP's description of system files, Stata's of dta 118).
SPSS_MADE, STATA_MADE = 92, b"<timestamp>\x11"
Maker = Callable[[Table, pd.DataFrame, Path, datetime], None]


def write_statistics(
    table: Table, rows: Path, folder: Path, formats: tuple[str, ...], made_at: datetime, on_progress: Callable[[], None]
) -> Iterator[Path]:
    """One file after the other; whoever takes one deletes it. `made_at` is what they say of when they were made."""
    parts = _parts(table, rows, on_progress)
    part, number = next(parts), 1
    while part is not None:
        following = next(parts, None)
        suffix = "" if following is None and number == 1 else f"-{number}"
        for kind in formats:
            path = folder / f"{table.name}{suffix}.{kind}"
            WRITERS[kind](table, part, path, made_at)
            yield path
            on_progress()
        part, number = following, number + 1


def _parts(table, rows, on_progress) -> Iterator[pa.Table]:
    """Rows in lots of PART, the last one shorter; one empty lot if there are none."""
    waiting = schema_of(table).empty_table()
    for batch in batches_of(table, rows):
        waiting = pa.concat_tables([waiting, batch])
        while len(waiting) > PART:
            yield waiting.slice(0, PART)
            waiting = waiting.slice(PART)
        on_progress()
    yield waiting


def _write_sav(table, part, path, made_at):
    frame = pd.DataFrame({v.name: _column(v, part[v.name], HIDDEN_IN_SPSS) for v in table.variables})
    hidden = [v.name for v in table.variables if v.is_hidden_number]
    pyreadstat.write_sav(
        frame,
        path,
        file_label=labels.within_bytes(table.label, labels.SPSS_FILE),
        column_labels=[labels.within_bytes(v.label, labels.SPSS_VARIABLE) for v in table.variables],
        variable_value_labels={
            v.name: {number: labels.within_bytes(label, labels.SPSS_VALUE) for number, label in named.items()}
            for v, named in _value_labels(table, HIDDEN_IN_SPSS)
        },
        missing_ranges={name: [HIDDEN_IN_SPSS] for name in hidden},
        variable_measure={v.name: "nominal" if v.categories else "scale" for v in table.variables if not v.identifies},
        row_compress=True,
    )
    with path.open("r+b") as file:
        file.seek(SPSS_MADE)
        file.write(f"{made_at:%d %b %y%H:%M:%S}".encode())


def _write_dta(table, part, path, made_at):
    frame = pd.DataFrame({v.name: _column(v, part[v.name], HIDDEN_IN_STATA) for v in table.variables})
    pyreadstat.write_dta(
        frame,
        path,
        file_label=labels.within_characters(table.label, labels.STATA_VARIABLE),
        column_labels=[labels.within_characters(v.label, labels.STATA_VARIABLE) for v in table.variables],
        variable_value_labels={v.name: named for v, named in _value_labels(table, HIDDEN_IN_STATA)},
        missing_user_values={v.name: [HIDDEN_IN_STATA] for v in table.variables if v.is_hidden_number},
        version=15,
    )
    with path.open("r+b") as file:
        start = file.read(1024)
        file.seek(start.index(STATA_MADE) + len(STATA_MADE))
        file.write(f"{made_at:%d %b %Y %H:%M}".encode())


WRITERS: dict[str, Maker] = {"sav": _write_sav, "dta": _write_dta}


def _value_labels(table, hidden):
    """(variable, number > label) of those that have labels."""
    for variable in table.variables:
        codes = code_of(variable) if variable.categories else {}
        named: dict[int | str, str] = {codes[value]: label for value, label in variable.categories.items()}
        if variable.is_hidden_number:
            named[hidden] = MISSING[SUPPRESSED]
        if named:
            yield variable, named


def _column(variable, column, hidden):
    if variable.categories:
        codes = code_of(variable)
        place = compute.index_in(column.cast(pa.string()), pa.array(list(codes)))
        numbers = pa.array(list(codes.values()), pa.int64()).take(place.combine_chunks())
        return numbers.to_numpy(zero_copy_only=False).astype("float64")
    if variable.is_hidden_number:
        numbers, reasons = number_and_reason(column.combine_chunks())
        pairs = zip(numbers.to_pylist(), reasons.to_pylist(), strict=True)
        mixed = [hidden if reason else number for number, reason in pairs]
        return pd.Series(mixed, dtype="float64" if hidden == HIDDEN_IN_SPSS else "object")
    if variable.kind in ("integer", "number"):
        return column.cast(pa.float64()).to_numpy()
    if variable.kind == "date":
        return column.to_pandas(date_as_object=True)
    return column.fill_null("").to_pandas()
