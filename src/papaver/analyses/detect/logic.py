"""Unusual counts: every period of every series against what its own past leads one to expect."""

import math
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import groupby

from ibis.expr.types import Table

from papaver.analyses.detect import wording
from papaver.analyses.detect.judging import JUDGED, judge
from papaver.analyses.detect.params import DetectParams
from papaver.model.analysis import Data, Kernel, Result, Row
from papaver.model.finding import (
    Contribution,
    Episode,
    Evidence,
    Finding,
    Priority,
    finding_id,
    finding_key,
    in_order,
    most_restrictive,
)
from papaver.model.period import Cadence, step
from papaver.model.view import EvidenceView, SeriesView, TableView, View

VERSION = "1"
KEYS = ["series", "place", "substance", "stream", "every"]
COLUMNS = ["series", "period_start", *(c for c in JUDGED if c not in ("period_start", "position")), *KEYS[1:]]
MOST_EVIDENCE = 200
# -log10 p of the strongest period from which somebody should look today, or this week.
TODAY, THIS_WEEK = 6.0, 3.0


def detect(params: DetectParams, data: Data) -> Result:
    """Judge every period of every series; consecutive alarms of a series make one finding."""
    counts = data["counts"]
    spans = _rows(counts.group_by("every").aggregate(last=counts.period_start.max()))
    last = {Cadence(str(span["every"])): _day(span["last"]) for span in spans}
    if not last:
        return Result(notes=["No counts: nothing to judge. Give --data count=FILE, or records to count."])
    since = {every: _since(every, day, params.range) for every, day in last.items()}
    kernel = Kernel(partial(judge, params=params, since=since, known_on=data.known_on), JUDGED)
    needed = counts.select(*KEYS, "period_start", "period_end", "value", "denominator", "break")
    judged = data.map_groups(needed, KEYS, kernel)
    alarms = _with_evidence(judged, counts)
    told = [(_finding(params, data, episode), episode[0]) for episode in _episodes(alarms, params.gap)]
    findings = in_order([f for f, _ in told])
    return Result(
        findings=findings,
        tables={"detect": judged.order_by([*KEYS, "period_start"]).select(*COLUMNS)},
        views=[TableView(title="Every period judged", table="detect"), *(v for f, row in told for v in _views(f, row))],
        notes=_notes(judged, params),
    )


def _rows(table: Table) -> list[Row]:
    rows: list[Row] = table.to_pyarrow().to_pylist()
    return rows


def _since(every: Cadence, last: date, periods: int | None) -> date | None:
    """The first period to judge: the last N of the grid that the data span."""
    return None if periods is None else step(last, every, 1 - periods)


def _with_evidence(judged: Table, counts: Table) -> list[Row]:
    """The alarming periods, each with its records, source and marking."""
    alarms = judged.filter(judged.alarm)
    told = counts.select(*KEYS, "period_start", "record_ids", "origin", "marking", "count_unit")
    same = [alarms[k].identical_to(told[k]) for k in [*KEYS, "period_start"]]
    joined = alarms.inner_join(told, same, rname="{name}_told")
    return _rows(joined.order_by([*KEYS, "period_start"]))


def _episodes(alarms: list[Row], gap: int) -> Iterator[list[Row]]:
    """Alarms of one series, cut where at least `gap` quiet periods lie between two of them."""
    for _, group in groupby(alarms, key=lambda row: tuple(row[k] for k in KEYS)):
        episode: list[Row] = []
        for row in group:
            if episode and int(str(row["position"])) - int(str(episode[-1]["position"])) > gap:
                yield episode
                episode = []
            episode.append(row)
        yield episode


