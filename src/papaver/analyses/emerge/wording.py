"""The sentences of `emerge`."""

from datetime import date

from papaver.analyses.emerge.clusters import Cluster
from papaver.analyses.emerge.params import EmergeParams
from papaver.model.analysis import Row
from papaver.model.places import place

_FACT = {
    "first": "first detection",
    "death": "first confirmed death in over a year",
    "product": "in a product sold as {product}",
    "emergence": "newly seen",
    "growth": "growing",
    "resurgence": "seen again",
    "level_change": "at a higher level",
    "testing_began": "newly tested for",
}
_DATED = {"post_mortem": "died", "seizure_lab": "seized", "wastewater": "sampled"}
_CONFIRMED = {
    "presumptive": "Presumptive identification only",
    "tentative": "Tentative identification",
    "confirmed_with_reference": "Confirmed with reference standard",
    "structure_elucidated": "Structure elucidated",
}


def words(name: object) -> str:
    """An identifier as words: post_mortem is post-mortem."""
    text = str(name)
    return "post-mortem" if text == "post_mortem" else text.replace("_", " ")


def capital(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def number(value: float) -> str:
    """A count as people write it."""
    return f"{value:,.0f}" if value >= 10 or float(value).is_integer() else f"{value:.1f}"


def days(start: date, end: date) -> str:
    """'2-19 March 2026', '28 February-2 March 2026', '2 March 2026'."""
    if start == end:
        return f"{end.day} {end:%B %Y}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}-{end.day} {end:%B %Y}"
    first = f"{start.day} {start:%B}" + (f" {start.year}" if start.year != end.year else "")
    return f"{first} to {end.day} {end:%B %Y}"


def where(code: str) -> str:
    """A place for people."""
    return place(code).name if code else "place not given"


def what(row: Row) -> str:
    """What a finding is of: two rules, or two streams, that speak of one substance in one place are two things."""
    substance, rule = str(row["substance"]), row["rule"]
    if rule == "product":
        return f"{substance} sold as {row['product']}"
    if rule == "death":
        return f"{substance}, confirmed death"
    return substance if rule or not row["stream"] else f"{substance} ({words(row['stream'])})"


def _area(row: Row) -> str:
    """Where it was seen; one region of a country whose others are not in these data is not the country."""
    units = row["units"]
    return where(str(units[0] if isinstance(units, tuple) and len(units) == 1 else row["where"]))


def title(row: Row, told: Row) -> str:
    """Fact, place, stream; x of n tested, when, known when; how identified; panel. `told` is the evidence."""
    fact = _FACT[str(row["rule"] or row["kind"])].format(product=row["product"])
    start, end = _date(told["first_day"] or row["start"]), _date(told["last_day"] or row["end"])
    verb = _DATED.get(str(row["stream"]), "seen")
    parts = [
        f"{capital(str(row['substance']))}: {fact} in {_area(row)} ({words(row['stream'])})",
        f"{counted(row)}, {verb} {days(start, end)}, known {days(known, known)}"
        if (known := told["known"]) and isinstance(known, date)
        else f"{counted(row)}, {verb} {days(start, end)}",
    ]
    if row["doubling_days"] is not None:
        parts.append(f"Doubling in about {number(float(str(row['doubling_days'])))} days")
    if row["rule"] in ("first", "death"):
        parts.append(f"Data begin {days(_date(row['begins']), _date(row['begins']))}")
    level = told["identification_level"]
    parts.append(_CONFIRMED[str(level)] if level else "Level of identification not stated")
    parts.append(panel(row))
    return ". ".join(parts) + "."


def counted(row: Row) -> str:
    """'3 of 41 tested', or '3 seen' where nobody counted those tested."""
    n = float(str(row["n"]))
    if row["n_tested"] is None:
        return f"{number(n)} seen"
    return f"{number(n)} of {number(float(str(row['n_tested'])))} tested"


def panel(row: Row) -> str:
    """What is known of who could have seen it since when."""
    since, basis = row["since"], row["basis"]
    if not basis or not isinstance(since, date):
        return "No panel register"
    day = days(since, since)
    return {
        "panel": f"In this laboratory's panel since {day}",
        "looked for": f"Looked for since {day}",
        "instrument": f"Seen only on panels or by laboratories in use since {day}",
    }[str(basis)]


def evidence_note(row: Row) -> str:
    """What was seen against what the time before led one to expect."""
    told = f"{counted(row)} since {days(_date(row['start']), _date(row['start']))}"
    if row["tested_before"] is None:
        return told
    before, tested_before = float(str(row["n_before"])), float(str(row["tested_before"]))
    if tested_before <= 0:
        return f"{told}; none tested before, so it may have been there"
    if row["kind"] == "testing_began" and row["basis"]:
        return f"{told}; {number(tested_before)} tested before that, most of them not for it"
    if before == 0:
        return f"{told}; looked for in {number(tested_before)} before, none found"
    return f"{told}; {number(before)} of {number(tested_before)} before"


def class_note(row: Row) -> str:
    """How the prior weighs in."""
    return f"{words(row['class'] or 'no class')}: prior chance of a change {float(str(row['prior'])):g} a year"


def testing_note(row: Row) -> str:
    """Why it looks like a start of testing, or why that cannot be told."""
    together = int(str(row["began_together"]))
    if row["basis"]:
        before = float(str(row["could_before"]))
        return f"{panel(row)}; {number(before)} tested so before the first sighting, too few to show that it was absent"
    if row["kind"] == "testing_began":
        return (
            f"{together} other substances began within two weeks of it, and it has stayed at one level since: "
            "the pattern of a laboratory that began to test or to list them"
        )
    pattern = "it began at its present level, without a phase of growth; " if row["steady"] else ""
    beside = f"{together} other substances began within two weeks of it; " if together >= 2 else ""
    return f"{pattern}{beside}newly there or newly tested for cannot be told: no panel register"


def sentinel_note(row: Row, params: EmergeParams) -> str:
    """Which line of the list raised it."""
    told = {
        "first": f"first {words(row['class'])} of this name in the country in these data; "
        f"{number(float(str(row['tested_before'])))} tested before",
        "death": f"no confirmed death with a {words(row['class'])} in the {params.sentinel_quiet} days before",
        "product": f"a {words(row['class'])} in a product sold as {row['product']}",
    }
    listed = {**told, **{p: f"in a product sold as {p}" for p in params.sentinel_sold_as}}
    also = row["also"] if isinstance(row["also"], tuple) else ()
    return "; ".join([told[str(row["rule"])], *(listed[str(a)] for a in also)])


def would_clear(row: Row) -> str:
    """What would take the finding away."""
    kind = str(row["kind"])
    if kind == "sentinel":
        return "A retraction or a corrected identification; an earlier record that shows it was seen before."
    if kind == "testing_began":
        return (
            "Cleared as a change of testing when the laboratory confirms the start; stored specimens from before, "
            "tested and found without it, would make it an emergence."
        )
    if kind in ("growth", "level_change"):
        return (
            f"The share back near {_share(row)} in the coming weeks, or a change of testing, of listing or of who is "
            "tested that explains the rise."
        )
    return "No further sighting among the next specimens tested, or a panel that began to look for it at that time."


def _share(row: Row) -> str:
    before, tested_before = float(str(row["n_before"] or 0)), float(str(row["tested_before"] or 0))
    return f"{100 * before / tested_before:.1f} %" if tested_before > 0 else "its earlier level"


def cluster_title(cluster: Cluster) -> str:
    """'Suspected opioid overdoses in Dublin: 5 cases, 1 death, 9-10 November 2023, linked by place. Product: ...'."""
    deaths = f", {cluster.deaths} {'death' if cluster.deaths == 1 else 'deaths'}" if cluster.deaths else ""
    cases = f"{cluster.n} {'case' if cluster.n == 1 else 'cases'}"
    product = "" if cluster.what == "opioid overdoses" else f" Product: {cluster.what}."
    return (
        f"Suspected opioid overdoses in {where(cluster.where)}: {cases}{deaths}, "
        f"{days(cluster.start, cluster.end)}, linked by {cluster.linked_by}.{product}"
    )


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
