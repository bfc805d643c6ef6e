"""A kernel over the groups of a sorted stream of Arrow batches, one group in memory at a time."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from papaver.model.analysis import Kernel

    Columns = dict[str, NDArray[np.generic]]

CHUNK_ROWS = 65_536


class KernelError(TypeError):
    """A kernel returned something other than what it declared."""


@dataclass(frozen=True, slots=True)
class Groups:
    """What is done to each group: the keys that make one, the kernel, and the schema of the result."""

    keys: tuple[str, ...]
    kernel: "Kernel"
    schema: pa.Schema


def result_schema(types: pa.Schema, keys: Sequence[str], returns: Mapping[str, str]) -> pa.Schema:
    """Keys as they are, then the columns the kernel declares."""
    clash = sorted(set(keys) & set(returns))
    if clash:
        raise KernelError(f"the kernel returns {', '.join(clash)}, which is a key")
    declared = ibis.schema(dict(returns)).to_pyarrow()
    return pa.schema([pa.field(k, types.field(k).type) for k in keys] + list(declared))


def stream_groups(batches: Iterable[pa.RecordBatch], groups: Groups) -> Iterator[pa.Table]:
    """Results of the kernel in chunks, in the order of the groups; `batches` must be sorted by the keys."""
    found: list[tuple[pa.RecordBatch, int, Columns]] = []
    rows = 0
    for batch, bounds in _whole_groups(batches, groups.keys):
        columns = {name: _Array.of(batch.column(name)) for name in batch.schema.names}
        for start, end in itertools.pairwise(bounds):
            out = _checked(groups.kernel, groups.kernel.run({n: c.part(start, end) for n, c in columns.items()}))
            found.append((batch, start, out))
            rows += len(next(iter(out.values()), ()))
        if rows >= CHUNK_ROWS:
            yield _assemble(found, groups)
            found, rows = [], 0
    if found:
        yield _assemble(found, groups)


def _whole_groups(
    batches: Iterable[pa.RecordBatch], keys: tuple[str, ...]
) -> Iterator[tuple[pa.RecordBatch, list[int]]]:
    """Batches that hold whole groups only, with the bounds of the groups in them."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        if batch.num_rows == 0:
            continue
        last = held[-1].slice(held[-1].num_rows - 1) if held else batch.slice(0, 0)
        starts = _starts(_joined([last, batch]), keys) if held else _starts(batch, keys)[1:]
        # With a row in front, a boundary at i lies before row i - 1 of the batch.
        cuts = [s - 1 for s in starts[1:]] if held else starts
        if not cuts:
            held.append(batch)
            continue
        whole = _joined([*held, batch.slice(0, cuts[-1])])
        yield whole, [*_starts(whole, keys), whole.num_rows]
        held = [batch.slice(cuts[-1])]
    if held:
        whole = _joined(held)
        yield whole, [0, whole.num_rows]


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)


def _starts(batch: pa.RecordBatch, keys: tuple[str, ...]) -> list[int]:
    """Rows at which a new group begins; a missing key equals a missing key, and NaN equals NaN."""
    change = np.zeros(batch.num_rows, dtype=bool)
    change[0] = True
    for key in keys:
        column = batch.column(key)
        before, after = column.slice(0, batch.num_rows - 1), column.slice(1)
        differs = pc.fill_null(pc.not_equal(before, after), False)
        unlike = pc.xor(pc.is_null(before, nan_is_null=True), pc.is_null(after, nan_is_null=True))
        both = pc.and_(pc.is_null(before, nan_is_null=True), pc.is_null(after, nan_is_null=True))
        changed = pc.or_(pc.and_not(differs, both), unlike)
        change[1:] |= changed.to_numpy(zero_copy_only=False)
    return [int(i) for i in np.flatnonzero(change)]


