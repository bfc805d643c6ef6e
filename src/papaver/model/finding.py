"""Findings: the only thing an analysis says to people."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from papaver.model.period import Cadence, step


class Priority(StrEnum):
    """How soon somebody should look; the order of the members is the order of urgency."""

    NOW = "now"
    TODAY = "today"
    THIS_WEEK = "this_week"
    ROUTINE = "routine"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Priority).index(self)


class Marking(StrEnum):
    """Traffic Light Protocol 2.0; the order of the members runs from open to closed."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"


def most_restrictive(markings: Sequence[str | None]) -> Marking:
    """The marking that binds a statement made from evidence under several markings.

    Evidence without a marking counts as TLP:CLEAR; an unknown marking raises ValueError.
    """
    order = list(Marking)
    return max((Marking(m) for m in markings if m), key=order.index, default=Marking.CLEAR)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Episode(_Frozen):
    """When: first and last day of the periods that make up the finding, both included, and their cadence."""

    start: date
    end: date
    every: Cadence


class Contribution(_Frozen):
    """One reason, strongest first in a finding: what a stream showed, what was expected, its share of the score."""

    stream: str
    observed: float | None = None
    expected: float | None = None
    lower: float | None = None
    upper: float | None = None
    share: float | None = Field(default=None, ge=0, le=1)
    note: str | None = None


class Evidence(_Frozen):
    """At most 200 record ids, and the query that returns them all."""

    record_type: str
    record_ids: tuple[str, ...] = Field(max_length=200)
    n: int
    query: dict[str, str | list[str]]


class Finding(_Frozen):
    """What was found, where, when, how strong, how sure, why, on which records, as known on which date.

    `key` names one desk item; `id` names one revision of it: see `finding_key` and `finding_id`.
    """

    key: str
    id: str
    analysis: str
    method: str
    version: str
    kind: str
    what: str
    where: str
    when: Episode
    known_on: date | None
    batch_id: str | None = None
    title: str
    priority: Priority
    probability: float | None = Field(default=None, ge=0, le=1)
    score: float | None = None
    threshold: float | None = None
    interval: tuple[float, float] | None = None
    why: tuple[Contribution, ...] = ()
    evidence: Evidence
    would_clear: str
    vocabulary_version: str | None = None
    marking: Marking = Marking.CLEAR

    def under_key(self, key: str) -> "Finding":
        """The same revision, told as one of the desk item `key`."""
        return self.model_copy(update={"key": key, "id": f"{key}-{self.id.rpartition('-')[2]}"})


def _digest(parts: object) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def finding_key(analysis: str, kind: str, what: str, where: str, start: date) -> str:
    """The name of one desk item: analysis, kind, what, where and the start of the episode."""
    return f"{analysis}-{_digest([analysis, kind, what, where, start.isoformat()])}"


def finding_id(key: str, evidence: Evidence, params: BaseModel, version: str) -> str:
    """The name of one revision: key, evidence, params and the version of the analysis."""
    told = [evidence.model_dump(mode="json"), params.model_dump(mode="json"), version]
    return f"{key}-{_digest(told)}"


def belongs_to(finding: Finding, earlier: Finding, gap: int) -> bool:
    """Whether a finding is a revision of an earlier one although its episode may start on another day.

    True when analysis, kind, what and where agree and the episodes overlap or lie within `gap` periods.
    """
    if (finding.analysis, finding.kind, finding.what, finding.where) != (
        earlier.analysis,
        earlier.kind,
        earlier.what,
        earlier.where,
    ):
        return False
    first, second = sorted((finding.when, earlier.when), key=lambda episode: (episode.start, episode.end))
    return second.start <= step(first.end, finding.when.every, gap)


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Findings as the inbox shows them: priority, then strength, then recency."""
    return sorted(
        findings,
        key=lambda f: (f.priority.rank, -(f.score or 0.0), -f.when.end.toordinal(), f.key),
    )
