"""Record types as Arrow schemas: what a parsed file and an evidence file hold."""

import pyarrow as pa

from papaver.model.records import ColumnType, RecordType

_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "choice": pa.string(),
    "place": pa.string(),
    "substance": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "list": pa.list_(pa.string()),
}
_PROVENANCE = [pa.field("source_file", pa.string()), pa.field("source_row", pa.int64())]
_STORED = [
    pa.field("row_id", pa.string()),
    pa.field("batch_id", pa.string()),
    pa.field("recorded_at", pa.timestamp("us", tz="UTC")),
    pa.field("schema_version", pa.int64()),
]


def parsed_schema(kind: RecordType) -> pa.Schema:
    """What a reader hands over: every column of the type, empty where the file had none, and the row it came from."""
    return pa.schema([pa.field(c.name, _TYPES[c.type]) for c in kind.columns.values()] + _PROVENANCE)


def stored_schema(kind: RecordType) -> pa.Schema:
    """What the store keeps: the parsed columns and the store's own."""
    return pa.schema(list(parsed_schema(kind)) + _STORED)
