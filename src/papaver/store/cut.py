"""The cut: SQL for the rows of a record type as known on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from papaver.model.records import RecordType
from papaver.store import ledger as ledgers
from papaver.store.knowledge import literal
from papaver.store.ledger import Ledger


class Shelf(Protocol):
    """Where rows and superseded pairs lie: each as an SQL relation over the batches of a ledger, None when empty."""

    def rows(self, kind: RecordType, ledger: Ledger) -> str | None:
        """The stored columns of every row."""

    def pairs(self, kind: RecordType, ledger: Ledger) -> str | None:
        """The pairs of versions, as `superseded.PAIRS`."""


def in_list(column: str, values: Iterable[str]) -> str:
    """SQL: whether a column holds one of some texts; false for none."""
    listed = ", ".join(literal(v) for v in values)
    return f"{column} IN ({listed})" if listed else "false"


def by_day(column: str, day: date | None) -> str:
    """SQL: whether something was known by the end of a day; what says no day was always known."""
    return "true" if day is None else f"({column} IS NULL OR {column} <= DATE '{day.isoformat()}')"


def cut(shelf: Shelf, kind: RecordType, ledger: Ledger, day: date | None) -> str | None:
    """A query of the standing version of each record, as known at the end of `day`; None when nothing is stored."""
    rows = shelf.rows(kind, ledger)
    if rows is None:
        return None
    gone = ledgers.withdrawn(ledger, day)
    query = f"""SELECT r.* FROM {rows} r
        WHERE {by_day("r.known_from", day)} AND NOT {in_list("r.batch_id", gone)}
          AND r.status IS DISTINCT FROM 'withdrawn'"""
    pairs = shelf.pairs(kind, ledger)
    if pairs is None:
        return query
    return f"""SELECT r.* FROM ({query}) r ANTI JOIN (
        SELECT record_id, row_id, batch_id FROM {pairs}
        WHERE {by_day("winner_known_from", day)} AND NOT {in_list("winner_batch", gone)}
        ) p ON p.record_id = r.record_id AND p.row_id = r.row_id AND p.batch_id = r.batch_id"""


def dated_by_specimen(rows: str, specimens: str) -> str:
    """The same rows; those without a period take that of their specimen, of the same source or the only one so named.

    This is done on reading, because the specimen may arrive after the assay, or be revised.
    """
    return f"""
        WITH own AS (SELECT source, specimen_id, min(period_start) AS starts, max(period_end) AS ends
                     FROM ({specimens}) WHERE period_start IS NOT NULL GROUP BY ALL),
        sole AS (SELECT specimen_id, min(starts) AS starts, max(ends) AS ends FROM own
                 GROUP BY specimen_id HAVING count(*) = 1)
        SELECT r.* REPLACE (
            CASE WHEN r.period_start IS NULL THEN coalesce(own.starts, sole.starts) ELSE r.period_start END
                AS period_start,
            CASE WHEN r.period_start IS NULL THEN coalesce(own.ends, sole.ends) ELSE r.period_end END AS period_end)
        FROM ({rows}) r
        LEFT JOIN own ON own.source = r.source AND own.specimen_id = r.specimen_id
        LEFT JOIN sole ON sole.specimen_id = r.specimen_id"""
