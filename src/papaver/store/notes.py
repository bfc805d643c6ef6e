"""What the derived tables did not use, in words."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from papaver.store.counts import NO_PERIOD, NOT_REPORTED, OTHER_LENGTH, judged_counts
from papaver.store.derived_counts import placed_detections
from papaver.store.series_pace import paced_counts

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from papaver.store.engine import Engine

AT_MOST = 20
Row = dict[str, object]


def notes_of(engine: "Engine", tables: "Mapping[str, Table]", every: str) -> tuple[str, ...]:
    """Sentences on rows left out of `counts`, at most AT_MOST of a kind; `tables` holds count, series, detections
    the grids of the detections, and names and pace of the series."""
    count, pace, names = tables["count"], tables["pace"], tables["names"]
    of_counts = {"count": count, "names": names, "pace": pace}
    kinds = (
        (engine.derive(unused_counts, of_counts), _of_unused),
        (engine.derive(renamed_series, of_counts), _of_renamed),
        (engine.derive(overlapping_series, {"pace": pace}), _of_overlaps),
        (engine.derive(valued_though_missing, {"count": count}), _of_valued),
        (engine.derive(coarser_grids, {n: tables[n] for n in ("detections", "grids")}, every), _of_grids(every)),
        (engine.derive(unread_breaks, {"series": tables["series"]}), _of_breaks),
    )
    notes: list[str] = []
    for table, sentence in kinds:
        rows: list[Row] = engine.read(table).to_pylist()
        notes.extend(sentence(row) for row in rows[:AT_MOST])
        if len(rows) > AT_MOST:
            notes.append(f"{len(rows) - AT_MOST} more notes of that kind")
    return tuple(notes)


def unused_counts(count: "Table", names: "Table", pace: "Table") -> "Table":
    """Given rows left out, per series and reason."""
    t = judged_counts(paced_counts(count, names, pace))
    t = t.filter(t.unused.notnull())
    t = t.group_by("series", "unused", "every").agg(n=t.count(), first=t.period_start.min())
    return t.order_by("series", "unused", "every")


def renamed_series(count: "Table", names: "Table", pace: "Table") -> "Table":
    """Names that stood for several meanings."""
    t = paced_counts(count, names, pace)
    t = t.group_by("given_series").agg(n=t.series.nunique(), example=t.series.min())
    return t.filter(t.example != t.given_series).order_by("given_series")


def overlapping_series(pace: "Table") -> "Table":
    """Series whose periods start more often than they last."""
    return pace.filter(pace.overlaps).select("series", "every", "lasts").order_by("series")


def valued_though_missing(count: "Table") -> "Table":
    """Rows that carry a value and say that there is none."""
    t = count.filter(count.value_status.isin(NOT_REPORTED) & count["value"].notnull())
    return t.group_by("value_status").agg(n=t.count()).order_by("value_status")


def coarser_grids(detections: "Table", grids: "Table", every: str) -> "Table":
    """Streams on a coarser grid than asked, and specimens that fit on none."""
    t = placed_detections(detections, grids)
    t = t.group_by("stream", "place", "every").agg(left_out=t.specimen_id.nunique(where=~t.on_grid))
    return t.filter((t.every != every) | (t.left_out > 0)).order_by("stream", "place")


def unread_breaks(series: "Table") -> "Table":
    """Entries of the series register that do not begin with a date."""
    t = series.select("series_id", entry=series.breaks.unnest())
    bad = t.entry.strip().substr(0, 10).try_cast("date").isnull()
    return t.filter(bad).distinct().order_by("series_id", "entry")


def _rows(n: object) -> str:
    return "1 row" if n == 1 else f"{n} rows"


def _of_unused(row: Row) -> str:
    series, n = row["series"], row["n"]
    if row["unused"] == NO_PERIOD:
        return f"{_rows(n)} of series {series} without a period: not used"
    if row["unused"] == OTHER_LENGTH:
        return f"{_rows(n)} of series {series} from {row['first']}: another length than one {row['every']}, not used"
    return (
        f"{_rows(n)} of series {series} from {row['first']}: another row of the period became known later, it was used"
    )


def _of_renamed(row: Row) -> str:
    return f"series {row['given_series']} names {row['n']} different counts: kept apart as {row['example']} and so on"


def _of_overlaps(row: Row) -> str:
    return f"series {row['series']}: windows of one {row['lasts']} overlap, neighbouring values share cases"


def _of_valued(row: Row) -> str:
    return f"{_rows(row['n'])} of count say {row['value_status']} and carry a value: the value was not used"


def _of_grids(every: str) -> Callable[[Row], str]:
    def sentence(row: Row) -> str:
        where = " in ".join(str(row[c]) for c in ("stream", "place") if row[c] is not None)
        grid = f"{where}: counted by {row['every']}" if row["every"] != every else where
        out = f", {row['left_out']} specimens known less precisely left out" if row["left_out"] else ""
        return f"{grid}{', its dates are no finer' if row['every'] != every else ''}{out}"

    return sentence


def _of_breaks(row: Row) -> str:
    return (
        f"series {row['series_id']}, breaks, {row['entry']!r}: does not begin with a date such as 2024-01-31, not used"
    )
