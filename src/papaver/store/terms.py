"""Distinct spellings of the evidence, each normalised once, as a table that `detections` joins."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from ibis.expr.types import Table

LISTING, TEXT = "listing", "text"
MENTIONS = pa.schema(
    [
        # "listing:" or "text:" and the string as reported.
        pa.field("asked", pa.string()),
        # -1: the string was read and names nothing.
        pa.field("ordinal", pa.int64()),
        pa.field("reported_as", pa.string()),
        pa.field("substance", pa.string()),
        pa.field("class", pa.string()),
        pa.field("role", pa.string()),
        pa.field("negated", pa.bool_()),
        pa.field("looks_like", pa.string()),
        pa.field("result", pa.string()),
    ]
)


class Mention(Protocol):
    """What the normaliser says about one term of a string; see `model.substances`."""

    @property
    def reported_as(self) -> str: ...
    @property
    def substance(self) -> str | None: ...
    @property
    def cls(self) -> str | None: ...
    @property
    def role(self) -> str | None: ...
    @property
    def negated(self) -> bool: ...
    @property
    def looks_like(self) -> str | None: ...
    @property
    def result(self) -> str | None: ...


Read = Callable[[str], Sequence[Mention]]


@dataclass(frozen=True, slots=True)
class Normaliser:
    """How strings are read: a listing of names, free text, and the version of the vocabulary behind both."""

    terms: Read
    mentions: Read
    version: str


def vocabulary() -> Normaliser:
    """The normaliser of `model.substances`."""
    from papaver.model import substances

    return Normaliser(substances.terms, substances.mentions, substances.VOCABULARY_VERSION)


@dataclass(frozen=True, slots=True)
class TermTable:
    """Every string read so far and what it names (columns of MENTIONS), under one version of the vocabulary."""

    table: pa.Table
    version: str


def no_terms(version: str) -> TermTable:
    """Nothing read yet."""
    return TermTable(MENTIONS.empty_table(), version)


def add_strings(known: TermTable, strings: pa.Table, normaliser: Normaliser) -> TermTable:
    """Read the strings (column `asked`) that the table does not hold yet; those of another version anew."""
    kept = known.table if known.version == normaliser.version else MENTIONS.empty_table()
    fresh = sorted(set(strings.column("asked").to_pylist()) - set(kept.column("asked").to_pylist()))
    if not fresh:
        return TermTable(kept, normaliser.version)
    rows = [row for asked in fresh for row in _rows(asked, normaliser)]
    return TermTable(pa.concat_tables([kept, pa.Table.from_pylist(rows, MENTIONS)]), normaliser.version)


def strings_of(specimen: pa.Table, assay: pa.Table) -> pa.Table:
    """Distinct strings of Arrow tables, column `asked`: listed substances, substances of assays, free text."""
    parts = (
        (LISTING, pc.list_flatten(specimen.column("substances"))),
        (LISTING, assay.column("substance")),
        (TEXT, specimen.column("text")),
    )
    asked = {f"{how}:{s}" for how, strings in parts for s in pc.unique(strings).to_pylist() if s is not None}
    return pa.table({"asked": pa.array(sorted(asked), pa.string())})


def strings_in(specimen: "Table", assay: "Table") -> "Table":
    """The same as `strings_of` as an expression, for tables that an engine holds."""
    import ibis

    parts = [
        specimen.select(asked=ibis.literal(f"{LISTING}:") + specimen.substances.unnest()),
        assay.select(asked=ibis.literal(f"{LISTING}:") + assay.substance),
        specimen.select(asked=ibis.literal(f"{TEXT}:") + specimen.text),
    ]
    return ibis.union(*parts).filter(lambda t: t.asked.notnull()).distinct()


def read_cache(folder: Path, version: str) -> TermTable:
    """What an earlier session read under this version; nothing when there is no such file or it is damaged."""
    try:
        return TermTable(pq.read_table(_file(folder, version), schema=MENTIONS), version)
    except (OSError, pa.ArrowInvalid, KeyError):
        return no_terms(version)


def write_cache(folder: Path, terms: TermTable) -> None:
    """Keep it; the file may be deleted at any time."""
    folder.mkdir(parents=True, exist_ok=True)
    final = _file(folder, terms.version)
    fresh = final.with_suffix(f".{os.getpid()}.tmp")
    pq.write_table(terms.table, fresh, compression="zstd")
    fresh.replace(final)


def _file(folder: Path, version: str) -> Path:
    safe = "".join(c if c.isalnum() or c in "-." else "-" for c in version)
    return folder / f"terms-{safe}.parquet"


def _rows(asked: str, normaliser: Normaliser) -> list[dict[str, object]]:
    how, string = asked.split(":", 1)
    found = (normaliser.terms if how == LISTING else normaliser.mentions)(string)
    rows = [_row(asked, i, mention) for i, mention in enumerate(found)]
    return rows or [{"asked": asked, "ordinal": -1}]


def _row(asked: str, ordinal: int, mention: Mention) -> dict[str, object]:
    """One mention; a name never seen whose stem speaks keeps its spelling in lower case as its name."""
    substance, cls, role = mention.substance, mention.cls, mention.role
    if substance is None and mention.looks_like is not None:
        substance, cls = mention.reported_as.lower(), cls or mention.looks_like
    if substance is None and mention.result is None:
        role = "class" if cls is not None else "unresolved"
    return {
        "asked": asked,
        "ordinal": ordinal,
        "reported_as": mention.reported_as,
        "substance": substance,
        "class": cls,
        "role": role,
        "negated": mention.negated,
        "looks_like": mention.looks_like,
        "result": mention.result,
    }
