"""Same period of earlier years: which positions of a series are compared with the one under test."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

DAILY, WEEKLY, MONTHLY, QUARTERLY, YEARLY = 365, 52, 12, 4, 1
DATED_FREQUENCIES = (DAILY, WEEKLY, MONTHLY, QUARTERLY, YEARLY)


def years_earlier(dates: Dates, b: int) -> Positions:
    """Return the same calendar dates 1..b years earlier as days since 1970 [len(dates), b].

    29 February becomes 1 March where there is none: days are added to the first of the month.
    """
    months = dates.astype("datetime64[M]")
    day_of_month = dates.astype("datetime64[D]") - months.astype("datetime64[D]")
    first_of_month = (months[:, None] - 12 * np.arange(1, b + 1)).astype("datetime64[D]").astype(np.int64)
    earlier: Positions = first_of_month + day_of_month.astype(np.int64)[:, None]
    return earlier


def nearest_same_weekday(target: Positions, current: Positions) -> Positions:
    """Return the day nearest to `target` that falls on the weekday of `current` (never a tie: ± 3 days)."""
    shift = (current - target + 3) % 7 - 3
    nearest: Positions = target + shift
    return nearest


def reference_positions(
    dates: Dates | None, freq: int, evaluate: Positions, b: int, same_weekday: bool = True
) -> Positions:
    """Return for each evaluated position the positions of its period 1..b years earlier, -1 where outside.

    dates: period starts, ascending [n], or None for an undated series, where a year is `freq` positions.
    Dated weekly (and daily, if `same_weekday`) series: same calendar date, then the nearest same weekday;
    monthly, quarterly, yearly: same calendar month or year. Result [len(evaluate), b]. Farrington et al. 1996.
    """
    if dates is None:
        undated: Positions = np.maximum(evaluate[:, None] - freq * np.arange(1, b + 1, dtype=np.int64), -1)
        return undated
    if freq in (DAILY, WEEKLY):
        calendar = dates.astype("datetime64[D]").astype(np.int64)
        wanted = years_earlier(dates[evaluate], b)
        if freq == WEEKLY or same_weekday:
            wanted = nearest_same_weekday(wanted, calendar[evaluate][:, None])
    else:
        calendar = dates.astype("datetime64[Y]" if freq == YEARLY else "datetime64[M]").astype(np.int64)
        wanted = calendar[evaluate][:, None] - (1 if freq == YEARLY else 12) * np.arange(1, b + 1)
    at = np.minimum(np.searchsorted(calendar, wanted), len(calendar) - 1)
    return np.where(calendar[at] == wanted, at, -1)
