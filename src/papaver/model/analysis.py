"""What an analysis is: a pure function over tables, and what it hands back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, get_type_hints

from pydantic import BaseModel, ConfigDict, Field

from papaver.model.finding import Finding
from papaver.model.period import Cadence
from papaver.model.view import View

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from ibis.expr.types import Table
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.generic]]

Row = dict[str, object]


class Params(BaseModel):
    """What a person may set; every analysis extends it and paths never appear in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: Cadence | None = Field(
        default=None,
        description="Calendar grid for counts made from records, and for counts whose file does not say: "
        "hour, 12h, day, week, month, quarter or year. Records: week unless set.",
    )
    gap: int = Field(
        default=4, ge=1, description="Quiet periods after which a new episode, and so a new finding, begins."
    )


@dataclass(frozen=True, slots=True)
class Kernel:
    """A numerical function over the arrays of one group, and the columns it returns.

    `run` sees one group sorted by `period_start` as a dict of 1-d arrays of equal length and returns a dict of 1-d
    arrays of one common length (not necessarily that of the input). `returns` maps each output column to an Ibis
    type name ("float64", "int64", "boolean", "string", "date"). A float column uses NaN for missing.
    """

    run: "Callable[[Columns], Columns]"
    returns: Mapping[str, str]


class Data(Protocol):
    """The tables an analysis reads: already cut to a date of knowledge, typed and normalised."""

    @property
    def known_on(self) -> "date | None":
        """The day whose knowledge this is; None when no record says when it happened or became known."""

    @property
    def batch_id(self) -> str | None:
        """The last delivery in it."""

    def __getitem__(self, name: str) -> "Table": ...

    def __iter__(self) -> Iterator[str]: ...

    def __len__(self) -> int: ...

    def map_groups(self, table: "Table", keys: Sequence[str], kernel: Kernel) -> "Table":
        """Apply a kernel to each group; the result has the keys and the kernel's columns.

        Groups come in the order of their keys, and the rows of a group sorted by `period_start`, then by every other
        column, so that the order of the input cannot matter.
        """


@dataclass(frozen=True, slots=True)
class Result:
    """Findings for people, tables for machines, views that draw them, and notes on what was not used and why."""

    findings: Sequence[Finding] = ()
    tables: "Mapping[str, Table]" = field(default_factory=dict)
    views: Sequence[View] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """One question: its name, its title, the pure function that answers it and the tables that function reads."""

    name: str
    title: str
    run: "Callable[..., Result]"
    reads: tuple[str, ...]
    extra: str | None = None
    version: str = "1"

    @property
    def params(self) -> type[Params]:
        """The model of what a person may set: the annotation of the function's first argument."""
        kind = next(iter(get_type_hints(self.run).values()))
        if not (isinstance(kind, type) and issubclass(kind, Params)):
            raise TypeError(f"{self.name}: the first argument of run must be annotated with a subclass of Params")
        return kind
