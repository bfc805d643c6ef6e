"""What is new, growing, back or at another level among the substances seen, and what is only newly tested for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import ibis
from ibis.expr.types import Table, Value

from papaver.analyses.emerge import wording
from papaver.analyses.emerge.clusters import clusters
from papaver.analyses.emerge.coverage import Panel, Tested, Where, panels, tested
from papaver.analyses.emerge.evidence import TOLD, count_of, evidence
from papaver.analyses.emerge.findings import cluster_finding, cluster_row, finding, table_row
from papaver.analyses.emerge.judging import JUDGED, in_class, judge
from papaver.analyses.emerge.params import EmergeParams
from papaver.analyses.emerge.sentinels import Seen, Sentinel, country, region, sentinels
from papaver.model.analysis import Data, Kernel, Result, Row
from papaver.model.finding import Finding, in_order
from papaver.model.period import Cadence
from papaver.model.substances import CLASSES
from papaver.model.view import EvidenceView, SeriesView, TableView, View

# Nobody looked: such a specimen is in no denominator.
_NOT_TESTED = ("not_tested", "pending")
_NO_SENTINEL = ("metabolite", "marker", "precursor")
_UNSURE = ("presumptive", "tentative")
TABLE = {
    "key": "string",
    "substance": "string",
    "reported_as": "string",
    "place": "string",
    "stream": "string",
    "kind": "string",
    "first_seen": "date",
    "raised_on": "date",
    "n": "int64",
    "n_tested": "int64",
    "share": "float64",
    "lower": "float64",
    "upper": "float64",
    "doubling_days": "float64",
    "probability": "float64",
}
_SERIES = {
    "substance": "string",
    "place": "string",
    "stream": "string",
    "period_start": "date",
    "observed": "float64",
    "tested": "float64",
    "share": "float64",
}
_VERDICT = tuple(c for c in JUDGED if c not in ("period_start", "observed", "tested", "share", "told"))


def emerge(params: EmergeParams, data: Data) -> Result:
    """Judge every substance of every stream and place, and raise the sentinels of the user's list."""
    told = [(c, cluster_finding(params, data, c)) for c in clusters(_rows(data["event"]), params)]
    lines = [cluster_row(f, c, data.known_on) for c, f in told]
    detections = data["detections"]
    cells = _rows(_tested_cells(detections))
    if not cells:
        note = "No specimens that were tested: give --data specimen=FILE or --data assay=FILE."
        return _result([f for _, f in told], lines, ibis.memtable([], schema=_SERIES), [note], {})
    units = {code: _unit(code, params) for code in sorted({str(c["place"]) for c in cells})}
    moved = {code: unit for code, unit in units.items() if code != unit}
    reports = [{**r, "unit": _unit(str(r["place"] or ""), params)} for r in _rows(_reported(data["report"]))]
    who = tested([{**c, "unit": units[str(c["place"])]} for c in cells], reports)
    register = panels(_rows(data["panel"]))
    guards = sentinels(_sentinel_sightings(detections, moved, params), params)
    shown = frozenset((unit, s.stream, s.substance) for s in guards for unit in s.units)
    kernel = Kernel(partial(judge, tested=who, register=register, shown=shown, params=params), JUDGED)
    judged = data.map_groups(_sightings(detections, moved), ["unit", "stream"], kernel)
    names = _rows(judged.filter(judged.told).select("unit", "stream", *_VERDICT))
    rows = [*_verdicts(names), *(_sentinel_row(s, who, names) for s in guards)]
    proof = evidence(_seen(detections, moved), rows)
    findings = [f for _, f in told]
    drawn: dict[str, dict[str, str]] = {}
    for i, row in enumerate(rows):
        if i in proof:
            full = {**row, "n": proof[i].n} if row["kind"] == "sentinel" else row
            findings.append(finding(params, data, full, proof[i]))
            lines.append(table_row(findings[-1], full, proof[i], data.known_on))
            first = str(full["units"][0]) if isinstance(full["units"], tuple) else ""
            drawn[findings[-1].key] = {
                "substance": str(full["substance"]),
                "place": first,
                "stream": str(full["stream"]),
            }
    return _result(findings, lines, _months(judged), _notes(who, register, params), drawn)


