"""What makes a finding news on the desk: new or historical, raised again or merely revised. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from papaver.model.finding import Contribution, Episode, Finding, Priority
from papaver.model.period import Cadence, step

ALIVE_PERIODS = 8

# "died 2-19 March", "1 death", "fatal"; not "non-fatal", "no deaths", "0 deaths".
_DEATH = re.compile(r"(?<!non-)(?<!no )(?<!non )(?<!\b0 )\b(?:died|deaths?|fatal)\b", re.IGNORECASE)
_DEATH_STREAM = "post_mortem"
_SUB_DAILY = (Cadence.HOUR, Cadence.HALF_DAY)


class Span(NamedTuple):
    """The starts of the first and the last period of a stream in the data."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a finding decides whether a revision is raised again."""

    streams: frozenset[str]
    places: frozenset[str]
    died: bool
    cases: float
    priority: Priority


def facts(finding: Finding) -> Facts:
    """Read the facts from a finding.

    Streams: those contributions of `why` that showed something, and `stream` in the evidence query. Places: `where`,
    and `place` in the query. Deaths: a contribution of stream post_mortem, `outcome` death in the query, or the words
    of the title or of a contribution. Cases: `evidence.n`, but where the evidence is counts as given, whose records
    are periods and not cases, the sum of what the contributions observed.
    """
    query = finding.evidence.query
    showed = [c for c in finding.why if (c.observed or 0) > 0 or (c.share or 0) > 0]
    streams = frozenset([c.stream for c in showed] + _values(query, "stream"))
    return Facts(
        streams=streams,
        places=frozenset([finding.where, *_values(query, "place")]),
        died=_DEATH_STREAM in streams or "death" in _values(query, "outcome") or _tells_of_death(finding, showed),
        cases=_cases(finding),
        priority=finding.priority,
    )


def _values(query: Mapping[str, str | list[str]], column: str) -> list[str]:
    value = query.get(column, [])
    return [value] if isinstance(value, str) else list(value)


def _tells_of_death(finding: Finding, showed: Iterable[Contribution]) -> bool:
    return any(_DEATH.search(text) for text in (finding.title, *(c.note or "" for c in showed)))


def _cases(finding: Finding) -> float:
    observed = [c.observed for c in finding.why if c.observed is not None]
    if finding.evidence.record_type == "count" and observed:
        return float(sum(observed))
    return float(finding.evidence.n)


def reasons_to_raise_again(now: Facts, before: Iterable[Facts], at_last_raise: Facts) -> tuple[str, ...]:
    """Why a revision deserves attention again; empty when it is merely a revision.

    Places, streams and deaths are new against every earlier revision (`before`), so one that comes and goes is new
    once; cases and priority are compared with the revision that was last raised, so slow growth is raised when it has
    doubled since then, not never.
    """
    before = list(before)
    reasons = []
    if places := now.places.difference(*(f.places for f in before)):
        reasons.append(f"new place: {', '.join(sorted(places))}")
    if streams := now.streams.difference(*(f.streams for f in before)):
        reasons.append(f"new stream: {', '.join(sorted(streams))}")
    if now.died and not any(f.died for f in before):
        reasons.append("first death")
    if now.cases >= 2 * max(at_last_raise.cases, 1):
        reasons.append(f"cases doubled: {now.cases:g}, {at_last_raise.cases:g} when last raised")
    if now.priority.rank < at_last_raise.priority.rank:
        reasons.append(f"higher priority: {now.priority}, {at_last_raise.priority} when last raised")
    return tuple(reasons)


def stream_names(finding: Finding, streams: Mapping[str, Span]) -> list[str]:
    """Which of the given streams a finding belongs to: "STREAM|WHERE" first, else "STREAM"; may be none."""
    told = sorted(frozenset(c.stream for c in finding.why) | frozenset(_values(finding.evidence.query, "stream")))
    return [n for n in (f"{s}|{finding.where}" for s in told) if n in streams] or [n for n in told if n in streams]


def is_alive(episode: Episode, last_period: date) -> bool:
    """Whether an episode reaches into the last eight periods of its stream; a period of hours counts as a day."""
    every = Cadence.DAY if episode.every in _SUB_DAILY else episode.every
    return episode.end >= step(last_period, every, 1 - ALIVE_PERIODS)


def is_history(episode: Episode, span: Span, first_before: date | None) -> bool:
    """Whether an episode first stored now is history and not news.

    It is when it is no longer alive and its stream is loaded for the first time (`first_before` is None), or when it
    was over before the first period the stream had at the last update: earlier years delivered later. An old episode
    inside the time already covered is news however late the laboratory was.
    """
    if is_alive(episode, span.last):
        return False
    return first_before is None or episode.end < first_before
