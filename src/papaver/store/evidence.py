"""Reading evidence: as known on a day, to a principal, and in no other way."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from papaver.model.period import Cadence
from papaver.model.records import RecordType, record_types
from papaver.model.records.schema import stored_schema
from papaver.policy import OWNER, Principal, sees_all
from papaver.store import ledger as ledgers
from papaver.store.connection import typed_nulls
from papaver.store.cut import Shelf, cut, dated_by_specimen, in_list
from papaver.store.ledger import Delivery, Ledger
from papaver.store.superseded import PAIRS

if TYPE_CHECKING:
    import ibis
    from ibis.expr.types import Table

    from papaver.store.backend import Backend
    from papaver.store.known import Known, LoadedTerms

_names = itertools.count(1)
_WITH_STRINGS = ("specimen", "assay")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A record that a snapshot no longer has within its scope: proposed as withdrawn, for a person to decide."""

    record_type: str
    record_id: str
    source: str | None
    stream: str | None
    place: str | None
    period_start: date | None
    batch_id: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one delivery did: its rows by what became of them, and what it proposes.

    `batch_id` is the new batch, or the last batch that had these rows when `rows_new` is 0 and nothing was written.
    `rows_new` counts rows stored, of which `revised` are new versions of records known before.
    """

    batch_id: str | None
    rows_new: int
    rows_known: int
    revised: int
    new_by_type: Mapping[str, int]
    known_from_first: date | None
    known_from_last: date | None
    proposed: tuple[Proposal, ...] = ()
    notes: tuple[str, ...] = ()
    withdraws: tuple[str, ...] = ()
    withdrawn_records: int = 0

    def __str__(self) -> str:
        if self.withdraws or self.withdrawn_records:
            return f"{self.batch_id} withdraws {len(self.withdraws)} batches and {self.withdrawn_records} records"
        if not self.rows_new:
            return f"0 new rows, already in batch {self.batch_id}" if self.batch_id else "0 new rows: nothing in it"
        revised = f", {self.revised} of them revisions" if self.revised else ""
        known = f"; {self.rows_known} known already" if self.rows_known else ""
        rows = "1 new row" if self.rows_new == 1 else f"{self.rows_new} new rows"
        return f"{rows} in batch {self.batch_id}{revised}{known}"


@dataclass(frozen=True, slots=True)
class DeliveryNote:
    """One line of the ledger, for people: what came, when, from whom, and since when it is withdrawn."""

    batch_id: str
    recorded_at: datetime
    person: str
    delivery: Delivery
    sources: tuple[str, ...]
    files: tuple[str, ...]
    rows: Mapping[str, int]
    known_from_first: date | None
    known_from_last: date | None
    withdraws: tuple[str, ...]
    withdrawn_from: date | None
    reason: str


class Evidence(Protocol):
    """Everything that was delivered, to be read as known on a day."""

    def as_known_on(
        self,
        day: date | None = None,
        principal: Principal = OWNER,
        every: Cadence | None = None,
        *,
        through_batch: str | None = None,
    ) -> "Known":
        """The standing version of each record at the end of `day`, by default the latest day anything became known.

        `through_batch` leaves out every later delivery and withdrawal, so that the `known_on` and `batch_id` of a
        finding bring back what it was made from. KeyError when there is no such batch.
        """

    def latest(self) -> date | None:
        """The last day on which anything became known."""

    def dates_of_knowledge(self) -> list[date]:
        """Each day on which anything became known, in order."""

    def deliveries(self) -> list[DeliveryNote]:
        """Every delivery and withdrawal, in order."""


class _Cut(Mapping[str, "Table"]):
    """Every record type as known at the end of a day; a table is named on the connection when it is asked for."""

    def __init__(
        self, connection: "Backend", shelf: Shelf, ledger: Ledger, day: date | None, principal: Principal
    ) -> None:
        self._connection = connection
        self._shelf = shelf
        self._ledger = ledger
        self._day = day
        self._principal = principal
        self._named: dict[str, Table] = {}

    def __getitem__(self, name: str) -> "Table":
        if name not in self._named:
            kind = record_types()[name]
            query = self._query(kind) if sees_all(self._principal) else None
            self._named[name] = _view(self._connection, kind, query)
        return self._named[name]

    def __iter__(self) -> Iterator[str]:
        return iter(record_types())

    def __len__(self) -> int:
        return len(record_types())

    def _query(self, kind: RecordType) -> str | None:
        query = cut(self._shelf, kind, self._ledger, self._day)
        if query is None or "specimen" not in kind.period_default:
            return query
        if not any(part.undated for part in ledgers.parts(self._ledger, kind.name)):
            return query
        specimens = cut(self._shelf, record_types()["specimen"], self._ledger, self._day)
        return query if specimens is None else dated_by_specimen(query, specimens)


def _view(connection: "Backend", kind: RecordType, query: str | None) -> "Table":
    """A named view with the stored columns; an empty one for a type nothing was stored of or nothing may be seen of."""
    if query is None:
        query = f"SELECT {typed_nulls(stored_schema(kind))} WHERE false"
    return _table(connection, f"known_{kind.name}", query, _stored_columns(kind.name))


def _table(connection: "Backend", name: str, query: str, schema: "ibis.Schema") -> "Table":
    """A query as a named view on the connection, in the columns and order of a schema."""
    import ibis

    name = f"{name}_{next(_names)}"
    columns = ", ".join(f'"{c}"' for c in schema)
    connection.con.execute(f'CREATE TEMP VIEW "{name}" AS SELECT {columns} FROM ({query})')
    # The schema is known here: asking the database for it costs a query for each table of each cut.
    place = ibis.expr.operations.Namespace(catalog="temp", database="main")
    node = ibis.expr.operations.DatabaseTable(name, schema=schema, source=connection, namespace=place)
    table: Table = node.to_expr()
    return table


@cache
def _stored_columns(name: str) -> "ibis.Schema":
    return ibis_schema(stored_schema(record_types()[name]))


def ibis_schema(schema: pa.Schema) -> "ibis.Schema":
    """An Arrow schema as Ibis has it."""
    import ibis

    return ibis.Schema.from_pyarrow(schema)


def known_days(connection: "Backend", shelf: Shelf, ledger: Ledger) -> list[date]:
    """Each day on which a row or a withdrawal became known, in order."""
    gone = ledgers.withdrawn(ledger, date.min)
    found = {e.withdrawn_from for e in ledger if e.withdraws and e.withdrawn_from is not None}
    for kind in record_types().values():
        rows = shelf.rows(kind, ledger)
        if rows is not None:
            query = f"SELECT DISTINCT known_from FROM {rows} WHERE known_from IS NOT NULL AND NOT "
            found.update(day for (day,) in connection.con.execute(query + in_list("batch_id", gone)).fetchall())
    return sorted(found)


def delivery_notes(ledger: Iterable[ledgers.Entry]) -> list[DeliveryNote]:
    """The ledger for people."""
    entries = list(ledger)
    since = {batch: entry.withdrawn_from for entry in reversed(entries) for batch in entry.withdraws}
    return [
        DeliveryNote(
            batch_id=e.batch_id,
            recorded_at=e.recorded_at,
            person=e.person,
            delivery=e.delivery,
            sources=e.sources,
            files=e.files,
            rows={p.record_type: p.rows for p in e.parts},
            known_from_first=min((p.known_from_first for p in e.parts if p.known_from_first), default=None),
            known_from_last=max((p.known_from_last for p in e.parts if p.known_from_last), default=None),
            withdraws=e.withdraws,
            withdrawn_from=since.get(e.batch_id),
            reason=e.reason,
        )
        for e in entries
    ]


class LedgerEvidence:
    """Evidence over a ledger and the shelf its rows lie on.

    `named` is false where batches are not kept, and `cache` is the folder that keeps what strings were read as.
    """

    def __init__(
        self,
        connection: "Backend",
        shelf: Shelf,
        ledger: Ledger,
        *,
        named: bool,
        cache: Path | None = None,
    ) -> None:
        self._connection = connection
        self._shelf = shelf
        self._ledger = ledger
        self._named = named
        self._cache = cache
        self._cuts = 0
        self._read_terms: tuple[int, LoadedTerms] | None = None
        self._read_history: tuple[int, Table] | None = None

    def as_known_on(
        self,
        day: date | None = None,
        principal: Principal = OWNER,
        every: Cadence | None = None,
        *,
        through_batch: str | None = None,
    ) -> "Known":
        """See `Evidence.as_known_on`."""
        from papaver.store.known import known

        ledger = ledgers.through(self._ledger, through_batch)
        last = ledgers.latest(ledger)
        # Where no row says when it became known, there is no day to speak of and nothing to cut.
        known_on = None if last is None else (day or last)
        records = _Cut(self._connection, self._shelf, ledger, known_on, principal)
        batch_id = ledgers.last_batch(ledger, known_on) if self._named else None
        self._cuts += 1
        # Made once and cut many times; whoever asks only once is not made to wait for it. It knows of no batch that
        # is withdrawn and of no reader but the owner, so for those `detections` is derived from the cut records.
        whole = through_batch is None and sees_all(principal) and not ledgers.withdrawn(ledger)
        history = self._history() if whole and self._cuts > 1 else None
        terms = self._terms() if sees_all(principal) else None
        return known(self._connection, records, known_on, batch_id, every, terms, history=history)

    def _terms(self) -> "LoadedTerms | None":
        """What every string of the evidence names, read once for all cuts of this ledger."""
        from papaver.store.known import load_terms

        if not any(entry.part(name) for entry in self._ledger for name in _WITH_STRINGS):
            return None
        if self._read_terms is None or self._read_terms[0] != len(self._ledger):
            rows = self._uncut()
            found = load_terms(self._connection, rows["specimen"], rows["assay"], cache=self._cache)
            self._read_terms = (len(self._ledger), found)
        return self._read_terms[1]

    def _history(self) -> "Table | None":
        """Every state `detections` ever had, made once for all cuts of this ledger."""
        from papaver.store.known import load_history

        terms = self._terms()
        if terms is None:
            return None
        if self._read_history is None or self._read_history[0] != len(self._ledger):
            pairs = {name: self._pairs(record_types()[name]) for name in _WITH_STRINGS}
            found = load_history(self._connection, self._uncut(), pairs, terms)
            self._read_history = (len(self._ledger), found)
        return self._read_history[1]

    def _uncut(self) -> "dict[str, Table]":
        """Every row of the types that name substances, for work that is done once for all cuts."""
        tables = {}
        for name in _WITH_STRINGS:
            rows = self._shelf.rows(record_types()[name], self._ledger)
            query = None if rows is None else f"SELECT * FROM {rows}"
            tables[name] = _view(self._connection, record_types()[name], query)
        return tables

    def _pairs(self, kind: RecordType) -> "Table":
        pairs = self._shelf.pairs(kind, self._ledger)
        query = f"SELECT {typed_nulls(PAIRS)} WHERE false" if pairs is None else f"SELECT * FROM {pairs}"
        return _table(self._connection, f"pairs_{kind.name}", query, ibis_schema(PAIRS))

    def latest(self) -> date | None:
        """See `Evidence.latest`."""
        return ledgers.latest(self._ledger)

    def dates_of_knowledge(self) -> list[date]:
        """See `Evidence.dates_of_knowledge`."""
        return known_days(self._connection, self._shelf, self._ledger)

    def deliveries(self) -> list[DeliveryNote]:
        """See `Evidence.deliveries`."""
        return delivery_notes(self._ledger)
