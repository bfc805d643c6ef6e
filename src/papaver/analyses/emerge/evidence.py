"""The records behind the rows of `emerge`, found by one query for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import ibis
from ibis.expr.types import Column, IntegerColumn, IntegerValue, Table

from papaver.model.analysis import Row

MOST = 200
_LEVELS = ("presumptive", "tentative", "confirmed_with_reference", "structure_elucidated")
#: Columns of detections that are told of the evidence.
TOLD = (
    "record_id",
    "n",
    "known_from",
    "place",
    "reported_as",
    "identification_level",
    "marking",
    "record_type",
    "vocabulary_version",
)
_SAID = ("place", "reported_as", "identification_level", "marking", "record_type", "vocabulary_version")


@dataclass(slots=True)
class Proof:
    """What the records of one row say together: specimens, records, spellings, first and last day, when known."""

    n: float = 0.0
    records: dict[str, int] = field(default_factory=dict)
    ids: dict[str, list[tuple[date, str]]] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)
    spellings: dict[str, int] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    known: date | None = None
    identification_level: str | None = None
    markings: set[str | None] = field(default_factory=set)
    vocabulary_version: str | None = None

    @property
    def reported_as(self) -> str | None:
        """The most frequent spelling, verbatim; of equally frequent ones the first in the alphabet."""
        return min(self.spellings, key=lambda s: (-self.spellings[s], s), default=None)

    @property
    def record_type(self) -> str:
        """The type of most of the records."""
        return min(self.records, key=lambda t: (-self.records[t], t), default="specimen")

    @property
    def record_ids(self) -> tuple[str, ...]:
        """The first records of that type, at most 200, in order of day and id."""
        return tuple(record for _, record in sorted(self.ids.get(self.record_type, []))[:MOST])


def count_of(n: IntegerColumn, subject: Column) -> IntegerValue:
    """Specimens, or persons, in a group of detections; rows that stand for several specimens are added up."""
    several: IntegerValue = ibis.ifelse(n.max() > 1, n.sum(), subject.nunique())
    return several


def evidence(seen: Table, rows: Sequence[Row]) -> dict[int, Proof]:
    """For each row (units, substance, stream, start, end, sold_as) what its records say."""
    windows = [
        (i, str(row["substance"]), unit, str(row["stream"]), row["start"], row["end"], sold_as)
        for i, row in enumerate(rows)
        for unit in _texts(row["units"])
        for sold_as in _texts(row["sold_as"]) or [""]
    ]
    if not windows:
        return {}
    kinds = {"row": "int64", "w_substance": "string", "w_unit": "string", "w_stream": "string"}
    asked = ibis.memtable(windows, schema={**kinds, "start": "date", "end": "date", "w_sold_as": "string"})
    found = seen.inner_join(
        asked,
        [
            seen.substance == asked.w_substance,
            seen.unit == asked.w_unit,
            seen.stream == asked.w_stream,
            seen.period_start >= asked.start,
            seen.period_start <= asked.end,
            (asked.w_sold_as == "") | (seen.sold_as == asked.w_sold_as),
        ],
    )
    order = [found.period_start, found.record_id]
    ranked = found.mutate(rank=ibis.row_number().over(group_by=["row", "record_type"], order_by=order))
    told = ranked.group_by(["row", *_SAID]).aggregate(
        records=ranked.count(),
        n=count_of(ranked.n, ranked.subject),
        first_day=ranked.period_start.min(),
        last_day=ranked.period_start.max(),
        known=ranked.known_from.max(),
        ids=ranked.record_id.collect(where=ranked["rank"] < MOST),
        id_days=ranked.period_start.collect(where=ranked["rank"] < MOST),
    )
    proof: dict[int, Proof] = {}
    for row in told.to_pyarrow().to_pylist():
        _add(proof.setdefault(row["row"], Proof()), row)
    return proof


def _texts(values: object) -> list[str]:
    return [str(v) for v in values] if isinstance(values, list | tuple) else []


def _add(proof: Proof, row: Mapping[str, object]) -> None:
    """Add the records of one spelling, level, marking and type."""
    records, kind = _whole(row["records"]), str(row["record_type"])
    proof.n += _whole(row["n"])
    proof.records[kind] = proof.records.get(kind, 0) + records
    proof.places.add(str(row["place"]))
    spelling = str(row["reported_as"])
    proof.spellings[spelling] = proof.spellings.get(spelling, 0) + records
    ids, days = row["ids"], row["id_days"]
    if isinstance(ids, list) and isinstance(days, list):
        proof.ids.setdefault(kind, []).extend(zip(days, ids, strict=True))
    proof.first_day = _earliest(proof.first_day, row["first_day"])
    proof.last_day = _latest(proof.last_day, row["last_day"])
    proof.known = _latest(proof.known, row["known"])
    level = row["identification_level"]
    if level in _LEVELS and _rank(level) > _rank(proof.identification_level):
        proof.identification_level = str(level)
    proof.markings.add(None if row["marking"] is None else str(row["marking"]))
    proof.vocabulary_version = str(row["vocabulary_version"])


def _rank(level: object) -> int:
    return _LEVELS.index(str(level)) if level in _LEVELS else -1


def _earliest(a: date | None, b: object) -> date | None:
    return min((d for d in (a, b) if isinstance(d, date)), default=None)


def _latest(a: date | None, b: object) -> date | None:
    return max((d for d in (a, b) if isinstance(d, date)), default=None)


def _whole(value: object) -> int:
    return 0 if value is None else int(str(value))
