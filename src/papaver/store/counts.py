"""`counts`: given counts and counts derived from `detections`, on calendar grids, zero and missing told apart."""

from typing import TYPE_CHECKING

import ibis

from papaver.store.grid import is_months, months_between, months_per_step, plus_days, plus_months
from papaver.store.series_pace import paced_counts

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, DateValue, IntegerValue, StringValue, Table

SCHEMA = {
    "series": "string",
    "series_id": "string",
    "indicator": "string",
    "substance": "string",
    "place": "string",
    "stream": "string",
    "period_start": "date",
    "period_end": "date",
    "occurred_at": "timestamp('UTC', 6)",
    "every": "string",
    "value": "float64",
    "value_status": "string",
    "denominator": "float64",
    "origin": "string",
    "break": "boolean",
    "known_from": "date",
    "n_reporters": "int64",
    "n_reporters_expected": "int64",
    "count_unit": "string",
    "source": "string",
    "batch_id": "string",
    "marking": "string",
    "record_ids": "array<string>",
}
NOT_REPORTED = ("not_reported", "not_collected", "suppressed")
_PASSED = (
    *(c for c in SCHEMA if c not in ("stream", "origin", "break", "record_ids")),
    "record_id",
    "break_flag",
    "is_hole",
    "previous_end",
    "reported_complete",
)
SHARED_PERIOD, OTHER_LENGTH, NO_PERIOD = "shared period", "other length", "no period"


def given_counts(count: "Table", names: "Table", pace: "Table", series: "Table", report: "Table") -> "Table":
    """Rows of SCHEMA: one per known count record and one, with no value, per hole in its series.

    `names` and `pace` are what `series_pace` makes of the same counts, kept: this statement reads them several times.
    Series without hole or repeat pass straight through, however long they are; only the others are sorted.

    A hole is a period between the first and the last row of a series. It is missing, unless the report register has
    a complete report for that stream and place that covers the period: then nobody was there to be counted, zero.
    """
    t = paced_counts(count, names, pace)
    filled = _filled(judged_counts(t).filter(lambda t: t.unused.isnull()))
    passing = t.filter(t.regular).mutate(is_hole=False, reported_complete=False)
    # What went before a period is the day before it, except before the first one.
    eve = ibis.ifelse(passing.period_start == passing.first, None, plus_days(passing.period_start, ibis.literal(-1)))
    passing = passing.mutate(previous_end=eve)
    t = _with_reports(filled, report).select(*_PASSED).union(passing.select(*_PASSED))
    t = _valued(_with_breaks(t, series))
    only_given = ("denominator", "n_reporters", "n_reporters_expected", "known_from", "batch_id", "occurred_at")
    t = t.mutate(
        **{c: ibis.ifelse(t.is_hole, None, t[c]) for c in only_given},
        stream=ibis.null("string"),
        origin=ibis.literal("given"),
        record_ids=ibis.ifelse(t.is_hole, None, ibis.array([t.record_id])),
        **{"break": t.breaks_here | (t.break_flag.fill_null(False) & ~t.is_hole)},
    )
    return promised(t)


def _filled(t: "Table") -> "Table":
    """Rows that are used, and one for each hole between two of them."""
    line = ibis.window(group_by="series", order_by=["period_start", "occurred_at", "record_id"])
    t = t.mutate(
        next_start=t.period_start.lead().over(line),
        last_start=t.period_start.lag().over(line),
        last_end=t.period_end.lag().over(line),
    )
    # After a hole, the hole is what went before.
    eve = plus_days(t.period_start, ibis.literal(-1))
    follows_hole = (_steps(t, t.last_start, t.period_start) > 1).fill_null(False)
    t = t.mutate(
        previous_end=ibis.ifelse(follows_hole, eve, t.last_end),
        hole=ibis.range(0, ibis.greatest(_steps(t, t.period_start, t.next_start).fill_null(1), 1)).unnest(),
    )
    is_hole = t.hole > 0
    start = ibis.ifelse(is_hole, _step(t, t.hole), t.period_start)
    return t.mutate(
        is_hole=is_hole,
        previous_end=ibis.ifelse(is_hole, plus_days(start, ibis.literal(-1)), t.previous_end),
        period_start=start,
        period_end=ibis.ifelse(is_hole, plus_days(_step(t, t.hole + 1), ibis.literal(-1)), t.period_end),
    )


def promised(t: "Table") -> "Table":
    """The columns of SCHEMA and nothing else."""
    return t.select(**{name: t[name].cast(kind) for name, kind in SCHEMA.items()})