@dataclass(frozen=True, slots=True)
class _Array:
    """One column of a batch as numpy: integers with holes are also kept as floats, holes being NaN."""

    whole: "NDArray[np.generic]"
    holes: "NDArray[np.bool_] | None" = None
    with_holes: "NDArray[np.generic] | None" = None

    @classmethod
    def of(cls, column: pa.Array) -> "_Array":
        kind = column.type
        if pa.types.is_decimal(kind):
            column, kind = column.cast(pa.float64()), pa.float64()
        if pa.types.is_date(kind):
            return cls(column.cast(pa.date32()).to_numpy(zero_copy_only=False).astype("datetime64[D]"))
        if pa.types.is_timestamp(kind):
            return cls(column.to_numpy(zero_copy_only=False).astype("datetime64[us]"))
        if pa.types.is_floating(kind):
            return cls(column.to_numpy(zero_copy_only=False).astype(np.float64, copy=False))
        if not (pa.types.is_integer(kind) or pa.types.is_boolean(kind)):
            return cls(np.array([*column.to_pylist(), None], dtype=object)[:-1])
        zero = pa.scalar(0).cast(kind)
        filled = pc.fill_null(column, zero).to_numpy(zero_copy_only=False)
        whole = filled.astype(bool if pa.types.is_boolean(kind) else np.int64, copy=False)
        if column.null_count == 0:
            return cls(whole)
        holes = column.is_null().to_numpy(zero_copy_only=False)
        other = whole.astype(object if pa.types.is_boolean(kind) else np.float64)
        other[holes] = None if pa.types.is_boolean(kind) else np.nan
        return cls(whole, holes, other)

    def part(self, start: int, end: int) -> "NDArray[np.generic]":
        """One group of it. Whether an integer column becomes float depends on that group alone, not on the batch."""
        if self.holes is None or self.with_holes is None or not self.holes[start:end].any():
            return self.whole[start:end]
        return self.with_holes[start:end]


def _checked(kernel: "Kernel", out: "Columns") -> "Columns":
    if set(out) != set(kernel.returns):
        raise KernelError(f"the kernel returned {sorted(out)} where {sorted(kernel.returns)} are declared")
    lengths = {name: np.asarray(column).shape for name, column in out.items()}
    if len(set(lengths.values())) > 1 or any(len(shape) != 1 for shape in lengths.values()):
        raise KernelError(f"the kernel's columns must be 1-d and of one length, not {lengths}")
    return out


def _assemble(found: "list[tuple[pa.RecordBatch, int, Columns]]", groups: Groups) -> pa.Table:
    declared = [f for f in groups.schema if f.name not in groups.keys]
    lengths = np.array([len(next(iter(out.values()), ())) for _, _, out in found], dtype=np.int64)
    columns: dict[str, pa.ChunkedArray | pa.Array] = {k: _repeated(k, found, lengths) for k in groups.keys}
    for field in declared:
        columns[field.name] = _typed([np.asarray(out[field.name]) for _, _, out in found], field)
    return pa.table(columns, schema=groups.schema)


def _repeated(
    key: str, found: "list[tuple[pa.RecordBatch, int, Columns]]", lengths: "NDArray[np.int64]"
) -> pa.ChunkedArray:
    """The key of each group, once for every row that the kernel returned for it."""
    parts, i = [], 0
    while i < len(found):
        batch, j = found[i][0], i
        while j < len(found) and found[j][0] is batch:
            j += 1
        rows = np.repeat(np.array([start for _, start, _ in found[i:j]], dtype=np.int64), lengths[i:j])
        parts.append(batch.column(key).take(pa.array(rows)))
        i = j
    return pa.chunked_array(parts)


def _typed(parts: "list[NDArray[np.generic]]", field: pa.Field) -> pa.Array:
    """One declared column: NaN, NaT and None become missing."""
    column = np.concatenate(parts)
    if column.dtype.kind == "U":
        column = column.astype(object)
    if pa.types.is_date(field.type) and column.dtype.kind == "M":
        column = column.astype("datetime64[D]")
    try:
        # from_pandas: NaN and NaT are holes, in Arrow's words.
        return pa.array(column, from_pandas=True).cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise KernelError(f"the kernel's {field.name} is not {field.type}: {error}") from error
