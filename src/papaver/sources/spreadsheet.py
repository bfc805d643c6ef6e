"""XLSX: one sheet, one header row, plain values; formulas and merged cells are named, never guessed."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Protocol
from xml.etree import ElementTree

import pyarrow as pa

from papaver.sources.problem import BadInput, Problem, Rejected, file_problem
from papaver.sources.raw import Raw, checked_headers, text_cells

MAX_UNPACKED = 1 << 30
_PASTE = "Copy the column and paste it as values"


class _Cell(Protocol):
    """What is used of a cell of a workbook."""

    data_type: str

    @property
    def value(self) -> object:
        """The value as the workbook stores it."""


def read_workbook(file: str, data: bytes, sheet: str | None = None) -> Raw:
    """The cells of one sheet: the one named, else the first visible one that is not empty."""
    import openpyxl

    members = _members(file, data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    except Exception as error:  # openpyxl raises KeyError, ValueError, BadZipFile and others on damaged workbooks
        raise file_problem(file, f"the workbook is damaged ({error})", "Open it and save it again as .xlsx") from None
    try:
        visible = [s for s in book.worksheets if s.sheet_state == "visible"]
        notes = [f"{file}: hidden sheet {s.title!r} not read" for s in book.worksheets if s not in visible]
        if sheet is not None:
            if sheet not in book.sheetnames:
                what = f"there is no sheet {sheet!r}; there are {', '.join(book.sheetnames)}"
                raise file_problem(file, what, "Name one of them in the mapping")
            visible = [s for s in book.worksheets if s.title == sheet]
        for at, candidate in enumerate(visible):
            rows = _filled(candidate.iter_rows())
            first = next(rows, None)
            if first is None:
                continue
            others = [s.title for s in visible[at + 1 :]]
            if others:
                notes.append(f"{file}: read sheet {candidate.title!r}; not read: {', '.join(others)}")
            _refuse_merged(file, data, members, candidate.title)
            return _sheet(file, first, rows, notes)
    finally:
        book.close()
    raise file_problem(file, "no visible sheet holds anything", "Put the table on a visible sheet")


def _members(file: str, data: bytes) -> dict[str, zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: info for info in archive.infolist()}
    except zipfile.BadZipFile as error:
        raise file_problem(file, f"the workbook is damaged ({error})", "Fetch the file again") from None
    if "xl/workbook.xml" not in members:
        raise file_problem(file, "this is a zip archive but not an XLSX workbook", "Unpack it, or save it as .xlsx")
    if sum(info.file_size for info in members.values()) > MAX_UNPACKED:
        what = f"it unpacks to more than {MAX_UNPACKED >> 30} GB"
        raise file_problem(file, what, "Deliver it in parts, or as CSV or Parquet")
    return members


def _filled(rows: Iterator[Sequence[_Cell]]) -> Iterator[tuple[int, list[_Cell]]]:
    for number, cells in enumerate(rows, 1):
        kept = list(cells)
        if any(cell.value is not None and str(cell.value).strip() for cell in kept):
            yield number, kept


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _refuse_merged(file: str, data: bytes, members: dict[str, zipfile.ZipInfo], title: str) -> None:
    """Raise where the sheet has merged cells: only the first of them holds the value, the others look empty."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        path = _sheet_path(archive, title)
        if path not in members:
            return
        with archive.open(path) as stream:
            ranges = []
            for _, element in ElementTree.iterparse(stream):
                if _local(element) == "mergeCell":
                    ranges.append(element.get("ref", ""))
                elif _local(element) == "row":
                    element.clear()
    if ranges:
        what = "cells {} are merged: which rows the value belongs to is not said"
        mend = "Unmerge them and fill in every cell"
        raise BadInput([Problem(file, _row_of(r), None, None, what.format(r), mend) for r in ranges])


def _row_of(reference: str) -> int | None:
    digits = "".join(c for c in reference.partition(":")[0] if c.isdigit())
    return int(digits) if digits else None


def _sheet_path(archive: zipfile.ZipFile, title: str) -> str:
    """The member of the archive that holds a sheet, through the workbook's list of relations."""
    wanted = ""
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if _local(element) == "sheet" and element.get("name") == title:
            wanted = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
    for element in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")).iter():
        if element.get("Id") == wanted:
            target = element.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _sheet(file: str, first: tuple[int, list[_Cell]], rows: Iterator[tuple[int, list[_Cell]]], notes: list[str]) -> Raw:
    number, cells = first
    names = [_text(cell) or "" for cell in cells]
    while names and not names[-1].strip():
        names.pop()
    formulas = [c for c in cells if c.data_type == "f"]
    if formulas:
        raise BadInput([Problem(file, number, None, _text(c), "a header is a formula", _PASTE) for c in formulas])
    headers = checked_headers(file, names, number)
    if number > 1:
        notes.append(f"{file}: the header stands in row {number}")
    kept: list[list[str | None]] = [[] for _ in headers]
    numbers: list[int] = []
    refused: list[Rejected] = []
    for row, found in rows:
        problems = _problems(file, row, headers, found)
        texts = [_text(cell) for cell in found]
        if problems:
            shown = {_header(headers, i): text or "" for i, text in enumerate(texts) if i < len(headers) or text}
            refused.append(Rejected(row, shown, tuple(problems)))
            continue
        numbers.append(row)
        for i, column in enumerate(kept):
            column.append(texts[i] if i < len(texts) else None)
    arrays = tuple(text_cells(column) for column in kept)
    return Raw(file, "xlsx", headers, arrays, pa.array(numbers, pa.int64()), tuple(refused), tuple(notes))


def _header(headers: Sequence[str], position: int) -> str:
    return headers[position] if position < len(headers) else f"column {position + 1}"


def _problems(file: str, row: int, headers: Sequence[str], cells: Sequence[_Cell]) -> list[Problem]:
    problems = []
    for position, cell in enumerate(cells):
        column = _header(headers, position)
        if cell.data_type == "f":
            problems.append(Problem(file, row, column, _text(cell), "the cell holds a formula", _PASTE))
        elif cell.data_type == "e":
            problems.append(
                Problem(file, row, column, _text(cell), "the cell holds a spreadsheet error", "Mend the cell")
            )
        elif position >= len(headers) and _text(cell):
            problems.append(
                Problem(file, row, column, _text(cell), "the cell has no header", "Give the column a header")
            )
    return problems


def _text(cell: _Cell) -> str | None:
    """A cell as it would stand in a CSV: ISO dates, numbers without a needless fraction."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(getattr(value, "text", value))
