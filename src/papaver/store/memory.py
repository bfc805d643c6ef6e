"""Evidence that is not kept: the same identity and the same cut as a workspace, over files read for one run."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from papaver.model.period import Cadence
from papaver.model.records import RecordType
from papaver.store import connection
from papaver.store.connection import typed_nulls
from papaver.store.evidence import Batch, LedgerEvidence
from papaver.store.ingest import Parsed, Piece, Prepared, prepare
from papaver.store.knowledge import Assumptions
from papaver.store.ledger import Delivery, Ledger
from papaver.store.withdrawal import withdrawing

if TYPE_CHECKING:
    from papaver.store.backend import Backend

# Rows that are not stored have no moment of storage; one that is the same every time keeps results the same.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class _Tables:
    """A shelf of temporary tables: one per piece, holding only the columns that have values."""

    def __init__(self, backend: "Backend") -> None:
        self.backend = backend
        self._rows: dict[str, dict[int, str]] = {}
        self._pairs: dict[str, dict[int, str]] = {}

    def put(self, number: int, piece: Piece) -> None:
        """Keep the rows and pairs of a piece."""
        kind = piece.kind.name
        if piece.rows.num_rows:
            self._rows.setdefault(kind, {})[number] = self._table(f"rows_{kind}_{number}", piece.rows)
        if piece.pairs.num_rows:
            self._pairs.setdefault(kind, {})[number] = self._table(f"pairs_{kind}_{number}", piece.pairs)

    def _table(self, name: str, table: pa.Table) -> str:
        con = self.backend.con
        filled = [n for n in table.column_names if table.column(n).null_count < table.num_rows]
        con.register("arrived", table.select(filled))
        con.execute(f'CREATE TEMP TABLE "{name}" AS FROM arrived')
        con.unregister("arrived")
        columns = typed_nulls(table.schema, filled)
        con.execute(f'CREATE TEMP VIEW "all_{name}" AS SELECT {columns} FROM "{name}"')
        return f'"all_{name}"'

    def rows(self, kind: RecordType, ledger: Ledger) -> str | None:
        """See `Shelf.rows`."""
        return _union(self._rows.get(kind.name, {}), ledger)

    def pairs(self, kind: RecordType, ledger: Ledger) -> str | None:
        """See `Shelf.pairs`."""
        return _union(self._pairs.get(kind.name, {}), ledger)


def _union(tables: dict[int, str], ledger: Ledger) -> str | None:
    chosen = [tables[entry.number] for entry in ledger if entry.number in tables]
    if len(chosen) < 2:
        return chosen[0] if chosen else None
    return "(" + " UNION ALL ".join(f"FROM {table}" for table in chosen) + ")"


class MemoryEvidence(LedgerEvidence):
    """Evidence in memory; deliveries can be added and withdrawn as in a workspace, and are gone with the process."""

    def __init__(self, backend: "Backend") -> None:
        self._tables = _Tables(backend)
        self.notes: tuple[str, ...] = ()
        super().__init__(backend, self._tables, (), named=False)

    def add(
        self,
        parsed: Sequence[Parsed],
        *,
        lag_days: int | None = None,
        every: Cadence | None = None,
        ingested_on: date | None = None,
        delivery: Delivery = "increment",
    ) -> Batch:
        """Take in one delivery."""
        assumed = Assumptions(lag_days, every, ingested_on)
        ready = prepare(
            self._connection.con,
            self._tables,
            self._ledger,
            parsed,
            assumed,
            now=_NEVER,
            delivery=delivery,
            hashed_name=False,
        )
        self.notes += ready.batch.notes
        if ready.pieces:
            self._keep(ready, delivery)
        return ready.batch

    def withdraw(
        self,
        batches: Sequence[str] = (),
        records: Sequence[tuple[str, str]] = (),
        *,
        known_from: date,
        reason: str = "",
    ) -> Batch:
        """Take back batches, or records given as (record type, record_id), from a day on."""
        ready = withdrawing(
            self._connection.con,
            self._tables,
            self._ledger,
            batches,
            records,
            known_from=known_from,
            reason=reason,
            now=_NEVER,
            hashed_name=False,
        )
        self._keep(ready, "increment")
        return ready.batch

    def _keep(self, ready: Prepared, delivery: Delivery) -> None:
        for piece in ready.pieces:
            self._tables.put(ready.number, piece)
        self._ledger += (ready.entry(_NEVER, [piece.part() for piece in ready.pieces], delivery=delivery),)


def in_memory(
    parsed: Sequence[Parsed],
    *,
    lag_days: int | None = None,
    every: Cadence | None = None,
    ingested_on: date | None = None,
) -> MemoryEvidence:
    """Evidence of files read for one run, each its own delivery in the order given; parsed once, cut many times.

    `notes` of the result says what was assumed.
    """
    evidence = MemoryEvidence(connection.engine())
    # Assays take their period from specimens, whichever file was named first.
    for item in sorted(parsed, key=lambda p: p.record_type != "specimen"):
        evidence.add([item], lag_days=lag_days, every=every, ingested_on=ingested_on)
    return evidence
