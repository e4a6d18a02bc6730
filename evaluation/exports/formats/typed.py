"""The rows of a CSV file of a bundle as typed columns, batch by batch, so that memory does not grow with them."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import compute, csv

from evaluation.exports.variables import SUPPRESSED, Table

#: Bytes of CSV at a time: some 10,000 rows.
PIECE = 1 << 20
_TYPES = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}


def schema_of(table: Table) -> pa.Schema:
    """As read. A number that may be hidden stays text here: see `number_and_reason`."""
    return pa.schema((v.name, _TYPES.get("" if v.is_hidden_number else v.kind, pa.string())) for v in table.variables)


def batches_of(table: Table, rows: Path) -> Iterator[pa.Table]:
    """An empty cell is null. A line is a row: no value of a bundle holds a line end."""
    schema = schema_of(table)
    with rows.open("rb") as file:
        file.readline()
        # One piece at a time: pyarrow's own streaming reader reads far ahead.
        while lines := file.readlines(PIECE):
            yield csv.read_csv(
                pa.BufferReader(b"".join(lines)),
                read_options=csv.ReadOptions(use_threads=False, column_names=table.header),
                convert_options=csv.ConvertOptions(
                    column_types=schema,
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                    true_values=["true"],
                    false_values=["false"],
                ),
            )


def number_and_reason(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Of numbers that may be hidden: the numbers, null where they are, and why they are missing, null where they are
    not or nothing was filled in."""
    is_hidden = compute.equal(column, SUPPRESSED)
    nothing = pa.scalar(None, pa.string())
    numbers = compute.if_else(is_hidden, nothing, column).cast(pa.int64())
    return numbers, compute.if_else(is_hidden, column, nothing)
