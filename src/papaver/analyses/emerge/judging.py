"""The kernel of `emerge`: the sightings of one stream in, a verdict on every substance and its months out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from papaver.analyses.emerge.coverage import Panel, Sight, Tested, Weekly, Where, monday, sight
from papaver.analyses.emerge.params import EmergeParams
from papaver.methods.emergence import chance_of_rise, recent_rise
from papaver.methods.growth import growth
from papaver.model.substances import find

if TYPE_CHECKING:
    from papaver.model.analysis import Columns

JUDGED = {
    "substance": "string",
    "class": "string",
    "period_start": "date",
    "observed": "float64",
    "tested": "float64",
    "share": "float64",
    "kind": "string",
    "growth": "boolean",
    "first_seen": "date",
    "start": "date",
    "end": "date",
    "n": "float64",
    "n_tested": "float64",
    "expected": "float64",
    "n_before": "float64",
    "tested_before": "float64",
    "could_before": "float64",
    "probability": "float64",
    "prior": "float64",
    "growing": "float64",
    "doubling_days": "float64",
    "basis": "string",
    "since": "date",
    "began_together": "int64",
    "steady": "boolean",
    "told": "boolean",
}
_MONTHS_SHOWN = 60
# An inferred start of testing needs this long at one level, on this many sightings.
_STEADY_WEEKS, _STEADY_N = 8, 10
# Substances that begin within two weeks of one another, in a stream known for half a year, began together.
_TOGETHER, _KNOWN_FOR = 2, 26
_SURE_TO_GROW, _GROWTH_N = 0.95, 5
_NEVER = -1
# Days from Monday 1 January of year 1 to 1 January 1970: weeks are counted from the former.
_MONDAY = 719162


def in_class(cls: str, wanted: Sequence[str]) -> bool:
    """Whether a class of the vocabulary is meant by one of these words: fentanyl means fentanyl_related."""
    return any(cls == w or cls.startswith(f"{w}_") for w in wanted)


@lru_cache(maxsize=65536)
def prior(substance: str, cls: str, params: EmergeParams) -> float:
    """The yearly chance that the share of such a substance changes; see the README."""
    known = find(substance)
    role = known.role if known else "drug"
    if role in ("marker", "cutting_agent", "precursor"):
        return params.chance_marker
    if in_class(cls, params.watched) and role == "drug":
        return params.chance_watched
    if role == "medicine" or (known is not None and "inn" in known.sources):
        return params.chance_medicine
    return params.chance_other


@dataclass(frozen=True, slots=True)
class Name:
    """One substance in one stream: class, weekly sightings, first and last day seen, who could have shown it."""

    substance: str
    cls: str
    seen: Weekly
    first_seen: date
    last_seen: date
    sight: Sight

    @property
    def first(self) -> int:
        """The index of the week of the first sighting."""
        return int(np.argmax(self.seen > 0))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one substance; an empty kind says nothing and only shows its months."""

    kind: str = ""
    onset: int = 0
    probability: float = math.nan
    values: dict[str, object] = field(default_factory=dict)


def judge(
    columns: Columns,
    *,
    tested: Mapping[Where, Tested],
    register: Sequence[Panel],
    shown: frozenset[tuple[str, str, str]],
    params: EmergeParams,
) -> Columns:
    """Judge every substance of one stream; substances in `shown` return their months even without a verdict."""
    where = str(columns["unit"][0]), str(columns["stream"][0])
    who = tested.get(where)
    parts: list[Columns] = []
    if who is not None:
        wanted = {substance for unit, stream, substance in shown if (unit, stream) == where}
        months = _months(who)
        firsts, names = _names(columns, who, register, wanted, params)
        for name in names:
            verdict = _verdict(name, who, firsts, params)
            if verdict.kind or name.substance in wanted:
                parts.append(_tell(name, months, verdict))
    return {name: _column(kind, [part[name] for part in parts]) for name, kind in JUDGED.items()}


_DTYPES: dict[str, npt.DTypeLike] = {
    "string": np.object_,
    "date": "datetime64[D]",
    "float64": np.float64,
    "int64": np.int64,
    "boolean": np.bool_,
}


def _column(kind: str, parts: list[npt.NDArray[np.generic]]) -> npt.NDArray[np.generic]:
    column: npt.NDArray[np.generic] = np.concatenate([np.empty(0, dtype=_DTYPES[kind]), *parts])
    return column