def _rows(table: Table) -> list[Row]:
    rows: list[Row] = table.to_pyarrow().to_pylist()
    return rows


def _columns(detections: Table, moved: Mapping[str, str], *names: str) -> dict[str, Value]:
    """Of `detections`: the unit of place, week, instrument, person or specimen and other columns, by name."""
    t = detections
    place = t.place.fill_null("")
    made: dict[str, Callable[[], Value]] = {
        "stream": lambda: t.stream.fill_null(""),
        "place": lambda: place,
        "unit": lambda: place.substitute(dict(moved)) if moved else place,
        "week": lambda: t.period_start.truncate("W"),
        "instrument": lambda: ibis.coalesce(t.panel_id, t.laboratory, ""),
        "subject": lambda: t.source.concat("|", ibis.coalesce(t.case_id, t.specimen_id)),
        "assayed": lambda: t.record_type == "assay",
        "death": lambda: (t.outcome.fill_null("") == "death") | (t.stream.fill_null("") == "post_mortem"),
        "confirmed": lambda: ~t.identification_level.fill_null("").isin(_UNSURE),
    }
    return {name: made[name]() if name in made else t[name] for name in names}


def _tested_cells(detections: Table) -> Table:
    """Specimens, or persons, tested in each place, stream and week, by instrument."""
    looked = detections.filter(detections.period_start.notnull() & ~detections.role.isin(_NOT_TESTED))
    where = ["place", "stream", "instrument", "week"]
    each = looked.group_by(**_columns(looked, {}, *where, "subject")).aggregate(n=looked.n.max())
    return each.group_by(where).aggregate(n=each.n.sum())


def _sightings(detections: Table, moved: Mapping[str, str]) -> Table:
    """Weekly numbers of each substance, found or looked for and not found; metabolites are signs of another."""
    d = detections
    t = d.filter(d.period_start.notnull() & d.substance.notnull() & (d.role != "metabolite"))
    by = _columns(t, moved, "unit", "stream", "substance", "class", "instrument", "negated", "assayed", "week")
    subject = _columns(t, moved, "subject")["subject"]
    return t.group_by(period_start=by.pop("week"), **by).aggregate(
        n=count_of(t.n, subject), first_day=t.period_start.min(), last_day=t.period_start.max()
    )


def _sentinel_sightings(detections: Table, moved: Mapping[str, str], params: EmergeParams) -> Iterator[Seen]:
    """Sightings of the listed classes by week, place, stream and product."""
    listed = [c for c in sorted(CLASSES) if in_class(c, params.sentinel_classes)]
    if not listed:
        return
    d = detections
    t = d.filter(
        d.period_start.notnull()
        & d.substance.notnull()
        & ~d.negated
        & d["class"].isin(listed)
        & ~d.role.isin(_NO_SENTINEL)
    )
    by = _columns(t, moved, "substance", "class", "unit", "stream", "week", "sold_as", "death", "confirmed")
    weekly = t.group_by(**by).aggregate(first=t.period_start.min(), last=t.period_start.max())
    yield from map(Seen.of, _rows(weekly))


def _seen(detections: Table, moved: Mapping[str, str]) -> Table:
    """Every sighting with what a finding tells of its evidence."""
    d = detections
    t = d.filter(d.period_start.notnull() & d.substance.notnull() & ~d.negated)
    return t.select(**_columns(t, moved, "unit", "subject", "substance", "stream", "period_start", "sold_as", *TOLD))


def _reported(report: Table) -> Table:
    """Numbers tested as the report register has them."""
    t = report.filter(report.n_tested.notnull() & report.period_start.notnull())
    return t.select("place", "stream", "period_start", "period_end", "n_tested")


