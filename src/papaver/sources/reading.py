"""Read a file as a record type or a source; write out the rows that were not read."""

import csv
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from papaver.model.records import record_types
from papaver.sources.formats import read_raw
from papaver.sources.mapping import ColumnMapping
from papaver.sources.problem import BadInput, Problem, Rejected, file_problem
from papaver.sources.raw import Raw
from papaver.sources.registry import sources
from papaver.sources.source import Shaped
from papaver.sources.typed import Parsed, typed

Mapped = ColumnMapping | Mapping[str, str] | None


def read(path: Path, as_: str, mapping: Mapped = None) -> list[Parsed]:
    """The rows of a file as typed tables, one per record type it holds.

    `as_` is a record type or a source. `mapping` is header to column, or a ColumnMapping. Rows with problems are in
    `rejected`, never raised; BadInput is raised where the file as a whole cannot be read.
    """
    chosen = mapping if isinstance(mapping, ColumnMapping) else None
    return parse(read_raw(path, chosen.sheet if chosen else None), as_, mapping)


def parse(raw: Raw, as_: str, mapping: Mapped = None) -> list[Parsed]:
    """The same for a file whose cells have been read."""
    return [typed(shaped, raw) for shaped in shape(raw, as_, mapping)]


def shape(raw: Raw, as_: str, mapping: Mapped = None) -> list[Shaped]:
    """The rows laid out as record types, cells still as they stand."""
    known = sources()
    if as_ in record_types():
        return _shape_type(raw, as_, _completed(mapping, as_))
    if as_ in known:
        chosen = mapping if isinstance(mapping, ColumnMapping) else None
        return known[as_].to_records(raw, chosen)
    names = [*record_types(), *known]
    near = get_close_matches(as_, names, n=1)
    mend = f"Nearest: {near[0]}" if near else f"There are {', '.join(names)}"
    raise file_problem(raw.file, f"{as_} is neither a record type nor a source", mend)


def _completed(mapping: Mapped, record_type: str) -> ColumnMapping:
    if not isinstance(mapping, ColumnMapping):
        return ColumnMapping(record_type, dict(mapping or {}))
    if mapping.record_type != record_type:
        what = f"the mapping is for {mapping.record_type}, not for {record_type}"
        raise file_problem("mapping", what, f"Say --as {mapping.record_type}, or map for {record_type}")
    return mapping


def _shape_type(raw: Raw, record_type: str, mapping: ColumnMapping) -> list[Shaped]:
    """By the headers' own names and the mapping; else through a source that knows the layout."""
    try:
        return sources()["generic"].to_records(raw, mapping)
    except BadInput as error:
        source = recognised(raw.headers, record_type)
        if source is None and (other := recognised(raw.headers)):
            what, mend = f"its headers are those of the source {other}", f"Say --as {other}"
            raise BadInput([*error.problems, Problem(raw.file, 1, None, None, what, mend)]) from None
        if mapping.columns or source is None:
            raise
    shaped = [s for s in sources()[source].to_records(raw, None) if s.record_type == record_type]
    return [_noted(s, f"{raw.file}: read through the source {source}, whose headers it has") for s in shaped]


def _noted(shaped: Shaped, note: str) -> Shaped:
    from dataclasses import replace

    return replace(shaped, raw=replace(shaped.raw, notes=(*shaped.raw.notes, note)))


def recognised(headers: tuple[str, ...], record_type: str | None = None) -> str | None:
    """The source whose layout the headers are, if any; of those that give `record_type` where it is named."""
    for name, source in sources().items():
        if (record_type is None or record_type in source.record_types) and source.recognise(headers):
            return name
    return None


def write_rejects(rejected: Iterable[Rejected], path: Path) -> int:
    """Write rejected rows as CSV: their cells as they stand in the file, `source_row` and `problems`. Returns how many.

    The cells keep their headers, so that the file can be mended and read again.
    """
    rows = list(rejected)
    headers = list(dict.fromkeys(header for row in rows for header in row.cells))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*headers, "source_row", "problems"])
        for row in rows:
            reasons = " | ".join(_reason(problem.column, problem.what, problem.mend) for problem in row.problems)
            writer.writerow([*(row.cells.get(header, "") for header in headers), row.row, reasons])
    return len(rows)


def _reason(column: str | None, what: str, mend: str) -> str:
    return f"{column}: {what}. {mend}" if column else f"{what}. {mend}"
