"""Which header is which column: kept as TOML, remembered by the headers' fingerprint."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from papaver.sources.problem import file_problem

DATE_ORDERS = ("day_month", "month_day")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How the columns of a file become those of a record type.

    `columns`: header to column, an empty column leaves the header out. `constants`: column to the text it holds where
    the file has no cell for it. `date_order` decides dates that put the year last; `sheet` names a workbook's sheet.
    """

    record_type: str
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    date_order: Literal["day_month", "month_day"] | None = None
    sheet: str | None = None

    def to_toml(self) -> str:
        """The mapping as TOML, to be read back by `load_mapping`."""
        lines = [f"record_type = {_quoted(self.record_type)}"]
        lines += [f"date_order = {_quoted(self.date_order)}"] if self.date_order else []
        lines += [f"sheet = {_quoted(self.sheet)}"] if self.sheet else []
        for title, table in (("columns", self.columns), ("constants", self.constants)):
            lines += ["", f"[{title}]", *(f"{_quoted(key)} = {_quoted(value)}" for key, value in table.items())]
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string with ASCII escapes is a TOML basic string, but for the delete character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def save_mapping(mapping: ColumnMapping, path: Path) -> None:
    """Write a mapping as TOML."""
    path.write_text(mapping.to_toml(), encoding="utf-8")


def load_mapping(path: Path) -> ColumnMapping:
    """A mapping from TOML. Raises BadInput where it cannot be read or holds anything else."""
    try:
        loaded = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise file_problem(str(path), "there is no such file", "Check the name and the folder") from None
    except (OSError, UnicodeDecodeError) as error:
        raise file_problem(path.name, f"it cannot be read ({error})", "Check the file") from None
    except tomllib.TOMLDecodeError as error:
        raise file_problem(path.name, f"not TOML ({error})", "Mend the line") from None
    return mapping_from(loaded, path.name)


def mapping_from(loaded: Mapping[str, object], name: str) -> ColumnMapping:
    """A mapping from a parsed TOML document called `name`. Raises BadInput where it holds anything else."""
    known = ("record_type", "columns", "constants", "date_order", "sheet")
    for key in loaded:
        if key not in known:
            raise file_problem(name, f"{key} means nothing in a mapping", f"A mapping has {', '.join(known)}")
    record_type, sheet, order = loaded.get("record_type"), loaded.get("sheet"), loaded.get("date_order")
    if not isinstance(record_type, str):
        raise file_problem(name, "record_type is missing", 'Say record_type = "count" or another type')
    if order is not None and order not in DATE_ORDERS:
        raise file_problem(name, f"date_order is {order}", f"Say one of {', '.join(DATE_ORDERS)}")
    if sheet is not None and not isinstance(sheet, str):
        raise file_problem(name, f"sheet is {sheet}", "Give the name of a sheet")
    columns, constants = (_table(loaded, key, name) for key in ("columns", "constants"))
    # Checked just above; TOML values carry no static type.
    return ColumnMapping(record_type, columns, constants, cast(Literal["day_month", "month_day"] | None, order), sheet)


def _table(loaded: Mapping[str, object], key: str, name: str) -> dict[str, str]:
    table = loaded.get(key, {})
    if not isinstance(table, dict) or not all(isinstance(v, str | int | float) for v in table.values()):
        raise file_problem(name, f"{key} is not a table of texts", 'Write lines such as "Drug name" = "substance"')
    return {str(k): str(v).lower() if isinstance(v, bool) else str(v) for k, v in table.items()}


def folded(header: str) -> str:
    """A header without case, spaces and punctuation at its seams, for comparison: 'Period start' is period_start."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", header)
    return re.sub(r"[\W_]+", "_", spaced.casefold()).strip("_")


def fingerprint(headers: Iterable[str]) -> str:
    """A name for a set of headers, whatever their order and case: what a remembered mapping is filed under."""
    return hashlib.sha256("\n".join(sorted(folded(h) for h in headers)).encode()).hexdigest()[:16]
