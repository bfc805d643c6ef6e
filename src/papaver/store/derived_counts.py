"""Counts made from `detections`: substance x place x stream on a calendar grid, silence told from zero."""

from typing import TYPE_CHECKING

import ibis

from papaver.model.period import Cadence
from papaver.store.counts import break_days, promised, state_of
from papaver.store.detections import marking_of, marking_rank
from papaver.store.grid import (
    RANK,
    cadence_of_rank,
    first_day,
    moment_of,
    months_of,
    offset_of,
    plus_days,
    position,
    rank_of,
    seconds_of,
)

if TYPE_CHECKING:
    from ibis.expr.types import IntegerValue, StringValue, Table

# A stream is put on the finest grid, not finer than asked, that holds this share of its specimens; a few whose date
# is known less well do not take the weeks away from all the others, and are left out of the counts.
SHARE_ON_GRID = 0.95
_GRID = ("every", "months", "seconds", "offset")


def derived_counts(detections: "Table", grids: "Table", series: "Table", report: "Table") -> "Table":
    """Rows of `counts.SCHEMA`, one for each period from the first to the last of a stream in a place.

    Both `detections` and `grids` (what `grids_of` makes) are read several times: an engine keeps them.

    Value: specimens (their `n`) in which the substance was found. Denominator: specimens looked at, or `n_tested` of
    the report register when that is more. Zero inside the span of the stream; missing where the register says that
    nobody reported, or has reports for the stream and place but none for the period, unless specimens arrived anyway.
    """
    placed = placed_detections(detections, grids)
    placed = placed.filter(placed.on_grid)
    tested = (
        _specimens(placed)
        .group_by("w", "number")
        .agg(tested=ibis._.n.sum(), heard_from=ibis._.known_from.max(), heard_in=ibis._.batch_id.max())
    )
    spans = placed.group_by("w").agg(
        stream=placed.stream.min(),
        place=placed.place.min(),
        first=placed.number.min(),
        last=placed.number.max(),
        listed_id=placed.series_id.min(),
        markings=marking_rank(placed.marking).max(),
    )
    heard = _reports(report, grids)
    spans = _reaching(spans.join(grids, "w"), heard)
    periods = _with_breaks(_periods(spans, tested, heard), series)
    found = _found(placed)
    cells = found.select("w", "substance").distinct().join(periods, "w")
    return promised(_valued(cells.left_join(found, ["w", "substance", "number"], rname="{name}_f")))


def grids_of(detections: "Table", every: str) -> "Table":
    """The grid of each stream and place (`w`): the finest, not finer than asked, that its dates bear."""
    t = _dated(detections)
    asked = RANK[Cadence(every)]
    coarser = range(asked, RANK[Cadence.YEAR])
    specimens = _specimens(t)
    per = specimens.group_by("w").agg(
        n=specimens.count(),
        **{f"upto_{rank}": (specimens.own <= rank).sum() for rank in coarser},
        first_week=specimens.period_start.min(where=specimens.own == RANK[Cadence.WEEK]),
    )
    fits = [(per[f"upto_{r}"] >= SHARE_ON_GRID * per.n, r) for r in coarser]
    chosen = ibis.cases(*fits, else_=RANK[Cadence.YEAR]) if fits else ibis.literal(RANK[Cadence.YEAR])
    # Weeks start on the weekday of the first week-long record, on Monday where records are days.
    anchor = per.first_week.day_of_week.index().fill_null(0).cast("int64")
    per = per.select("w", grid=chosen, every=cadence_of_rank(chosen), anchor=anchor)
    return per.select(
        "w",
        "grid",
        "every",
        months=months_of(per.every),
        seconds=seconds_of(per.every),
        offset=offset_of(per.every, per.anchor),
    )


def placed_detections(detections: "Table", grids: "Table") -> "Table":
    """Detections with a period, on the grid of their stream and place (`number`), or `on_grid` false."""
    t = _dated(detections).drop("every").join(grids, "w")
    return t.mutate(on_grid=t.own <= t.grid, number=position(t, t.period_start, t.occurred_at))


def _dated(detections: "Table") -> "Table":
    t = detections.filter(detections.period_start.notnull())
    return t.mutate(
        # One column for a join that a missing stream or place must survive.
        w=t.stream.fill_null("") + ibis.literal("|") + t.place.fill_null(""),
        own=rank_of(t.every),
    )


def _specimens(t: "Table") -> "Table":
    """One row per specimen: a number of a laboratory is its own only together with the source."""
    also = [c for c in ("number",) if c in t.columns]
    return t.group_by("w", "specimen_id", "source", "n", "own", "period_start", *also).agg(
        known_from=t.known_from.max(), batch_id=t.batch_id.max()
    )


def _found(placed: "Table") -> "Table":
    t = placed.filter(placed.substance.notnull() & ~placed.negated)
    grouped = t.group_by("w", "substance", "number").agg(
        n=t.n.sum(),
        known_from=t.known_from.max(),
        batch_id=t.batch_id.max(),
        source_first=t.source.min(),
        source_last=t.source.max(),
        marking_rank=marking_rank(t.marking).max(),
        record_ids=t.record_id.collect().sort(),
    )
    return grouped


