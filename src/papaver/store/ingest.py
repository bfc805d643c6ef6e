"""What a delivery adds to the evidence: its new versions, and which older ones they supersede."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Protocol

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from papaver.model.records import RecordType, record_types
from papaver.model.records.schema import stored_schema
from papaver.store import knowledge
from papaver.store import ledger as ledgers
from papaver.store.cut import Shelf, cut, in_list
from papaver.store.evidence import Batch, Proposal
from papaver.store.identity import Context, identify
from papaver.store.knowledge import Assumptions
from papaver.store.ledger import SCHEMA_VERSION, Delivery, Entry, Ledger, Part
from papaver.store.superseded import pairs


class Parsed(Protocol):
    """What a source hands over: rows of one record type."""

    @property
    def record_type(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def table(self) -> pa.Table: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """The new rows of one record type (stored columns, sorted by period) and the pairs they bring."""

    kind: RecordType
    rows: pa.Table
    pairs: pa.Table

    def part(self, file: str = "", pairs_file: str = "") -> Part:
        """How the ledger describes it."""
        days = pc.min_max(self.rows["known_from"]).as_py()
        return Part(
            record_type=self.kind.name,
            rows=self.rows.num_rows,
            pairs=self.pairs.num_rows,
            timeless=self.rows["known_from"].null_count,
            undated=self.rows["period_start"].null_count,
            known_from_first=days["min"],
            known_from_last=days["max"],
            file=file,
            pairs_file=pairs_file,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A delivery ready to be stored: pieces, its number, and the report on it. Without pieces nothing is stored."""

    number: int
    pieces: tuple[Piece, ...]
    batch: Batch
    sources: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    withdraws: tuple[str, ...] = ()
    withdrawn_from: date | None = None
    reason: str = ""

    def entry(
        self, now: datetime, parts: Sequence[Part], *, person: str = "", delivery: Delivery = "increment"
    ) -> Entry:
        """The line of the ledger that says so; `parts` say where the pieces were put."""
        if self.batch.batch_id is None:
            raise ValueError("a delivery without a batch has no line in the ledger")
        return Entry(
            number=self.number,
            batch_id=self.batch.batch_id,
            recorded_at=now,
            person=person,
            delivery=delivery,
            sources=self.sources,
            files=self.files,
            parts=tuple(parts),
            withdraws=self.withdraws,
            withdrawn_from=self.withdrawn_from,
            reason=self.reason,
        )


@dataclass(frozen=True, slots=True)
class _Sifted:
    """The rows of one type: those that are new, and how many were known already or revise a known record."""

    kind: RecordType
    fresh: pa.Table
    known: int
    revised: int
    last_batch: str | None


def prepare(
    con: duckdb.DuckDBPyConnection,
    shelf: Shelf,
    ledger: Ledger,
    parsed: Sequence[Parsed],
    assumed: Assumptions,
    *,
    now: datetime,
    delivery: Delivery = "increment",
    hashed_name: bool = True,
) -> Prepared:
    """Find what is new in a delivery; `con` can read the shelf, and nothing is stored.

    Rows whose current version says the same are known already. A row that comes back after another version of the
    record was known is a new version. In a snapshot, records of its scope that it no longer has are proposed as
    withdrawn.
    """
    number = len(ledger) + 1
    tables, notes = _identified(con, shelf, ledger, parsed, assumed)
    sifted = [_sift(con, shelf, ledger, record_types()[name], table) for name, table in tables.items()]
    fresh = [replace(s, fresh=sorted_rows(s.fresh)) for s in sifted if s.fresh.num_rows]
    batch_id = ledgers.name_of(number, _digest(s.fresh for s in fresh) if hashed_name else "")
    gone = ledgers.withdrawn(ledger)
    pieces = tuple(piece_of(con, shelf, ledger, s.kind, s.fresh, batch_id, number, now, gone) for s in fresh)
    proposed: list[Proposal] = []
    if delivery == "snapshot":
        for name, table in tables.items():
            proposed += _missing(con, shelf, ledger, record_types()[name], table)
    parts = [piece.part() for piece in pieces]
    already = max((s.last_batch for s in sifted if s.last_batch), key=_number, default=None)
    batch = Batch(
        batch_id=batch_id if pieces else already,
        rows_new=sum(part.rows for part in parts),
        rows_known=sum(s.known for s in sifted),
        revised=sum(s.revised for s in sifted),
        new_by_type={part.record_type: part.rows for part in parts},
        known_from_first=min((p.known_from_first for p in parts if p.known_from_first), default=None),
        known_from_last=max((p.known_from_last for p in parts if p.known_from_last), default=None),
        proposed=tuple(proposed),
        notes=tuple(notes),
    )
    return Prepared(number, pieces, batch, _distinct(tables, "source"), _distinct(tables, "source_file"))


