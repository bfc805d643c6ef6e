"""From cells to a typed table: every column by its type, every row whole or rejected with all its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from papaver.model.records import Column, RecordType, record_types
from papaver.model.records.schema import parsed_schema
from papaver.sources.cells import typed_column
from papaver.sources.distinct import Fault, Typed
from papaver.sources.problem import BadInput, Problem, Rejected
from papaver.sources.raw import Raw
from papaver.sources.source import Shaped

_BOUND = "a bound, not a number"
_NOT_GIVEN = ("suppressed", "not_reported", "not_collected")
_ORDERED = (("period_start", "period_end"), ("valid_from", "valid_to"), ("value_low", "value_high"))


@dataclass(frozen=True, slots=True)
class Parsed:
    """The rows of a file as one record type.

    `table` is in `parsed_schema(record_type)`; `source_file` and `source_row` (the header being row 1) are set,
    `record_id` and the like only as given. `rejected` are the rows that are not in it.
    """

    record_type: str
    source: str
    table: pa.Table
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...]


def typed(shaped: Shaped, origin: Raw) -> Parsed:
    """The shaped rows as typed columns. `origin` holds the file's own cells, for the rejected rows.

    Raises BadInput where a column as a whole cannot be read.
    """
    kind = record_types()[shaped.record_type]
    raw = shaped.raw
    columns: dict[str, Typed] = {}
    whole: list[Problem] = []
    for name in raw.headers:
        read = typed_column(raw.column(name), kind.columns[name], shaped.date_order)
        if isinstance(read, tuple):
            whole += [_problem(shaped, fault, name) for fault in read]
        else:
            columns[name] = read
    if whole:
        raise BadInput(whole)
    _spare_suppressed(columns)
    faults = {name: list(column.faults) for name, column in columns.items()}
    arrays = {name: column.values for name, column in columns.items()}
    _fill_period(arrays, columns, len(raw))
    for column in kind.columns.values():
        _complete(arrays, faults, column, len(raw))
    _check_order(arrays, faults)
    problems = _by_row(shaped, kind, faults)
    notes = [f"{raw.file}, {_shown(shaped, name)}: {note}" for name, column in columns.items() for note in column.notes]
    return Parsed(
        shaped.record_type, shaped.source, _table(kind, arrays, raw, problems),
        _rejected(origin, raw, problems), (*raw.notes, *notes),
    )  # fmt: skip


def _shown(shaped: Shaped, name: str) -> str:
    return shaped.shown.get(name, name)


def _problem(shaped: Shaped, fault: Fault, name: str) -> Problem:
    row = shaped.raw.rows[fault.index].as_py()
    return Problem(shaped.raw.file, row, _shown(shaped, name), fault.value, fault.what, fault.mend)


def _spare_suppressed(columns: dict[str, Typed]) -> None:
    """A value such as <5 beside value_status = suppressed is what the status says: no value."""
    value, status = columns.get("value"), columns.get("value_status")
    if value is None or status is None or not value.faults:
        return
    said = pc.is_in(status.values, pa.array(_NOT_GIVEN)).to_pylist()
    spared = [fault for fault in value.faults if said[fault.index] and fault.what != "negative"]
    if spared:
        note = f"{len(spared)} values are marked as not given and hold text: taken as empty"
        kept = tuple(fault for fault in value.faults if fault not in spared)
        columns["value"] = replace(value, faults=kept, notes=(*value.notes, note))


def _fill_period(arrays: dict[str, pa.Array], columns: Mapping[str, Typed], rows: int) -> None:
    """What a coarse or timed period_start says of the period's end, its precision and its moment."""
    beside = columns["period_start"].beside if "period_start" in columns else {}
    for name, key in (("period_end", "end"), ("date_precision", "precision"), ("occurred_at", "moment")):
        if key not in beside or beside[key].null_count == rows:
            continue
        given = arrays.get(name)
        arrays[name] = beside[key] if given is None else pc.coalesce(given, beside[key])


def _complete(arrays: dict[str, pa.Array], faults: dict[str, list[Fault]], column: Column, rows: int) -> None:
    """Empty cells of a required column become faults; those of a column with a default take it."""
    name = column.name
    if column.required and column.blank == "error" and name in arrays:
        known = {fault.index for fault in faults.get(name, ())}
        empty = pc.indices_nonzero(pc.is_null(arrays[name])).to_pylist()
        mend = f"Every row needs {name}: {column.what}"
        faults.setdefault(name, []).extend(Fault(i, "", "empty", mend.rstrip(".")) for i in empty if i not in known)
    if column.default is not None:
        if name in arrays:
            arrays[name] = pc.fill_null(arrays[name], column.default)
        else:
            arrays[name] = pa.repeat(column.default, rows)


def _check_order(arrays: Mapping[str, pa.Array], faults: dict[str, list[Fault]]) -> None:
    for low, high in _ORDERED:
        if low in arrays and high in arrays:
            for i in pc.indices_nonzero(pc.fill_null(pc.less(arrays[high], arrays[low]), False)).to_pylist():
                what = (
                    f"lies before {low} {arrays[low][i].as_py()}"
                    if "period" in low or "valid" in low
                    else f"below {low}"
                )
                faults.setdefault(high, []).append(Fault(i, str(arrays[high][i].as_py()), what, "Mend one of the two"))


def _by_row(shaped: Shaped, kind: RecordType, faults: Mapping[str, list[Fault]]) -> dict[int, list[Problem]]:
    found: dict[int, list[Problem]] = {}
    for name, listed in faults.items():
        for fault in listed:
            found.setdefault(fault.index, []).append(_problem(shaped, _mended(fault, name, kind), name))
    return found


def _mended(fault: Fault, name: str, kind: RecordType) -> Fault:
    """A bound such as <5 has a place of its own in some record types: say which."""
    if fault.what != _BOUND:
        return fault
    if name == "value" and "value_status" in kind.columns:
        return replace(fault, mend="Leave value empty and set value_status to suppressed")
    if name == "value" and "qualifier" in kind.columns:
        return replace(fault, mend=f"Put {fault.value[0]} into qualifier and the number into value")
    return fault


def _table(kind: RecordType, arrays: Mapping[str, pa.Array], raw: Raw, problems: Mapping[int, object]) -> pa.Table:
    schema = parsed_schema(kind)
    filled = {
        **arrays,
        "source_file": pa.repeat(pa.scalar(raw.file, pa.string()), len(raw)),
        "source_row": raw.rows,
    }
    missing = len(raw)
    columns = [filled[f.name].cast(f.type) if f.name in filled else pa.nulls(missing, f.type) for f in schema]
    table = pa.Table.from_arrays(columns, schema=schema)
    if not problems:
        return table
    bad = pa.array(list(problems), pa.int64())
    return table.filter(pc.invert(pc.is_in(pa.array(range(len(raw)), pa.int64()), bad)))


def _rejected(origin: Raw, raw: Raw, problems: Mapping[int, list[Problem]]) -> tuple[Rejected, ...]:
    """The rejected rows, those that could not even be taken apart included, in the order of the file."""
    if not problems:
        return raw.refused
    place = {row: i for i, row in enumerate(origin.rows.to_pylist())}
    found = list(raw.refused)
    for index, listed in problems.items():
        row = raw.rows[index].as_py()
        found.append(Rejected(row, origin.cells_of(place[row]), tuple(listed)))
    return tuple(sorted(found, key=lambda rejected: rejected.row))
