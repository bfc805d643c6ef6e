"""What was known on a day: the tables an analysis reads, raw and derived, as lazy expressions over one engine."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from papaver.model.period import Cadence
from papaver.store.counts import given_counts
from papaver.store.derived_counts import derived_counts, grids_of
from papaver.store.detections import detections
from papaver.store.engine import DuckEngine, Engine
from papaver.store.history import as_known_on, detection_history
from papaver.store.notes import notes_of
from papaver.store.series_pace import series_names, series_pace
from papaver.store.terms import (
    Normaliser,
    add_strings,
    no_terms,
    read_cache,
    strings_in,
    vocabulary,
    write_cache,
)

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from papaver.model.analysis import Kernel
    from papaver.store.backend import Backend

DERIVED = ("detections", "counts")
_GRIDS, _NAMES, _PACE = "counts, grids", "counts, names", "counts, pace"


class Known:
    """`model.analysis.Data` over an engine: record tables cut to a day, `detections` and `counts` made from them.

    Nothing is computed until somebody computes it; the distinct strings of the evidence are read when `detections`
    is first asked for, unless `terms` came with it.
    """

    def __init__(
        self,
        engine: Engine,
        records: "Mapping[str, Table]",
        known_on: date | None,
        batch_id: str | None,
        every: Cadence | None,
        terms: "Callable[[Table, Table], LoadedTerms]",
        history: "Table | None" = None,
    ) -> None:
        self._engine = engine
        self._records = records
        self._known_on = known_on
        self._batch_id = batch_id
        self._every = every or Cadence.WEEK
        self._terms = terms
        self._history = history
        self._made: dict[str, Table] = {}

    @property
    def known_on(self) -> date | None:
        """The day whose knowledge this is."""
        return self._known_on

    @property
    def batch_id(self) -> str | None:
        """The last delivery in it."""
        return self._batch_id

    @property
    def notes(self) -> tuple[str, ...]:
        """What the derived tables read so far did not use, and why; computed when asked for."""
        if "counts" not in self._made:
            return ()
        tables = {name: self[name] for name in ("count", "series", "detections")}
        tables |= {"grids": self._grids(), **self._series()}
        return notes_of(self._engine, tables, str(self._every))

    def __getitem__(self, name: str) -> "Table":
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._records, *DERIVED))

    def __len__(self) -> int:
        return len(self._records) + len(DERIVED)

    def map_groups(self, table: "Table", keys: Sequence[str], kernel: "Kernel") -> "Table":
        """Apply a kernel to each group; the result has the keys and the kernel's columns."""
        return self._engine.map_groups(table, keys, kernel)

    def close(self) -> None:
        """Drop the views and temporary tables of this step: a replay makes hundreds. Its tables stop working."""
        self._made.clear()
        self._engine.forget()

    def _make(self, name: str) -> "Table":
        if name == "detections":
            specimen, assay = self["specimen"], self["assay"]
            if self._history is not None:
                return self._engine.view(as_known_on(self._history, self._known_on))
            terms = self._terms(specimen, assay)
            inputs = {"specimen": specimen, "assay": assay, "mentions": terms.mentions}
            # Kept, because analyses come back to it and counts read it several times in one statement.
            return self._engine.derive(detections, inputs, terms.version, keep=True)
        if name == "counts":
            return self._counts()
        if name not in self._records:
            raise KeyError(f"{name}: no such table; there are {', '.join(self)}")
        return self._engine.under_own_name(self._records[name])

    def _counts(self) -> "Table":
        registers = {"series": self["series"], "report": self["report"]}
        made: list[Table] = []
        # Planning a statement costs as much as running it on small evidence: what is empty is left out of it.
        if not self._is_empty("specimen") or not self._is_empty("assay"):
            inputs = {"detections": self["detections"], "grids": self._grids(), **registers}
            made.append(self._engine.derive(derived_counts, inputs, keep=True))
        if not made or not self._is_empty("count"):
            made.append(self._engine.derive(given_counts, {"count": self["count"], **self._series(), **registers}))
        return made[0] if len(made) == 1 else self._engine.view(made[0].union(made[1]))

    def _grids(self) -> "Table":
        """The grid each stream and place is counted on: an intermediate of `counts`, not one of the tables."""
        if _GRIDS not in self._made:
            made = self._engine.derive(grids_of, {"detections": self["detections"]}, str(self._every), keep=True)
            self._made[_GRIDS] = made
        return self._made[_GRIDS]

    def _series(self) -> "dict[str, Table]":
        """Names and pace of the given series: small intermediates of `counts`."""
        if _PACE not in self._made:
            count = self["count"]
            self._made[_NAMES] = self._engine.derive(series_names, {"count": count}, keep=True)
            inputs = {"count": count, "names": self._made[_NAMES]}
            self._made[_PACE] = self._engine.derive(series_pace, inputs, keep=True)
        return {"names": self._made[_NAMES], "pace": self._made[_PACE]}

    def _is_empty(self, name: str) -> bool:
        rows: int = self._engine.read(self[name].select("record_id").limit(1)).num_rows
        return rows == 0


@dataclass(frozen=True, slots=True)
class LoadedTerms:
    """Mentions of every string of the evidence, on the connection, and the version of the vocabulary behind them."""

    mentions: "Table"
    version: str


def load_terms(
    connection: "Backend",
    specimen: "Table",
    assay: "Table",
    normaliser: Normaliser | None = None,
    cache: Path | None = None,
) -> LoadedTerms:
    """Read the distinct strings of (uncut) specimens and assays once; `cache` keeps them between sessions.

    The same terms serve every cut of this evidence: a replay makes them once and hands them to each `known`.
    """
    engine = DuckEngine(connection)
    used = normaliser or vocabulary()
    before = no_terms(used.version) if cache is None else read_cache(cache, used.version)
    terms = add_strings(before, engine.read(strings_in(specimen, assay)), used)
    if cache is not None and terms.table.num_rows > before.table.num_rows:
        write_cache(cache, terms)
    return LoadedTerms(engine.load(terms.table), terms.version)


def load_history(
    connection: "Backend",
    rows: "Mapping[str, Table]",
    pairs: "Mapping[str, Table]",
    terms: LoadedTerms,
) -> "Table":
    """Every state `detections` ever had, made once for all cuts of evidence in which no batch is withdrawn.

    `rows` and `pairs` have `specimen` and `assay`: every stored row, and the rows superseded (`superseded.PAIRS`).
    """
    engine = DuckEngine(connection)
    inputs = {
        "specimen": rows["specimen"],
        "assay": rows["assay"],
        "specimen_pairs": pairs["specimen"],
        "assay_pairs": pairs["assay"],
        "mentions": terms.mentions,
    }
    return engine.derive(detection_history, inputs, terms.version, keep=True)


def known(
    connection: "Backend",
    records: "Mapping[str, Table]",
    known_on: date | None,
    batch_id: str | None,
    every: Cadence | None = None,
    terms: LoadedTerms | None = None,
    normaliser: Normaliser | None = None,
    history: "Table | None" = None,
) -> Known:
    """What was known, over Ibis tables of one DuckDB connection: one table per record type, already cut.

    `terms` and `history`, made once from the uncut evidence, save their work at every step of a replay.
    """
    engine = DuckEngine(connection)

    def read(specimen: "Table", assay: "Table") -> LoadedTerms:
        if terms is not None:
            return terms
        used = normaliser or vocabulary()
        found = add_strings(no_terms(used.version), engine.read(strings_in(specimen, assay)), used)
        return LoadedTerms(engine.load(found.table), found.version)

    return Known(engine, records, known_on, batch_id, every, read, history)
