"""counts as given: zero, missing and suppressed told apart, on calendar grids."""

import random
from datetime import date, timedelta

import pytest
from known_tables import count, known_of, rows_of, week

from papaver.model.period import Cadence, end_of, start_of, step

MONDAY = date(2024, 12, 16)
WEEK = timedelta(days=7)


def values(known, *more):
    return rows_of(known["counts"], "period_start", "value", "value_status", *more)


def test_zero_missing_and_suppressed_are_three_things(tmp_path):
    given = [
        week(MONDAY, 3.0),
        week(MONDAY + WEEK, 0.0),
        # The week of 30 December is not in the file.
        week(MONDAY + 3 * WEEK, None),
        week(MONDAY + 4 * WEEK, 0.0, value_status="suppressed"),
        week(MONDAY + 5 * WEEK, None, value_status="zero_reported"),
        week(MONDAY + 6 * WEEK, 2.5, value_status="estimated"),
    ]
    known = known_of(tmp_path, count=given)
    assert values(known, "every", "period_end", "origin") == [
        (date(2024, 12, 16), 3.0, "observed", "week", date(2024, 12, 22), "given"),
        (date(2024, 12, 23), 0.0, "zero_reported", "week", date(2024, 12, 29), "given"),
        (date(2024, 12, 30), None, "not_reported", "week", date(2025, 1, 5), "given"),
        (date(2025, 1, 6), None, "not_reported", "week", date(2025, 1, 12), "given"),
        (date(2025, 1, 13), None, "suppressed", "week", date(2025, 1, 19), "given"),
        (date(2025, 1, 20), 0.0, "zero_reported", "week", date(2025, 1, 26), "given"),
        (date(2025, 1, 27), 2.5, "estimated", "week", date(2025, 2, 2), "given"),
    ]
    assert known.notes == ("1 row of count say suppressed and carry a value: the value was not used",)


def test_a_hole_is_zero_only_where_the_register_says_the_report_was_complete(tmp_path):
    given = [
        week(MONDAY, 1.0, place="LV", indicator="death"),
        week(MONDAY + 4 * WEEK, 2.0, place="LV", indicator="death"),
    ]
    starts = [MONDAY + i * WEEK for i in (1, 2, 3)]
    states = ("complete", "partial", "none")
    said = [
        {"stream": stream, "place": "LV", "period_start": s, "period_end": s + timedelta(days=6), "state": state}
        for stream, s, state in zip(("deaths", "death", "death"), starts, states, strict=True)
    ]
    said.append({**said[0], "place": "EE", "period_start": starts[1]})
    assert [v[1] for v in values(known_of(tmp_path, count=given, report=said))] == [1.0, 0.0, None, None, 2.0]


@pytest.mark.parametrize("cadence", [Cadence.DAY, Cadence.WEEK, Cadence.MONTH, Cadence.QUARTER, Cadence.YEAR])
def test_holes_are_filled_on_the_calendar_of_the_series(tmp_path, cadence):
    """Over two leap days, year ends, a week 53 and months of every length, against plain Python."""
    first = start_of(date(2019, 12, 28), cadence)
    whole = [step(first, cadence, i) for i in range(70)]
    kept = [s for i, s in enumerate(whole) if i in (0, 69) or random.Random(i).random() < 0.6]
    rows = [count(s, end_of(s, cadence), 1.0) for s in kept]
    random.Random(1).shuffle(rows)
    found = rows_of(known_of(tmp_path, count=rows)["counts"], "period_start", "period_end", "value", "every")
    assert found == [(s, end_of(s, cadence), 1.0 if s in kept else None, cadence.value) for s in whole]


def test_weeks_that_start_on_sunday_stay_on_sunday(tmp_path):
    sunday = date(2023, 12, 24)
    known = known_of(tmp_path, count=[week(sunday, 1.0), week(sunday + WEEK, 2.0), week(sunday + 3 * WEEK, 4.0)])
    assert [v[0] for v in values(known)] == [sunday + i * WEEK for i in range(4)]


