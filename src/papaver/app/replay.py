"""Replay: what an analysis would have said at each step, from what was known then."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace as with_fields
from datetime import date, timedelta
from typing import Literal, Protocol

from papaver.app.answer import RAISED, Answer, ask
from papaver.app.errors import BadArguments
from papaver.model.analysis import Analysis, Data, Params, Row
from papaver.model.finding import Finding, belongs_to, in_order
from papaver.model.period import Cadence, step

Every = Literal["week", "month"]


class Cut(Data, Protocol):
    """Tables known on a day, to be put away when they are read."""

    def close(self) -> None: ...


class Dated(Protocol):
    """Evidence that can be cut to a day."""

    def as_known_on(self, day: date, /) -> Cut: ...


def steps(first: date, last: date, every: Every) -> Iterator[date]:
    """`first`, then each week or month after it, and `last`."""
    if last < first:
        raise BadArguments(f"--to {last} lies before --from {first}.", "Swap them.")
    n, day = 0, first
    while day < last:
        yield day
        n += 1
        day = first + timedelta(weeks=n) if every == "week" else _months_after(first, n)
    yield last


def _months_after(first: date, n: int) -> date:
    """The same day `n` months later, or the last day of a shorter month."""
    following = step(step(first.replace(day=1), Cadence.MONTH, n), Cadence.MONTH)
    return step(first.replace(day=1), Cadence.MONTH, n) + timedelta(
        days=min(first.day, (following - timedelta(days=1)).day) - 1
    )


class _Union:
    """Findings and rows over the steps, one per key, each as the step showed it that first had it."""

    def __init__(self, gap: int) -> None:
        self.gap = gap
        self.first: dict[str, Finding] = {}
        self.latest: dict[tuple[str, str, str], dict[str, Finding]] = {}
        self.rows: dict[str, dict[object, Row]] = {}
        self.notes: dict[str, None] = {}

    def add(self, answer: Answer) -> None:
        renamed = {}
        for finding in answer.findings:
            same = self.latest.setdefault((finding.kind, finding.what, finding.where), {})
            key = next((k for k, f in same.items() if belongs_to(finding, f, self.gap)), finding.key)
            renamed[finding.key] = key
            same[key] = finding
            self.first.setdefault(key, finding.under_key(key))
        for name, rows in answer.tables.items():
            if not rows or RAISED not in rows[0]:
                continue
            seen = self.rows.setdefault(name, {})
            for row in rows:
                key = renamed.get(str(row.get("key")), str(row.get("key")))
                seen.setdefault(key, {**row, "key": key})
        self.notes.update(dict.fromkeys(answer.notes))


def replay(analysis: Analysis, params: Params, evidence: Dated, first: date, last: date, every: Every) -> Answer:
    """The answers of every step as one: what was raised, and on which step it first was."""
    union = _Union(params.gap)
    answer = None
    for day in steps(first, last, every):
        with closing(evidence.as_known_on(day)) as data:
            answer = ask(analysis, params, data, raised_only=day < last)
        union.add(answer)
    if answer is None:
        raise AssertionError("a replay has at least one step")
    tables = {
        name: list(union.rows[name].values()) if name in union.rows else rows for name, rows in answer.tables.items()
    }
    return with_fields(
        answer,
        findings=in_order(list(union.first.values())),
        tables=tables,
        views=tuple(v for v in answer.views if v.finding is None),
        notes=tuple(union.notes),
        steps={"from": first.isoformat(), "to": last.isoformat(), "every": every},
    )
