"""A file as it stands: headers, cells as text and the row each came from. Nothing is interpreted here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from papaver.sources.problem import BadInput, Problem, Rejected

# Zero-width and non-breaking spaces surround cells copied from web pages and word processors.
BLANKS = " \t\r\n\u00a0\u200b\u202f\u2009\ufeff"


@dataclass(frozen=True, slots=True)
class Raw:
    """The cells of a file.

    `cells` holds one array per header: text (null = empty), lists of text, or the types a Parquet file declares.
    `rows` is the row of the file, the header being row 1; a file without a header row starts at 1.
    `refused` are rows that could not be taken apart into cells.
    """

    file: str
    format: str
    headers: tuple[str, ...]
    cells: tuple[pa.Array, ...]
    rows: pa.Array
    refused: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, header: str) -> pa.Array:
        """The cells under a header."""
        return self.cells[self.headers.index(header)]

    def texts(self, header: str) -> list[str]:
        """The cells under a header as text, empty ones as ''; no such header: all empty."""
        if header not in self.headers:
            return [""] * len(self)
        values: list[str | None] = as_text(self.column(header)).to_pylist()
        return ["" if value is None else value for value in values]

    def cells_of(self, index: int) -> dict[str, str]:
        """One row as it stands, for the list of rejected rows."""
        shown = {}
        for header, array in zip(self.headers, self.cells, strict=True):
            value = array[index].as_py()
            shown[header] = (
                "" if value is None else "; ".join(map(str, value)) if isinstance(value, list) else str(value)
            )
        return shown


def as_text(array: pa.Array) -> pa.Array:
    """Any scalar array as text: dates and timestamps in ISO form, numbers in their shortest exact form."""
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_boolean(array.type):
        return pc.if_else(array, "true", "false")
    if pa.types.is_list(array.type):
        return pc.binary_join(array, "; ")
    if pa.types.is_dictionary(array.type):
        return as_text(array.dictionary_decode())
    return array.cast(pa.string())


def text_cells(values: Sequence[str | None]) -> pa.Array:
    """Text cells without surrounding blanks, empty ones as null."""
    return trimmed(pa.array(values, pa.string()))


def trimmed(array: pa.Array) -> pa.Array:
    """Text without surrounding blanks, empty as null."""
    stripped = pc.utf8_trim(array, characters=BLANKS)
    return pc.if_else(pc.equal(stripped, ""), pa.scalar(None, pa.string()), stripped)


def checked_headers(file: str, headers: Iterable[str], row: int = 1) -> tuple[str, ...]:
    """Headers without surrounding blanks; empty ones are named by position, doubled ones are an error."""
    clean = [header.strip(BLANKS) for header in headers]
    seen: dict[str, int] = {}
    problems = []
    for position, header in enumerate(clean, 1):
        if header and header in seen:
            what = f"the header stands twice, over columns {seen[header]} and {position}"
            problems.append(Problem(file, row, None, header, what, "Give each column its own name"))
        seen.setdefault(header, position)
    if problems:
        raise BadInput(problems)
    return tuple(header or f"column {position}" for position, header in enumerate(clean, 1))


def mapped(raw: Raw, headers: Mapping[str, Sequence[str | None] | pa.Array], notes: Sequence[str] = ()) -> Raw:
    """The same rows under other columns: what a source hands on after reading its layout."""
    arrays = [values if isinstance(values, pa.Array) else _array(values) for values in headers.values()]
    return Raw(raw.file, raw.format, tuple(headers), tuple(arrays), raw.rows, raw.refused, (*raw.notes, *notes))


def _array(values: Sequence[str | None]) -> pa.Array:
    return text_cells(values)
