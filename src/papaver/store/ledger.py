"""What the store holds, delivery by delivery: which batches there are, what they withdrew, and since when.

The ledger only grows. A reader that keeps a ledger keeps its view of the evidence, and a ledger cut off after a batch
is the evidence as it was then.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION = 1
"""Version of the record types that this program writes; it reads this one and older ones."""

Delivery = Literal["snapshot", "increment"]


class Part(BaseModel):
    """The rows of one record type in a batch, and where they lie (empty: in memory)."""

    model_config = ConfigDict(frozen=True)

    record_type: str
    rows: int
    pairs: int
    timeless: int
    undated: int
    known_from_first: date | None = None
    known_from_last: date | None = None
    schema_version: int = SCHEMA_VERSION
    file: str = ""
    bytes: int = 0
    pairs_file: str = ""
    pairs_bytes: int = 0


class Entry(BaseModel):
    """One delivery, or one withdrawal of deliveries: numbered, named, and dated by the system clock."""

    model_config = ConfigDict(frozen=True)

    number: int
    batch_id: str
    recorded_at: datetime
    person: str = ""
    delivery: Delivery = "increment"
    sources: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    withdraws: tuple[str, ...] = ()
    withdrawn_from: date | None = None
    reason: str = ""

    def part(self, record_type: str) -> Part | None:
        """The rows it brought of one record type."""
        return next((p for p in self.parts if p.record_type == record_type), None)


Ledger = tuple[Entry, ...]


def name_of(number: int, digest: str = "") -> str:
    """The id of a batch: its number, so that people can order them, and the start of a hash of its rows."""
    return f"b{number:06d}-{digest[:6]}" if digest else f"b{number:06d}"


def number_sql(column: str = "batch_id") -> str:
    """The number of a batch, in SQL."""
    return f"CAST(split_part(substr({column}, 2), '-', 1) AS BIGINT)"


def through(ledger: Ledger, batch_id: str | None) -> Ledger:
    """The ledger as it was after a batch; KeyError when there is no such batch."""
    if batch_id is None:
        return ledger
    for position, entry in enumerate(ledger):
        if entry.batch_id == batch_id:
            return ledger[: position + 1]
    raise KeyError(batch_id)


def parts(ledger: Iterable[Entry], record_type: str) -> list[Part]:
    """The parts of every batch that hold one record type, in order."""
    return [part for entry in ledger if (part := entry.part(record_type)) is not None]


def withdrawn(ledger: Iterable[Entry], day: date | None = None) -> tuple[str, ...]:
    """Batches that were withdrawn as known on a day; whenever, when no day is given."""
    found = {
        batch
        for entry in ledger
        if day is None or entry.withdrawn_from is None or entry.withdrawn_from <= day
        for batch in entry.withdraws
    }
    return tuple(sorted(found))


def latest(ledger: Iterable[Entry]) -> date | None:
    """The last day on which anything became known; None when no row says when."""
    days = [part.known_from_last for entry in ledger for part in entry.parts]
    return max((day for day in days if day is not None), default=None)


def last_batch(ledger: Sequence[Entry], day: date | None) -> str | None:
    """The last batch that says anything known by the end of a day: with the day, it names what was known."""
    for entry in reversed(ledger):
        if _speaks_by(entry, day):
            return entry.batch_id
    return None


def _speaks_by(entry: Entry, day: date | None) -> bool:
    if day is None or any(part.timeless for part in entry.parts):
        return True
    if entry.withdraws and (entry.withdrawn_from is None or entry.withdrawn_from <= day):
        return True
    return any(p.known_from_first is not None and p.known_from_first <= day for p in entry.parts)
