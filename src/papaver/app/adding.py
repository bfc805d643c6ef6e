"""Adding files to a workspace: read all, refuse or keep the good, store once, remember the mapping."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from papaver.app.workspace import OpenWorkspace
from papaver.sources import BadInput, ColumnMapping, fingerprint, load_mapping, save_mapping, write_rejects
from papaver.sources.formats import read_raw
from papaver.sources.reading import parse
from papaver.sources.typed import Parsed
from papaver.store import Batch


@dataclass(frozen=True, slots=True)
class Added:
    """The batch, how many rows were left out, and what readers had to say."""

    batch: Batch
    rejected: int
    notes: tuple[str, ...]


def add(
    workspace: OpenWorkspace,
    files: Sequence[Path],
    as_: str,
    lag_days: int | None,
    delivery: Literal["snapshot", "increment"],
    mapping: Path | None = None,
    *,
    keep_good: bool = False,
    rejects: Path | None = None,
) -> Added:
    """Store files as one batch; with a bad row BadInput is raised and nothing stored, unless `keep_good`."""
    given = load_mapping(mapping) if mapping else None
    parsed = [p for file in files for p in _read(workspace, file, as_, given)]
    rejected = [row for p in parsed for row in p.rejected]
    if rejects is not None and rejected:
        write_rejects(rejected, rejects)
    if rejected and not keep_good:
        raise BadInput([problem for row in rejected for problem in row.problems])
    batch = workspace.store.add(parsed, lag_days=lag_days, delivery=delivery)
    notes = tuple(dict.fromkeys(note for p in parsed for note in p.notes))
    return Added(batch, len(rejected), (*notes, *batch.notes))


def _read(workspace: OpenWorkspace, file: Path, as_: str, given: ColumnMapping | None) -> list[Parsed]:
    """Read a file by the mapping given, which is then remembered for its headers, else by the one remembered."""
    raw = read_raw(file, given.sheet if given else None)
    kept = workspace.mappings / f"{as_}-{fingerprint(raw.headers)}.toml"
    if given is None and kept.is_file():
        remembered = load_mapping(kept)
        return parse(read_raw(file, remembered.sheet) if remembered.sheet else raw, as_, remembered)
    parsed = parse(raw, as_, given)
    if given is not None:
        workspace.mappings.mkdir(exist_ok=True)
        save_mapping(given, kept)
    return parsed
