"""Which version of a record gives way to which: pairs found when rows arrive, never on read.

A version outranks another of its record when its known_from is later, or equal and its batch later. As known on a day,
a version is hidden when one that outranks it was known by then and its batch stood. Versions that follow each other
are paired; a batch that is withdrawn may lie between two, so records that it touches have all their pairs written.
A row that names another record in `supersedes` outranks the earlier versions of that record too.
"""

from collections.abc import Collection

import duckdb
import pyarrow as pa

from papaver.store.cut import in_list

PAIRS = pa.schema(
    [
        pa.field("record_id", pa.string()),
        pa.field("row_id", pa.string()),
        pa.field("batch_id", pa.string()),
        pa.field("winner_batch", pa.string()),
        pa.field("winner_known_from", pa.date32()),
    ]
)
"""One pair: the version that gives way (record, row, batch), and the batch and day of the one it gives way to."""

_RANK = "(coalesce({0}.known_from, DATE '0001-01-01'), {0}.batch_no)"


def pairs(con: duckdb.DuckDBPyConnection, versions: str, *, withdrawn: Collection[str] = ()) -> pa.Table:
    """Pairs within a relation of record_id, row_id, known_from, batch_id, batch_no, supersedes and fresh.

    Only pairs with a fresh version in them are returned. `withdrawn` lists the batches that were ever
    withdrawn; records with a version in one of them get every pair, not only neighbours.
    """
    query = f"{_neighbours(versions)} UNION {_renamed(versions)}"
    if withdrawn:
        query += f" UNION {_every(versions, withdrawn)}"
    columns = ", ".join(PAIRS.names)
    return con.sql(f"SELECT {columns} FROM ({query}) ORDER BY ALL").to_arrow_table().cast(PAIRS)


def _neighbours(versions: str) -> str:
    return f"""
    SELECT record_id, row_id, batch_id, winner_batch, winner_known_from FROM (
        SELECT record_id, row_id, batch_id, fresh, lead(batch_id) OVER w AS winner_batch,
               lead(known_from) OVER w AS winner_known_from, lead(fresh) OVER w AS winner_fresh
        FROM {versions}
        WHERE record_id IN (SELECT record_id FROM {versions} GROUP BY record_id HAVING count(*) > 1)
        WINDOW w AS (PARTITION BY record_id ORDER BY known_from NULLS FIRST, batch_no))
    WHERE winner_batch IS NOT NULL AND (fresh OR winner_fresh)"""


def _every(versions: str, withdrawn: Collection[str]) -> str:
    return f"""
    SELECT l.record_id, l.row_id, l.batch_id, w.batch_id, w.known_from
    FROM {versions} l JOIN {versions} w
      ON w.record_id = l.record_id AND {_RANK.format("l")} < {_RANK.format("w")} AND (l.fresh OR w.fresh)
    WHERE l.record_id IN (SELECT record_id FROM {versions} WHERE {in_list("batch_id", withdrawn)})"""


def _renamed(versions: str) -> str:
    return f"""
    SELECT l.record_id, l.row_id, l.batch_id, w.batch_id, w.known_from
    FROM {versions} l JOIN {versions} w
      ON w.supersedes = l.record_id AND w.record_id <> l.record_id
     AND {_RANK.format("l")} < {_RANK.format("w")} AND (l.fresh OR w.fresh)"""
