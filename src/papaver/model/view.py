"""The five views: an analysis says what to draw from which table, never how it looks."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from papaver.model.period import Cadence


class _View(BaseModel):
    """A title, and the key of the finding the view explains (None: it belongs to the whole result)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    finding: str | None = None


class _Drawn(_View):
    """A view of those rows of one of the result's tables whose columns equal the values in `filter`."""

    table: str
    filter: dict[str, str] = {}


class SeriesView(_Drawn):
    """A series over periods: observed, expected, threshold, alarm points, incomplete tail.

    Each field names a column of the table; None means the table has no such column. `n` and `of` name the counts behind
    a share; `every` is the cadence of the rows where it is not that of the finding.
    """

    kind: Literal["series"] = "series"
    x: str = "period_start"
    observed: str = "observed"
    expected: str | None = None
    threshold: str | None = None
    lower: str | None = None
    upper: str | None = None
    alarm: str | None = None
    incomplete: str | None = None
    n: str | None = None
    of: str | None = None
    unit: str = ""
    every: Cadence | None = None


class TableView(_Drawn):
    """Columns of a table in the order given; empty means all."""

    kind: Literal["table"] = "table"
    columns: tuple[str, ...] = ()


class EvidenceView(_View):
    """The records behind a finding, down to the row of the source file."""

    kind: Literal["evidence"] = "evidence"


View = Annotated[SeriesView | TableView | EvidenceView, Field(discriminator="kind")]
