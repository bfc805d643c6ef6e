"""Same period of earlier years: which positions of a series are compared with the one under test."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

DAILY, WEEKLY, MONTHLY, QUARTERLY, YEARLY = 365, 52, 12, 4, 1
DATED_FREQUENCIES = (DAILY, WEEKLY, MONTHLY, QUARTERLY, YEARLY)


def years_earlier(dates: Dates, years: int) -> Dates:
    """Return the same calendar dates `years` earlier; 29 February becomes 1 March where there is none."""
    months = dates.astype("datetime64[M]")
    day_offset = (dates.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
    # Adding days to the first of the month rolls 29 February over to 1 March by itself.
    earlier: Dates = (months - 12 * years).astype("datetime64[D]") + day_offset
    return earlier


def nearest_same_weekday(target: Dates, weekday_of: Dates) -> Dates:
    """Return the date nearest to `target` that falls on the weekday of `weekday_of` (never a tie: ±3 days)."""
    shift = (weekday_of.astype("datetime64[D]") - target.astype("datetime64[D]")).astype(np.int64) % 7
    nearest: Dates = target.astype("datetime64[D]") + np.where(shift > 3, shift - 7, shift)
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
        undated: Positions = np.maximum(evaluate[:, None] - freq * np.arange(1, b + 1, dtype=np.int64)[None, :], -1)
        return undated
    unit = {MONTHLY: "M", QUARTERLY: "M", YEARLY: "Y"}.get(freq, "D")
    calendar = dates.astype(f"datetime64[{unit}]")
    current = calendar[evaluate]
    positions = np.full((len(evaluate), b), -1, dtype=np.int64)
    for i in range(b):
        if unit == "D":
            wanted = years_earlier(current, i + 1)
            if freq == WEEKLY or same_weekday:
                wanted = nearest_same_weekday(wanted, current)
        else:
            wanted = current - (i + 1) * (1 if unit == "Y" else 12)
        at = np.searchsorted(calendar, wanted)
        found = calendar[np.minimum(at, len(calendar) - 1)] == wanted
        positions[:, i] = np.where(found, at, -1)
    return positions
