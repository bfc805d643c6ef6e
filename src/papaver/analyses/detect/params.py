"""What can be set in `detect`; names are those of R surveillance in snake_case."""

from typing import Literal

from pydantic import Field, model_validator

from papaver.model.analysis import Params

Method = Literal["farrington-flexible", "ears-c1", "ears-c2", "ears-c3"]


class DetectParams(Params):
    """Farrington Flexible and EARS on counts; defaults are those of the published methods."""

    method: Method = Field(default="farrington-flexible", description="Which detector judges every period.")
    compat: Literal["corrected", "r-surveillance"] = Field(
        default="corrected", description="r-surveillance reproduces that package number by number; see the README."
    )
    range: int | None = Field(
        default=None, ge=1, description="Judge only the last N periods of the grid the data span; none: all."
    )
    alpha: float | None = Field(
        default=None, gt=0, lt=1, description="Chance of exceeding the bound by chance; none: the method's own."
    )
    b: int = Field(default=5, ge=1, description="Years of history.")
    w: int | None = Field(
        default=None, ge=0, description="Half window in periods; none: 3, or what fits the cadence (README)."
    )
    reweight: bool = Field(default=True, description="Weigh down past outbreaks in the baseline.")
    weights_threshold: float = Field(default=2.58, gt=0, description="Residual above which a week is weighed down.")
    trend: bool = Field(default=True, description="Allow a linear trend.")
    p_threshold_trend: float = Field(
        default=0.05, ge=0, le=1, description="Keep the trend only below this p; 1: always."
    )
    limit54: tuple[int, int] = Field(
        default=(5, 4), description="No alarm with fewer than the first in the last second."
    )
    powertrans: Literal["2/3", "1/2", "none"] = Field(default="2/3", description="Transformation of the delta bound.")
    population_offset: bool = Field(default=False, description="Use the denominator of counts as population.")
    no_periods: int | None = Field(
        default=None, ge=1, description="Levels of the season factor; none: 1, or what fits the cadence."
    )
    past_weeks_not_included: int | None = Field(
        default=None, ge=0, description="Latest periods left out of the baseline; none: w."
    )
    threshold_method: Literal["delta", "nbPlugin", "muan"] = Field(default="delta", description="How the bound is set.")
    epoch_as_date: bool = Field(
        default=True, description="Find reference weeks by calendar date; false: exactly 52 periods back."
    )
    baseline: int = Field(default=7, ge=3, description="EARS: periods of history.")
    min_sigma: float = Field(default=0.0, ge=0, description="EARS: smallest standard deviation.")

    @model_validator(mode="after")
    def _fit_together(self) -> "DetectParams":
        if self.limit54[0] < 0 or self.limit54[1] < 1:
            raise ValueError("limit54 is a number of cases, at least 0, and a number of periods, at least 1")
        return self

    @property
    def nominal_alpha(self) -> float:
        """The alpha in force: as given, else the default of the method."""
        default = {"farrington-flexible": 0.05, "ears-c1": 0.001, "ears-c2": 0.001, "ears-c3": 0.025}
        return default[self.method] if self.alpha is None else self.alpha
