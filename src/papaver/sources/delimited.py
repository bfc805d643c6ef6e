"""CSV and TSV: every cell as text, every row numbered as in the file."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.csv as pacsv

from papaver.sources.encoding import decoded
from papaver.sources.problem import BadInput, Problem, Rejected, file_problem
from papaver.sources.raw import Raw, checked_headers, trimmed

_BLOCK = 4_000
_DELIMITERS = (",", ";", "\t", "|")
# Spreadsheets write the separator into a line of its own, above the header.
_SAID = re.compile(r"sep=([,;\t|])[,;\t|]*\s*", re.IGNORECASE)
csv.field_size_limit(1 << 24)


def read_delimited(file: str, data: bytes, format: str) -> Raw:
    """The cells of a CSV or TSV; the separator (comma, semicolon, tab, bar) is the one the header row uses most.

    Files without quotes, blank lines or ragged rows go through Arrow; all others row by row, to the same result.
    """
    content, notes = decoded(file, data)
    head = _first_line(content)
    if not content.strip():
        raise file_problem(file, "the file is empty", "Check the export that wrote it")
    said = _SAID.fullmatch(head)
    delimiter = said[1] if said else _delimiter(head, format)
    if b'"' not in content and not said:
        quick = _by_arrow(file, content, format, delimiter, notes)
        if quick is not None:
            return quick
    return _by_row(file, content.decode("utf-8"), format, delimiter, notes)


def _first_line(content: bytes) -> str:
    return next((line for line in io.BytesIO(content) if line.strip()), b"").decode("utf-8")


def _delimiter(head: str, format: str) -> str:
    if format == "tsv" and "\t" in head:
        return "\t"
    quoted = head.split('"')[::2]
    counts = {mark: sum(part.count(mark) for part in quoted) for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: counts[mark])
    return best if counts[best] else ("\t" if format == "tsv" else ",")


def _by_arrow(file: str, content: bytes, format: str, delimiter: str, notes: tuple[str, ...]) -> Raw | None:
    """Arrow's reader where it is exact: no quotes, one line per row, as many cells as headers; else None."""
    lines = content.split(b"\n", 1)
    head = lines[0].removesuffix(b"\r")
    names = head.decode("utf-8").split(delimiter)
    if len(lines) < 2 or len(names) < 2 or b"\r" in head or not any(name.strip() for name in names):
        return None
    headers = checked_headers(file, names)
    positions = [str(i) for i in range(len(headers))]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(lines[1]),
            read_options=pacsv.ReadOptions(column_names=positions, use_threads=False),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(positions, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    cells = tuple(trimmed(column.combine_chunks()) for column in table.columns)
    rows = pa.array(range(2, table.num_rows + 2), pa.int64())
    return _without_empty(Raw(file, format, headers, cells, rows, (), notes))


def _without_empty(raw: Raw) -> Raw | None:
    """None where a row has no cell at all: the slow reader drops such rows and keeps the numbers of the others."""
    import pyarrow.compute as pc

    filled = raw.cells[0].is_valid()
    for column in raw.cells[1:]:
        filled = pc.or_(filled, column.is_valid())
    return raw if pc.all(filled).as_py() is not False else None


def _records(file: str, content: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    row = 0
    try:
        for row, cells in enumerate(reader, 1):
            yield row, cells
    except csv.Error as error:
        what = f"the quotes do not pair up ({error})"
        raise BadInput([Problem(file, row + 1, None, None, what, "Double every quote inside a quoted cell")]) from None


def _by_row(file: str, content: str, format: str, delimiter: str, notes: tuple[str, ...]) -> Raw:
    records = _records(file, content, delimiter)
    filled = ((row, cells) for row, cells in records if any(cell.strip() for cell in cells))
    first, names = next(filled, (0, []))
    if _SAID.fullmatch(delimiter.join(names)):
        first, names = next(filled, (0, []))
    headers = checked_headers(file, names, first)
    width = len(headers)
    refused: list[Rejected] = []
    chunks: list[list[pa.Array]] = [[] for _ in headers]
    rows: list[int] = []
    while block := list(islice(records, _BLOCK)):
        kept = []
        for row, cells in block:
            # Most rows are told not to be blank by their first cell alone.
            if not (cells and cells[0].strip()) and not any(cell.strip() for cell in cells):
                continue
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                cells = cells[:width]
            if len(cells) != width:
                refused.append(_ragged(file, row, cells, headers))
                continue
            rows.append(row)
            kept.append(cells)
        for chunk, values in zip(chunks, zip(*kept, strict=True) if kept else [()] * width, strict=True):
            chunk.append(trimmed(pa.array(values, pa.string())))
    arrays = tuple(pa.concat_arrays(chunk) if chunk else pa.array([], pa.string()) for chunk in chunks)
    return Raw(file, format, headers, arrays, pa.array(rows, pa.int64()), tuple(refused), notes)


def _ragged(file: str, row: int, cells: list[str], headers: tuple[str, ...]) -> Rejected:
    what = f"the row has {len(cells)} cells, the header {len(headers)}"
    mend = "Quote cells that hold the separator, or fill in the missing cells"
    shown = dict(zip(headers, cells, strict=False))
    shown.update({f"column {i}": cell for i, cell in enumerate(cells[len(headers) :], len(headers) + 1)})
    return Rejected(row, shown, (Problem(file, row, None, None, what, mend),))
