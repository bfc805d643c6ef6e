"""What `detect` must say of series whose answer is plain."""

import csv
from datetime import date, timedelta

import numpy as np
import pytest

import papaver

FIRST = date(2018, 1, 1)


@pytest.fixture
def weekly(tmp_path):
    """A writer of weekly count files: values by series, None for missing; extra columns by name."""

    def write(series, **columns):
        path = tmp_path / "count.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["series", "place", "period_start", "value", *columns])
            for name, values in series.items():
                for i, value in enumerate(values):
                    told = "" if value is None else value
                    extra = [given[i] for given in columns.values()]
                    writer.writerow([name, "LV", FIRST + timedelta(weeks=i), told, *extra])
        return path

    return write


def quiet(n=340, mean=12.0, seed=3):
    """Poisson counts in which nothing happens."""
    return np.random.Generator(np.random.PCG64(seed)).poisson(mean, n).astype(int).tolist()


def test_a_burst_is_one_finding_that_says_what_was_expected(weekly):
    values = quiet()
    values[-3:] = [45, 60, 41]
    answer = papaver.run("detect", data={"count": weekly({"poisonings": values})}, range=8, alpha=0.001)
    (finding,) = answer.findings
    start = FIRST + timedelta(weeks=337)
    assert (finding.when.start, finding.when.end) == (start, start + timedelta(days=20))
    assert finding.title.startswith("Poisonings: 60 in the week of ")
    assert "Above threshold in 3 weeks" in finding.title
    assert finding.evidence.n == 3
    (why,) = finding.why
    assert 9 < why.expected < 15
    assert why.observed == 60
    assert finding.priority == "today"


def test_a_quiet_gap_starts_a_new_episode_and_a_short_one_does_not(weekly):
    values = quiet()
    values[-12] = values[-9] = values[-1] = 70
    answer = papaver.run("detect", data={"count": weekly({"a": values})}, range=14, alpha=0.0001)
    assert sorted(len(f.evidence.query["period_start"]) for f in answer.findings) == [1, 2]


def test_missing_is_neither_zero_nor_alarm(weekly):
    values = quiet()
    values[-1] = values[100] = None
    answer = papaver.run("detect", data={"count": weekly({"a": values})}, range=1)
    (row,) = answer.tables["detect"]
    assert row["observed"] is None
    assert row["alarm"] is False
    assert row["score"] is None
    assert any("no count" in note for note in answer.notes)


def test_too_little_history_is_said_and_ears_is_named(weekly):
    answer = papaver.run("detect", data={"count": weekly({"a": quiet(40)})})
    assert not answer.findings
    assert any("too little history" in note and "ears-c2" in note for note in answer.notes)
    values = quiet(40)
    values[-1] = 60
    ears = papaver.run("detect", data={"count": weekly({"a": values})}, method="ears-c2", range=1)
    assert len(ears.findings) == 1


def test_a_break_of_the_definition_restarts_the_model_and_raises_nothing(weekly):
    values = quiet(330) + quiet(10, mean=60.0)
    flags = ["true" if i == 330 else "false" for i in range(340)]
    with_break = papaver.run("detect", data={"count": weekly({"a": values}, break_flag=flags)}, range=10)
    assert not with_break.findings
    without = papaver.run("detect", data={"count": weekly({"a": values})}, range=10)
    assert without.findings


def test_a_bigger_population_explains_more_cases(weekly):
    people = [100_000] * 330 + [400_000] * 10
    values = quiet(330) + quiet(10, mean=48.0)
    path = weekly({"a": values}, denominator=people)
    rises = papaver.run("detect", data={"count": path}, range=10, alpha=0.01)
    explained = papaver.run("detect", data={"count": path}, range=10, alpha=0.01, population_offset=True)
    assert rises.findings
    assert not explained.findings


def test_series_are_judged_one_by_one(weekly):
    loud = [v * 1000 for v in quiet(seed=5)]
    calm = quiet(seed=6)
    calm[-1] = 60
    alone = papaver.run("detect", data={"count": weekly({"calm": calm})}, range=1)
    both = papaver.run("detect", data={"count": weekly({"calm": calm, "loud": loud})}, range=1)
    told = [r for r in both.tables["detect"] if r["series"] == "calm"]
    assert told == list(alone.tables["detect"])


@pytest.mark.parametrize("every", ["day", "month", "quarter", "year"])
def test_other_cadences_are_judged(every, tmp_path):
    from papaver.model.period import Cadence, end_of, step

    random = np.random.Generator(np.random.PCG64(8))
    n = {"day": 2600, "month": 96, "quarter": 32, "year": 10}[every]
    start, rows = date(2012, 1, 1), []
    for i in range(n):
        value = int(random.poisson(20)) if i < n - 1 else 80
        rows.append([start, end_of(start, Cadence(every)), value])
        start = step(start, Cadence(every))
    path = tmp_path / "count.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["period_start", "period_end", "value"], *rows])
    answer = papaver.run("detect", data={"count": path}, range=1, alpha=0.01)
    (row,) = answer.tables["detect"]
    assert row["every"] == every
    assert row["alarm"] is True
    assert row["upperbound"] < 60
