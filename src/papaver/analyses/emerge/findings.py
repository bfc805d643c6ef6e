"""Findings and table rows of `emerge`, from verdicts and sentinels and the records behind them."""

import math
from datetime import date, timedelta

from papaver.analyses.emerge import wording
from papaver.analyses.emerge.clusters import Cluster
from papaver.analyses.emerge.evidence import MOST, Proof
from papaver.analyses.emerge.judging import in_class
from papaver.analyses.emerge.params import EmergeParams
from papaver.methods.shares import wilson
from papaver.model.analysis import Data, Row
from papaver.model.finding import (
    Contribution,
    Episode,
    Evidence,
    Finding,
    Priority,
    finding_id,
    finding_key,
    most_restrictive,
)
from papaver.model.period import Cadence, start_of

VERSION = "1"
# A share that doubles within a quarter of a year is looked at today where the class is watched.
_FAST = 91.0


def finding(params: EmergeParams, data: Data, row: Row, proof: Proof) -> Finding:
    """One verdict or sentinel as a finding."""
    kind, what, where = str(row["kind"]), wording.what(row), str(row["where"])
    start, end = _date(row["start"]), max(_date(row["start"]), _date(row["end"]))
    key = finding_key("emerge", kind, what, where, start)
    proven = Evidence(
        record_type=proof.record_type,
        record_ids=proof.record_ids,
        n=proof.records[proof.record_type],
        query=_query(row, proof, start, end),
    )
    probability = _number(row["probability"])
    return Finding(
        key=key,
        id=finding_id(key, proven, params, VERSION),
        analysis="emerge",
        method=_method(row, params),
        version=VERSION,
        kind=kind,
        what=what,
        where=where,
        when=Episode(start=start, end=end, every=Cadence.WEEK),
        known_on=data.known_on,
        batch_id=data.batch_id,
        title=wording.title(
            row,
            {
                "known": proof.known,
                "first_day": proof.first_day,
                "last_day": proof.last_day,
                "identification_level": proof.identification_level,
            },
        ),
        priority=priority(row, params),
        probability=probability,
        score=None if probability is None else _log_odds(probability),
        threshold=None if kind in ("sentinel", "testing_began") else _log_odds(params.probability),
        interval=_interval(row),
        why=_why(row, params),
        evidence=proven,
        would_clear=wording.would_clear(row),
        vocabulary_version=proof.vocabulary_version,
        marking=most_restrictive(sorted(m for m in proof.markings if m)),
    )


