"""`counts`: given counts and counts derived from `detections`, on calendar grids, zero and missing told apart.

Series. A given series keeps its name. Where one name covers rows that differ in what is counted, where, of whom, by
which definition or by which source, each combination is a series of its own and those columns are added to the name:
rows that differ in what they mean are never summed. A derived series is SUBSTANCE|PLACE|STREAM, empty parts left out.
"""

from typing import TYPE_CHECKING

import ibis

from papaver.store.grid import (
    cadence_of_days,
    days_in,
    is_months,
    months_between,
    months_per_step,
    plus_days,
    plus_months,
)

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
# What makes two rows of one name two series, in the order in which it is added to the name.
TELLS_APART = (
    "indicator",
    "substance",
    "place",
    "sex",
    "age_group",
    "setting",
    "case_definition",
    "counting_rule",
    "count_unit",
    "source",
)
SHARED_PERIOD, OTHER_LENGTH, NO_PERIOD = "shared period", "other length", "no period"


def given_counts(count: "Table", series: "Table", report: "Table") -> "Table":
    """Rows of SCHEMA: one per known count record and one, with no value, per hole in its series.

    A hole is a period between the first and the last row of a series. It is missing, unless the report register has
    a complete report for that stream and place that covers the period: then nobody was there to be counted, zero.
    """
    t = judged_counts(count)
    t = t.filter(t.unused.isnull())
    line = ibis.window(group_by="series", order_by=["period_start", "occurred_at", "record_id"])
    t = t.mutate(next_start=t.period_start.lead().over(line), previous_end=t.period_end.lag().over(line))
    t = t.mutate(hole=ibis.range(0, ibis.greatest(_periods_to_next(t), 1)).unnest())
    is_hole = t.hole > 0
    start = ibis.ifelse(is_hole, _step(t, t.hole), t.period_start)
    t = t.mutate(
        is_hole=is_hole,
        previous_end=ibis.ifelse(is_hole, plus_days(start, ibis.literal(-1)), t.previous_end),
        period_start=start,
        period_end=ibis.ifelse(is_hole, plus_days(_step(t, t.hole + 1), ibis.literal(-1)), t.period_end),
    )
    t = _valued(_with_breaks(_with_reports(t, report), series))
    only_given = ("denominator", "n_reporters", "n_reporters_expected", "known_from", "batch_id", "occurred_at")
    t = t.mutate(
        **{c: ibis.ifelse(t.is_hole, None, t[c]) for c in only_given},
        stream=ibis.null("string"),
        origin=ibis.literal("given"),
        record_ids=ibis.ifelse(t.is_hole, None, ibis.array([t.record_id])),
        **{"break": t.breaks_here | (t.break_flag.fill_null(False) & ~t.is_hole)},
    )
    return promised(t)


def promised(t: "Table") -> "Table":
    """The columns of SCHEMA and nothing else."""
    return t.select(**{name: t[name].cast(kind) for name, kind in SCHEMA.items()})


def judged_counts(count: "Table") -> "Table":
    """Given counts under the name of their series, with its cadence, and in `unused` why a row is not used.

    The cadence is the commonest length of the periods. Where windows overlap (twelve months, every month) the grid
    follows the distance between starts instead, and `overlaps` is true.
    """
    t = _named_series(count)
    t = t.mutate(days=days_in(t.period_start, ibis.coalesce(t.period_end, t.period_start)))
    t = t.mutate(lasts=cadence_of_days(t.days))
    t = t.mutate(lasts=ibis.ifelse(t.occurred_at.notnull() & (t.date_precision == "hour"), "hour", t.lasts))
    pace = _pace(t).rename("p_{name}")
    t = t.left_join(pace, t.series == pace.p_series)
    t = t.mutate(every=ibis.ifelse(t.p_overlaps, cadence_of_days(t.p_apart), t.p_lasts), step_days=t.p_days)
    unfit = ibis.cases(
        (t.period_start.isnull(), NO_PERIOD),
        (t.lasts != t.p_lasts, OTHER_LENGTH),
        else_=ibis.null("string"),
    )
    t = t.mutate(unused=unfit, overlaps=t.p_overlaps)
    line = ibis.window(
        group_by=["series", "unused", "period_start", "occurred_at"],
        order_by=[t.known_from.desc(), t.record_id.desc()],
    )
    t = t.mutate(in_line=ibis.row_number().over(line))
    return t.mutate(unused=ibis.ifelse(t.unused.isnull() & (t.in_line > 0), SHARED_PERIOD, t.unused))


