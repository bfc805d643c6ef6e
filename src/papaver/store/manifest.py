"""The ledger on disk: one small file, replaced whole; and writing a file so that it survives a crash."""

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError

from papaver.store.ledger import SCHEMA_VERSION, Entry, Ledger

FORMAT = 1
NAME = "manifest.json"


class NeedsMigration(Exception):
    """The evidence was written by a newer Papaver, or by one too old to be read without `papaver migrate`."""


class Damaged(Exception):
    """A file that the manifest lists is missing or not as long as it was written; nothing was changed."""


class NotThere(LookupError):
    """There is no evidence in the folder."""


class Manifest(BaseModel):
    """What the file holds: its own format, and the ledger."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    entries: Ledger = ()


def read_manifest(evidence: Path) -> Ledger:
    """The ledger of a folder of evidence, each file it lists being there in full.

    Raises NotThere, NeedsMigration or Damaged.
    """
    path = evidence / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotThere(f"{evidence}: no evidence here. Make a workspace with papaver init DIR.") from error
    found = _Format.model_validate_json(text).format
    _readable(found, FORMAT, path)
    try:
        ledger = Manifest.model_validate_json(text).entries
    except ValidationError as error:
        raise Damaged(f"{path}: not a list of batches: {error}") from error
    for entry in ledger:
        for part in entry.parts:
            _readable(part.schema_version, SCHEMA_VERSION, path)
            for file, size in ((part.file, part.bytes), (part.pairs_file, part.pairs_bytes)):
                _check_there(evidence / file, size, entry) if file else None
    return ledger


class _Format(BaseModel):
    """The one field that every version of the file has."""

    format: int


def _readable(found: int, known: int, path: Path) -> None:
    if found > known:
        raise NeedsMigration(
            f"{path}: written in version {found} of the format; this Papaver reads up to {known}. Install a newer one."
        )
    if found < 1:
        raise NeedsMigration(f"{path}: version {found} of the format is not known. Run papaver migrate.")


def _check_there(path: Path, size: int, entry: Entry) -> None:
    try:
        found = path.stat().st_size
    except FileNotFoundError as error:
        raise Damaged(f"{path}: missing, and batch {entry.batch_id} needs it. Restore it from a backup.") from error
    if found != size:
        raise Damaged(f"{path}: {found} bytes instead of the {size} of batch {entry.batch_id}. Restore it.")


def swap_manifest(evidence: Path, ledger: Ledger) -> None:
    """Replace the ledger in one step; when this returns, a crash cannot take it back."""
    text = Manifest(entries=ledger).model_dump_json(indent=1)
    write_durably(evidence / NAME, lambda path: path.write_text(text + "\n", encoding="utf-8"))


def write_table_durably(path: Path, table: pa.Table) -> int:
    """Write a Parquet file so that it is whole or absent; returns its size in bytes."""
    labelled = table.replace_schema_metadata({"papaver.schema_version": str(SCHEMA_VERSION)})
    write_durably(path, lambda fresh: pq.write_table(labelled, fresh, compression="zstd"))
    return path.stat().st_size


def write_durably(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside, fsync, rename, fsync the folder."""
    make_folder_durably(path.parent)
    fresh = path.with_name(f".{path.name}.tmp")
    write(fresh)
    _fsync(fresh)
    os.replace(fresh, path)
    _fsync(path.parent)


def make_folder_durably(folder: Path) -> None:
    """Make a folder and those above it, each recorded in the one above."""
    if folder.is_dir():
        return
    make_folder_durably(folder.parent)
    folder.mkdir(exist_ok=True)
    _fsync(folder.parent)


def sweep(evidence: Path) -> None:
    """Remove what a writer that was killed left half-written; only for the holder of the lock."""
    for left in evidence.rglob(".*.tmp"):
        left.unlink()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