def _names(
    columns: Columns, who: Tested, register: Sequence[Panel], wanted: set[str], params: EmergeParams
) -> tuple[npt.NDArray[np.int64], Iterator[Name]]:
    """First weeks of all substances seen at least twice; and those seen lately, or wanted, in alphabetical order."""
    size = len(who.total)
    substances = columns["substance"].astype(str)
    week = (columns["period_start"].astype("datetime64[D]").astype(np.int64) + _MONDAY) // 7 - who.first
    n = columns["n"].astype(np.float64)
    negated = columns["negated"].astype(np.bool_)
    labels, index = np.unique(substances, return_inverse=True)
    found = np.where(negated, 0.0, n)
    often = np.bincount(index, found, len(labels))
    lately = np.bincount(index, np.where(week >= size - params.recent // 7, found, 0.0), len(labels))
    first = np.full(len(labels), size)
    np.minimum.at(first, index[~negated], week[~negated])
    rows_of = np.split(np.argsort(index, kind="stable"), np.cumsum(np.bincount(index, minlength=len(labels)))[:-1])
    chosen = [i for i, s in enumerate(labels) if often[i] and (lately[i] >= params.minimum or str(s) in wanted)]
    names = (_name(columns, rows_of[i], who, register, (week, n, negated)) for i in chosen)
    return first[often >= 2], names


def _name(
    columns: Columns,
    rows: npt.NDArray[np.intp],
    who: Tested,
    register: Sequence[Panel],
    numbers: tuple[npt.NDArray[np.int64], Weekly, npt.NDArray[np.bool_]],
) -> Name:
    """One substance with its sightings on the weekly grid of its stream."""
    week, n, negated = numbers
    size = len(who.total)
    positive = rows[~negated[rows]]
    instruments = columns["instrument"][positive]
    seen_by = {str(i): _weekly(positive[instruments == i], week, n, size) for i in sorted(set(instruments))}
    looked_for = None
    if negated[rows].any():
        assayed = rows[columns["assayed"][rows].astype(np.bool_) | negated[rows]]
        looked_for = _weekly(assayed, week, n, size)
    first, last = columns["first_day"][positive].min(), columns["last_day"][positive].max()
    substance, cls = str(columns["substance"][rows[0]]), str(columns["class"][positive[0]] or "")
    return Name(
        substance,
        cls,
        np.sum(list(seen_by.values()), axis=0),
        first.astype("datetime64[D]").item(),
        last.astype("datetime64[D]").item(),
        sight(who, register, substance, cls, seen_by, looked_for),
    )


def _weekly(rows: npt.NDArray[np.intp], week: npt.NDArray[np.int64], n: Weekly, size: int) -> Weekly:
    """Numbers of some rows by week."""
    return np.bincount(week[rows], n[rows], size).astype(np.float64)


def _binned(size: int, recent: int, baseline: int) -> npt.NDArray[np.int64]:
    """Edges of periods: weeks in the recent past, quarters through the baseline before it, one period for the rest."""
    fine = max(size - recent, 0)
    edges = {0, *range(fine, size), *range(fine, max(fine - baseline, 0), -13)}
    return np.array(sorted(edges), dtype=np.int64)


def _rise(name: Name, could: Weekly, chance: float, params: EmergeParams) -> tuple[float, int]:
    """Posterior that the share rose recently, and the week of its onset (_NEVER if none can be named)."""
    recent, baseline = params.recent // 7, params.baseline // 7
    edges = _binned(len(could), recent, baseline)
    weeks = np.diff(np.r_[edges, len(could)]).astype(np.float64)
    p, onset = recent_rise(
        np.add.reduceat(name.seen, edges),
        np.add.reduceat(could, edges),
        weeks,
        chance,
        float(recent),
        float(baseline),
        params.ratio,
    )
    return p, int(edges[onset]) if onset < len(edges) else _NEVER


def _verdict(name: Name, who: Tested, firsts: npt.NDArray[np.int64], params: EmergeParams) -> Verdict:
    """Whether and how one substance rose, or only began to be tested for."""
    if name.seen[-(params.recent // 7) :].sum() < params.minimum:
        return Verdict()
    chance = prior(name.substance, name.cls, params)
    p, onset = _rise(name, name.sight.could, chance, params)
    kind = ""
    if p >= params.probability and onset != _NEVER and name.seen[onset:].sum() >= params.minimum:
        kind = _kind(name, onset, params)
    elif name.sight.basis:
        seeming, began = _rise(name, who.total, chance, params)
        if seeming >= params.probability and began != _NEVER and name.seen[began:].sum() >= params.minimum:
            kind, onset, p = "testing_began", began, 1.0 - p
    together, unlikely = _began_together(name, firsts)
    steady = bool(kind) and _steady(name)
    if kind == "emergence" and steady and unlikely and not name.sight.basis:
        kind, p = "testing_began", math.nan
    if not kind:
        return Verdict()
    if kind in ("emergence", "growth", "testing_began"):
        onset = name.first
    elif kind == "resurgence":
        onset = _return(name, params)
    return Verdict(kind, onset, p, _values(name, who, onset, kind, (together, steady), chance, params))


def _began_together(name: Name, firsts: npt.NDArray[np.int64]) -> tuple[int, bool]:
    """How many others began within two weeks of it, and whether that many is unlikely (p < 0.001) in this stream.

    The rate of new names is that of the year before, in a stream known for half a year or longer.
    """
    began = name.first
    together = int((np.abs(firsts - began) <= _TOGETHER).sum()) - 1
    known = min(began - _TOGETHER, 52)
    if known < _KNOWN_FOR or together < 2:
        return together, False
    before = int(((firsts >= began - _TOGETHER - known) & (firsts < began - _TOGETHER)).sum())
    mean = (before + 1) / known * (2 * _TOGETHER + 1)
    below = sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(together))
    return together, 1.0 - below < 0.001


def _kind(name: Name, onset: int, params: EmergeParams) -> str:
    """What a rise is called, by how long the substance had been seen before it."""
    size = len(name.seen)
    if name.first >= size - params.recent // 7:
        return "emergence" if _shown_absent(name) else "growth"
    if _return(name, params) != _NEVER:
        return "resurgence"
    return "growth" if name.first >= size - params.young // 7 else "level_change"


def _shown_absent(name: Name) -> bool:
    """Whether those tested before the first sighting would have shown today's share, at 95 %."""
    after = name.sight.could[name.first :].sum()
    share = name.seen.sum() / after if after > 0 else 1.0
    return not name.sight.basis or float(name.sight.could[: name.first].sum()) * share > 3.0


def _return(name: Name, params: EmergeParams) -> int:
    """The week of the last return after a quiet spell, within the recent past; _NEVER if there was none."""
    weeks = np.flatnonzero(name.seen > 0)
    gaps = np.flatnonzero(np.diff(weeks) * 7 >= params.quiet)
    if not len(gaps) or weeks[gaps[-1] + 1] < len(name.seen) - params.recent // 7:
        return _NEVER
    return int(weeks[gaps[-1] + 1])


def _steady(name: Name) -> bool:
    """Whether a substance has been at one level since its first sighting, with no phase of growth."""
    seen, could = name.seen[name.first :], name.sight.could[name.first :]
    if len(seen) < _STEADY_WEEKS or seen.sum() < _STEADY_N:
        return False
    third = len(seen) // 3
    later = chance_of_rise(seen[:third].sum(), could[:third].sum(), seen[third:].sum(), could[third:].sum(), 1.5)
    return bool(later < 0.5 and growth(seen, could).growing < 0.9)


def _values(
    name: Name, who: Tested, onset: int, kind: str, pattern: tuple[int, bool], chance: float, params: EmergeParams
) -> dict[str, object]:
    """The numbers of a verdict as at the last week known; `pattern`: how many began together, and whether steady."""
    could = who.total if kind == "testing_began" else name.sight.could
    n, n_tested = float(name.seen[onset:].sum()), float(could[onset:].sum())
    before, tested_before = float(name.seen[:onset].sum()), float(could[:onset].sum())
    grown = growth(name.seen[onset:], name.sight.could[onset:])
    sure = grown.growing >= 0.8
    # The growth rate knows nothing of classes; of a medicine the emergence alone is told.
    told_twice = kind == "emergence" and chance != params.chance_medicine
    return {
        "growth": told_twice and grown.growing >= _SURE_TO_GROW and n >= _GROWTH_N,
        "start": name.first_seen if onset == name.first else monday(who.first + onset),
        "n": n,
        "n_tested": n_tested,
        "expected": before / tested_before * n_tested if tested_before > 0 else math.nan,
        "n_before": before,
        "tested_before": tested_before,
        "could_before": float(name.sight.could[: name.first].sum()),
        "prior": chance,
        "growing": grown.growing,
        "doubling_days": grown.doubling_days if sure else math.nan,
        "began_together": pattern[0],
        "steady": pattern[1],
    }


_SILENT: dict[str, object] = {
    "growth": False,
    "start": None,
    **dict.fromkeys(("n", "n_tested", "expected", "n_before", "tested_before", "could_before"), math.nan),
    **dict.fromkeys(("prior", "growing", "doubling_days"), math.nan),
    "began_together": 0,
    "steady": False,
}


def _months(who: Tested) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.intp]]:
    """The months of a stream, and the month of each of its weeks, by the week's Monday."""
    mondays = np.datetime64(monday(who.first)) + np.timedelta64(7, "D") * np.arange(len(who.total))
    labels, index = np.unique(mondays.astype("datetime64[M]"), return_inverse=True)
    return labels.astype("datetime64[D]"), index


def _tell(name: Name, months: tuple[npt.NDArray[np.datetime64], npt.NDArray[np.intp]], verdict: Verdict) -> Columns:
    """One row for each of the last months of the stream, the verdict repeated on each; `told` on the first."""
    labels, index = months
    observed, could = np.bincount(index, name.seen), np.bincount(index, name.sight.could)
    size = min(len(labels), _MONTHS_SHOWN)
    repeated = {
        **_SILENT,
        **verdict.values,
        "substance": name.substance,
        "class": name.cls,
        "kind": verdict.kind,
        "first_seen": name.first_seen,
        "end": name.last_seen,
        "basis": name.sight.basis,
        "since": name.sight.since,
        "probability": verdict.probability,
    }
    rows: Columns = {c: np.full(size, v, dtype=_DTYPES[JUDGED[c]]) for c, v in repeated.items()}
    rows["told"] = np.arange(size) == 0
    rows["period_start"] = labels[-size:]
    rows["observed"], rows["tested"] = observed[-size:].astype(np.float64), could[-size:].astype(np.float64)
    rows["share"] = np.divide(observed, could, out=np.full(len(could), np.nan), where=could > 0)[-size:]
    return rows
