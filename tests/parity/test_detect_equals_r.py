"""`detect`, through the same path as the command, beside the exact outputs of R surveillance."""

import csv
import math
from datetime import date, timedelta
from pathlib import Path

import pytest

import papaver

P10 = {"no_periods": 10, "past_weeks_not_included": 26, "p_threshold_trend": 1}
CONFIGURATIONS = {
    "default": {},
    "nbplugin_p10": {**P10, "threshold_method": "nbPlugin", "alpha": 0.01},
    "muan_p10": {**P10, "threshold_method": "muan", "alpha": 0.01},
    "delta_p10": {**P10, "alpha": 0.01},
    "nbplugin_p10_t05": {
        **P10, "p_threshold_trend": 0.05, "past_weeks_not_included": 3, "limit54": (0, 4),
        "threshold_method": "nbPlugin", "alpha": 0.05,
    },
    "delta_sqrt_w1": {"b": 3, "w": 2, "weights_threshold": 1, "alpha": 0.01, "powertrans": "1/2"},
    "delta_none_norew": {
        "b": 3, "reweight": False, "trend": False, "powertrans": "none", "no_periods": 5, "alpha": 0.05,
    },
    "nbplugin_p10_pop": {**P10, "threshold_method": "nbPlugin", "alpha": 0.01, "population_offset": True},
}  # fmt: skip
EARS = {"default": {}, "b12_ms05_a01": {"baseline": 12, "min_sigma": 0.5, "alpha": 0.01}}
TOLERANCE = 1e-9


def read(path):
    """Rows of a reference file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def number(text):
    """A number of the reference; NA and NaN are missing."""
    value = float("nan") if text in ("NA", "NaN", "") else float(text)
    return None if not math.isfinite(value) else value


@pytest.fixture(scope="module")
def counts(data_dir, tmp_path_factory):
    """A reference input as a count file, and whether it has dates."""
    folder = tmp_path_factory.mktemp("counts")
    made: dict[str, tuple[Path, bool, int]] = {}

    def of(series):
        if series not in made:
            rows = read(data_dir / "detection_reference" / "inputs" / f"{series}.csv")
            dated = rows[0]["date"] != "NA"
            path = folder / f"{series}.csv"
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(["series", "period_start", "value", "denominator"])
                for i, row in enumerate(rows):
                    start = row["date"] if dated else date(1990, 1, 1) + timedelta(weeks=i)
                    value = "" if row["observed"] == "NA" else row["observed"]
                    people = "" if row["population"] == "NA" else row["population"]
                    writer.writerow([series, start, value, people])
            made[series] = path, dated, len(rows)
        return made[series]

    return of


def same(found, wanted, name, near_zero=1e-300):
    """Equal within the relative tolerance, or missing in both; a score is a difference and may be all but zero."""
    if wanted is None or found is None:
        assert found is None, name
        assert wanted is None, name
    else:
        assert math.isclose(found, wanted, rel_tol=TOLERANCE, abs_tol=near_zero), (name, found, wanted)


@pytest.mark.data
@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_farrington_flexible(configuration, counts, data_dir):
    files = sorted((data_dir / "detection_reference" / "farrington_flexible").glob(f"*__{configuration}.csv"))
    assert files
    for file in files:
        series = file.name.split("__")[0]
        path, dated, n = counts(series)
        wanted = read(file)
        assert int(wanted[-1]["t"]) == n
        answer = papaver.run(
            "detect", data={"count": path}, compat="r-surveillance", range=len(wanted),
            epoch_as_date=dated, **CONFIGURATIONS[configuration],
        )  # fmt: skip
        rows = answer.tables["detect"]
        assert len(rows) == len(wanted), file.name
        for row, told in zip(rows, wanted, strict=True):
            where = (file.name, told["t"])
            assert row["alarm"] == (told["alarm"] in ("1", "TRUE")), where
            same(row["upperbound"], number(told["upperbound"]), (*where, "upperbound"))
            same(row["expected"], number(told["expected"]), (*where, "expected"))
            same(row["p_value"], number(told["pvalue"]), (*where, "p_value"))
            same(row["phi"], number(told["phi"]), (*where, "phi"))
            same(row["score"], number(told["score"]), (*where, "score"), 1e-9)


@pytest.mark.data
@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
@pytest.mark.parametrize("tag", EARS)
def test_ears(method, tag, counts, data_dir):
    files = sorted((data_dir / "detection_reference" / "ears").glob(f"*__{method}__{tag}.csv"))
    assert files
    for file in files:
        path, _, n = counts(file.name.split("__")[0])
        wanted = {int(row["t"]): row for row in read(file)}
        answer = papaver.run(
            "detect", data={"count": path}, compat="r-surveillance", method=f"ears-{method.lower()}", **EARS[tag]
        )
        rows = answer.tables["detect"]
        assert len(rows) == n
        for t, told in wanted.items():
            row = rows[t - 1]
            assert row["alarm"] == (told["alarm"] in ("1", "TRUE")), (file.name, t)
            same(row["upperbound"], number(told["upperbound"]), (file.name, t, "upperbound"))
