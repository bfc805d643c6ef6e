"""As known on any day, the store says what a few lines of plain Python say, in memory and on disk."""

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from papaver.model.records import record_types
from papaver.model.records.schema import parsed_schema
from papaver.store import Evidence, MemoryEvidence, Workspace, in_memory

COUNT = record_types()["count"]
DAY0 = date(2024, 1, 1)


@dataclass(frozen=True)
class Row:
    """One line of a delivery: a record, what is said of it, and since when it was known (None: the file is silent)."""

    record: int
    value: int
    day: int | None
    withdrawn: bool


@dataclass(frozen=True)
class Deliver:
    rows: tuple[Row, ...]
    lag: int


@dataclass(frozen=True)
class TakeBack:
    """Withdraw the nth batch or the nth record, counted round; days after the first."""

    what: str
    nth: int
    day: int


Step = Deliver | TakeBack
Seen = set[tuple[int, int, date]]


@dataclass
class Version:
    record: int
    value: int
    withdrawn: bool
    said: tuple[object, ...]
    known: date
    batch: int


@dataclass
class Oracle:
    """The promises of contracts §1, row by row."""

    versions: list[Version] = field(default_factory=list)
    gone: dict[int, date] = field(default_factory=dict)
    batches: int = 0

    def standing(self, record: int) -> list[Version]:
        found = [v for v in self.versions if v.record == record and v.batch not in self.gone]
        return sorted(found, key=lambda v: (v.known, v.batch))

    def deliver(self, step: Deliver) -> int:
        latest: dict[tuple[int, date], tuple[Row, date]] = {}
        for row in step.rows:
            known = period_end(row.record) + timedelta(step.lag) if row.day is None else DAY0 + timedelta(row.day)
            latest[row.record, known] = (row, known)
        rows = sorted(latest.values(), key=lambda pair: pair[1])
        last_said = {row.record: said(row) for row, _ in rows}
        new = [(r, k) for r, k in rows if not self.known_already(r, k, last_said[r.record])]
        if new:
            self.batches += 1
            self.versions += [Version(r.record, r.value, r.withdrawn, said(r), k, self.batches) for r, k in new]
        return len(new)

    def known_already(self, row: Row, known: date, last_said: tuple[object, ...]) -> bool:
        standing = self.standing(row.record)
        that_day = [v for v in standing if v.known == known]
        if that_day and that_day[-1].said == said(row):
            return True
        nothing_new = bool(standing) and standing[-1].said == last_said
        return row.day is None and nothing_new and said(row) in [v.said for v in standing]

    def as_known_on(self, day: date) -> Seen:
        best: dict[int, Version] = {}
        for v in sorted(self.versions, key=lambda v: (v.known, v.batch)):
            if v.known <= day and self.gone.get(v.batch, date.max) > day:
                best[v.record] = v
        return {(v.record, v.value, v.known) for v in best.values() if not v.withdrawn}


def said(row: Row) -> tuple[object, ...]:
    return (row.value, row.day, row.withdrawn)


def period_end(record: int) -> date:
    return DAY0 + timedelta(record)


def parsed(rows: Sequence[Row]) -> "Given":
    schema = parsed_schema(COUNT)
    cells = [
        {
            "indicator": "overdose_death",
            "period_start": period_end(row.record),
            "period_end": period_end(row.record),
            "value": float(row.value),
            "known_from": None if row.day is None else DAY0 + timedelta(row.day),
            "status": "withdrawn" if row.withdrawn else None,
            "source_row": number,
        }
        for number, row in enumerate(rows, start=2)
    ]
    return Given(pa.Table.from_pylist([{n: c.get(n) for n in schema.names} for c in cells], schema=schema))


@dataclass(frozen=True)
class Given:
    table: pa.Table
    record_type: str = "count"
    source: str = "registry"


class Store:
    """A workspace or evidence in memory, driven by the same steps as the oracle; batches by their number."""

    def __init__(self, store: Workspace | MemoryEvidence) -> None:
        self.store = store
        self.ids: list[str] = []

    def deliver(self, step: Deliver) -> int:
        batch = self.store.add([parsed(step.rows)], lag_days=step.lag)
        if batch.rows_new:
            assert batch.batch_id is not None
            self.ids.append(batch.batch_id)
        return batch.rows_new

    def take_back(self, batch: int | None, record: int | None, day: date) -> None:
        batches = [] if batch is None else [self.ids[batch - 1]]
        records = [] if record is None else [("count", self.record_ids()[record])]
        done = self.store.withdraw(batches, records, known_from=day)
        assert done.batch_id is not None
        self.ids.append(done.batch_id)

    def evidence(self) -> Evidence:
        return self.store.evidence() if isinstance(self.store, Workspace) else self.store

    def record_ids(self) -> dict[int, str]:
        rows = self.evidence().as_known_on(date(9999, 1, 1))["count"].to_pyarrow().to_pylist()
        return {(r["period_start"] - DAY0).days: r["record_id"] for r in rows}


