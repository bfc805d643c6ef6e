"""Bytes to text: UTF-8, with or without a mark, or UTF-16 with one; anything else is named, never guessed."""

import codecs
import csv

from papaver.sources.problem import BadInput, Problem

_MEND = "Save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def decoded(file: str, data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The content as UTF-8 bytes without a mark, and notes. Raises BadInput with row, column, value and the mend."""
    notes: tuple[str, ...] = ()
    if data[:2] in _UTF16:
        try:
            data = data.decode(_UTF16[data[:2]]).encode("utf-8")
        except UnicodeDecodeError as error:
            what = f"it is marked as UTF-16 but byte {error.start} is not"
            raise BadInput([Problem(file, None, None, None, what, _MEND)]) from None
        notes = (f"{file}: decoded from UTF-16",)
    data = data.removeprefix(codecs.BOM_UTF8)
    if (at := data.find(b"\x00")) >= 0:
        row = _row(data, at)
        what = f"a NUL byte stands at byte {at}: this is not text, or text cut off in writing"
        raise BadInput([Problem(file, row, None, None, what, f"Fetch or export the file again. {_MEND}")])
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput([_misread(file, data, error.start)]) from None
    return data, notes


def _row(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _misread(file: str, data: bytes, at: int) -> Problem:
    """Where the first byte that is not UTF-8 stands, and what it would be in the commonest other encoding."""
    start = data.rfind(b"\n", 0, at) + 1
    end = data.find(b"\n", at)
    line = data[start : len(data) if end < 0 else end].decode("cp1252", errors="replace")
    head = data[: max(data.find(b"\n"), 0)].decode("cp1252", errors="replace")
    mark = max((",", ";", "\t"), key=head.count)
    cells = next(csv.reader([line], delimiter=mark), [])
    headers = next(csv.reader([head], delimiter=mark), [])
    position, cell = next(((i, c) for i, c in enumerate(cells) if not c.isascii()), (None, line[:40]))
    column = headers[position] if position is not None and position < len(headers) and start else None
    what = f"byte 0x{data[at]:02X} is not UTF-8 (shown here as Windows-1252 would read it)"
    return Problem(file, _row(data, at), column, cell.strip(), what, _MEND)
