"""What a finding shows: its views with their rows, the strip below them, and the spark of the inbox."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from papaver.app.answer import Answer, plain
from papaver.app.coverage import Reported, strip
from papaver.model.analysis import Row
from papaver.model.finding import Finding
from papaver.model.view import EvidenceView, SeriesView, TableView, View

# A chart shows an episode with this many periods before and after it.
BEFORE, AFTER = 130, 26
SPARK = 26


class Drawing:
    """The exhibits of one answer; its tables are sorted into groups once for all findings."""

    def __init__(self, answer: Answer, known: Sequence[Reported]) -> None:
        self.answer = answer
        self.known = known
        self._groups: dict[tuple[str, ...], dict[tuple[str, ...], list[Row]]] = {}

    def exhibit(self, finding: Finding) -> dict[str, object]:
        """Everything shown for one finding, as the workbench gets it."""
        views = [self._drawn(view, finding) for view in self.answer.views if view.finding == finding.key]
        return {"views": views, "coverage": _coverage(views, finding, self.known), "spark": _spark(views)}

    def rows_of(self, view: SeriesView | TableView) -> list[Row]:
        """The rows of the view's table whose columns equal the values of its filter."""
        names = tuple(sorted(view.filter))
        if (view.table, *names) not in self._groups:
            groups: dict[tuple[str, ...], list[Row]] = {}
            for row in self.answer.tables[view.table]:
                groups.setdefault(tuple(str(row[n] or "") for n in names), []).append(row)
            self._groups[(view.table, *names)] = groups
        return self._groups[(view.table, *names)].get(tuple(view.filter[n] for n in names), [])

    def _drawn(self, view: View, finding: Finding) -> dict[str, object]:
        told = view.model_dump(mode="json")
        if isinstance(view, EvidenceView):
            evidence = finding.evidence
            return {**told, "record_type": evidence.record_type, "query": evidence.query, "total": evidence.n}
        rows = self.rows_of(view)
        if isinstance(view, SeriesView):
            rows = _around(rows, view.x, finding)
            told["every"] = (view.every or finding.when.every).value
        names = _columns(view, rows)
        return {
            **told,
            "columns": [{"name": n, "title": n.replace("_", " "), "type": _type(rows, n)} for n in names],
            "rows": [{n: plain(row.get(n)) for n in names} for row in rows],
        }


def as_json(drawn: Mapping[str, object]) -> str:
    """An exhibit as the desk keeps it."""
    return json.dumps(drawn, ensure_ascii=False, allow_nan=False)


def _columns(view: SeriesView | TableView, rows: Sequence[Row]) -> list[str]:
    if isinstance(view, TableView):
        return list(view.columns) or list(rows[0] if rows else ())
    named = (view.x, view.observed, view.expected, view.lower, view.upper, view.threshold, view.alarm, view.incomplete)
    return [name for name in (*named, view.n, view.of) if name]


def _type(rows: Sequence[Row], name: str) -> str:
    value = next((row[name] for row in rows if row.get(name) is not None), None)
    kinds = ((bool, "boolean"), (int | float, "number"), (date, "date"))
    return next((word for kind, word in kinds if isinstance(value, kind)), "text")


def _around(rows: list[Row], x: str, finding: Finding) -> list[Row]:
    """The periods round the episode."""
    ordered = sorted(rows, key=lambda row: str(row[x]))
    starts = [str(row[x]) for row in ordered]
    first = sum(s < finding.when.start.isoformat() for s in starts)
    last = sum(s <= finding.when.end.isoformat() for s in starts)
    return ordered[max(0, first - BEFORE) : last + AFTER]


def _coverage(views: Sequence[dict[str, object]], finding: Finding, known: Sequence[Reported]) -> object:
    for view in views:
        rows = view.get("rows")
        if view["kind"] == "series" and isinstance(rows, list) and rows:
            periods = [date.fromisoformat(str(row[str(view["x"])])) for row in rows]
            found = strip(known, finding.where, str(view["every"]), periods)
            return found.document() if found else None
    return None


def _spark(views: Sequence[dict[str, object]]) -> dict[str, object] | None:
    view = next((v for v in views if v["kind"] == "series"), None)
    rows = view.get("rows") if view else None
    if view is None or not isinstance(rows, list) or not rows:
        return None
    alarms = [i for i, row in enumerate(rows) if view["alarm"] and row.get(view["alarm"])]
    end = min(len(rows), (alarms[-1] if alarms else len(rows)) + 4)
    shown = rows[max(0, end - SPARK) : end]
    bounds = [row.get(view["threshold"]) for row in shown if view["threshold"]]
    return {
        "observed": [row.get(view["observed"]) for row in shown],
        "threshold": next((b for b in reversed(bounds) if b is not None), None),
        "alarms": [i for i, row in enumerate(shown) if view["alarm"] and row.get(view["alarm"])],
    }