def _number(batch_id: str) -> int:
    return int(batch_id[1:].split("-")[0])


def _distinct(tables: Mapping[str, pa.Table], column: str) -> tuple[str, ...]:
    found: set[str] = set()
    for table in tables.values():
        found.update(value for value in pc.unique(table[column]).to_pylist() if value is not None)
    return tuple(sorted(found))


def _identified(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, ledger: Ledger, parsed: Sequence[Parsed], assumed: Assumptions
) -> tuple[dict[str, pa.Table], list[str]]:
    """Identified rows by record type, specimens first, since assays take their period from them; and notes."""
    given: dict[str, dict[str, list[pa.Table]]] = {}
    for item in sorted(parsed, key=lambda p: (p.record_type != "specimen", p.record_type)):
        given.setdefault(item.record_type, {}).setdefault(item.source, []).append(item.table)
    tables: dict[str, pa.Table] = {}
    notes: list[str] = []
    for name, by_source in given.items():
        kind = record_types()[name]
        joined = {source: pa.concat_tables(each) for source, each in by_source.items()}
        context = _context(con, shelf, ledger, kind, list(joined.values()), tables.get("specimen"))
        found = [identify(t, kind, source=s, assumed=assumed, context=context, con=con) for s, t in joined.items()]
        tables[name] = found[0].table if len(found) == 1 else _once(con, pa.concat_tables([f.table for f in found]))
        notes += [f"{name}: {note}" for each in found for note in each.notes]
    return tables, notes


def _once(con: duckdb.DuckDBPyConnection, table: pa.Table) -> pa.Table:
    """One row for a record and a day of knowledge, the last: two sources of a delivery may give the same record_id."""
    con.register("several", table.append_column("n_", pa.array(range(table.num_rows), pa.int64())))
    query = f"""SELECT * EXCLUDE (n_) FROM several
        QUALIFY row_number() OVER (PARTITION BY record_id, {_DAY} ORDER BY n_ DESC) = 1 ORDER BY n_"""
    kept = con.sql(query).to_arrow_table().cast(table.schema)
    con.unregister("several")
    return kept


def _context(
    con: duckdb.DuckDBPyConnection,
    shelf: Shelf,
    ledger: Ledger,
    kind: RecordType,
    given: Sequence[pa.Table],
    specimens: pa.Table | None,
) -> Context:
    """What the rows need to know of what is stored already, read only where some row needs it."""
    columns = ["source", "specimen_id", "period_end", "known_from"]
    if "specimen" in kind.period_default:
        here = None if specimens is None else specimens.select(columns)
        stored = shelf.rows(record_types()["specimen"], ledger)
        if stored is None:
            return Context(specimens=here)
        wanted = pa.concat_tables([table.select(["specimen_id"]) for table in given])
        con.register("wanted_specimens", wanted)
        query = f"SELECT {', '.join(columns)} FROM {stored} WHERE specimen_id IN (FROM wanted_specimens)"
        found = con.sql(query).to_arrow_table()
        con.unregister("wanted_specimens")
        return Context(specimens=found if here is None else pa.concat_tables([here, found.cast(here.schema)]))
    stored = shelf.rows(kind, ledger)
    ends_missing = any(table["period_end"].null_count for table in given)
    if knowledge.has_cadence(kind) and stored is not None and ends_missing:
        query = f"SELECT DISTINCT {knowledge.of_series_sql(kind)} AS of_series, period_start FROM {stored}"
        return Context(starts=con.sql(query).to_arrow_table())
    return Context()


