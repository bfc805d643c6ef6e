"""The same period of earlier years."""

import numpy as np
import pytest

from papaver.methods.reference_periods import reference_positions


def days(first: str, n: int, step: int = 1) -> np.ndarray:
    return np.datetime64(first) + step * np.arange(n)


def test_weekly_series_keep_date_and_weekday() -> None:
    weeks = days("2005-01-03", 600, 7)
    evaluate = np.arange(300, 600)
    found = reference_positions(weeks, 52, evaluate, 5)
    assert (found >= 0).all()
    for i in range(5):
        gap = (weeks[evaluate] - weeks[found[:, i]]).astype(int)
        assert (gap % 7 == 0).all()
        assert (np.abs(gap - 365.25 * (i + 1)) <= 4.25).all()
    assert (np.diff(weeks[found[:, 0]].astype(int)) >= 7 - 7).all()


@pytest.mark.parametrize(("same_weekday", "expected"), [(False, "2023-03-01"), (True, "2023-03-02")])
def test_leap_day_becomes_first_of_march_then_the_same_weekday(same_weekday: bool, expected: str) -> None:
    calendar = days("2022-01-01", 1000)
    leap = np.flatnonzero(calendar == np.datetime64("2024-02-29"))
    found = reference_positions(calendar, 365, leap, 1, same_weekday)
    assert calendar[found[0, 0]] == np.datetime64(expected)


def test_months_quarters_years_and_what_lies_outside() -> None:
    months = (np.datetime64("2015-01") + np.arange(40)).astype("datetime64[D]")
    assert reference_positions(months, 12, np.array([39]), 4).tolist() == [[27, 15, 3, -1]]
    quarters = months[::3]
    assert reference_positions(quarters, 4, np.array([9]), 3).tolist() == [[5, 1, -1]]
    years = np.array(["2019-01-01", "2021-01-01", "2022-01-01"], "datetime64[D]")
    assert reference_positions(years, 1, np.array([2]), 3).tolist() == [[1, -1, 0]]
    assert reference_positions(None, 52, np.array([110]), 3).tolist() == [[58, 6, -1]]
