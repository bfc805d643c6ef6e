"""Calendar grids as Ibis expressions: every period of a cadence has a whole number, and back again.

The number runs on without holes (weeks across year ends, months across years), so neighbours differ by one and a
grid is a range of integers. `model.period` says the same in plain Python.
"""

from typing import TYPE_CHECKING

import ibis

from papaver.model.period import Cadence

if TYPE_CHECKING:
    from ibis.expr.types import (
        BooleanValue,
        DateValue,
        IntegerValue,
        StringValue,
        TimestampValue,
        Value,
    )

CADENCES = tuple(Cadence)
RANK = {cadence: rank for rank, cadence in enumerate(CADENCES)}
_MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}
_SECONDS = {Cadence.HOUR: 3600, Cadence.HALF_DAY: 43_200}
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


def position(
    day: "DateValue", moment: "TimestampValue", every: "StringValue", week_starts_on: "IntegerValue"
) -> "IntegerValue":
    """The number of the period that holds `day` (`moment`, UTC, for sub-daily cadences); Monday is 0."""
    epoch_day = day.delta(ibis.date(1970, 1, 1), unit="day")
    month = day.year().cast("int64") * 12 + day.month().cast("int64") - 1
    seconds = moment.epoch_seconds()
    branches: list[tuple[BooleanValue, Value]] = [
        (every == Cadence.DAY.value, epoch_day),
        (every == Cadence.WEEK.value, (epoch_day - _MONDAY - week_starts_on) // 7),
        *((every == c.value, month // n) for c, n in _MONTHS.items()),
        *((every == c.value, seconds // n) for c, n in _SECONDS.items()),
    ]
    return ibis.cases(*((when, then.cast("int64")) for when, then in branches), else_=None)


def first_day(number: "IntegerValue", every: "StringValue", week_starts_on: "IntegerValue") -> "DateValue":
    """The first day of a period given by its number."""
    epoch = ibis.date(1970, 1, 1)
    days = ibis.cases(
        (every == Cadence.WEEK.value, number * 7 + _MONDAY + week_starts_on),
        *((every == c.value, number * n // 86_400) for c, n in _SECONDS.items()),
        else_=number,
    )
    month = number * ibis.coalesce(months_per_step(every), 1)
    return ibis.ifelse(
        is_months(every),
        ibis.date(month // 12, month % 12 + 1, 1),
        plus_days(epoch, days),
    )


def last_day(number: "IntegerValue", every: "StringValue", week_starts_on: "IntegerValue") -> "DateValue":
    """The last day, included; of a sub-daily period the day it lies in."""
    sub_daily = every.isin([c.value for c in _SECONDS])
    following = plus_days(first_day(number + 1, every, week_starts_on), ibis.literal(-1))
    return ibis.ifelse(sub_daily, first_day(number, every, week_starts_on), following)


def moment_of(number: "IntegerValue", every: "StringValue") -> "TimestampValue":
    """The first moment of a sub-daily period, UTC; missing for the others."""
    seconds = ibis.cases(*((every == c.value, number * n) for c, n in _SECONDS.items()), else_=None)
    return seconds.cast("int64").as_timestamp("s").cast("timestamp('UTC', 6)")