def _unit(code: str, params: EmergeParams) -> str:
    if not code or params.level == "place":
        return code
    return country(code) if params.level == "country" else region(code)


def _verdicts(names: Sequence[Row]) -> Iterator[Row]:
    """One row for each verdict; a new substance that surely grows is told twice, as new and as growing."""
    for name in names:
        if not name["kind"]:
            continue
        verdict: Row = {**name, "where": name["unit"], "units": (name["unit"],)}
        verdict |= dict.fromkeys(("rule", "product", "sold_as", "also", "begins"))
        yield verdict
        if name["growth"]:
            yield {**verdict, "kind": "growth", "probability": name["growing"]}


def _sentinel_row(s: Sentinel, who: Mapping[Where, Tested], names: Sequence[Row]) -> Row:
    """A sentinel in the columns of a verdict; its number is counted with its evidence."""
    streams = [who[(unit, s.stream)] for unit in s.units if (unit, s.stream) in who]
    name = next(
        (m for m in names if (m["unit"], m["stream"], m["substance"]) == (s.units[0], s.stream, s.substance)), {}
    )
    begins = min((w.begins for w in streams), default=s.start)
    return {
        **dict.fromkeys(_VERDICT),
        "kind": "sentinel",
        "rule": s.rule,
        "product": s.product,
        "sold_as": s.sold_as,
        "also": s.also,
        "substance": s.substance,
        "class": s.cls,
        "where": s.where,
        "units": s.units,
        "stream": s.stream,
        "start": s.start,
        "end": s.end,
        "first_seen": name.get("first_seen", s.start),
        "n_tested": sum(w.between(s.start, s.end) for w in streams),
        "n_before": 0.0,
        "tested_before": sum(w.between(begins, s.start) for w in streams),
        "basis": name.get("basis", ""),
        "since": name.get("since"),
        "began_together": 0,
        "steady": False,
        "begins": begins,
    }


def _months(judged: Table) -> Table:
    """What the series views draw: monthly sightings and numbers tested."""
    shown = judged.rename(place="unit").select(*_SERIES)
    return shown.order_by("place", "stream", "substance", "period_start")


def _result(
    findings: Sequence[Finding],
    lines: Sequence[tuple[object, ...]],
    months: Table,
    notes: Sequence[str],
    drawn: Mapping[str, dict[str, str]],
) -> Result:
    """Findings in order, the table of the contract, the months behind it and what draws them."""
    ordered = in_order(findings)
    return Result(
        findings=ordered,
        tables={
            "emerge": ibis.memtable(list(lines), schema=TABLE),
            "emerge_series": months,
        },
        views=[TableView(title="What was raised", table="emerge"), *_views(ordered, drawn)],
        notes=notes,
    )


def _views(findings: Sequence[Finding], drawn: Mapping[str, dict[str, str]]) -> Iterator[View]:
    """For every finding its months, its line and its records."""
    for f in findings:
        if f.key in drawn:
            yield SeriesView(
                title=wording.capital(f.what),
                finding=f.key,
                table="emerge_series",
                filter=drawn[f.key],
                observed="share",
                n="observed",
                of="tested",
                unit="share of those tested, by month",
                every=Cadence.MONTH,
            )
        yield TableView(title="As raised", finding=f.key, table="emerge", filter={"key": f.key})
        yield EvidenceView(title="Records behind it", finding=f.key)


def _notes(who: Mapping[Where, Tested], register: Sequence[Panel], params: EmergeParams) -> list[str]:
    notes = []
    if not register:
        notes.append(
            "No panel register: whether a substance is newly there or newly tested for is inferred, or cannot be told."
        )
    for (unit, stream), w in who.items():
        weeks = int((w.total > 0).sum())
        if weeks <= params.recent // 7:
            where = f"{stream or 'stream not given'} in {unit or 'place not given'}"
            notes.append(f"{where}: {weeks} weeks of data; what is older than they are can only look new.")
    return notes
