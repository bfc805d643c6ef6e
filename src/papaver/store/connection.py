"""One DuckDB connection, set up to need no network and to stay inside its memory."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

if TYPE_CHECKING:
    from papaver.store.backend import Backend

SQL_TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "double": "DOUBLE",
    "bool": "BOOLEAN",
    "date32[day]": "DATE",
    "timestamp[us, tz=UTC]": "TIMESTAMPTZ",
    "list<item: string>": "VARCHAR[]",
    "list<element: string>": "VARCHAR[]",
}
"""Arrow types of the record types, and the same in DuckDB."""

THREADS = 2
MEMORY_LIMIT = "1GB"

# A long query would draw its progress on standard output, in the middle of a document of `--json`.
_QUIET = "SET enable_progress_bar = false"


def settings(spill: Path | None, *, threads: int = THREADS, memory_limit: str = MEMORY_LIMIT) -> dict[str, object]:
    """DuckDB settings: no extension is ever looked for, and what exceeds the memory limit goes to `spill`."""
    chosen: dict[str, object] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": memory_limit,
        "threads": threads,
    }
    if spill is not None:
        chosen["temp_directory"] = str(spill)
    return chosen


def scratch(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A private in-memory connection for work at ingest; the caller closes it."""
    connection = duckdb.connect(":memory:", config={k: str(v) for k, v in settings(spill).items()})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(_QUIET)
    return connection


def engine(spill: Path | None = None) -> "Backend":
    """The Ibis connection that evidence is read through; in memory, nothing is kept in a database file."""
    from papaver.store.backend import connect

    connection = connect(**settings(spill))
    connection.con.execute(_QUIET)
    return connection


def typed_nulls(schema: pa.Schema, filled: Collection[str] = ()) -> str:
    """A select list of a schema's columns: those that are filled by name, the others empty with their type."""
    return ", ".join(
        f'"{f.name}"' if f.name in filled else f'CAST(NULL AS {SQL_TYPES[str(f.type)]}) AS "{f.name}"' for f in schema
    )
