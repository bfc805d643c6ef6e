"""Calendar grids as Ibis expressions: every period of a cadence has a whole number, and back again.

The number runs on without holes (weeks across year ends, months across years), so neighbours differ by one and a
grid is a range of integers. `model.period` says the same in plain Python.
"""

from typing import TYPE_CHECKING

import ibis

from papaver.model.period import Cadence

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, DateValue, IntegerValue, StringValue, Table, TimestampValue

CADENCES = tuple(Cadence)
RANK = {cadence: rank for rank, cadence in enumerate(CADENCES)}
_MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}
_DAY = 86_400
_SECONDS = {Cadence.HOUR: 3600, Cadence.HALF_DAY: 43_200, Cadence.WEEK: 7 * _DAY}
# 1970-01-05, the first Monday of the epoch.
_MONDAY = 4


def cadence_of_days(days: "IntegerValue") -> "StringValue":
    """The cadence whose periods last about `days` days; the limits of `model.period.cadence_of_days`."""
    limits = ((3, Cadence.DAY), (20, Cadence.WEEK), (60, Cadence.MONTH), (240, Cadence.QUARTER))
    return ibis.cases(*((days <= limit, cadence.value) for limit, cadence in limits), else_=Cadence.YEAR.value)


def rank_of(every: "StringValue") -> "IntegerValue":
    """0 for the finest cadence, 6 for the coarsest."""
    return ibis.cases(*((every == c.value, RANK[c]) for c in CADENCES), else_=None)


def cadence_of_rank(rank: "IntegerValue") -> "StringValue":
    """The inverse of `rank_of`."""
    return ibis.cases(*((rank == RANK[c], c.value) for c in CADENCES), else_=None)


def days_in(start: "DateValue", end: "DateValue") -> "IntegerValue":
    """Days of a period, both ends included."""
    return end.delta(start, unit="day") + 1


def plus_days(day: "DateValue", days: "IntegerValue") -> "DateValue":
    """`days` later. The detour is on purpose: a date plus an interval is a timestamp in SQL, whatever Ibis says."""
    return (day + days.as_interval("D")).cast("timestamp").cast("date")


def plus_months(day: "DateValue", months: "IntegerValue") -> "DateValue":
    """`months` later, on the last day of the month where the day does not exist."""
    return (day + months.as_interval("M")).cast("timestamp").cast("date")


def months_between(start: "DateValue", end: "DateValue") -> "IntegerValue":
    """Calendar months from the month of `start` to the month of `end`."""
    return (end.year() * 12 + end.month()) - (start.year() * 12 + start.month())


def is_months(every: "StringValue") -> "BooleanValue":
    """Whether the cadence steps in calendar months."""
    return every.isin([c.value for c in _MONTHS])


def months_per_step(every: "StringValue") -> "IntegerValue":
    """1, 3 or 12; missing for the others."""
    return ibis.cases(*((every == c.value, n) for c, n in _MONTHS.items()), else_=None)


def months_of(every: "StringValue") -> "IntegerValue":
    """Months per period, 0 for cadences that do not step in months: the first of the numbers that make a grid."""
    return ibis.cases(*((every == c.value, n) for c, n in _MONTHS.items()), else_=0).cast("int64")


def seconds_of(every: "StringValue") -> "IntegerValue":
    """Seconds per period of the cadences that do not step in months."""
    return ibis.cases(*((every == c.value, n) for c, n in _SECONDS.items()), else_=_DAY).cast("int64")


def offset_of(every: "StringValue", week_starts_on: "IntegerValue") -> "IntegerValue":
    """Seconds from the epoch to the start of a period; weeks start on `week_starts_on`, Monday being 0."""
    return ibis.ifelse(every == Cadence.WEEK.value, (week_starts_on + _MONDAY) * _DAY, 0).cast("int64")


def position(t: "Table", day: "DateValue", moment: "TimestampValue") -> "IntegerValue":
    """The number of the period that holds `day`, or `moment` (UTC) on a sub-daily grid.

    `t` has the grid: `months`, `seconds` and `offset`, as made by the functions above.
    """
    month = day.year().cast("int64") * 12 + day.month() - 1
    since = ibis.ifelse(t.seconds < _DAY, moment.epoch_seconds(), day.epoch_days() * _DAY)
    return ibis.ifelse(t.months > 0, month // t.months, (since - t.offset) // t.seconds).cast("int64")


def first_day(t: "Table", number: "IntegerValue") -> "DateValue":
    """The first day of a period given by its number; a day that a sub-daily period lies in."""
    month = number * t.months
    days = (number * t.seconds + t.offset) // _DAY
    return ibis.ifelse(t.months > 0, ibis.date(month // 12, month % 12 + 1, 1), plus_days(ibis.date(1970, 1, 1), days))


def moment_of(t: "Table", number: "IntegerValue") -> "TimestampValue":
    """The first moment of a sub-daily period, UTC; missing for the others."""
    seconds = ibis.ifelse((t.months == 0) & (t.seconds < _DAY), number * t.seconds, None)
    return seconds.cast("int64").as_timestamp("s").cast("timestamp('UTC', 6)")