def _sift(con: duckdb.DuckDBPyConnection, shelf: Shelf, ledger: Ledger, kind: RecordType, table: pa.Table) -> _Sifted:
    """Leave out the rows that are known already."""
    stored = shelf.rows(kind, ledger)
    if table.num_rows == 0 or stored is None:
        return _Sifted(kind, table, 0, 0, None)
    con.register("arriving", table)
    con.execute(f"""CREATE OR REPLACE TEMP TABLE standing AS
        SELECT record_id, row_id, known_from, batch_id, {ledgers.number_sql()} AS batch_no FROM {stored}
        WHERE record_id IN (SELECT record_id FROM arriving) AND NOT {in_list("batch_id", ledgers.withdrawn(ledger))}""")
    con.execute(f"CREATE OR REPLACE TEMP TABLE known_already AS {_KNOWN_ALREADY}")
    con.execute(f"""CREATE OR REPLACE TEMP TABLE fresh_rows AS SELECT a.* FROM arriving a ANTI JOIN known_already k
        ON k.record_id = a.record_id AND k.row_id = a.row_id AND k.day_ = coalesce(a.known_from, {_ALWAYS})""")
    fresh = con.sql("FROM fresh_rows").to_arrow_table().cast(table.schema)
    ((revised,),) = con.execute("SELECT count(*) FROM fresh_rows SEMI JOIN standing USING (record_id)").fetchall()
    ((last,),) = con.execute("""SELECT arg_max(s.batch_id, s.batch_no) FROM standing s
        SEMI JOIN known_already k ON k.record_id = s.record_id AND k.row_id = s.row_id""").fetchall()
    con.unregister("arriving")
    for name in ("standing", "known_already", "fresh_rows"):
        con.execute(f"DROP TABLE {name}")
    known = table.num_rows - fresh.num_rows
    return _Sifted(kind, fresh, known, revised, last)


_ALWAYS = "DATE '0001-01-01'"
_DAY = f"coalesce(known_from, {_ALWAYS})"

# A version is known when the record says the same as of that day already. Where the day was assumed, the day does not
# count: the file says nothing new when what it says last of the record is what stands, and the rest was said before.
_KNOWN_ALREADY = f"""
    WITH arrived AS (SELECT record_id, row_id, {_DAY} AS day_, known_from_basis FROM arriving),
    that_day AS (SELECT record_id, {_DAY} AS day_, arg_max(row_id, batch_no) AS row_id FROM standing GROUP BY ALL),
    stands AS (SELECT record_id, arg_max(row_id, ({_DAY}, batch_no)) AS row_id FROM standing GROUP BY record_id),
    said_last AS (SELECT record_id, arg_max(row_id, day_) AS row_id FROM arrived GROUP BY record_id),
    nothing_new AS (SELECT record_id FROM stands JOIN said_last USING (record_id, row_id)),
    said_before AS (SELECT DISTINCT record_id, row_id FROM standing SEMI JOIN nothing_new USING (record_id))
    SELECT record_id, row_id, day_ FROM arrived SEMI JOIN that_day USING (record_id, row_id, day_)
    UNION
    SELECT record_id, row_id, day_ FROM arrived SEMI JOIN said_before USING (record_id, row_id)
    WHERE known_from_basis IS DISTINCT FROM 'declared'"""


def _digest(pieces: Iterable[pa.Table]) -> str:
    """A hash of the versions a delivery brings: of sorted rows, so that their order in the file does not count."""
    digest = sha256()
    for rows in pieces:
        for name in ("record_id", "row_id"):
            for chunk in rows[name].chunks:
                whole = pa.ListArray.from_arrays(pa.array([0, len(chunk)], pa.int32()), chunk)
                digest.update(pc.binary_join(whole, ";")[0].as_py().encode())
    return digest.hexdigest()


