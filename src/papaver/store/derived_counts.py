"""Counts made from `detections`: substance x place x stream on a calendar grid, silence told from zero."""

from typing import TYPE_CHECKING

import ibis

from papaver.model.period import Cadence
from papaver.store.counts import break_days, promised, state_of
from papaver.store.detections import marking_of, marking_rank
from papaver.store.grid import RANK, cadence_of_rank, first_day, last_day, moment_of, position, rank_of

if TYPE_CHECKING:
    from ibis.expr.types import IntegerValue, Table

# A stream is put on the finest grid, not finer than asked, that holds this share of its specimens; a few whose date
# is known less well do not take the weeks away from all the others, and are left out of the counts.
SHARE_ON_GRID = 0.95
_WHERE = ("stream", "place")


def derived_counts(detections: "Table", series: "Table", report: "Table", every: str) -> "Table":
    """Rows of `counts.SCHEMA`, one for each period from the first to the last of a stream in a place.

    Value: specimens (their `n`) in which the substance was found. Denominator: specimens looked at, or `n_tested` of
    the report register when that is more. Zero inside the span of the stream; missing where the register says that
    nobody reported, or has reports for the stream and place but none for the period, unless specimens arrived anyway.
    """
    placed = placed_detections(detections, every)
    placed = placed.filter(placed.on_grid)
    tested = (
        _specimens(placed)
        .group_by("w", "number")
        .agg(tested=ibis._.n.sum(), heard_from=ibis._.known_from.max(), heard_in=ibis._.batch_id.max())
    )
    grids = placed.group_by("w").agg(
        stream=placed.stream.min(),
        place=placed.place.min(),
        every=placed.every.min(),
        anchor=placed.anchor.min(),
        first=placed.number.min(),
        last=placed.number.max(),
        listed_id=placed.series_id.min(),
        markings=placed.marking_rank.max(),
    )
    heard = _reports(report, grids)
    spans = heard.group_by("w").agg(heard_first=heard.number.min(), heard_last=heard.number.max())
    grids = _span(grids, spans)
    found = _found(placed)
    lines = found.select("w", "substance").distinct().join(grids, "w")
    cells = lines.mutate(number=ibis.range(lines.first, lines.last + 1).unnest())
    t = cells.left_join(found, ["w", "substance", "number"], rname="{name}_f")
    t = t.left_join(tested, ["w", "number"], rname="{name}_t").left_join(heard, ["w", "number"], rname="{name}_h")
    return promised(_with_breaks(_valued(t), series))


def placed_detections(detections: "Table", every: str) -> "Table":
    """Detections with a period, on the grid of their stream and place (`number`), or `on_grid` false."""
    t = detections.filter(detections.period_start.notnull())
    t = t.mutate(
        # One column for a join that a missing stream or place must survive.
        w=t.stream.fill_null("") + ibis.literal("|") + t.place.fill_null(""),
        own=rank_of(t.every),
        marking_rank=marking_rank(t.marking),
    )
    asked = RANK[Cadence(every)]
    specimens = _specimens(t)
    per = specimens.group_by("w").agg(
        n=specimens.count(),
        **{f"upto_{rank}": (specimens.own <= rank).sum() for rank in range(asked, RANK[Cadence.YEAR])},
        first_week=specimens.period_start.min(where=specimens.own == RANK[Cadence.WEEK]),
    )
    fits = [(per[f"upto_{r}"] >= SHARE_ON_GRID * per.n, r) for r in range(asked, RANK[Cadence.YEAR])]
    chosen = ibis.cases(*fits, else_=RANK[Cadence.YEAR]) if fits else ibis.literal(RANK[Cadence.YEAR])
    # Weeks start on the weekday of the first week-long record, on Monday where records are days.
    per = per.select(grid_w=per.w, grid=chosen, anchor=per.first_week.day_of_week.index().fill_null(0).cast("int64"))
    t = t.join(per, t.w == per.grid_w)
    t = t.mutate(every=cadence_of_rank(t.grid), on_grid=t.own <= t.grid)
    return t.mutate(number=position(t.period_start, t.occurred_at, t.every, t.anchor))


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
        marking_rank=t.marking_rank.max(),
        series_id=t.series_id.min(),
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
    t = r.join(grids.select("w", "every", "anchor"), "w")
    # Sub-daily grids: a report of days speaks for all the hours of its days.
    moment = ibis.coalesce(t.moment, t.start.cast("timestamp('UTC', 6)"))
    until = ibis.coalesce(t.moment, (t.end.cast("timestamp('UTC', 6)") + ibis.interval(hours=23)))
    t = t.mutate(start=position(t.start, moment, t.every, t.anchor), end=position(t.end, until, t.every, t.anchor))
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


def _span(grids: "Table", spans: "Table") -> "Table":
    t = grids.left_join(spans, "w", rname="{name}_s")
    return t.mutate(
        has_reports=t.heard_first.notnull(),
        first=ibis.least(t.first, ibis.coalesce(t.heard_first, t.first)),
        last=ibis.greatest(t.last, ibis.coalesce(t.heard_last, t.last)),
    ).drop("heard_first", "heard_last", "w_s")


def _valued(t: "Table") -> "Table":
    silent = t.n.isnull() & t.has_reports & ~t.anybody.fill_null(False)
    number: IntegerValue = t.number
    name = ibis.literal("")
    for part in (t.place, t.stream):
        name = name + ibis.ifelse(part.fill_null("") == "", "", ibis.literal("|") + part)
    status = ibis.cases((silent, "not_reported"), (t.n.isnull(), "zero_reported"), else_="observed")
    tested = ibis.greatest(ibis.coalesce(t.n_tested, t.tested), ibis.coalesce(t.tested, t.n_tested))
    one_source = ibis.ifelse(t.source_first == t.source_last, t.source_first, None)
    return t.mutate(
        series=t.substance + name,
        series_id=ibis.coalesce(t.series_id, t.listed_id, t.stream),
        indicator=ibis.literal("detections"),
        period_start=first_day(number, t.every, t.anchor),
        period_end=last_day(number, t.every, t.anchor),
        occurred_at=moment_of(number, t.every),
        value_status=status,
        value=ibis.ifelse(silent, None, t.n.fill_null(0).cast("float64")),
        denominator=ibis.ifelse(silent, None, tested.fill_null(0).cast("float64")),
        known_from=ibis.coalesce(t.known_from, t.heard_from),
        batch_id=ibis.coalesce(t.batch_id, t.heard_in),
        marking=marking_of(ibis.coalesce(t.marking_rank, t.markings)),
        source=one_source,
        origin=ibis.literal("derived"),
        count_unit=ibis.literal("sample"),
        starts_grid=number == t.first,
    )


def _with_breaks(t: "Table", series: "Table") -> "Table":
    days = break_days(series).rename("b_{name}")
    t = t.left_join(days, t.series_id == days.b_series_id)
    inside = t.b_days.filter(lambda day, t=t: (day <= t.period_end) & (day >= t.period_start))
    return t.mutate(**{"break": (inside.length() > 0).fill_null(False) & ~t.starts_grid})
