"""Update: every analysis on what is known, its findings to the desk; twice adds nothing twice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from papaver.app.answer import ask
from papaver.app.coverage import Reported, reported
from papaver.app.exhibits import Drawing, as_json
from papaver.app.registry import analyses
from papaver.app.running import prepare, today
from papaver.app.workspace import SIMULATED, OpenWorkspace
from papaver.desk.items import Exhibit
from papaver.desk.raising import Span
from papaver.desk.record import Recorded, record, unrecorded
from papaver.model.analysis import Analysis, Data, Params
from papaver.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Updated:
    """What became of one analysis: what the desk recorded, or why it did not run."""

    analysis: str
    recorded: Recorded | None
    notes: tuple[str, ...]
    not_run: str | None = None


def update(workspace: OpenWorkspace, known_on: date | None = None) -> Iterator[Updated]:
    """Run each analysis that has an input with rows, with the parameters of papaver.toml; yields as they finish."""
    evidence = workspace.evidence()
    day = known_on or today()
    for name in analyses():
        analysis, params = prepare(name, workspace.analysis_params(name))
        data = evidence.as_known_on(day, workspace.principal, every=params.every)
        if not any(_has_rows(data, table) for table in analysis.reads):
            yield Updated(name, None, (), f"no rows in {', '.join(analysis.reads)}")
            continue
        yield _updated(workspace, analysis, params, data)


def _updated(workspace: OpenWorkspace, analysis: Analysis, params: Params, data: Data) -> Updated:
    answer = ask(analysis, params, data)
    news = unrecorded(workspace.desk, answer.findings, analysis=analysis.name, gap=params.gap)
    known: list[Reported] = reported(data) if news else []
    drawing = Drawing(answer, known)
    simulated = simulated_records(data, news)
    exhibits = {}
    for finding in news:
        drawn = drawing.exhibit(finding)
        made_up = not simulated.isdisjoint(finding.evidence.record_ids)
        exhibits[finding.key] = Exhibit(as_json(drawn), as_json({"spark": drawn["spark"], "simulated": made_up}))
    stored = record(
        workspace.desk,
        answer.findings,
        analysis=analysis.name,
        recorded_at=datetime.now(UTC),
        gap=params.gap,
        streams=_spans(data),
        exhibits=exhibits,
        principal=workspace.principal,
    )
    return Updated(analysis.name, stored, tuple(answer.notes))


def simulated_records(data: Data, findings: Sequence[Finding]) -> frozenset[str]:
    """Those records behind the findings that are SIMULATED: what rests on one says so wherever it shows."""
    found: set[str] = set()
    for kind in {f.evidence.record_type for f in findings}:
        ids = {i for f in findings if f.evidence.record_type == kind for i in f.evidence.record_ids}
        table = data[kind]
        made_up = table.filter(table.source.startswith(SIMULATED)).select("record_id")
        found |= ids & set(made_up.to_pyarrow()["record_id"].to_pylist())
    return frozenset(found)


def _has_rows(data: Data, table: str) -> bool:
    return bool(data[table].limit(1).count().to_pyarrow().as_py())


def _spans(data: Data) -> Mapping[str, Span]:
    """How far every stream reaches, by the names that findings use: STREAM|PLACE."""
    counts = data["counts"]
    given = counts.filter(counts.origin == "given").mutate(stream=counts.series)
    records = data["detections"]
    spans = {}
    for table in (given, records):
        known = table.filter(table.period_start.notnull())
        reach = known.group_by(["stream", "place"]).aggregate(
            first=known.period_start.min(), last=known.period_start.max()
        )
        for row in reach.to_pyarrow().to_pylist():
            spans[f"{row['stream']}|{row['place'] or ''}"] = Span(row["first"], row["last"])
    return spans