def _named_series(count: "Table") -> "Table":
    """The series under a name that stands for one meaning."""
    named = count.mutate(series=ibis.coalesce(count.series, ibis.literal("count")))
    spread = named.group_by("series").agg(
        **{f"{c}_first": named[c].fill_null("").min() for c in TELLS_APART},
        **{f"{c}_last": named[c].fill_null("").max() for c in TELLS_APART},
    )
    extra = spread.select(
        told=spread.series, **{f"{c}_varies": spread[f"{c}_first"] != spread[f"{c}_last"] for c in TELLS_APART}
    )
    t = named.left_join(extra, named.series == extra.told)
    name: StringValue = t.series
    for c in TELLS_APART:
        name = name + ibis.ifelse(t[f"{c}_varies"], ibis.literal("|") + t[c].fill_null("-"), "")
    return t.mutate(given_series=t.series, series=name).drop("told", *(f"{c}_varies" for c in TELLS_APART))


def _pace(t: "Table") -> "Table":
    """Per series: how long its periods commonly last, and whether they overlap because they start more often."""
    t = t.filter(t.period_start.notnull())
    by_days = t.group_by("series", "lasts", "days").agg(n=t.count())
    of_lasts = ibis.window(group_by=["series", "lasts"])
    by_days = by_days.mutate(n_lasts=by_days.n.sum().over(of_lasts))
    order = [by_days.n_lasts.desc(), by_days.lasts, by_days.n.desc(), by_days.days]
    by_days = by_days.mutate(in_line=ibis.row_number().over(group_by="series", order_by=order))
    commonest = by_days.filter(by_days.in_line == 0).select("series", "lasts", "days")
    span = t.group_by("series").agg(
        first=t.period_start.min(), last=t.period_start.max(), starts=t.period_start.nunique()
    )
    apart = span.last.delta(span.first, unit="day") / (span.starts - 1).nullif(0)
    span = span.select(spanned=span.series, apart=apart)
    joined = commonest.join(span, commonest.series == span.spanned).drop("spanned")
    return joined.mutate(
        overlaps=((joined.lasts != "hour") & (joined.apart < 0.75 * joined.days)).fill_null(False),
        apart=joined.apart.round().cast("int64"),
    )


def _periods_to_next(t: "Table") -> "IntegerValue":
    """Steps of the grid from a row to the next one of its series; missing for the last."""
    months = months_between(t.period_start, t.next_start) // months_per_step(t.every)
    days = (t.next_start.delta(t.period_start, unit="day") / _days_per_step(t)).round().cast("int64")
    steps = ibis.ifelse(is_months(t.every), months.cast("int64"), days)
    return ibis.ifelse(t.every == "hour", 1, steps).fill_null(1)


def _days_per_step(t: "Table") -> "IntegerValue":
    weekly_windows = ibis.ifelse(t.every == "week", 7, 1)
    return ibis.ifelse(t.overlaps, weekly_windows, t.step_days)


def _step(t: "Table", n: "IntegerValue") -> "DateValue":
    months = plus_months(t.period_start, n * months_per_step(t.every).fill_null(0))
    return ibis.ifelse(is_months(t.every), months, plus_days(t.period_start, n * _days_per_step(t)))


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
