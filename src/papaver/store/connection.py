"""One DuckDB connection, set up to need no network and to stay inside its memory."""

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

THREADS = 2
MEMORY_LIMIT = "1GB"


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
    return connection


def engine(spill: Path | None = None) -> "Backend":
    """The Ibis connection that evidence is read through; in memory, nothing is kept in a database file."""
    import ibis

    return ibis.duckdb.connect(**settings(spill))
