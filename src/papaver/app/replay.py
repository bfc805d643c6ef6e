"""Replay: what an analysis would have said at each step, from what was known then."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace as with_fields
from datetime import date, timedelta
from typing import Literal, Protocol

from papaver.app.answer import RAISED, Answer, ask
from papaver.app.errors import BadArguments
from papaver.model.analysis import Analysis, Data, Params, Row
from papaver.model.finding import Finding, belongs_to, in_order
from papaver.model.period import Cadence
from papaver.model.period import step as period_after

Every = Literal["week", "month"]
# Steps from which a second process is worth its start.
WORTH_A_PROCESS = 100


class Cut(Data, Protocol):
    """Tables known on a day, to be put away when they are read."""

    def close(self) -> None: ...


class Dated(Protocol):
    """Evidence that can be cut to a day."""

    def as_known_on(self, day: date, /) -> Cut: ...


Reopen = Callable[[], Dated]


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
    following = period_after(period_after(first.replace(day=1), Cadence.MONTH, n), Cadence.MONTH)
    return period_after(first.replace(day=1), Cadence.MONTH, n) + timedelta(
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
        renamed = self._keys(answer.findings)
        for finding in answer.findings:
            key = renamed[finding.key]
            self.latest.setdefault((finding.kind, finding.what, finding.where), {})[key] = finding
            self.first.setdefault(key, finding.under_key(key))
        for name, rows in answer.tables.items():
            if not rows or RAISED not in rows[0]:
                continue
            seen = self.rows.setdefault(name, {})
            for row in rows:
                key = renamed.get(str(row.get("key")), str(row.get("key")))
                seen.setdefault(key, {**row, "key": key})
        self.notes.update(dict.fromkeys(answer.notes))

    def _keys(self, findings: Sequence[Finding]) -> dict[str, str]:
        """The key each finding goes under: its own where known, else that of the one it revises; none twice."""
        keys = {f.key: f.key for f in findings if f.key in self.first}
        for finding in sorted(findings, key=lambda f: (f.when.start, f.key)):
            if finding.key not in keys:
                known = self.latest.get((finding.kind, finding.what, finding.where), {})
                taken = set(keys.values())
                free = (k for k, f in known.items() if k not in taken and belongs_to(finding, f, self.gap))
                keys[finding.key] = next(free, finding.key)
        return keys


def replay(
    analysis: Analysis,
    params: Params,
    evidence: Dated,
    first: date,
    last: date,
    every: Every,
    reopen: Reopen | None = None,
) -> Answer:
    """The answers of every step as one: what was raised, and on which step it first was.

    `reopen` gives the same evidence to a second process, which takes every other step of a long replay.
    """
    days = list(steps(first, last, every))
    others = days[-2::-2] if reopen and len(days) >= WORTH_A_PROCESS and (os.cpu_count() or 1) > 1 else []
    second = _second_process(analysis, params, reopen, others) if reopen and others else None
    answers = {day: step(analysis, params, evidence, day, day == last) for day in days if day not in set(others)}
    if second is not None:
        answers.update(_told_by(second))
    union = _Union(params.gap)
    for day in days:
        union.add(answers[day])
    answer = answers[last]
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


def step(analysis: Analysis, params: Params, evidence: Dated, day: date, whole: bool) -> Answer:
    """What an analysis says of what was known on one day."""
    with closing(evidence.as_known_on(day)) as data:
        return ask(analysis, params, data, raised_only=not whole)


def _second_process(analysis: Analysis, params: Params, reopen: Reopen, days: list[date]) -> subprocess.Popen[bytes]:
    """Start `papaver.app.stepping` on some of the days: DuckDB cannot be forked, nor a script run twice."""
    started = subprocess.Popen(
        [sys.executable, "-m", "papaver.app.stepping"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    if started.stdin is None:
        raise AssertionError("the process was started with a pipe")
    pickle.dump((analysis, params, reopen, days), started.stdin)
    started.stdin.close()
    return started


def _told_by(process: subprocess.Popen[bytes]) -> dict[date, Answer]:
    if process.stdout is None:
        raise AssertionError("the process was started with a pipe")
    with process:
        told = process.stdout.read()
    if process.returncode != 0:
        raise RuntimeError(f"the second process of the replay ended with {process.returncode}; its words stand above")
    answers: dict[date, Answer] = pickle.loads(told)
    return answers
