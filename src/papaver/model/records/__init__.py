"""Record types: one YAML file each; validators, data dictionary and command help follow from them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

ColumnType = Literal[
    "text", "integer", "number", "boolean", "date", "timestamp", "choice", "list", "place", "substance"
]

ENVELOPE = "envelope"
# What the store writes beside the given columns; never read from a file.
STORED_COLUMNS: Mapping[str, str] = {
    "row_id": "Hash of the typed content as given; the same row delivered again has the same one.",
    "batch_id": "The delivery it came in.",
    "source_file": "Name of the file it came in.",
    "source_row": "Row of that file, the header being row 1.",
    "recorded_at": "The moment it was stored, by the system clock, UTC.",
    "schema_version": "Version of the record type it was stored under.",
}


class Column(BaseModel):
    """One column: its type, whether a file must have it, what an empty cell means, its bounds and its meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: ColumnType
    what: str
    required: bool = False
    blank: Literal["error", "missing"] = "error"
    values: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    default: str | int | float | None = None
    group: str = "content"


class RecordType(BaseModel):
    """A kind of record: its columns (envelope first), its key, and what its period is when none is given.

    `key` names what a revision revises. Where `repeats` is true and the first key column is empty, a row is known by
    its whole content and its occurrence within the file instead: two identical wraps tested on one day are two.
    `period_default` lists the date columns (or `specimen`) that give the period when the file has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    what: str
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    register_: bool = False
    repeats: bool = False
    period: Literal["required", "optional"] = "optional"
    period_default: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Columns a file must have."""
        return tuple(c.name for c in self.columns.values() if c.required)

    @property
    def own_columns(self) -> tuple[str, ...]:
        """Columns that the envelope does not have."""
        return tuple(c.name for c in self.columns.values() if c.group == "content")


def _read(stem: str) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((files(__name__) / f"{stem}.yaml").read_text(encoding="utf-8"))
    return loaded


def _columns(raw: dict[str, object]) -> dict[str, dict[str, object]]:
    columns = raw["columns"]
    if not isinstance(columns, dict):
        raise TypeError(f"{raw['name']}: columns must be a mapping")
    return {name: {"name": name, **spec} for name, spec in columns.items()}


def _load(stem: str, envelope: dict[str, dict[str, object]]) -> RecordType:
    raw = _read(stem)
    merged = {name: dict(spec) for name, spec in envelope.items()}
    if raw.get("period") == "required":
        merged["period_start"]["required"] = True
    for name, spec in _columns(raw).items():
        merged[name] = {**merged.get(name, {}), **spec}
    return RecordType.model_validate({**raw, "columns": merged})


@cache
def record_types() -> Mapping[str, RecordType]:
    """Every record type by name, read from the YAML files of this folder: adding a file adds a type."""
    stems = sorted(f.name.removesuffix(".yaml") for f in files(__name__).iterdir() if f.name.endswith(".yaml"))
    envelope = _columns(_read(ENVELOPE))
    return {stem: _load(stem, envelope) for stem in stems if stem != ENVELOPE}
