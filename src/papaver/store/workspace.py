"""Evidence on disk: a folder of Parquet files that only grows, and the manifest that says which of them exist."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from papaver.model.period import Cadence
from papaver.model.records import RecordType
from papaver.model.records.schema import stored_schema
from papaver.store import connection
from papaver.store import ledger as ledgers
from papaver.store.connection import typed_nulls
from papaver.store.evidence import Batch, LedgerEvidence
from papaver.store.ingest import Parsed, Piece, Prepared, prepare
from papaver.store.knowledge import Assumptions, literal
from papaver.store.ledger import Delivery, Ledger, Part
from papaver.store.lock import writer_lock
from papaver.store.manifest import read_manifest, swap_manifest, sweep, write_table_durably
from papaver.store.withdrawal import withdrawing

WAIT_SECONDS = 10.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _Files:
    """A shelf of Parquet files: those of a ledger, and no others."""

    def __init__(self, evidence: Path) -> None:
        self._evidence = evidence

    def rows(self, kind: RecordType, ledger: Ledger) -> str | None:
        """See `Shelf.rows`; a column that a file does not have yet is empty."""
        files = [part.file for part in ledgers.parts(ledger, kind.name) if part.file]
        if not files:
            return None
        none = typed_nulls(stored_schema(kind))
        return f"(SELECT {none} WHERE false UNION ALL BY NAME FROM {self._read(files)})"

    def pairs(self, kind: RecordType, ledger: Ledger) -> str | None:
        """See `Shelf.pairs`."""
        files = [part.pairs_file for part in ledgers.parts(ledger, kind.name) if part.pairs_file]
        return self._read(files) if files else None

    def _read(self, files: Sequence[str]) -> str:
        listed = ", ".join(literal(str(self._evidence / file)) for file in files)
        return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


class Workspace:
    """The evidence of a workspace folder: `evidence/` and, deletable at any time, `cache/`."""

    def __init__(
        self,
        folder: Path,
        *,
        person: str = "",
        wait_seconds: float = WAIT_SECONDS,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.folder = folder.resolve()
        self._person = person
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._shelf = _Files(self._evidence)

    @property
    def _evidence(self) -> Path:
        return self.folder / "evidence"

    @property
    def _cache(self) -> Path:
        return self.folder / "cache"

    @classmethod
    def init(cls, folder: Path) -> "Workspace":
        """An empty store in a folder; one that is there already is left as it is."""
        made = cls(folder)
        with made._writing():
            if not (made._evidence / "manifest.json").exists():
                swap_manifest(made._evidence, ())
        return made

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        person: str = "",
        wait_seconds: float = WAIT_SECONDS,
        clock: Callable[[], datetime] = _utc_now,
    ) -> "Workspace":
        """The store of a folder; raises NotThere, NeedsMigration or Damaged. `clock` tells the time, UTC."""
        opened = cls(folder, person=person, wait_seconds=wait_seconds, clock=clock)
        read_manifest(opened._evidence)
        return opened

    def stamp(self) -> tuple[int, int]:
        """Changes whenever something was added or withdrawn: a reader may keep what it read until then."""
        found = (self._evidence / "manifest.json").stat()
        return found.st_mtime_ns, found.st_ino

    def evidence(self) -> LedgerEvidence:
        """What is stored now; later batches do not show in it."""
        ledger = read_manifest(self._evidence)
        backend = connection.engine(self._spill())
        return LedgerEvidence(backend, self._shelf, ledger, named=True, cache=self._cache)

    def add(
        self,
        parsed: Sequence[Parsed],
        *,
        lag_days: int | None = None,
        every: Cadence | None = None,
        delivery: Delivery = "increment",
    ) -> Batch:
        """Store a delivery as one batch; when this returns, no crash can lose it, and before, none of it is there.

        Raises Locked when another process writes for longer than the workspace waits. Rows that are known already are
        not stored again; in a snapshot, records that it no longer has are proposed as withdrawn and left as they are.
        """
        with self._writing():
            ledger = read_manifest(self._evidence)
            now = self._clock()
            assumed = Assumptions(lag_days, every, now.date())
            with self._scratch() as con:
                ready = prepare(con, self._shelf, ledger, parsed, assumed, now=now, delivery=delivery)
            if ready.pieces:
                self._store(ready, ledger, now, delivery)
            return ready.batch

    def withdraw(
        self,
        batches: Sequence[str] = (),
        records: Sequence[tuple[str, str]] = (),
        *,
        known_from: date | None = None,
        reason: str = "",
    ) -> Batch:
        """Take back batches, or records given as (record type, record_id), from a day on (today, UTC, unless given).

        As known before that day they are still there. LookupError when one of them does not stand.
        """
        with self._writing():
            ledger = read_manifest(self._evidence)
            now = self._clock()
            day = known_from or now.date()
            with self._scratch() as con:
                ready = withdrawing(con, self._shelf, ledger, batches, records, known_from=day, reason=reason, now=now)
            self._store(ready, ledger, now, "increment")
            return ready.batch

    def _store(self, ready: Prepared, ledger: Ledger, now: datetime, delivery: Delivery) -> None:
        """Write the files, then the manifest: until that is swapped, nobody sees the files."""
        parts = [self._write(str(ready.batch.batch_id), piece) for piece in ready.pieces]
        entry = ready.entry(now, parts, person=self._person, delivery=delivery)
        swap_manifest(self._evidence, (*ledger, entry))

    def _write(self, batch_id: str, piece: Piece) -> Part:
        part = piece.part()
        if piece.rows.num_rows:
            file = f"{piece.kind.name}/{batch_id}.parquet"
            size = write_table_durably(self._evidence / file, piece.rows)
            part = part.model_copy(update={"file": file, "bytes": size})
        if piece.pairs.num_rows:
            file = f"superseded/{piece.kind.name}/{batch_id}.parquet"
            size = write_table_durably(self._evidence / file, piece.pairs)
            part = part.model_copy(update={"pairs_file": file, "pairs_bytes": size})
        return part

    @contextmanager
    def _writing(self) -> Iterator[None]:
        lock = writer_lock(
            self.folder / "lock", person=self._person, now=self._clock(), wait_seconds=self._wait_seconds
        )
        with lock:
            sweep(self._evidence)
            yield

    def _spill(self) -> Path:
        spill = self._cache / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        return spill

    def _scratch(self) -> duckdb.DuckDBPyConnection:
        return connection.scratch(self._spill())
