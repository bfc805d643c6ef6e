"""Findings to record, and an empty desk to record them on."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from papaver.desk.database import Desk, open_desk
from papaver.model.analysis import Params
from papaver.model.finding import (
    Contribution,
    Episode,
    Evidence,
    Finding,
    Priority,
    finding_id,
    finding_key,
)
from papaver.model.period import Cadence

MONDAY = date(2026, 3, 30)


def make_finding(
    what: str = "metonitazene",
    where: str = "LV",
    *,
    weeks_ago: int = 0,
    weeks: int = 2,
    n: int = 3,
    stream: str = "drug_checking",
    also: tuple[str, ...] = (),
    places: tuple[str, ...] = (),
    priority: Priority = Priority.TODAY,
    score: float = 4.0,
    title: str = "first detection",
    known_on: date = date(2026, 4, 7),
    version: str = "1",
) -> Finding:
    """A finding of `emerge` whose episode of `weeks` weeks ended `weeks_ago` weeks before that of 30 March 2026."""
    start = MONDAY - timedelta(weeks=weeks_ago + weeks - 1)
    key = finding_key("emerge", "sentinel", what, where, start)
    query: dict[str, str | list[str]] = {"substance": what, "stream": [stream, *also]}
    evidence = Evidence(
        record_type="specimen",
        record_ids=tuple(f"r{i}" for i in range(n)),
        n=n,
        query=query | ({"place": list(places)} if places else {}),
    )
    return Finding(
        key=key,
        id=finding_id(key, evidence, Params(), version),
        analysis="emerge",
        method="first sighting",
        version=version,
        kind="sentinel",
        what=what,
        where=where,
        when=Episode(start=start, end=start + timedelta(days=7 * weeks - 1), every=Cadence.WEEK),
        known_on=known_on,
        title=title,
        priority=priority,
        score=score,
        why=tuple(Contribution(stream=s, observed=1.0, share=1 / (1 + len(also))) for s in (stream, *also)),
        evidence=evidence,
        would_clear="a negative confirmation",
    )


@pytest.fixture(scope="session")
def finding() -> Callable[..., Finding]:
    return make_finding


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path / "desk.sqlite") as opened:
        yield opened


@pytest.fixture(scope="session")
def at() -> Callable[[int], datetime]:
    """Noon UTC, so many days after 7 April 2026."""
    return lambda days: datetime(2026, 4, 7, 12, tzinfo=UTC) + timedelta(days=days)
