"""Headers to columns: equal names, then the mapping; what is left out is noted with the nearest column."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePath
from typing import TYPE_CHECKING

from papaver.model.records import STORED_COLUMNS, RecordType, record_types
from papaver.sources.mapping import ColumnMapping, folded
from papaver.sources.problem import BadInput, Problem, file_problem
from papaver.sources.source import Shaped

if TYPE_CHECKING:
    from papaver.sources.raw import Raw


def recognise(headers: Sequence[str]) -> bool:
    """Never by itself: a generic file is read only when somebody says as what."""
    return False


def to_records(raw: "Raw", mapping: ColumnMapping | None) -> list[Shaped]:
    """The rows under the columns of the mapping's record type. Raises BadInput where a required column is missing."""
    if mapping is None:
        types = ", ".join(record_types())
        raise file_problem(raw.file, "what it holds is not said", f"Give a mapping, or say which of {types} it is")
    kind = record_types().get(mapping.record_type)
    if kind is None:
        what = f"there is no record type {mapping.record_type}"
        raise file_problem(raw.file, what, f"There are {', '.join(record_types())}")
    chosen, notes = choose(raw.file, raw.headers, kind, mapping)
    _refuse_missing(raw, kind, chosen, mapping)
    return [_shaped(raw, kind, chosen, mapping, notes)]


def choose(
    file: str, headers: Sequence[str], kind: RecordType, mapping: ColumnMapping
) -> tuple[dict[str, str], list[str]]:
    """Column to header, and notes on headers that were left out or are not spelt as their column.

    Raises BadInput where the mapping names a header or a column that does not exist, or one column twice.
    """
    problems = [_no_such_header(file, headers, h) for h in mapping.columns if h not in headers]
    for name in [c for c in [*mapping.columns.values(), *mapping.constants] if c and c not in kind.columns]:
        near = nearest(name, kind)
        mend = f"Nearest: {near}" if near else f"There are {', '.join(kind.own_columns)}"
        problems.append(Problem(file, None, name, None, f"the mapping names a column that {kind.name} has not", mend))
    if problems:
        raise BadInput(problems)
    chosen: dict[str, str] = {}
    notes: list[str] = []
    for header in headers:
        column: str | None = mapping.columns[header] if header in mapping.columns else _own(header, headers, kind)
        if column is None:
            notes.append(_left_out(file, header, kind))
        elif column and column in chosen:
            what = f"two headers stand for {column}: {chosen[column]} and {header}"
            raise BadInput([Problem(file, 1, header, None, what, "Map one of the two to nothing or rename it")])
        elif column:
            chosen[column] = header
            if header not in mapping.columns and header != column:
                notes.append(f"{file}: header {header!r} read as {column}")
    return chosen, notes


def _own(header: str, headers: Sequence[str], kind: RecordType) -> str | None:
    """The column a header names by itself: an exact name, else the same name in another spelling."""
    if header in kind.columns:
        return header
    column = folded(header)
    return column if column in kind.columns and column not in headers else None


def _no_such_header(file: str, headers: Sequence[str], header: str) -> Problem:
    near = get_close_matches(header, headers, n=1)
    mend = f"Nearest: {near[0]}" if near else f"The file has {', '.join(headers)}"
    return Problem(file, 1, header, None, "the mapping names a header that the file has not", mend)


def nearest(header: str, kind: RecordType) -> str | None:
    """The column whose name is nearest to a header, if any is near."""
    near = get_close_matches(folded(header), kind.columns, n=1, cutoff=0.6)
    return near[0] if near else None


def _left_out(file: str, header: str, kind: RecordType) -> str:
    if folded(header) in STORED_COLUMNS:
        return f"{file}: column {header!r} is written by the store and was not read"
    near = nearest(header, kind)
    return f"{file}: column {header!r} is not one of {kind.name} and was not read" + (
        f"; nearest: {near}" if near else ""
    )


def missing_of(kind: RecordType, chosen: Mapping[str, str], mapping: ColumnMapping) -> list[str]:
    """Required columns that neither the file nor the mapping's constants give."""
    return [name for name in kind.required if name not in chosen and name not in mapping.constants]


def _refuse_missing(raw: "Raw", kind: RecordType, chosen: Mapping[str, str], mapping: ColumnMapping) -> None:
    from papaver.sources.proposal import similarity

    problems = []
    for column in missing_of(kind, chosen, mapping):
        free = [header for header in raw.headers if header not in chosen.values()]
        near = max(free, key=lambda header: similarity(header, column, 0.5), default=None)
        what = f"{kind.name} needs this column and the file has none; its headers are {', '.join(raw.headers)}"
        mend = "Add it, or map a header to it (papaver check proposes a mapping)"
        if near is not None and similarity(near, column, 0.5):
            mend = f"Nearest: {near}. Map it, or rename it (papaver check proposes a mapping)"
        problems.append(Problem(raw.file, 1, column, None, what, mend))
    if problems:
        raise BadInput(problems)


def _shaped(
    raw: "Raw", kind: RecordType, chosen: Mapping[str, str], mapping: ColumnMapping, notes: list[str]
) -> Shaped:
    import pyarrow as pa
    import pyarrow.compute as pc

    from papaver.sources.raw import as_text, mapped

    columns = {column: raw.column(header) for column, header in chosen.items()}
    for column, constant in mapping.constants.items():
        if column in columns:
            columns[column] = pc.fill_null(as_text(columns[column]), constant)
        else:
            columns[column] = pa.repeat(pa.scalar(constant, pa.string()), len(raw))
    if not len(raw) and not raw.refused:
        notes = [*notes, f"{raw.file}: a header and no rows"]
    name = PurePath(raw.file).name.removesuffix(".gz")
    return Shaped(kind.name, PurePath(name).stem, mapped(raw, columns, notes), dict(chosen), mapping.date_order)
