"""From a finding to its records: the query that returns them all, and a record down to its file and row."""

from collections.abc import Sequence
from datetime import date

import ibis
from ibis.expr.types import BooleanValue, Table

from papaver.app.answer import plain
from papaver.model.analysis import Data, Row
from papaver.model.finding import Evidence
from papaver.model.period import Cadence, end_of
from papaver.model.records import record_types

COLUMNS = ("record_id", "happened", "known_from", "source", "place", "as_reported", "note", "file", "row")
# What a record said in the words of its source, and what is to be known about it, by record type.
_SAID = {
    "count": ("value",),
    "specimen": ("sold_as", "substances", "text"),
    "assay": ("substance", "detected", "value", "unit"),
    "event": ("product_described", "n_cases", "n_deaths"),
}
_NOTE = ("status", "identification_level", "exposure_status", "value_status")


def records_of(data: Data, evidence: Evidence) -> Table:
    """The ids of every record that the query of a finding returns.

    A query that names a series is put to `counts`, one about specimens to `detections`, any other to the records.
    """
    query = evidence.query
    derived = "detections" if evidence.record_type in ("specimen", "assay") else evidence.record_type
    table = data["counts" if "series" in query else derived]
    for name, value in query.items():
        if name in table.columns and name not in ("every", "period_start"):
            table = table.filter(table[name].isin([value] if isinstance(value, str) else value))
    table = _within(table, query)
    if "series" in query:
        return table.select(record_id=table.record_ids.unnest()).distinct()
    if derived == "detections":
        table = table.filter(~table.negated & (table.record_type == evidence.record_type))
    return table.select("record_id").distinct()


def _within(table: Table, query: dict[str, str | list[str]]) -> Table:
    """Rows of the periods asked for: those that begin on a given day, or fall into a period that does."""
    starts = query.get("period_start")
    if starts is None:
        return table
    days = [date.fromisoformat(s) for s in ([starts] if isinstance(starts, str) else starts)]
    if "series" in query or "every" not in query:
        return table.filter(table.period_start.isin(days))
    every = Cadence(str(query["every"]))
    inside: list[BooleanValue] = [table.period_start.between(day, end_of(day, every)) for day in days]
    return table.filter(ibis.or_(*inside))


def page(data: Data, kind: str, ids: Table | Sequence[str], offset: int, limit: int) -> dict[str, object]:
    """Records of one type, newest first, as the evidence view lists them."""
    table = data[kind]
    if isinstance(ids, Table):
        found = table.semi_join(ids, "record_id")
    else:
        found = table.filter(table.record_id.isin(list(ids)))
    total = found.count().to_pyarrow().as_py()
    shown = found.order_by([ibis.desc("period_start"), "record_id"]).limit(limit, offset=offset)
    rows = shown.to_pyarrow().to_pylist()
    return {
        "record_type": kind,
        "total": total,
        "columns": [{"name": n, "title": n.replace("_", " ")} for n in COLUMNS],
        "rows": [_listed(kind, row) for row in rows],
    }


def _listed(kind: str, row: Row) -> dict[str, object]:
    happened = row["occurred_at"] or row["period_start"]
    if row["period_end"] and row["period_end"] != row["period_start"]:
        happened = f"{row['period_start']} to {row['period_end']}"
    note = next((str(row[n]).replace("_", " ") for n in _NOTE if row.get(n) not in (None, "observed")), None)
    if str(row["known_from_basis"]).startswith("assumed"):
        note = "; ".join([*([note] if note else []), "date of knowledge assumed"])
    return {
        "record_id": row["record_id"],
        "happened": plain(happened),
        "known_from": plain(row["known_from"]),
        "source": row["source"],
        "place": row["place"],
        "as_reported": _said(kind, row),
        "note": note,
        "file": row["source_file"],
        "row": row["source_row"],
    }


def _said(kind: str, row: Row) -> str:
    told = ((name, row.get(name)) for name in _SAID.get(kind, ()))
    return " · ".join(_words(name, value) for name, value in told if value not in (None, "", []))


def _words(name: str, value: object) -> str:
    if name.startswith("n_"):
        return f"{value} {name.removeprefix('n_')}"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def whole(data: Data, kind: str, record_id: str) -> dict[str, object] | None:
    """One record with every column it holds, and where it stands in its file; None when it is not known."""
    table = data[kind]
    found = table.filter(table.record_id == record_id).to_pyarrow().to_pylist()
    if not found:
        return None
    row = found[0]
    own = record_types()[kind].own_columns
    return {
        "record_id": record_id,
        "versions": [{name: plain(value) for name, value in r.items() if value is not None} for r in found],
        "source_row": {
            "file": row["source_file"],
            "row": row["source_row"],
            "cells": {name: plain(row[name]) for name in own if row[name] not in (None, [])},
        },
    }
