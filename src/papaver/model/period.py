"""Calendar grids: what a period is at each cadence, and how to step from one to the next."""

from datetime import date, timedelta
from enum import StrEnum


class Cadence(StrEnum):
    """How often a stream reports, from the finest to the coarsest."""

    HOUR = "hour"
    HALF_DAY = "12h"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def per_year(self) -> int:
        """Periods in a year: the `freq` of a time series."""
        return {"hour": 8766, "12h": 730, "day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}[self.value]

    @property
    def noun(self) -> str:
        """The word people use for one period."""
        return {"12h": "half day"}.get(self.value, self.value)


_MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}


def start_of(day: date, cadence: Cadence, week_starts_on: int = 0) -> date:
    """The first day of the period that holds `day`; weeks start on Monday (0) unless said otherwise."""
    if cadence in _MONTHS:
        step = _MONTHS[cadence]
        return date(day.year, (day.month - 1) // step * step + 1, 1)
    if cadence is Cadence.WEEK:
        return day - timedelta(days=(day.weekday() - week_starts_on) % 7)
    return day


def step(start: date, cadence: Cadence, n: int = 1) -> date:
    """The start of the period `n` periods after the one that starts on `start` (sub-daily: the same day)."""
    if cadence in _MONTHS:
        months = start.year * 12 + start.month - 1 + n * _MONTHS[cadence]
        return date(months // 12, months % 12 + 1, 1)
    return start + timedelta(days=n * {Cadence.WEEK: 7, Cadence.DAY: 1}.get(cadence, 0))


def end_of(start: date, cadence: Cadence) -> date:
    """The last day, included, of the period that starts on `start`."""
    return max(start, step(start, cadence) - timedelta(days=1))
