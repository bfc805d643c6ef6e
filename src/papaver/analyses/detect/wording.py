"""The sentences of `detect`."""

from datetime import date

from papaver.analyses.detect.params import DetectParams
from papaver.methods.reasons import EXPLANATION, Reason
from papaver.model.analysis import Row
from papaver.model.period import Cadence
from papaver.model.places import place


def method(params: DetectParams) -> str:
    """The detector with the settings that matter most."""
    if params.method.startswith("ears"):
        return f"EARS {params.method[-2:].upper()}, baseline {params.baseline}"
    compat = ", as R surveillance" if params.compat == "r-surveillance" else ""
    return f"Farrington Flexible, {params.threshold_method}, alpha {params.nominal_alpha:g}{compat}"


def what(row: Row) -> str:
    """The thing counted, without the place: the substance first where there is one."""
    parts = [part for part in str(row["series"]).split("|") if part != row["place"]]
    if row["substance"] in parts and len(parts) > 1:
        rest = ", ".join(words(part) for part in parts if part != row["substance"])
        return f"{row['substance']} ({rest})"
    return words("|".join(parts))


def unit(row: Row, every: Cadence) -> str:
    """'deaths a week'; 'a week' where nobody said what is counted."""
    counted = row["count_unit"]
    noun = "people" if counted == "person" else f"{counted}s" if counted else ""
    return f"{noun} a {every.noun}".strip()


def words(name: object) -> str:
    """An identifier as words."""
    return str(name).replace("post_mortem", "post-mortem").replace("_", " ").replace("|", ", ")


def title(episode: list[Row], peak: Row, every: Cadence) -> str:
    """Fact, place, n: the strongest period, and how many periods alarmed."""
    told = words(what(peak))
    name = told[:1].upper() + told[1:]
    where = f", {place(str(peak['place'])).name}" if peak["place"] else ""
    fact = f"{name}: {number(peak['observed'])} {period(peak, every)}, {number(peak['expected'])} expected{where}"
    if len(episode) == 1:
        return fact + "."
    return f"{fact}. Above threshold in {len(episode)} {every.noun}s."


def period(row: Row, every: Cadence) -> str:
    """'in the week of 2 March 2026', 'in March 2026', 'in 2026 Q1', 'in 2026', 'on 2 March 2026'."""
    day = date.fromisoformat(str(row["period_start"]))
    if every is Cadence.WEEK:
        return f"in the week of {day.day} {day:%B %Y}"
    if every is Cadence.MONTH:
        return f"in {day:%B %Y}"
    if every is Cadence.QUARTER:
        return f"in {day.year} Q{(day.month + 2) // 3}"
    return f"in {day.year}" if every is Cadence.YEAR else f"on {day.day} {day:%B %Y}"


def number(value: object) -> str:
    """A count as people write it: whole if it is, else one decimal."""
    amount = float(str(value))
    return f"{amount:,.0f}" if amount.is_integer() or amount >= 100 else f"{amount:.1f}"


def would_clear(row: Row, every: Cadence) -> str:
    """The count that would not have alarmed."""
    bound = float(str(row["upperbound"]))
    return f"{number(float(int(bound)))} or fewer {period(row, every)}: the threshold was {number(bound)}."


def not_judged(reason: int, series: int, params: DetectParams) -> str:
    """Why series were not judged, and what could judge them."""
    why = EXPLANATION[Reason(reason)]
    mend = ""
    if Reason(reason) is Reason.TOO_LITTLE_HISTORY and params.method == "farrington-flexible":
        mend = f" {params.b} years are needed; --set method=ears-c2 needs {params.baseline + 2} periods."
    return f"{series} series without a verdict: {why}.{mend}"
