"""Tables as Parquet: typed, categories as dictionaries, labels in the metadata.

A number that may be hidden has a second column beside it, `<name>_missing`, which says so: null alone would look like a
question that nobody answered.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from evaluation.exports.formats.typed import batches_of, number_and_reason, schema_of
from evaluation.exports.variables import MISSING, SUPPRESSED, Table

#: Rows that are compressed together. Fixed, so that the same rows give the same bytes.
ROW_GROUP = 50_000


def write_parquet(table: Table, rows: Path, folder: Path, on_progress: Callable[[], None]) -> Path:
    target, schema = folder / f"{table.name}.parquet", typed_schema(table)
    with parquet.ParquetWriter(target, schema, compression="zstd", version="2.6") as writer:
        waiting: list[pa.Table] = [schema.empty_table()]
        for batch in batches_of(table, rows):
            waiting.append(_typed(table, batch, schema))
            if sum(map(len, waiting)) >= ROW_GROUP:
                writer.write_table(pa.concat_tables(waiting))
                waiting = []
            on_progress()
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
    return target


def typed_schema(table: Table) -> pa.Schema:
    """Categories as dictionaries, numbers that may be hidden as numbers and the reason beside them."""
    fields = []
    for variable, read in zip(table.variables, schema_of(table).types, strict=True):
        described = {"label": variable.label}
        if variable.categories:
            described["categories"] = json.dumps(variable.categories, ensure_ascii=False)
        is_category = variable.categories and variable.kind == "string"
        kind = pa.dictionary(pa.int32(), pa.string()) if is_category else read
        kind = pa.int64() if variable.is_hidden_number else kind
        fields.append(pa.field(variable.name, kind, metadata=described))
        if variable.is_hidden_number:
            label = f"Why {variable.name} is missing. {MISSING[SUPPRESSED]}"
            fields.append(pa.field(f"{variable.name}_missing", pa.string(), metadata={"label": label}))
    return pa.schema(fields, metadata={"title": table.label})


def _typed(table, batch, schema):
    columns: list[pa.ChunkedArray] = []
    for variable, column in zip(table.variables, batch.columns, strict=True):
        if variable.is_hidden_number:
            columns.extend(number_and_reason(column))
        else:
            columns.append(column.cast(schema.field(variable.name).type))
    return pa.Table.from_arrays(columns, schema=schema)
