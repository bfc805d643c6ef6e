"""Record tables made by hand on a DuckDB connection, and a small normaliser: the ground of the tests of Known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
from ibis.expr.types import Table

from papaver.model.period import Cadence
from papaver.model.records import record_types
from papaver.model.records.schema import stored_schema
from papaver.store.connection import engine
from papaver.store.engine import DuckEngine
from papaver.store.known import Known, known
from papaver.store.terms import Normaliser

Rows = Iterable[Mapping[str, object]]


@dataclass(frozen=True)
class Said:
    """A mention, as the normaliser of `model.substances` hands it over."""

    reported_as: str
    substance: str | None = None
    cls: str | None = None
    role: str | None = "drug"
    negated: bool = False
    looks_like: str | None = None
    result: str | None = None


SPELLINGS = {"fent": "fentanyl", "despropionyl fentanyl": "4-anpp"}
RESULTS = {"nothing": "nothing_detected", "unsure": "inconclusive"}


def read(string: str) -> tuple[Said, ...]:
    """Terms between commas: `no X` is negated, `opioid` a class, `new*nitazene` looks like one, `?` is unresolved."""
    found = []
    for term in (t.strip() for t in string.split(",") if t.strip()):
        name = term.removeprefix("no ").lower()
        negated = name != term.lower()
        if name in RESULTS:
            found.append(Said(term, role=None, result=RESULTS[name]))
        elif name == "opioid":
            found.append(Said(term, cls="opioid", role="class", negated=negated))
        elif name.endswith("nitazene") and name.startswith("new"):
            found.append(Said(term, cls="nitazene", looks_like="nitazene", negated=negated))
        elif name.startswith("?"):
            found.append(Said(term, role="unknown"))
        else:
            found.append(Said(term, SPELLINGS.get(name, name), cls="any", negated=negated))
    return tuple(found)


def read_text(string: str) -> tuple[Said, ...]:
    """As `read`, but words that mean nothing are passed over."""
    return tuple(m for m in read(string) if not m.reported_as.startswith("?"))


NORMALISER = Normaliser(read, read_text, "test-1")


def known_of(spill: Path, every: Cadence | None = None, day: date | None = None, **tables: Rows) -> Known:
    """What is known from these rows; record_id, row_id and batch_id are filled where they are not given."""
    connection = engine(spill)
    load = DuckEngine(connection).load
    records = {name: load(table_of(name, tables.get(name, ()))) for name in record_types()}
    return known(connection, records, day, None, every, normaliser=NORMALISER)


def table_of(name: str, rows: Rows) -> pa.Table:
    """Rows of a record type in its stored schema."""
    kind = record_types()[name]
    filled = [
        {"record_id": f"{name}-{i:04}", "row_id": f"row-{i}", "batch_id": "b1", "source": "s", **row}
        for i, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(filled, stored_schema(kind))


def specimen(day: date, *substances: str, until: date | None = None, **more: object) -> dict[str, object]:
    """A specimen of post-mortem toxicology in Latvia, unless said otherwise."""
    listed = list(substances) or None
    ground: dict[str, object] = {"stream": "post_mortem", "place": "LV", "substances": listed}
    return {**ground, "period_start": day, "period_end": until or day, **more}


def count(start: date, end: date, value: float | None, **more: object) -> dict[str, object]:
    """A given count of the series `deaths`."""
    return {"series": "deaths", "series_id": "deaths", "period_start": start, "period_end": end, "value": value, **more}


def week(monday: date, value: float | None, **more: object) -> dict[str, object]:
    """A given count of one week."""
    return count(monday, monday + timedelta(days=6), value, **more)


def rows_of(table: Table, *columns: str, by: tuple[str, ...] = ("series", "period_start")) -> list[tuple[object, ...]]:
    """The columns of an expression as tuples, in order of `by`."""
    ordered = table.order_by(list(by)).select(*columns).to_pyarrow()
    return list(zip(*(ordered.column(c).to_pylist() for c in columns), strict=True))