def _reports(report: "Table", grids: "Table") -> "Table":
    """Reports on the grid of their stream and place: state, reporters and specimens tested of each period."""
    r = report.select(
        w=report.stream.fill_null("") + ibis.literal("|") + report.place.fill_null(""),
        reporter=report.source,
        start=report.period_start,
        end=ibis.coalesce(report.period_end, report.period_start),
        state=state_of(report),
        n_tested=report.n_tested,
        n_reporters=report.n_reporters,
        n_reporters_expected=report.n_reporters_expected,
        moment=report.occurred_at,
    )
    t = r.join(grids.select("w", *_GRID), "w")
    # Sub-daily grids: a report of days speaks for all the hours of its days.
    moment = ibis.coalesce(t.moment, t.start.cast("timestamp('UTC', 6)"))
    until = ibis.coalesce(t.moment, (t.end.cast("timestamp('UTC', 6)") + ibis.interval(hours=23)))
    t = t.mutate(start=position(t, t.start, moment), end=position(t, t.end, until))
    t = t.mutate(number=ibis.range(t.start, t.end + 1).unnest(), whole=t.start == t.end)
    by_reporter = t.group_by("w", "number", "reporter").agg(
        anybody=(t.state != "none").any(),
        n_tested=ibis.ifelse(t.whole, t.n_tested, None).sum(),
        n_reporters=t.n_reporters.max(),
        n_reporters_expected=t.n_reporters_expected.max(),
    )
    return by_reporter.group_by("w", "number").agg(
        anybody=by_reporter.anybody.any(),
        n_tested=by_reporter.n_tested.sum(),
        n_reporters=by_reporter.n_reporters.sum(),
        n_reporters_expected=by_reporter.n_reporters_expected.sum(),
    )


def _reaching(spans: "Table", heard: "Table") -> "Table":
    """Spans that take in the periods reported on as well."""
    ends = heard.group_by("w").agg(heard_first=heard.number.min(), heard_last=heard.number.max())
    t = spans.left_join(ends, "w", rname="{name}_s")
    return t.mutate(
        has_reports=t.heard_first.notnull(),
        first=ibis.least(t.first, ibis.coalesce(t.heard_first, t.first)),
        last=ibis.greatest(t.last, ibis.coalesce(t.heard_last, t.last)),
    ).drop("heard_first", "heard_last", "w_s")


def _periods(spans: "Table", tested: "Table", heard: "Table") -> "Table":
    """Every period of each span: its days, who reported and how many specimens were looked at."""
    t = spans.mutate(number=ibis.range(spans.first, spans.last + 1).unnest())
    t = t.left_join(tested, ["w", "number"], rname="{name}_t").left_join(heard, ["w", "number"], rname="{name}_h")
    number: IntegerValue = t.number
    t = t.mutate(
        period_start=first_day(t, number),
        next_start=first_day(t, number + 1),
        occurred_at=moment_of(t, number),
        silent=t.has_reports & ~t.anybody.fill_null(False),
        n_looked_at=ibis.greatest(ibis.coalesce(t.n_tested, t.tested), ibis.coalesce(t.tested, t.n_tested)),
        where=_joined(t.place) + _joined(t.stream),
    )
    # A sub-daily period ends on the day it starts on.
    return t.mutate(period_end=ibis.greatest(t.period_start, plus_days(t.next_start, ibis.literal(-1))))


def _joined(part: "StringValue") -> "StringValue":
    return ibis.ifelse(part.fill_null("") == "", "", ibis.literal("|") + part)


def _with_breaks(periods: "Table", series: "Table") -> "Table":
    """True on a period in which the register of the stream has a change of definition, except on the first one."""
    days = break_days(series).rename("b_{name}")
    t = periods.mutate(of_stream=ibis.coalesce(periods.listed_id, periods.stream))
    t = t.left_join(days, t.of_stream == days.b_series_id)
    inside = t.b_days.filter(lambda day, t=t: (day <= t.period_end) & (day >= t.period_start))
    return t.mutate(**{"break": (inside.length() > 0).fill_null(False) & (t.number != t.first)})


def _valued(t: "Table") -> "Table":
    silent = t.n.isnull() & t.silent
    return t.mutate(
        series=t.substance + t["where"],
        series_id=t.of_stream,
        indicator=ibis.literal("detections"),
        value_status=ibis.cases((silent, "not_reported"), (t.n.isnull(), "zero_reported"), else_="observed"),
        value=ibis.ifelse(silent, None, t.n.fill_null(0).cast("float64")),
        denominator=ibis.ifelse(silent, None, t.n_looked_at.fill_null(0).cast("float64")),
        known_from=ibis.coalesce(t.known_from, t.heard_from),
        batch_id=ibis.coalesce(t.batch_id, t.heard_in),
        marking=marking_of(ibis.coalesce(t.marking_rank, t.markings)),
        source=ibis.ifelse(t.source_first == t.source_last, t.source_first, None),
        origin=ibis.literal("derived"),
        count_unit=ibis.literal("sample"),
    )
