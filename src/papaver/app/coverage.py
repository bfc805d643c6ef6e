"""Who reported, when and with what lag: the strip below a series, in which silence never looks like zero."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from papaver.model.analysis import Data, Row

State = Literal["complete", "late", "partial", "zero", "none", "not_due", "absent"]
# The state that most needs to be seen comes first.
_LOUDEST: tuple[State, ...] = ("none", "partial", "late", "complete", "zero", "not_due", "absent")
# A stream whose register names no due date is late after this many days.
DUE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Reported:
    """One period of one stream at one place: how it was reported."""

    stream: str
    title: str
    place: str
    start: date
    end: date
    state: State


@dataclass(frozen=True, slots=True)
class Strip:
    """The periods of a series, and for every stream of its place the state in each."""

    every: str
    periods: Sequence[date]
    streams: Sequence[Mapping[str, object]]

    def document(self) -> dict[str, object]:
        """As the workbench draws it."""
        return {"every": self.every, "periods": [p.isoformat() for p in self.periods], "streams": list(self.streams)}


def reported(data: Data) -> list[Reported]:
    """Every period of every stream: counts as given, and record streams through the report register."""
    registered = {
        str(r["series_id"]): r for r in _rows(data, "series", ("series_id", "title", "due_days_after_period"))
    }
    return [*_counts(data, registered), *_reports(data, registered)]


def strip(known: Iterable[Reported], place: str, every: str, periods: Sequence[date]) -> Strip | None:
    """The strip of one place on the grid of a series; None without periods or without streams."""
    streams: dict[tuple[str, str], list[Reported]] = {}
    for report in known:
        if report.place == place:
            streams.setdefault((report.stream, report.title), []).append(report)
    if not periods or not streams:
        return None
    drawn = [_stream(name, title, reports, periods) for (name, title), reports in sorted(streams.items())]
    return Strip(every, periods, drawn)


def _stream(name: str, title: str, reports: list[Reported], periods: Sequence[date]) -> dict[str, object]:
    ends = [*periods[1:], periods[-1] + (periods[-1] - periods[-2] if len(periods) > 1 else timedelta(days=1))]
    due = [r for r in reports if r.state != "not_due"]
    inside: list[list[State]] = [[] for _ in periods]
    for report in reports:
        last = bisect_right(periods, report.end) - 1
        at = last if last >= 0 and report.end < ends[last] else bisect_right(periods, report.start) - 1
        if at >= 0 and report.start < ends[at]:
            inside[at].append(report.state)
    states = [_together(states) for states in inside]
    received = sum(r.state != "none" for r in due) / len(due) if due else None
    return {"stream": name, "title": title, "states": states, "received": received}


def _together(states: Sequence[State]) -> State:
    """What a cell says when several periods of a stream fall into it: some silent and some not is partial."""
    if "none" in states and any(state != "none" for state in states):
        return "partial"
    return min(states, key=_LOUDEST.index, default="absent")


def _rows(data: Data, name: str, columns: Sequence[str]) -> list[Row]:
    rows: list[Row] = data[name].select(*columns).to_pyarrow().to_pylist()
    return rows


def _counts(data: Data, registered: Mapping[str, Row]) -> Iterable[Reported]:
    columns = ("series_id", "series", "place", "period_start", "period_end", "value", "known_from", "origin")
    for row in _rows(data, "counts", columns):
        if row["origin"] != "given":
            continue
        register = registered.get(str(row["series_id"]), {})
        title = str(register.get("title") or row["series"])
        yield _reported(str(row["series"]), title, row, row["value"], _due(register), data.known_on)


def _reports(data: Data, registered: Mapping[str, Row]) -> Iterable[Reported]:
    columns = ("stream", "place", "period_start", "period_end", "n_tested", "known_from", "state")
    for row in _rows(data, "report", columns):
        told = _reported(str(row["stream"]), str(row["stream"]).replace("_", " "), row, row["n_tested"], DUE_DAYS, None)
        state: State = "none" if row["state"] == "none" else "partial" if row["state"] == "partial" else told.state
        if state == "none" and row["state"] != "none":
            state = "complete"  # reported, without saying how many were tested
        yield Reported(told.stream, told.title, told.place, told.start, told.end, state)


def _due(register: Row) -> int:
    days = register.get("due_days_after_period")
    return int(str(days)) if days is not None else DUE_DAYS


def _reported(stream: str, title: str, row: Row, value: object, due_days: int, known_on: date | None) -> Reported:
    start, end = _day(row["period_start"]), _day(row["period_end"] or row["period_start"])
    due = end + timedelta(days=due_days)
    state: State = "complete"
    if value is None:
        state = "not_due" if known_on is not None and known_on < due else "none"
    elif float(str(value)) == 0:
        state = "zero"
    elif row["known_from"] is not None and _day(row["known_from"]) > due:
        state = "late"
    return Reported(stream, title, str(row["place"] or ""), start, end, state)


def _day(value: object) -> date:
    return date.fromisoformat(str(value))
