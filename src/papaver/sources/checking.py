"""What a file is and what is wrong with it, before anything is stored."""

from dataclasses import dataclass
from pathlib import Path

from papaver.model.records import record_types
from papaver.sources.formats import read_raw
from papaver.sources.generic.logic import choose, missing_of
from papaver.sources.mapping import ColumnMapping, fingerprint
from papaver.sources.problem import BadInput, Problem, Rejected, file_problem
from papaver.sources.proposal import propose
from papaver.sources.raw import Raw
from papaver.sources.reading import Mapped, parse, recognised
from papaver.sources.registry import sources


@dataclass(frozen=True, slots=True)
class Check:
    """What was found out about a file.

    `source` is the source whose layout it has; without one, `mapping` is the mapping proposed (header to column) and
    `missing` the required columns it leaves open. `good` and `bad` count rows; `problems` are those of the file as a
    whole, then those of its rows in order.
    """

    file: str
    format: str
    headers: tuple[str, ...]
    fingerprint: str
    rows: int
    source: str | None
    record_types: tuple[str, ...]
    mapping: ColumnMapping | None
    missing: tuple[str, ...]
    good: int
    bad: int
    problems: tuple[Problem, ...]
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...]


def check(path: Path, as_: str | None = None, mapping: Mapped = None) -> Check:
    """Validate a file as a record type or a source, or find out what it is. Touches nothing.

    Raises BadInput where the file cannot be taken apart into cells, or `as_` is neither a record type nor a source.
    """
    chosen = mapping if isinstance(mapping, ColumnMapping) else None
    raw = read_raw(path, chosen.sheet if chosen else None)
    if as_ is not None and as_ not in record_types() and as_ not in sources():
        parse(raw, as_)  # raises, naming the nearest
    source = as_ if as_ in sources() and as_ != "generic" else None
    if source is None and mapping is None:
        source = recognised(raw.headers, as_ if as_ in record_types() else None)
    if source is not None:
        return _tried(raw, source, None, source, ())
    proposed = (
        _given(raw, as_, mapping) if mapping is not None else propose(raw, as_ if as_ in record_types() else None)
    )
    try:
        found, _ = choose(raw.file, raw.headers, record_types()[proposed.record_type], proposed)
        missing = missing_of(record_types()[proposed.record_type], found, proposed)
    except BadInput:
        missing = []  # said again, as a problem of the file
    return _tried(raw, proposed.record_type, proposed, None, tuple(missing))


def _given(raw: Raw, as_: str | None, mapping: Mapped) -> ColumnMapping:
    if isinstance(mapping, ColumnMapping):
        return mapping
    if as_ not in record_types():
        raise file_problem(raw.file, "the mapping does not say for which record type", "Say --as count or another type")
    return ColumnMapping(str(as_), dict(mapping or {}))


def _tried(raw: Raw, as_: str, mapping: ColumnMapping | None, source: str | None, missing: tuple[str, ...]) -> Check:
    types = sources()[source].record_types if source else (as_,)
    rejected: tuple[Rejected, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes = raw.notes
    good = 0
    try:
        parsed = parse(raw, as_, mapping)
    except BadInput as error:
        problems = error.problems
    else:
        rejected = tuple({r.row: r for part in parsed for r in part.rejected}.values())
        problems = tuple(problem for row in rejected for problem in row.problems)
        notes = tuple(dict.fromkeys(note for part in parsed for note in part.notes))
        good = len(raw) + len(raw.refused) - len(rejected)
    rows = len(raw) + len(raw.refused)
    return Check(
        raw.file, raw.format, raw.headers, fingerprint(raw.headers), rows, source, types, mapping, missing,
        good, rows - good, problems, rejected, notes,
    )  # fmt: skip
