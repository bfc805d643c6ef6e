"""Given series: what one is called, how often it comes, and whether it runs without hole or repeat.

A given series keeps its name. Where one name covers rows that differ in what is counted, where, of whom, by which
definition or by which source, each combination is a series of its own and those columns are added to the name: rows
that differ in what they mean are never summed.
"""

from typing import TYPE_CHECKING

import ibis

from papaver.store.grid import cadence_of_days, days_in, months_between, months_of

if TYPE_CHECKING:
    from ibis.expr.types import IntegerValue, StringValue, Table

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
# Windows that start this much more often than they last overlap.
_OVERLAP = 0.75


def series_names(count: "Table") -> "Table":
    """One row per name: whether each of TELLS_APART varies under it."""
    t = count.select(*(c for c in TELLS_APART), given_series=_given_name(count))
    # Meanings first: there are few of them, and strings are slow to compare row by row.
    t = t.group_by("given_series", *TELLS_APART).agg(rows=t.count())
    spread = t.group_by("given_series").agg(
        **{f"{c}_varies": t[c].fill_null("").min() != t[c].fill_null("").max() for c in TELLS_APART},
    )
    varies = spread[f"{TELLS_APART[0]}_varies"]
    for c in TELLS_APART[1:]:
        varies = varies | spread[f"{c}_varies"]
    return spread.mutate(varies=varies)


def series_pace(count: "Table", names: "Table") -> "Table":
    """One row per series: `lasts`, the commonest length of its periods; `every`, the grid it comes on; `regular`.

    The grid is that length, except where windows overlap (twelve months, every month): there it is the distance
    between starts. `step_days` is the step of grids that are not made of months, `first` the first day.
    """
    t = _named(count, names)
    t = t.filter(t.period_start.notnull())
    by_days = t.group_by("series", "row_lasts", "days").agg(
        n=t.count(), start=t.period_start.min(), end=t.period_start.max()
    )
    by_days = by_days.mutate(n_lasts=by_days.n.sum().over(group_by=["series", "row_lasts"]))
    order = [by_days.n_lasts.desc(), by_days.row_lasts, by_days.n.desc(), by_days.days]
    by_days = by_days.mutate(
        in_line=ibis.row_number().over(group_by="series", order_by=order),
        covered=(by_days.n * by_days.days).sum().over(group_by="series"),
        rows=by_days.n.sum().over(group_by="series"),
        first=by_days.start.min().over(group_by="series"),
        last=by_days.end.max().over(group_by="series"),
    )
    pace = by_days.filter(by_days.in_line == 0)
    pace = pace.mutate(spanned=pace.last.delta(pace.first, unit="day"))
    # Distinct starts are costly to count: only series whose periods cover more days than there are need them.
    crowded = pace.filter(pace.covered * _OVERLAP > pace.spanned + pace.days).select("series")
    starts = t.semi_join(crowded, "series").group_by("series").agg(starts=ibis._.period_start.nunique())
    pace = pace.left_join(starts, "series")
    apart = (pace.spanned / (pace.starts - 1).nullif(0)).round().cast("int64")
    overlaps = ((pace.row_lasts != "hour") & (apart < _OVERLAP * pace.days)).fill_null(False)
    every = ibis.ifelse(overlaps, cadence_of_days(apart), pace.row_lasts)
    pace = pace.select(
        "series",
        "first",
        "last",
        "rows",
        "n_lasts",
        overlaps=overlaps,
        every=every,
        lasts=pace.row_lasts,
        days=pace.days,
    )
    weekly = ibis.ifelse(pace.every == "week", 7, 1)
    pace = pace.mutate(step_days=ibis.ifelse(pace.overlaps, weekly, pace.days), months=months_of(pace.every))
    return _with_regularity(t, pace)


def paced_counts(count: "Table", names: "Table", pace: "Table") -> "Table":
    """Counts under the name of their series, with what `series_pace` says of it."""
    t = _named(count, names).drop("days")
    kept = pace.select("series", "first", "lasts", "every", "overlaps", "step_days", "regular")
    t = t.left_join(kept, "series", rname="pace_{name}")
    return t.mutate(regular=t.regular.fill_null(False), overlaps=t.overlaps.fill_null(False))


def _with_regularity(t: "Table", pace: "Table") -> "Table":
    """`regular`: every row lasts the same and the rows stand on 0, 1, 2 ... of the grid, each once.

    That is told from their number, ends and first three power sums, which a stream of ten million rows can keep: by
    Newton's identities a series with up to three repeats cannot have those of one without.
    """
    grid = pace.select("series", "first", "months", "step_days")
    r = t.select("series", "period_start").join(grid, "series", rname="{name}_g")
    days = r.period_start.delta(r.first, unit="day")
    months = months_between(r.first, r.period_start).cast("int64")
    in_months = r.months > 0
    per_step = ibis.ifelse(in_months, r.months, r.step_days)
    apart = ibis.ifelse(in_months, months, days)
    off = (apart % per_step != 0) | (in_months & (r.period_start.day() != r.first.day()))
    r = r.mutate(k=(apart // per_step).cast("float64"), off=off)
    sums = r.group_by("series").agg(
        k_last=r.k.max(), k1=r.k.sum(), k2=(r.k * r.k).sum(), k3=(r.k * r.k * r.k).sum(), any_off=r.off.any()
    )
    p = pace.join(sums, "series")
    n = p.rows.cast("float64")
    regular = (
        (p.rows == p.n_lasts)
        & ~p.any_off
        & (p.every != "hour")
        & (p.k_last == n - 1)
        & (p.k1 == n * (n - 1) / 2)
        & (p.k2 == (n - 1) * n * (2 * n - 1) / 6)
        & (p.k3 == (n * (n - 1) / 2) * (n * (n - 1) / 2))
    )
    return p.select(*pace.columns, regular=regular)


def _named(count: "Table", names: "Table") -> "Table":
    """Counts with the name of their series (`given_series`: as given), their days and what those last."""
    t = count.mutate(given_series=_given_name(count)).drop("series")
    t = t.left_join(names, "given_series", rname="names_{name}")
    name: StringValue = t.given_series
    for c in TELLS_APART:
        name = name + ibis.ifelse(t[f"{c}_varies"], ibis.literal("|") + t[c].fill_null("-"), "")
    days: IntegerValue = days_in(t.period_start, ibis.coalesce(t.period_end, t.period_start))
    hourly = t.occurred_at.notnull() & (t.date_precision == "hour")
    lasts = ibis.ifelse(hourly, "hour", cadence_of_days(days))
    t = t.mutate(series=ibis.ifelse(t.varies, name, t.given_series), days=days, row_lasts=lasts)
    return t.drop("names_given_series", "varies", *(f"{c}_varies" for c in TELLS_APART))


def _given_name(count: "Table") -> "StringValue":
    return ibis.coalesce(count.series, ibis.literal("count"))