def judged_counts(paced: "Table") -> "Table":
    """Rows of series that are not regular, and in `unused` why a row is not used."""
    t = paced.filter(~paced.regular)
    unfit = ibis.cases(
        (t.period_start.isnull(), NO_PERIOD),
        (t.row_lasts != t.lasts, OTHER_LENGTH),
        else_=ibis.null("string"),
    )
    t = t.mutate(unused=unfit)
    line = ibis.window(
        group_by=["series", "unused", "period_start", "occurred_at"],
        order_by=[t.known_from.desc(), t.record_id.desc()],
    )
    t = t.mutate(in_line=ibis.row_number().over(line))
    return t.mutate(unused=ibis.ifelse(t.unused.isnull() & (t.in_line > 0), SHARED_PERIOD, t.unused))


def _steps(t: "Table", start: "DateValue", end: "DateValue") -> "IntegerValue":
    """Steps of the grid from one start to another; missing where one of them is."""
    months = months_between(start, end) // months_per_step(t.every)
    days = (end.delta(start, unit="day") / t.step_days).round().cast("int64")
    steps = ibis.ifelse(is_months(t.every), months.cast("int64"), days)
    return ibis.ifelse(t.every == "hour", 1, steps)


def _step(t: "Table", n: "IntegerValue") -> "DateValue":
    months = plus_months(t.period_start, n * months_per_step(t.every).fill_null(0))
    return ibis.ifelse(is_months(t.every), months, plus_days(t.period_start, n * t.step_days))


def _valued(t: "Table") -> "Table":
    """Value and status in agreement: a suppressed or missing one has no value, a reported zero is 0."""
    status = ibis.cases(
        (t.is_hole & t.reported_complete, "zero_reported"),
        (t.is_hole, "not_reported"),
        (t.value_status.isin(NOT_REPORTED), t.value_status),
        (t["value"].isnull() & (t.value_status == "zero_reported"), "zero_reported"),
        (t["value"].isnull(), "not_reported"),
        (t.value_status == "estimated", "estimated"),
        (t["value"] == 0, "zero_reported"),
        else_="observed",
    )
    t = t.mutate(value_status=status)
    value = ibis.cases(
        (t.value_status.isin(NOT_REPORTED), ibis.null("float64")),
        (t.value_status == "zero_reported", 0.0),
        else_=t["value"],
    )
    return t.mutate(value=value)


def _with_reports(t: "Table", report: "Table") -> "Table":
    """Whether a complete report covers the period; the register may name the series, its id or its indicator."""
    complete = report.filter(state_of(report) == "complete")
    spans = complete.group_by("stream", "place").agg(
        spans=ibis.struct(
            {
                "start": complete.period_start,
                "end": ibis.coalesce(complete.period_end, complete.period_start),
            }
        ).collect()
    )
    covered: BooleanValue = ibis.literal(False)
    for i, name in enumerate(("given_series", "series_id", "indicator")):
        heard = spans.rename("r" + str(i) + "_{name}")
        t = t.left_join(heard, [t[name] == heard[f"r{i}_stream"], t.place == heard[f"r{i}_place"]])
        inside = t[f"r{i}_spans"].filter(lambda s, t=t: (s["start"] <= t.period_start) & (s["end"] >= t.period_end))
        t = t.mutate(**{f"covered_{i}": (inside.length() > 0).fill_null(False)})
    covered = t.covered_0 | t.covered_1 | t.covered_2
    return t.mutate(reported_complete=covered)


def state_of(report: "Table") -> "StringValue":
    """State of a report; where none is stated, a report short of reporters is partial."""
    short = (report.n_reporters < report.n_reporters_expected).fill_null(False)
    return ibis.coalesce(report.state, ibis.ifelse(short, "partial", "complete"))


def _with_breaks(t: "Table", series: "Table") -> "Table":
    """True on the first period at or after a day on which the register says that the definition changed."""
    days = break_days(series).rename("b_{name}")
    t = t.left_join(days, t.series_id == days.b_series_id)
    inside = t.b_days.filter(lambda day, t=t: (day <= t.period_end) & (day > t.previous_end))
    return t.mutate(breaks_here=(inside.length() > 0).fill_null(False))


def break_days(series: "Table") -> "Table":
    """Days per series_id, from entries that begin with a date."""
    entries = series.select("series_id", entry=series.breaks.unnest())
    entries = entries.mutate(day=entries.entry.strip().substr(0, 10).try_cast("date"))
    entries = entries.filter(entries.day.notnull()).distinct()
    return entries.group_by("series_id").agg(days=entries.day.collect(order_by=entries.day))
