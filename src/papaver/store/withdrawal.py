"""Taking evidence back: a row that says a record is withdrawn, or a line that says a batch is; nothing is deleted."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256

import duckdb
import pyarrow as pa

from papaver.model.records import RecordType, record_types
from papaver.model.records.schema import stored_schema
from papaver.store import ledger as ledgers
from papaver.store.cut import Shelf, cut, in_list
from papaver.store.evidence import Batch
from papaver.store.ingest import Piece, Prepared, piece_of, sorted_rows
from papaver.store.knowledge import literal
from papaver.store.ledger import Ledger
from papaver.store.superseded import pairs

Records = Sequence[tuple[str, str]]


class NotThere(LookupError):
    """A batch or a record to be withdrawn is not in the evidence, or is withdrawn already."""


def withdrawing(
    con: duckdb.DuckDBPyConnection,
    shelf: Shelf,
    ledger: Ledger,
    batches: Sequence[str],
    records: Records,
    *,
    known_from: date,
    reason: str,
    now: datetime,
    hashed_name: bool = True,
) -> Prepared:
    """Prepare the withdrawal of batches, and of records given as (record type, record_id), from a day on.

    As known before that day they are still there. NotThere when one of them does not stand; ValueError when a record
    became known only after that day, where its withdrawal would change nothing.
    """
    number = len(ledger) + 1
    _standing_batches(ledger, batches)
    if not batches and not records:
        raise ValueError("nothing to withdraw: name a batch or a record")
    wanted = sorted(set(records))
    named = sha256(repr((sorted(batches), wanted, known_from)).encode()).hexdigest()
    batch_id = ledgers.name_of(number, named if hashed_name else "")
    gone = (*ledgers.withdrawn(ledger), *batches)
    pieces = []
    for kind in record_types().values():
        ids = [record for name, record in wanted if name == kind.name]
        piece = _piece(con, shelf, ledger, kind, batches, ids, gone, (batch_id, number, known_from, now))
        if piece is not None:
            pieces.append(piece)
    rows = sum(piece.rows.num_rows for piece in pieces)
    by_type = {piece.kind.name: piece.rows.num_rows for piece in pieces if piece.rows.num_rows}
    batch = Batch(
        batch_id, rows, 0, rows, by_type, known_from, known_from, withdraws=tuple(batches), withdrawn_records=rows
    )
    return Prepared(
        number, tuple(pieces), batch, withdraws=tuple(sorted(batches)), withdrawn_from=known_from, reason=reason
    )


def _standing_batches(ledger: Ledger, batches: Iterable[str]) -> None:
    there = {entry.batch_id for entry in ledger} - set(ledgers.withdrawn(ledger))
    for batch in batches:
        if batch not in there:
            raise NotThere(f"there is no batch {batch}, or it is withdrawn already")


def _piece(
    con: duckdb.DuckDBPyConnection,
    shelf: Shelf,
    ledger: Ledger,
    kind: RecordType,
    batches: Sequence[str],
    ids: Sequence[str],
    gone: Sequence[str],
    stamp: tuple[str, int, date, datetime],
) -> Piece | None:
    """Withdrawal rows of one record type, and the pairs that the withdrawal of batches makes necessary."""
    stored = shelf.rows(kind, ledger)
    if ids:
        piece = _withdrawal_rows(con, shelf, ledger, kind, ids, gone, stamp)
    elif stored is not None and batches:
        piece = Piece(kind, stored_schema(kind).empty_table(), _pairs_around(con, stored, batches, gone))
    else:
        return None
    return piece if piece.rows.num_rows or piece.pairs.num_rows else None


def _withdrawal_rows(
    con: duckdb.DuckDBPyConnection,
    shelf: Shelf,
    ledger: Ledger,
    kind: RecordType,
    ids: Sequence[str],
    gone: Sequence[str],
    stamp: tuple[str, int, date, datetime],
) -> Piece:
    batch_id, number, known_from, now = stamp
    standing = cut(shelf, kind, ledger, None)
    found = {}
    if standing is not None:
        query = f"SELECT record_id, known_from FROM ({standing}) WHERE {in_list('record_id', ids)}"
        found = dict(con.execute(query).fetchall())
    for record in ids:
        if record not in found:
            raise NotThere(f"there is no {kind.name} {record}, or it is withdrawn already")
        if found[record] is not None and found[record] > known_from:
            raise ValueError(
                f"{kind.name} {record} became known on {found[record]}: withdraw it from that day or later"
            )
    day_text = literal(known_from.isoformat())
    day = f"DATE {day_text}"
    # The withdrawal repeats the row it takes back, so that it lies in the same period and place.
    rows = con.sql(f"""SELECT * EXCLUDE (batch_id, recorded_at, schema_version) REPLACE (
            'withdrawn' AS status, {day} AS known_from, 'declared' AS known_from_basis,
            left(sha256(concat_ws('|', 'withdrawn', record_id, {day_text}, row_id)), 32) AS row_id)
        FROM ({standing}) WHERE {in_list("record_id", ids)}""").to_arrow_table()
    return piece_of(con, shelf, ledger, kind, sorted_rows(rows), batch_id, number, now, gone)


def _pairs_around(con: duckdb.DuckDBPyConnection, stored: str, batches: Sequence[str], gone: Sequence[str]) -> pa.Table:
    """Every pair of versions of the records that some batches touch, since a version between two may now be gone."""
    con.execute(f"""CREATE OR REPLACE TEMP TABLE versions AS
        WITH touched AS (SELECT record_id FROM {stored} WHERE {in_list("batch_id", batches)})
        SELECT record_id, row_id, known_from, batch_id, {ledgers.number_sql()} AS batch_no, supersedes, true AS fresh
        FROM {stored} WHERE record_id IN (FROM touched)""")
    found = pairs(con, "versions", withdrawn=gone)
    con.execute("DROP TABLE versions")
    return found
