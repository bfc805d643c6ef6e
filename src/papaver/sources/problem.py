"""What is wrong with a file, where, and how to mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the file, its row (the header is row 1), the column and value, what it is, and the mend."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    what: str
    mend: str

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}, row {self.row}"
        cell = " ".join(part for part in (self.column, _shown(self.value)) if part)
        return f"{where}{', ' + cell if cell else ''}: {self.what}. {self.mend}"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not read: its cells as they stand in the file and every reason."""

    row: int
    cells: Mapping[str, str]
    problems: tuple[Problem, ...]


class BadInput(Exception):
    """The file as a whole cannot be read; `problems` says why, one by one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        more = len(self.problems) - SHOWN
        return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)


def _shown(value: str | None, limit: int = 80) -> str | None:
    if value is None:
        return None
    flat = " ".join(value.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def file_problem(file: str, what: str, mend: str) -> BadInput:
    """A `BadInput` about the file itself, not about one of its rows."""
    return BadInput([Problem(file, None, None, None, what, mend)])