def _query(row: Row, proof: Proof, start: date, end: date) -> dict[str, str | list[str]]:
    """What the records of a finding have in common, in the columns of `detections`."""
    first, last = (start_of(day, Cadence.WEEK) for day in (start, end))
    weeks = [(first + timedelta(weeks=n)).isoformat() for n in range((last - first).days // 7 + 1)]
    query: dict[str, str | list[str]] = {"substance": str(row["substance"]), "period_start": weeks, "every": "week"}
    if row["stream"]:
        query["stream"] = str(row["stream"])
    if "" not in proof.places:
        query["place"] = sorted(proof.places)
    if isinstance(row["sold_as"], tuple) and row["sold_as"]:
        query["sold_as"] = [str(s) for s in row["sold_as"]]
    return query


def priority(row: Row, params: EmergeParams) -> Priority:
    """How soon somebody should look; alarms a year by priority are in the README."""
    kind = str(row["kind"])
    if kind == "sentinel":
        return Priority.NOW
    if kind == "testing_began" or _number(row["prior"]) == params.chance_medicine:
        return Priority.ROUTINE
    watched = in_class(str(row["class"]), params.watched)
    doubling = _number(row["doubling_days"])
    if watched and (kind in ("emergence", "resurgence") or (doubling is not None and doubling <= _FAST)):
        return Priority.TODAY
    return Priority.THIS_WEEK


def table_row(finding: Finding, row: Row, proof: Proof, known_on: date | None) -> tuple[object, ...]:
    """The line of `tables.emerge` of a finding, in the order of its columns."""
    n, tested = _number(row["n"]) or 0.0, _number(row["n_tested"])
    lower, upper = wilson(n, tested or 0.0)
    share = n / tested if tested else None
    return (
        finding.key,
        row["substance"],
        proof.reported_as,
        finding.where,
        row["stream"] or None,
        finding.kind,
        row["first_seen"],
        known_on,
        round(n),
        None if tested is None else round(tested),
        share,
        None if share is None else lower,
        None if share is None else upper,
        _number(row["doubling_days"]),
        _number(row["probability"]),
    )


def cluster_finding(params: EmergeParams, data: Data, cluster: Cluster) -> Finding:
    """Overdoses told by people as a sentinel."""
    key = finding_key("emerge", "sentinel", cluster.what, cluster.where, cluster.start)
    proven = Evidence(
        record_type="event",
        record_ids=cluster.record_ids[:MOST],
        n=len(cluster.record_ids),
        query={"record_id": list(cluster.record_ids)},
    )
    note = f"{cluster.n} cases of one {cluster.linked_by}, the list asks for {params.sentinel_cases}"
    return Finding(
        key=key,
        id=finding_id(key, proven, params, VERSION),
        analysis="emerge",
        method=f"sentinel: {params.sentinel_cases} suspected opioid overdoses in {params.sentinel_hours} h",
        version=VERSION,
        kind="sentinel",
        what=cluster.what,
        where=cluster.where,
        when=Episode(start=cluster.start, end=cluster.end, every=Cadence.WEEK),
        known_on=data.known_on,
        batch_id=data.batch_id,
        title=wording.cluster_title(cluster),
        priority=Priority.NOW,
        why=(Contribution(stream="event", observed=float(cluster.n), share=1.0, note=note),),
        evidence=proven,
        would_clear="Fewer cases on review, another cause, or no link between them.",
        marking=most_restrictive(cluster.markings),
    )


def cluster_row(finding: Finding, cluster: Cluster, known_on: date | None) -> tuple[object, ...]:
    """The line of `tables.emerge` of overdoses told by people; nobody counted those tested."""
    first = (finding.key, cluster.what, cluster.what, finding.where, "event", finding.kind, cluster.start, known_on)
    return (*first, cluster.n, None, None, None, None, None, None)


def _method(row: Row, params: EmergeParams) -> str:
    if row["kind"] == "sentinel":
        return f"sentinel: {row['rule']}"
    return f"share of tested, gamma-Poisson product partition, rise of {params.ratio:g} times"


def _interval(row: Row) -> tuple[float, float] | None:
    """The 95 % interval of the share."""
    n, tested = _number(row["n"]), _number(row["n_tested"])
    return wilson(n, tested) if n is not None and tested else None


def _why(row: Row, params: EmergeParams) -> tuple[Contribution, ...]:
    """What the score is made of, strongest first: the sightings, and what is expected of the class."""
    stream = str(row["stream"]) or "stream not given"
    n, expected = _number(row["n"]), _number(row["expected"])
    seen = Contribution(stream=stream, observed=n, expected=expected, note=wording.evidence_note(row))
    if row["kind"] == "sentinel":
        return (seen.model_copy(update={"share": 1.0, "note": wording.sentinel_note(row, params)}),)
    testing = Contribution(stream="testing", share=0.0, note=wording.testing_note(row))
    if row["kind"] == "testing_began":
        return (testing.model_copy(update={"share": 1.0}), seen.model_copy(update={"share": 0.0}))
    prior, floor = _number(row["prior"]) or params.chance_medicine, params.chance_medicine
    by_class = max(_logit(prior) - _logit(floor), 0.0)
    by_sightings = max(_logit(_number(row["probability"]) or 0.5) - _logit(prior), 0.0)
    total = by_class + by_sightings or 1.0
    parts = [
        seen.model_copy(update={"share": 1.0 - by_class / total}),
        Contribution(stream="class", share=by_class / total, note=wording.class_note(row)),
    ]
    return (*sorted(parts, key=lambda c: -(c.share or 0.0)), testing)


def _logit(p: float) -> float:
    p = min(max(p, 1e-12), 1 - 1e-12)
    return math.log(p / (1 - p))


def _log_odds(p: float) -> float:
    """Posterior odds to base 10, comparable with -log10 p."""
    return _logit(p) / math.log(10)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
