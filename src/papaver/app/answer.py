"""One answer of an analysis, and the document in which command line, HTTP and Python tell it alike."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from papaver.model.analysis import Analysis, Data, Params, Result, Row
from papaver.model.finding import Finding
from papaver.model.view import View

if TYPE_CHECKING:
    from ibis.expr.types import Table


# The column of tables whose rows a replay unites.
RAISED = "raised_on"


@dataclass(frozen=True)
class Answer:
    """What an analysis said of the evidence known on a day, with its tables as rows."""

    analysis: Analysis
    params: Params
    known_on: date | None
    batch_id: str | None
    findings: Sequence[Finding]
    tables: Mapping[str, Sequence[Row]]
    views: Sequence[View]
    notes: Sequence[str]
    steps: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """The JSON document of contracts §4: null for missing, ISO dates."""
        return {
            "analysis": self.analysis.name,
            "version": self.analysis.version,
            "params": self.params.model_dump(mode="json"),
            "known_on": plain(self.known_on),
            "batch_id": self.batch_id,
            **self.steps,
            "findings": [f.model_dump(mode="json") for f in self.findings],
            "tables": {name: [_plain_row(row) for row in rows] for name, rows in self.tables.items()},
            "notes": list(self.notes),
            "views": [v.model_dump(mode="json") for v in self.views],
        }


def plain(value: object) -> object:
    """A value as JSON has it; what is not a number is null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def _plain_row(row: Row) -> dict[str, object]:
    return {name: plain(value) for name, value in row.items()}


def ask(analysis: Analysis, params: Params, data: Data, *, raised_only: bool = False) -> Answer:
    """Run an analysis on the tables handed to it and take its tables out of the engine.

    `raised_only` leaves out tables that do not say when something was raised: a replay unites only those that do.
    """
    result: Result = analysis.run(params, data)
    wanted = {n: t for n, t in result.tables.items() if not raised_only or RAISED in t.columns}
    return Answer(
        analysis=analysis,
        params=params,
        known_on=data.known_on,
        batch_id=data.batch_id,
        findings=tuple(result.findings),
        tables={name: _rows(table) for name, table in wanted.items()},
        views=tuple(result.views),
        notes=tuple(result.notes),
    )


def _rows(table: "Table") -> list[Row]:
    """The rows of a table; one that an analysis made in memory needs no engine."""
    from ibis.expr.operations import InMemoryTable

    made = table.op()
    arrow = made.data.to_pyarrow(made.schema) if isinstance(made, InMemoryTable) else table.to_pyarrow()
    rows: list[Row] = arrow.to_pylist()
    return rows
