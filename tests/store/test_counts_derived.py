"""counts made from detections: what a few loops of plain Python say, and what the register of reports adds."""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from known_tables import known_of, rows_of, specimen

from papaver.model.period import Cadence, end_of, start_of, step

NEW_YEAR = date(2024, 12, 30)


def by_hand(specimens, every):
    """Substance x place x stream on the calendar: loops over dicts, no grid arithmetic."""
    told, looked, spans = defaultdict(float), defaultdict(float), {}
    for s in specimens:
        where, start = (s["place"], s["stream"]), start_of(s["period_start"], every)
        looked[where, start] += s.get("n", 1)
        low, high = spans.get(where, (start, start))
        spans[where] = (min(low, start), max(high, start))
        for name in set(s["substances"] or ()):
            told[name, where, start] += s.get("n", 1)
    rows = []
    for name, where in sorted({(n, w) for n, w, _ in told}):
        start, last = spans[where]
        while start <= last:
            rows.append(
                ("|".join((name, *where)), start, end_of(start, every), told[name, where, start], looked[where, start])
            )
            start = step(start, every)
    return sorted(rows)


SPECIMENS = st.lists(
    st.builds(
        specimen,
        st.dates(date(2023, 11, 20), date(2024, 3, 10)),
        st.sampled_from(["fentanyl", "heroin"]),
        place=st.sampled_from(["LV", "EE"]),
        stream=st.sampled_from(["post_mortem", "seizure_lab"]),
        n=st.integers(1, 3),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    specimens=SPECIMENS,
    every=st.sampled_from([Cadence.DAY, Cadence.WEEK, Cadence.MONTH, Cadence.QUARTER, Cadence.YEAR]),
)
def test_derived_counts_are_what_loops_over_specimens_say(tmp_path, specimens, every):
    counts = known_of(tmp_path, every, specimen=specimens)["counts"]
    found = rows_of(counts, "series", "period_start", "period_end", "value", "denominator")
    assert found == by_hand(specimens, every)


def test_weeks_run_over_the_year_end_and_silence_inside_the_span_is_zero(tmp_path):
    known = known_of(tmp_path, specimen=[specimen(date(2024, 12, 24), "fent"), specimen(date(2025, 1, 8), "heroin")])
    assert rows_of(known["counts"], "series", "period_start", "value", "value_status", "denominator", "origin") == [
        ("fentanyl|LV|post_mortem", date(2024, 12, 23), 1.0, "observed", 1.0, "derived"),
        ("fentanyl|LV|post_mortem", date(2024, 12, 30), 0.0, "zero_reported", 0.0, "derived"),
        ("fentanyl|LV|post_mortem", date(2025, 1, 6), 0.0, "zero_reported", 1.0, "derived"),
        ("heroin|LV|post_mortem", date(2024, 12, 23), 0.0, "zero_reported", 1.0, "derived"),
        ("heroin|LV|post_mortem", date(2024, 12, 30), 0.0, "zero_reported", 0.0, "derived"),
        ("heroin|LV|post_mortem", date(2025, 1, 6), 1.0, "observed", 1.0, "derived"),
    ]


def test_what_is_negated_unresolved_or_only_a_class_is_looked_at_but_not_counted(tmp_path):
    known = known_of(
        tmp_path,
        specimen=[
            specimen(NEW_YEAR, *names) for names in (("no fent",), ("opioid",), ("?x",), ("nothing",), ("heroin",), ())
        ],
    )
    assert rows_of(known["counts"], "series", "value", "denominator") == [("heroin|LV|post_mortem", 1.0, 6.0)]


def test_a_period_nobody_reported_on_is_missing_and_reports_stretch_the_span(tmp_path):
    states = {date(2025, 1, 6): "complete", date(2025, 1, 13): "none", date(2025, 1, 27): "partial"}
    reports = [
        {"stream": "post_mortem", "place": "LV", "period_start": s, "period_end": s + timedelta(days=6), "state": state,
         "n_tested": 9, "n_reporters": 2, "n_reporters_expected": 3}
        for s, state in states.items()
    ]  # fmt: skip
    elsewhere = {**reports[0], "place": "EE", "period_start": date(2020, 1, 6), "period_end": date(2020, 1, 12)}
    known = known_of(tmp_path, specimen=[specimen(NEW_YEAR, "fent")], report=[*reports, elsewhere])
    columns = ("period_start", "value", "value_status", "denominator", "n_reporters", "n_reporters_expected")
    assert rows_of(known["counts"], *columns) == [
        (date(2024, 12, 30), 1.0, "observed", 1.0, None, None),
        (date(2025, 1, 6), 0.0, "zero_reported", 9.0, 2, 3),
        (date(2025, 1, 13), None, "not_reported", None, 2, 3),
        (date(2025, 1, 20), None, "not_reported", None, None, None),
        (date(2025, 1, 27), 0.0, "zero_reported", 9.0, 2, 3),
    ]


def test_a_report_for_a_month_speaks_for_its_weeks(tmp_path):
    report = {"stream": "post_mortem", "place": "LV", "period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31)}
    known = known_of(tmp_path, specimen=[specimen(date(2025, 1, 8), "fent")], report=[report])
    found = rows_of(known["counts"], "period_start", "value")
    assert [v for _, v in found] == [0.0, 1.0, 0.0, 0.0, 0.0]
    assert found[0][0] == date(2024, 12, 30)


def test_months_cannot_be_put_in_weeks_but_a_few_coarse_dates_do_not_coarsen_the_rest(tmp_path):
    monthly = [specimen(date(2024, m, 1), "fent", until=end_of(date(2024, m, 1), Cadence.MONTH)) for m in (1, 3)]
    known = known_of(tmp_path, specimen=monthly)
    assert rows_of(known["counts"], "period_start", "period_end", "value", "every") == [
        (date(2024, 1, 1), date(2024, 1, 31), 1.0, "month"),
        (date(2024, 2, 1), date(2024, 2, 29), 0.0, "month"),
        (date(2024, 3, 1), date(2024, 3, 31), 1.0, "month"),
    ]
    assert known.notes == ("post_mortem in LV: counted by month, its dates are no finer",)
    daily = [specimen(date(2024, 1, 1) + timedelta(days=i), "fent") for i in range(40)]
    mixed = known_of(tmp_path, specimen=[*daily, monthly[0]])
    assert {r[0] for r in rows_of(mixed["counts"], "every")} == {"week"}
    assert mixed.notes == ("post_mortem in LV, 1 specimens known less precisely left out",)


def test_week_long_records_that_start_on_sunday_keep_their_weeks(tmp_path):
    sunday = date(2024, 1, 7)
    rows = [specimen(sunday + timedelta(days=7 * i), "fent", until=sunday + timedelta(days=7 * i + 6)) for i in (0, 2)]
    assert [r[0] for r in rows_of(known_of(tmp_path, specimen=rows)["counts"], "period_start")] == [
        sunday + timedelta(days=7 * i) for i in range(3)
    ]


@pytest.mark.parametrize(("every", "hours"), [(Cadence.HOUR, 1), (Cadence.HALF_DAY, 12)])
def test_hours_are_counted_from_moments_in_utc(tmp_path, every, hours):
    moments = ["2024-02-28T23:10:00+00:00", "2024-02-28T23:50:00+00:00", "2024-02-29T13:00:00+00:00"]
    from datetime import datetime

    rows = [
        specimen(date.fromisoformat(m[:10]), "fent", occurred_at=datetime.fromisoformat(m), date_precision="hour")
        for m in moments
    ]
    found = rows_of(
        known_of(tmp_path, every, specimen=rows)["counts"], "occurred_at", "period_start", "value", by=("occurred_at",)
    )
    assert [(m.hour, v) for m, _, v in found if v] == [(23 // hours * hours, 2.0), (13 // hours * hours, 1.0)]
    assert len(found) == {1: 15, 12: 3}[hours]
    assert all(m.date() == start for m, start, _ in found)


def test_a_count_becomes_known_with_its_last_row_and_order_does_not_matter(tmp_path):
    rows = [
        specimen(NEW_YEAR, "fent", known_from=date(2025, 1, d), batch_id=f"b{d}", record_id=f"r{d}", marking=m)
        for d, m in ((2, "TLP:GREEN"), (9, "TLP:AMBER"), (5, None))
    ]
    columns = ("series", "value", "known_from", "batch_id", "marking", "record_ids", "source")
    for seed in range(4):
        random.Random(seed).shuffle(rows)
        assert rows_of(known_of(tmp_path, specimen=rows)["counts"], *columns) == [
            ("fentanyl|LV|post_mortem", 3.0, date(2025, 1, 9), "b9", "TLP:AMBER", ["r2", "r5", "r9"], "s")
        ]
