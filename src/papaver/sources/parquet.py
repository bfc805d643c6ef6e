"""Parquet: columns keep the types they declare; typed columns need no parsing."""

import pyarrow as pa
import pyarrow.parquet as pq

from papaver.sources.problem import BadInput, Problem, file_problem
from papaver.sources.raw import Raw, as_text, checked_headers, trimmed


def read_parquet(file: str, data: bytes) -> Raw:
    """The cells of a Parquet file; it has no header row, so its first record is row 1."""
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (pa.ArrowInvalid, OSError) as error:
        raise file_problem(file, f"the Parquet content is damaged ({error})", "Fetch the file again") from None
    headers = checked_headers(file, table.column_names)
    if not headers:
        raise file_problem(file, "it has no columns", "Check the export that wrote it")
    cells = tuple(_cells(file, name, column) for name, column in zip(headers, table.columns, strict=True))
    return Raw(file, "parquet", headers, cells, pa.array(range(1, table.num_rows + 1), pa.int64()))


def _cells(file: str, header: str, column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and not pa.types.is_nested(kind.value_type):
        return array.cast(pa.list_(pa.string()))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return trimmed(array.cast(pa.string()))
    if pa.types.is_null(kind):
        return array.cast(pa.string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        what = f"the column holds {kind}"
        raise BadInput([Problem(file, None, header, None, what, "Flatten it to text, numbers, dates or lists of text")])
    if pa.types.is_decimal(kind) or pa.types.is_time(kind):
        return as_text(array)
    return array
