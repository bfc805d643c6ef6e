"""Every reference file of R surveillance 1.20.3: same alarms, same missing values, same numbers."""

import csv
from pathlib import Path

import numpy as np
import pytest

from papaver.methods.ears import EARS, ears
from papaver.methods.farrington import FarringtonFlexible, farrington_flexible
from papaver.methods.reasons import Reason

pytestmark = pytest.mark.data

# The arguments of the configurations, from the README beside the reference files.
P10 = {
    "b": 5, "w": 3, "weights_threshold": 2.58, "p_threshold_trend": 1.0, "limit54": (5, 4), "no_periods": 10,
    "past_weeks_not_included": 26,
}  # fmt: skip
NB_P10 = P10 | {"threshold_method": "nbPlugin", "alpha": 0.01}
CONFIGURATIONS = {
    "default": {},
    "nbplugin_p10": NB_P10,
    "muan_p10": P10 | {"threshold_method": "muan", "alpha": 0.01},
    "delta_p10": P10 | {"alpha": 0.01},
    "nbplugin_p10_t05": NB_P10
    | {"p_threshold_trend": 0.05, "past_weeks_not_included": 3, "limit54": (0, 4), "alpha": 0.05},
    "delta_sqrt_w1": {"b": 3, "w": 2, "weights_threshold": 1.0, "alpha": 0.01, "powertrans": "1/2"},
    "delta_none_norew": {
        "b": 3, "w": 3, "reweight": False, "trend": False, "alpha": 0.05, "powertrans": "none", "no_periods": 5,
    },
    "nbplugin_p10_pop": NB_P10 | {"population_offset": True},
}  # fmt: skip
NUMBERS = {
    "upperbound": "upperbound", "score": "score", "pvalue": "p_value", "expected": "expected", "mu0": "mu0",
    "phi": "phi", "trend_coef": "trend_coefficient",
}  # fmt: skip
# The least score that the reference resolves: (y - mu) cancels, so the rest is rounding of mu.
SCORE_ROUNDING = 1e-11


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as stream:
        return list(csv.DictReader(stream))


def column(table: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([np.nan if row[name].strip() in ("NA", "NaN") else float(row[name]) for row in table])


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_farrington_flexible_equals_r(data_dir: Path, configuration: str) -> None:
    folder = data_dir / "detection_reference"
    manifest = [row for row in rows(folder / "MANIFEST.csv") if row["config"] == configuration]
    assert manifest
    settings = FarringtonFlexible(compat="r-surveillance", **CONFIGURATIONS[configuration])
    for entry in manifest:
        series = rows(folder / "inputs" / f"{entry['series']}.csv")
        dated = entry["epochAsDate"] == "True"
        dates = np.array([row["date"] for row in series], "datetime64[D]") if dated else None
        theirs = rows(folder / "farrington_flexible" / f"{entry['series']}__{configuration}.csv")
        evaluate = column(theirs, "t").astype(int) - 1
        ours = farrington_flexible(
            column(series, "observed"), dates, 52, evaluate, column(series, "population"), settings
        )
        alarm = np.where(ours.reason == Reason.NOT_CONVERGED, np.nan, ours.alarm)
        np.testing.assert_array_equal(alarm, column(theirs, "alarm"), err_msg=entry["series"])
        known = ours.reason != Reason.NOT_CONVERGED
        np.testing.assert_array_equal(ours.trend[known], column(theirs, "trend")[known] > 0)
        for name, field in NUMBERS.items():
            np.testing.assert_allclose(
                getattr(ours, field),
                column(theirs, name),
                rtol=1e-9,
                atol=SCORE_ROUNDING if name == "score" else 0.0,
                err_msg=f"{entry['series']} {name}",
            )


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
@pytest.mark.parametrize("tag", ["default", "b12_ms05_a01"])
def test_ears_equals_r(data_dir: Path, method: str, tag: str) -> None:
    folder = data_dir / "detection_reference"
    settings = EARS(method, compat="r-surveillance")
    if tag != "default":
        settings = EARS(method, baseline=12, min_sigma=0.5, alpha=0.01, compat="r-surveillance")
    files = sorted((folder / "ears").glob(f"*__{method}__{tag}.csv"))
    assert files
    for path in files:
        series = rows(folder / "inputs" / f"{path.name.split('__')[0]}.csv")
        theirs = rows(path)
        ours = ears(column(series, "observed"), column(theirs, "t").astype(int) - 1, settings)
        bound = column(theirs, "upperbound")
        np.testing.assert_allclose(ours.upperbound, bound, rtol=1e-9, err_msg=path.name)
        np.testing.assert_array_equal(
            np.where(np.isnan(bound), np.nan, ours.alarm), column(theirs, "alarm"), err_msg=path.name
        )


def test_corrected_mode_rarely_changes_an_alarm(data_dir: Path) -> None:
    folder = data_dir / "detection_reference"
    periods = differ = 0
    for entry in rows(folder / "MANIFEST.csv"):
        series = rows(folder / "inputs" / f"{entry['series']}.csv")
        dated = entry["epochAsDate"] == "True"
        dates = np.array([row["date"] for row in series], "datetime64[D]") if dated else None
        evaluate = np.arange(int(entry["from"]) - 1, int(entry["to"]))
        alarms = [
            farrington_flexible(
                column(series, "observed"), dates, 52, evaluate, column(series, "population"),
                FarringtonFlexible(compat=compat, **CONFIGURATIONS[entry["config"]]),
            ).alarm
            for compat in ("corrected", "r-surveillance")
        ]  # fmt: skip
        periods += len(evaluate)
        differ += int((alarms[0] != alarms[1]).sum())
    assert periods == 8592
    assert differ / periods < 0.01
