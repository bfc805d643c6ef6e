"""Files to records: readers, the validator, mappings, and one folder per layout that files come in."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from papaver.sources.mapping import ColumnMapping, fingerprint, load_mapping, save_mapping
from papaver.sources.problem import BadInput, Problem, Rejected
from papaver.sources.source import Shaped, Source

if TYPE_CHECKING:
    from papaver.sources.checking import Check
    from papaver.sources.typed import Parsed


def read(path: Path, as_: str, mapping: ColumnMapping | Mapping[str, str] | None = None) -> "list[Parsed]":
    """The rows of a file as typed tables, one per record type it holds.

    `as_` is a record type or a source. `mapping` is header to column, or a ColumnMapping. Rows with problems are in
    `Parsed.rejected`, never raised; BadInput is raised where the file as a whole cannot be read.
    """
    # Arrow is imported with the first file, not with `papaver --help`.
    from papaver.sources.reading import read as read_file

    return read_file(Path(path), as_, mapping)


def check(path: Path, as_: str | None = None, mapping: ColumnMapping | Mapping[str, str] | None = None) -> "Check":
    """What the file is, the mapping proposed for it, its problems by row, and how many are good. Writes nothing."""
    from papaver.sources.checking import check as check_file

    return check_file(Path(path), as_, mapping)


def sources() -> Mapping[str, Source]:
    """Every source by name: the folders of this package and the entry points `papaver.sources`."""
    from papaver.sources.registry import sources as found

    return found()


def write_rejects(rejected: Iterable[Rejected], path: Path) -> int:
    """Write rejected rows as CSV, with their cells as they stand, `source_row` and `problems`. Returns how many."""
    from papaver.sources.reading import write_rejects as write

    return write(rejected, path)


_LATER = {"Parsed": "papaver.sources.typed", "Check": "papaver.sources.checking"}


def __getattr__(name: str) -> object:
    """The two result types that need Arrow, imported when asked for."""
    if name in _LATER:
        found: object = getattr(import_module(_LATER[name]), name)
        return found
    raise AttributeError(f"module {__name__} has no attribute {name}")


__all__ = [
    "BadInput",
    "Check",
    "ColumnMapping",
    "Parsed",
    "Problem",
    "Rejected",
    "Shaped",
    "Source",
    "check",
    "fingerprint",
    "load_mapping",
    "read",
    "save_mapping",
    "sources",
    "write_rejects",
]