def _finding(params: DetectParams, data: Data, episode: list[Row]) -> Finding:
    """One episode of alarms as a finding; its strength is that of the period least likely by chance."""
    peak = min(episode, key=lambda row: (_number(row["p_value"]), str(row["period_start"])))
    first, last = episode[0], episode[-1]
    every = Cadence(str(peak["every"]))
    when = Episode(start=_day(first["period_start"]), end=_day(last["period_end"]), every=every)
    what, where = wording.what(peak), str(peak["place"] or "")
    key = finding_key("detect", "excess", what, where, when.start)
    records = sorted({str(r) for row in episode for r in _list(row["record_ids"])})
    evidence = Evidence(
        record_type="count" if peak["origin"] == "given" else "specimen",
        record_ids=tuple(records[:MOST_EVIDENCE]),
        n=len(records),
        query=_query(episode),
    )
    strength = -math.log10(max(_number(peak["p_value"]), 1e-300))
    return Finding(
        key=key,
        id=finding_id(key, evidence, params, VERSION),
        analysis="detect",
        method=wording.method(params),
        version=VERSION,
        kind="excess",
        what=what,
        where=where,
        when=when,
        known_on=data.known_on,
        batch_id=data.batch_id,
        title=wording.title(episode, peak, every),
        priority=_priority(strength),
        score=strength,
        threshold=-math.log10(params.nominal_alpha),
        interval=_interval(peak),
        why=(_contribution(peak, every),),
        evidence=evidence,
        would_clear=wording.would_clear(peak, every),
        marking=most_restrictive([_text(row["marking"]) for row in episode]),
    )


def _query(episode: list[Row]) -> dict[str, str | list[str]]:
    """What returns every record of the episode: rows of counts as given, or of detections for counts made of them."""
    one = episode[0]
    names = ("series", "place") if one["origin"] == "given" else ("substance", "place", "stream")
    return {
        **{name: str(one[name] or "") for name in names},
        "every": str(one["every"]),
        "period_start": [str(row["period_start"]) for row in episode],
    }


def _priority(strength: float) -> Priority:
    """By -log10 p of the strongest period; how many a year that makes is back-tested in the README."""
    if strength >= TODAY:
        return Priority.TODAY
    return Priority.THIS_WEEK if strength >= THIS_WEEK else Priority.ROUTINE


def _interval(row: Row) -> tuple[float, float] | None:
    """The 95 % interval in which the count was expected."""
    if row["lower"] is None or row["upper"] is None:
        return None
    return _number(row["lower"]), _number(row["upper"])


def _contribution(peak: Row, every: Cadence) -> Contribution:
    """The only stream of a univariate detector carries the whole score."""
    return Contribution(
        stream=str(peak["stream"] or peak["series"]),
        observed=_number(peak["observed"]),
        expected=_number(peak["expected"]),
        lower=None if peak["lower"] is None else _number(peak["lower"]),
        upper=None if peak["upper"] is None else _number(peak["upper"]),
        share=1.0,
        note=wording.period(peak, every),
    )


def _views(finding: Finding, row: Row) -> list[View]:
    """The series of a finding and its records."""
    return [
        SeriesView(
            title=finding.what[:1].upper() + finding.what[1:],
            finding=finding.key,
            table="detect",
            filter={k: str(v) for k, v in finding.evidence.query.items() if k != "period_start"},
            expected="expected",
            threshold="upperbound",
            lower="lower",
            upper="upper",
            alarm="alarm",
            incomplete="incomplete",
            unit=wording.unit(row, finding.when.every),
        ),
        EvidenceView(title="Records behind the alarms", finding=finding.key),
    ]


def _notes(judged: Table, params: DetectParams) -> list[str]:
    """How many series could not be judged, by reason."""
    per_series = judged.group_by(KEYS).aggregate(best=judged.reason.min(), why=judged.reason.max())
    unjudged = per_series.filter(per_series.best > 0)
    counted = _rows(unjudged.group_by("why").aggregate(n=unjudged.count()).order_by("why"))
    return [wording.not_judged(int(str(r["why"])), int(str(r["n"])), params) for r in counted]


def _number(value: object) -> float:
    return float(str(value)) if value is not None else math.nan


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _day(value: object) -> date:
    return date.fromisoformat(str(value))
