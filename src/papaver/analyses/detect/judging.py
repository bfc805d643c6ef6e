"""The kernel of `detect`: the arrays of one series in, a verdict for every period out."""

import itertools
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from papaver.analyses.detect.params import DetectParams
from papaver.methods.count_quantiles import upper_quantile
from papaver.methods.ears import EARS, ears
from papaver.methods.farrington import FarringtonFlexible, farrington_flexible
from papaver.methods.reasons import Reason
from papaver.model.period import Cadence

if TYPE_CHECKING:
    from papaver.model.analysis import Columns

JUDGED = {
    "period_start": "date",
    "observed": "float64",
    "expected": "float64",
    "upperbound": "float64",
    "alarm": "boolean",
    "score": "float64",
    "p_value": "float64",
    "phi": "float64",
    "trend": "boolean",
    "lower": "float64",
    "upper": "float64",
    "period_end": "date",
    "incomplete": "boolean",
    "reason": "int64",
    "position": "int64",
}
# Sub-daily counts have no detector here that is honest for their two seasons (day and week).
JUDGED_CADENCES = {Cadence.DAY, Cadence.WEEK, Cadence.MONTH, Cadence.QUARTER, Cadence.YEAR}
_EARS: dict[str, Literal["C1", "C2", "C3"]] = {"ears-c1": "C1", "ears-c2": "C2", "ears-c3": "C3"}
_Verdict = dict[str, npt.NDArray[np.generic]]


def judge(
    columns: "Columns", *, params: DetectParams, since: Mapping[Cadence, date | None], known_on: date | None
) -> "Columns":
    """Judge the periods of one series from `since` on, each from earlier periods of the same definition only."""
    starts = columns["period_start"].astype("datetime64[D]")
    y = columns["value"].astype(np.float64)
    every = Cadence(str(columns["every"][0]))
    begin = since[every]
    wanted = np.flatnonzero(starts >= np.datetime64(begin, "D")) if begin else np.arange(len(y))
    out = _unjudged(columns, y, wanted, known_on)
    if every not in JUDGED_CADENCES:
        return out
    people = columns["denominator"].astype(np.float64)
    for first, end in _definitions(columns["break"]):
        inside = (wanted >= first) & (wanted < end)
        if inside.any():
            part = slice(first, end)
            verdict = _verdict(params, every, starts[part], y[part], people[part], wanted[inside] - first)
            for name, values in verdict.items():
                out[name][inside] = values
    return out


def _unjudged(
    columns: "Columns", y: npt.NDArray[np.float64], wanted: npt.NDArray[np.int64], known: date | None
) -> "Columns":
    """Every wanted period without a verdict; a period is incomplete while it has not ended on the day of knowledge."""
    ends = columns["period_end"].astype("datetime64[D]")[wanted]
    missing = np.full(len(wanted), np.nan)
    names = ("expected", "lower", "upper", "upperbound", "score", "p_value", "phi")
    return {
        "period_start": columns["period_start"][wanted],
        "period_end": ends,
        "observed": y[wanted],
        **{name: missing.copy() for name in names},
        "alarm": np.zeros(len(wanted), dtype=bool),
        "trend": np.zeros(len(wanted), dtype=bool),
        "reason": np.full(len(wanted), int(Reason.TOO_LITTLE_HISTORY)),
        "position": wanted,
        "incomplete": ends > np.datetime64(known, "D") if known else np.zeros(len(wanted), dtype=bool),
    }


def _definitions(breaks: npt.NDArray[np.generic]) -> list[tuple[int, int]]:
    """The stretches between breaks of the definition: the model starts anew at each."""
    cuts = [0, *(int(i) for i in np.flatnonzero(breaks.astype(bool)) if i > 0), len(breaks)]
    return list(itertools.pairwise(cuts))


def _verdict(
    params: DetectParams,
    every: Cadence,
    starts: npt.NDArray[np.datetime64],
    y: npt.NDArray[np.float64],
    people: npt.NDArray[np.float64],
    evaluate: npt.NDArray[np.int64],
) -> _Verdict:
    if params.method in _EARS:
        return _ears(params, y, evaluate)
    chosen = FarringtonFlexible(
        b=params.b,
        w=params.w,
        reweight=params.reweight,
        weights_threshold=params.weights_threshold,
        alpha=params.alpha,
        trend=params.trend,
        p_threshold_trend=params.p_threshold_trend,
        limit54=params.limit54,
        powertrans=params.powertrans,
        population_offset=params.population_offset,
        no_periods=params.no_periods,
        past_weeks_not_included=params.past_weeks_not_included,
        threshold_method=params.threshold_method,
        compat=params.compat,
    )
    dates = starts if params.epoch_as_date else None
    fit = farrington_flexible(y, dates, every.per_year, evaluate, people, chosen)
    return {
        "expected": fit.expected,
        "lower": upper_quantile(0.975, fit.expected, fit.phi),
        "upper": upper_quantile(0.025, fit.expected, fit.phi),
        "upperbound": fit.upperbound,
        "alarm": fit.alarm,
        "score": fit.score,
        "p_value": fit.p_value,
        "phi": fit.phi,
        "trend": fit.trend,
        "reason": fit.reason,
    }


def _ears(params: DetectParams, y: npt.NDArray[np.float64], evaluate: npt.NDArray[np.int64]) -> _Verdict:
    """EARS has no dispersion, no trend and no 95 % band."""
    chosen = EARS(
        method=_EARS[params.method],
        baseline=params.baseline,
        min_sigma=params.min_sigma,
        alpha=params.alpha,
        compat=params.compat,
    )
    found = ears(y, evaluate, chosen)
    return {
        "expected": found.expected,
        "upperbound": found.upperbound,
        "alarm": found.alarm,
        "score": found.score,
        "p_value": found.p_value,
        "reason": found.reason,
    }
