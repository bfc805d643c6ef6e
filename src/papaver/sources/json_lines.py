"""NDJSON: one object per line; numbers are kept as they are written."""

import json
from collections.abc import Sequence

import pyarrow as pa

from papaver.sources.encoding import decoded
from papaver.sources.problem import BadInput, Problem, Rejected
from papaver.sources.raw import Raw, checked_headers, text_cells

_FLAT = "Write text, a number, true, false, null or a list of texts"


class _Doubled(ValueError):
    """A key stands twice in one object."""


def read_json_lines(file: str, data: bytes) -> Raw:
    """The cells of an NDJSON file: headers are the keys in the order they first stand; the first line is row 1."""
    content, notes = decoded(file, data)
    found: dict[str, list[str | list[str] | None]] = {}
    rows: list[int] = []
    refused: list[Rejected] = []
    for row, line in enumerate(content.decode("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        cells = _cells(file, row, line)
        if isinstance(cells, Rejected):
            refused.append(cells)
            continue
        for key in cells:
            found.setdefault(key, [])
        for key, column in found.items():
            column.extend([None] * (len(rows) - len(column)))
            column.append(cells.get(key))
        rows.append(row)
    if not rows and refused:
        raise BadInput([problem for line in refused for problem in line.problems])
    headers = checked_headers(file, found)
    arrays = tuple(_array(column) for column in found.values())
    return Raw(file, "ndjson", headers, arrays, pa.array(rows, pa.int64()), tuple(refused), notes)


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Doubled(next(key for key in keys if keys.count(key) > 1))
    return found


def _cells(file: str, row: int, line: str) -> dict[str, str | list[str] | None] | Rejected:
    def rejected(column: str | None, value: str | None, what: str, mend: str) -> Rejected:
        return Rejected(row, {"line": line}, (Problem(file, row, column, value, what, mend),))

    try:
        loaded = json.loads(line, object_pairs_hook=_pairs, parse_float=str, parse_int=str, parse_constant=str)
    except _Doubled as error:
        return rejected(str(error), None, "the key stands twice in this row", "Keep one of the two")
    except (ValueError, RecursionError) as error:
        return rejected(None, None, f"not valid JSON ({error})", "Write one JSON object per line")
    if not isinstance(loaded, dict):
        return rejected(None, None, "not a JSON object", "Write one JSON object per line")
    cells: dict[str, str | list[str] | None] = {}
    for key, value in loaded.items():
        if isinstance(value, bool):
            cells[key] = "true" if value else "false"
        elif value is None or isinstance(value, str) or _texts(value):
            cells[key] = value
        else:
            return rejected(key, json.dumps(value)[:80], "a value inside a value has no place in a cell", _FLAT)
    return cells


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _array(values: Sequence[str | list[str] | None]) -> pa.Array:
    if any(isinstance(value, list) for value in values):
        lists = [value if isinstance(value, list) or value is None else [value] for value in values]
        return pa.array(lists, pa.list_(pa.string()))
    return text_cells([value for value in values if not isinstance(value, list)])