def sorted_rows(rows: pa.Table) -> pa.Table:
    """By period, then record, then day of knowledge: an order that does not depend on the file's."""
    order = [("period_start", "ascending"), ("record_id", "ascending"), ("known_from", "ascending")]
    filled = [name for name in rows.column_names if rows.column(name).null_count < rows.num_rows]
    ordered = rows.select(list({*filled, *(name for name, _ in order)})).sort_by(order)
    # Most columns of most files are empty: there is nothing in them to put in order.
    columns = [
        ordered.column(f.name) if f.name in ordered.column_names else pa.nulls(rows.num_rows, f.type)
        for f in rows.schema
    ]
    return pa.table(columns, schema=rows.schema)


def piece_of(
    con: duckdb.DuckDBPyConnection,
    shelf: Shelf,
    ledger: Ledger,
    kind: RecordType,
    fresh: pa.Table,
    batch_id: str,
    number: int,
    now: datetime,
    withdrawn: Collection[str],
) -> Piece:
    """The new rows as they are stored, and the pairs of versions they bring."""
    rows = stored_rows(kind, fresh, batch_id, now)
    con.register("fresh_rows", rows.select(["record_id", "row_id", "known_from", "batch_id", "supersedes"]))
    query = f"""SELECT record_id, row_id, known_from, batch_id, {number} AS batch_no, supersedes, true AS fresh
        FROM fresh_rows"""
    stored = shelf.rows(kind, ledger)
    if stored is not None:
        query += f"""
            UNION ALL SELECT record_id, row_id, known_from, batch_id, {ledgers.number_sql()}, supersedes, false
            FROM {stored} WHERE record_id IN (SELECT record_id FROM fresh_rows)
              OR record_id IN (SELECT supersedes FROM fresh_rows WHERE supersedes IS NOT NULL)
              OR supersedes IN (SELECT record_id FROM fresh_rows)"""
    con.execute(f"CREATE OR REPLACE TEMP TABLE versions AS {query}")
    found = pairs(con, "versions", withdrawn=withdrawn)
    con.execute("DROP TABLE versions")
    con.unregister("fresh_rows")
    return Piece(kind, rows, found)


def stored_rows(kind: RecordType, rows: pa.Table, batch_id: str, now: datetime) -> pa.Table:
    """Identified rows with the store's columns."""
    schema = stored_schema(kind)
    n = rows.num_rows
    added = {
        "batch_id": pa.repeat(pa.scalar(batch_id, pa.string()), n),
        "recorded_at": pa.repeat(pa.scalar(now, pa.timestamp("us", tz="UTC")), n),
        "schema_version": pa.repeat(pa.scalar(SCHEMA_VERSION, pa.int64()), n),
    }
    for name, values in added.items():
        rows = rows.append_column(name, values)
    return rows.select(schema.names).cast(schema)


def _missing(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, ledger: Ledger, kind: RecordType, table: pa.Table
) -> list[Proposal]:
    """Records that stand, lie in the scope of a snapshot and are not in it.

    The scope is what the snapshot covers: its sources, their series or streams, the places of each, and the span of
    periods of each.
    """
    stored = shelf.rows(kind, ledger)
    if table.num_rows == 0 or stored is None:
        return []
    stream = next((c for c in ("series", "stream") if c in kind.columns), "NULL")
    standing = cut(shelf, kind, ledger, None)
    con.register("snapshot", table)
    query = f"""
        WITH scope AS (SELECT source, {stream} AS stream_, min(period_start) AS first, max(period_start) AS last
                       FROM snapshot GROUP BY ALL),
        places AS (SELECT DISTINCT source, {stream} AS stream_, place FROM snapshot)
        SELECT s.record_id, s.source, s.{stream}, s.place, s.period_start, s.batch_id FROM ({standing}) s
        JOIN scope ON scope.source = s.source AND scope.stream_ IS NOT DISTINCT FROM s.{stream}
                  AND s.period_start BETWEEN scope.first AND scope.last
        JOIN places p ON p.source = s.source AND p.stream_ IS NOT DISTINCT FROM s.{stream}
                     AND p.place IS NOT DISTINCT FROM s.place
        WHERE s.record_id NOT IN (SELECT record_id FROM snapshot) ORDER BY s.period_start, s.record_id"""
    found = con.execute(query.replace("s.NULL", "NULL")).fetchall()
    con.unregister("snapshot")
    return [Proposal(kind.name, *row) for row in found]