def test_a_month_in_days_has_a_leap_day(tmp_path):
    days = [date(2024, 2, 27), date(2024, 2, 28), date(2024, 3, 1), date(2024, 3, 2)]
    found = values(known_of(tmp_path, count=[count(d, d, 1.0) for d in days]))
    assert (date(2024, 2, 29), None, "not_reported") in found
    assert len(found) == 5


def test_one_name_for_several_meanings_becomes_several_series(tmp_path):
    given = [
        week(MONDAY, 1.0, place="LV", case_definition="old"),
        week(MONDAY, 2.0, place="LV", case_definition="new"),
        week(MONDAY, 4.0, place="EE", case_definition="old"),
        week(MONDAY, 8.0, series="alone", place="EE"),
    ]
    known = known_of(tmp_path, count=given)
    assert rows_of(known["counts"], "series", "value") == [
        ("alone", 8.0),
        ("deaths|EE|old", 4.0),
        ("deaths|LV|new", 2.0),
        ("deaths|LV|old", 1.0),
    ]
    assert known.notes == ("series deaths names 3 different counts: kept apart as deaths|EE|old and so on",)


def test_two_records_of_one_period_are_not_summed(tmp_path):
    given = [
        week(MONDAY, 5.0, record_id="x", known_from=date(2025, 1, 9)),
        week(MONDAY, 7.0, record_id="y", known_from=date(2025, 1, 2)),
        week(MONDAY + WEEK, 1.0),
    ]
    for rows in (given, given[::-1]):
        known = known_of(tmp_path, count=rows)
        assert [v[1] for v in values(known)] == [5.0, 1.0]
        assert known.notes == (
            "1 row of series deaths from 2024-12-16: another row of the period became known later, it was used",
        )


def test_a_row_of_another_length_is_left_out_and_said(tmp_path):
    months = [
        count(
            step(date(2024, 1, 1), Cadence.MONTH, i),
            end_of(step(date(2024, 1, 1), Cadence.MONTH, i), Cadence.MONTH),
            1.0,
        )
        for i in range(5)
    ]
    known = known_of(tmp_path, count=[*months, count(date(2024, 1, 1), date(2024, 3, 31), 3.0)])
    assert [v[1] for v in values(known)] == [1.0] * 5
    assert known.notes == ("1 row of series deaths from 2024-01-01: another length than one month, not used",)


def test_overlapping_windows_follow_their_starts(tmp_path):
    """Twelve months ending each month, as provisional death counts come."""
    starts = [step(date(2023, 1, 1), Cadence.MONTH, i) for i in (0, 1, 2, 4, 5)]
    rows = [count(s, step(s, Cadence.MONTH, 12) - timedelta(days=1), 100.0) for s in starts]
    known = known_of(tmp_path, count=rows)
    found = values(known, "every")
    assert [(v[0].month, v[1], v[3]) for v in found] == [
        (1, 100.0, "month"), (2, 100.0, "month"), (3, 100.0, "month"),
        (4, None, "month"), (5, 100.0, "month"), (6, 100.0, "month"),
    ]  # fmt: skip
    assert "windows of one year overlap" in known.notes[0]


def test_the_definition_breaks_with_the_first_period_that_the_day_touches(tmp_path):
    days = [MONDAY + i * WEEK for i in (0, 1, 2, 4)]
    register = [{"series_id": "deaths", "breaks": ["2024-12-25 new form", "2025-01-07 new laboratory", "soon"]}]
    known = known_of(tmp_path, count=[week(d, 1.0) for d in days], series=register)
    assert rows_of(known["counts"], "period_start", "break") == [
        (date(2024, 12, 16), False),
        (date(2024, 12, 23), True),
        (date(2024, 12, 30), False),
        (date(2025, 1, 6), True),
        (date(2025, 1, 13), False),
    ]
    assert known.notes == ("series deaths, breaks, 'soon': does not begin with a date such as 2024-01-31, not used",)


def test_no_rows_give_an_empty_table_and_one_row_one(tmp_path):
    assert values(known_of(tmp_path)) == []
    assert values(known_of(tmp_path, count=[week(MONDAY, 1.0)])) == [(MONDAY, 1.0, "observed")]