def seen(evidence: Evidence, day: date, through: str | None = None) -> Seen:
    table = evidence.as_known_on(day, through_batch=through)["count"].to_pyarrow()
    rows = [((r["period_start"] - DAY0).days, int(r["value"]), r["known_from"]) for r in table.to_pylist()]
    assert len(rows) == len(set(rows)), "a record stands twice"
    return set(rows)


@contextmanager
def stores(kind: str) -> Iterator[Store]:
    if kind == "memory":
        yield Store(in_memory([]))
        return
    with tempfile.TemporaryDirectory() as folder:
        ticks = iter(range(10_000))
        Workspace.init(Path(folder))
        yield Store(
            Workspace.open(Path(folder), clock=lambda: datetime(2024, 1, 1, 0, 0, next(ticks) % 60, tzinfo=UTC))
        )


rows = st.builds(
    Row, st.integers(0, 2), st.integers(0, 2), st.none() | st.integers(0, 8), st.sampled_from([False, False, True])
)
deliveries = st.builds(Deliver, st.lists(rows, min_size=1, max_size=5).map(tuple), st.sampled_from([0, 0, 3]))
steps = st.lists(
    st.one_of(
        deliveries,
        deliveries,
        st.builds(TakeBack, st.sampled_from(["batch", "record"]), st.integers(0, 5), st.integers(0, 9)),
    ),
    min_size=2,
    max_size=6,
)


def play(steps: Sequence[Step], store: Store, oracle: Oracle) -> list[tuple[str, Oracle]]:
    """Take every step on both sides; what the oracle was after each batch."""
    past = []
    for step in steps:
        before = oracle.batches
        if isinstance(step, Deliver):
            assert store.deliver(step) == oracle.deliver(step)
        else:
            _take_back(step, store, oracle)
        if oracle.batches > before:
            past.append((store.ids[-1], Oracle(list(oracle.versions), dict(oracle.gone), oracle.batches)))
    return past


def _take_back(step: TakeBack, store: Store, oracle: Oracle) -> None:
    day = DAY0 + timedelta(step.day)
    standing = sorted({v.batch for v in oracle.versions} - set(oracle.gone))
    if step.what == "batch":
        if standing:
            batch = standing[step.nth % len(standing)]
            oracle.batches += 1
            oracle.gone[batch] = day
            store.take_back(batch, None, day)
        return
    last = {
        record: oracle.standing(record)[-1] for record in {v.record for v in oracle.versions} if oracle.standing(record)
    }
    able = sorted(r for r, v in last.items() if not v.withdrawn and v.known <= day)
    if able:
        record = able[step.nth % len(able)]
        oracle.batches += 1
        oracle.versions.append(Version(record, 0, True, ("taken back", day), day, oracle.batches))
        store.take_back(None, record, day)


def check(kind: str, steps: Sequence[Step]) -> None:
    oracle = Oracle()
    with stores(kind) as store:
        past = play(steps, store, oracle)
        evidence = store.evidence()
        for day in (DAY0 + timedelta(n) for n in range(-1, 10)):
            assert seen(evidence, day) == oracle.as_known_on(day), day
        for batch_id, then in past[:-1]:
            for day in (DAY0 + timedelta(n) for n in (2, 5, 9)):
                assert seen(evidence, day, batch_id) == then.as_known_on(day), (batch_id, day)


@given(steps)
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_memory_says_what_the_oracle_says(steps: list[Step]) -> None:
    check("memory", steps)


@given(steps)
@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_disk_says_what_the_oracle_says(steps: list[Step]) -> None:
    check("disk", steps)


def test_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    # Every row says something of its own, so that no later row of the file takes the place of an earlier one.
    rows = [Row(record, record + day, day, False) for record in range(4) for day in (0, 4, 7)]
    answers = []
    for attempt in range(3):
        random.Random(attempt).shuffle(rows)
        Workspace.init(tmp_path / str(attempt))
        workspace = Workspace.open(tmp_path / str(attempt))
        batch = workspace.add([parsed(rows)])
        table = workspace.evidence().as_known_on(DAY0 + timedelta(5))["count"].to_pyarrow()
        answers.append((batch.batch_id, table.drop_columns(["source_row", "recorded_at"]).to_pylist()))
    assert answers[0] == answers[1] == answers[2]
