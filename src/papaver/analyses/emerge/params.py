"""What can be set in `emerge`."""

from typing import Literal

from pydantic import Field

from papaver.model.analysis import Params


class EmergeParams(Params):
    """Thresholds, priors and the list of sentinels; the README says how each was chosen."""

    probability: float = Field(
        default=0.9, gt=0, lt=1, description="Raise from this posterior probability that the share rose."
    )
    ratio: float = Field(default=1.5, ge=1, description="The least rise of interest: share after over share before.")
    minimum: int = Field(default=2, ge=1, description="Fewest sightings since the onset; sentinels need one.")
    level: Literal["region", "country", "place"] = Field(
        default="region", description="Judge each first-level region, each country, or each place as recorded."
    )
    recent: int = Field(default=364, ge=28, description="Days within which a change counts as recent.")
    baseline: int = Field(default=728, ge=28, description="Days before the onset that tell what was usual.")
    quiet: int = Field(default=365, ge=28, description="Days unseen after which a return is a resurgence.")
    young: int = Field(default=730, ge=28, description="Days since the first sighting in which a rise is early growth.")
    watched: tuple[str, ...] = Field(
        default=("fentanyl", "nitazene", "orphine", "alpha2_agonist"),
        description="Classes whose new members are expected to matter.",
    )
    chance_watched: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="Prior chance a year that the share of a substance of a watched class changes.",
    )
    chance_other: float = Field(
        default=0.33, gt=0, lt=1, description="The same for other substances that are not registered medicines."
    )
    chance_marker: float = Field(
        default=0.02, gt=0, lt=1, description="The same for markers, cutting agents and precursors."
    )
    chance_medicine: float = Field(
        default=0.002, gt=0, lt=1, description="The same for medicines, whose listing on certificates comes and goes."
    )
    sentinel_classes: tuple[str, ...] = Field(
        default=("fentanyl", "nitazene", "orphine"),
        description="Classes that make a sentinel; none of them: no sentinel from specimens.",
    )
    sentinel_sold_as: tuple[str, ...] = Field(
        default=("heroin", "benzodiazepine", "oxycodone"),
        description="Products (substances or classes) in which one of those classes makes a sentinel.",
    )
    sentinel_quiet: int = Field(
        default=365, ge=1, description="Days without a confirmed death of the class before the next one is a sentinel."
    )
    sentinel_cases: int = Field(
        default=2, ge=1, description="Suspected opioid overdoses linked to one product or place that make a sentinel."
    )
    sentinel_hours: int = Field(default=24, ge=1, description="Hours within which those overdoses happened.")
