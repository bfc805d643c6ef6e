"""A small SIMULATED European market: seeded, so that everybody sees the same one; every row says SIMULATED.

Two things happen in it. In February 2026 counterfeit oxycodone tablets holding metonitazene turn up in Latvia, kill,
and cross to Estonia, while emergency departments in Latvia see more opioid poisonings. And on 1 February 2026 an Irish
laboratory begins to look for medetomidine and finds at once what was there all along: that is not an emergence.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import numpy as np

SOURCE = "SIMULATED European market"
SEED = 20260407
FIRST_WEEK = date(2020, 1, 6)
LAST_DAY = date(2026, 4, 7)
WEEKS = 326
ARRIVAL = date(2026, 2, 9)
BEGAN_TO_TEST = date(2026, 2, 1)
# Weeks for which Estonia did not report: its emergency departments, and its laboratory.
SILENT = {"count": (date(2025, 8, 4), date(2025, 8, 11)), "seizure_lab": (date(2025, 12, 22), date(2025, 12, 29))}

# Opioid poisonings a week in ordinary times, and the tablets and powders a laboratory sees a week.
POISONINGS: Mapping[str, float] = {"LV": 14.0, "EE": 9.0, "IE": 26.0}
EXHIBITS: Mapping[str, float] = {"LV": 9.0, "EE": 6.0, "IE": 8.0}
MARKET = (
    (("heroin", "caffeine", "paracetamol"), "heroin", "powder", 0.34),
    (("buprenorphine",), "buprenorphine", "tablet", 0.14),
    (("methadone",), "methadone", "liquid", 0.10),
    (("amphetamine", "caffeine"), "amphetamine", "powder", 0.22),
    (("oxycodone",), "oxycodone", "tablet", 0.08),
    (("alprazolam",), "alprazolam", "tablet", 0.12),
)

Cells = dict[str, object]


def tables() -> Mapping[str, list[Cells]]:
    """Every SIMULATED record by record type, as a file of that type would give it."""
    random = np.random.Generator(np.random.PCG64(SEED))
    specimens = [*_exhibits(random), *_deaths(random)]
    return {
        "series": list(_series()),
        "panel": list(_panels()),
        "count": list(_poisonings(random)),
        "specimen": [s for s, _ in specimens],
        "assay": [a for _, assays in specimens for a in assays],
        "report": list(_reports(specimens)),
        "event": [_event()],
    }


def _weeks() -> Iterator[date]:
    return (FIRST_WEEK + timedelta(weeks=w) for w in range(WEEKS))


def _since_arrival(week: date, place: str) -> int:
    """Weeks since the tablets reached a place; below zero before."""
    reached = {"LV": ARRIVAL, "EE": ARRIVAL + timedelta(weeks=4)}
    return (week - reached[place]).days // 7 if place in reached else -1


def _poisonings(random: np.random.Generator) -> Iterator[Cells]:
    """Weekly counts, known 9 days after the week: negative binomial round a yearly wave, and the rise in Latvia."""
    for place, level in POISONINGS.items():
        for week in _weeks():
            wave = 1 + 0.15 * np.sin(2 * np.pi * week.timetuple().tm_yday / 365.25)
            mean = level * wave * (1 + 0.28 * max(0, _since_arrival(week, place) + 1) * (place == "LV"))
            known = week + timedelta(days=15)
            if known > LAST_DAY:
                continue
            missing = place == "EE" and week in SILENT["count"]
            yield {
                "source": SOURCE,
                "indicator": "opioid_poisoning",
                "series_id": f"{place}-opioid-poisonings",
                "place": place,
                "period_start": week,
                "period_end": week + timedelta(days=6),
                "value": None if missing else int(random.negative_binomial(mean / 0.4, 1 / 1.4)),
                "value_status": "not_reported" if missing else "observed",
                "count_unit": "episode",
                "known_from": known,
            }


def _exhibits(random: np.random.Generator) -> Iterator[tuple[Cells, list[Cells]]]:
    """What forensic laboratories analyse from January 2025 on, known 10 to 24 days after the seizure."""
    number = 0
    for place, level in EXHIBITS.items():
        for week in (w for w in _weeks() if w >= date(2025, 1, 6)):
            silent = place == "EE" and week in SILENT["seizure_lab"]
            for _ in range(0 if silent else random.poisson(level)):
                number += 1
                day = week + timedelta(days=int(random.integers(7)))
                known = day + timedelta(days=int(random.integers(10, 25)))
                substances, sold_as, form = _item(random, place, week, known)
                if known <= LAST_DAY:
                    yield _specimen(
                        f"{place}-{number:05d}", place, "seizure_lab", day, known, substances, sold_as, form
                    )


def _item(random: np.random.Generator, place: str, week: date, known: date) -> tuple[tuple[str, ...], str, str]:
    """What an item holds, what it was sold as, and its form."""
    weeks = _since_arrival(week, place)
    if weeks >= 0 and random.random() < min(0.45, 0.06 * 1.5**weeks):
        return ("metonitazene", "paracetamol"), "oxycodone", "tablet"
    shares = np.array([share for *_, share in MARKET])
    substances, sold_as, form, _ = MARKET[int(random.choice(len(MARKET), p=shares / shares.sum()))]
    # Present in Irish heroin all along; seen only by a laboratory that looks for it.
    adulterated = place == "IE" and sold_as == "heroin" and random.random() < 0.4
    seen = adulterated and known >= BEGAN_TO_TEST
    return (*substances, "medetomidine") if seen else substances, sold_as, form


def _deaths(random: np.random.Generator) -> Iterator[tuple[Cells, list[Cells]]]:
    """Post-mortem toxicology in Latvia: a few deaths a month, known 30 to 60 days later."""
    days = [date(2025, 1, 3) + timedelta(days=int(d)) for d in np.cumsum(random.integers(4, 18, size=48))]
    for number, day in enumerate(days, start=1):
        known = day + timedelta(days=int(random.integers(25, 45)))
        nitazene = day >= date(2026, 2, 14) and random.random() < 0.6
        found = ("metonitazene",) if nitazene else ("methadone", "alprazolam") if number % 3 else ("heroin", "morphine")
        if known <= LAST_DAY:
            yield _specimen(f"LV-T-{number:03d}", "LV", "post_mortem", day, known, found, None, None)


def _specimen(
    name: str,
    place: str,
    stream: str,
    day: date,
    known: date,
    substances: tuple[str, ...],
    sold_as: str | None,
    form: str | None,
) -> tuple[Cells, list[Cells]]:
    panel = f"{place}-{'toxicology' if stream == 'post_mortem' else 'forensic'}"
    specimen: Cells = {
        "source": SOURCE,
        "specimen_id": name,
        "stream": stream,
        "place": place,
        "period_start": day,
        "period_end": day,
        "known_from": known,
        "form": form,
        "sold_as": sold_as,
        "panel_id": panel,
        "laboratory": f"{place} {'forensic medicine' if stream == 'post_mortem' else 'forensic laboratory'}",
        "outcome": "death" if stream == "post_mortem" else None,
        "result_status": "detected",
        "substances": ";".join(substances),
    }
    confirmed: Cells = {
        "source": SOURCE,
        "specimen_id": name,
        "substance": "metonitazene",
        "detected": "yes",
        "identification_level": "confirmed_with_reference",
        "laboratory": specimen["laboratory"],
        "method": "LC-MS/MS",
        "panel_id": panel,
        "period_start": day,
        "known_from": known,
    }
    return specimen, [confirmed] if "metonitazene" in substances else []


def _series() -> Iterator[Cells]:
    for place in POISONINGS:
        yield {
            "source": SOURCE,
            "series_id": f"{place}-opioid-poisonings",
            "title": f"Opioid poisonings seen in emergency departments, {place}",
            "indicator": "opioid_poisoning",
            "cadence": "week",
            "due_days_after_period": 9,
            "known_from": FIRST_WEEK,
        }


def _panels() -> Iterator[Cells]:
    opioids = ("heroin", "methadone", "buprenorphine", "oxycodone", "alprazolam", "amphetamine", "nitazenes")
    for panel in ("LV-forensic", "EE-forensic", "IE-forensic", "LV-toxicology"):
        for substance in opioids:
            yield _looks_for(panel, substance, date(2025, 1, 1))
    yield _looks_for("IE-forensic", "medetomidine", BEGAN_TO_TEST)


def _looks_for(panel: str, substance: str, since: date) -> Cells:
    return {
        "source": SOURCE,
        "panel_id": panel,
        "laboratory": panel,
        "substance_or_group": substance,
        "method": "LC-MS/MS" if panel.endswith("toxicology") else "GC-MS",
        "valid_from": since,
        "trigger": "routine",
        "share_tested": 1,
        "known_from": since,
    }


def _reports(specimens: list[tuple[Cells, list[Cells]]]) -> Iterator[Cells]:
    """Who reported for which week."""
    tested: dict[tuple[str, date], int] = {}
    for specimen, _ in specimens:
        day = specimen["period_start"]
        if specimen["stream"] == "seizure_lab" and isinstance(day, date):
            week = day - timedelta(days=day.weekday())
            tested[str(specimen["place"]), week] = tested.get((str(specimen["place"]), week), 0) + 1
    for place in EXHIBITS:
        for week in (w for w in _weeks() if w >= date(2025, 1, 6)):
            known = week + timedelta(days=25)
            silent = place == "EE" and week in SILENT["seizure_lab"]
            if known <= LAST_DAY:
                yield {
                    "source": SOURCE,
                    "stream": "seizure_lab",
                    "place": place,
                    "period_start": week,
                    "period_end": week + timedelta(days=6),
                    "n_tested": 0 if silent else tested.get((place, week), 0),
                    "state": "none" if silent else "complete",
                    "known_from": known,
                }


def _event() -> Cells:
    return {
        "source": SOURCE,
        "reported_on": date(2026, 4, 3),
        "known_from": date(2026, 4, 3),
        "place": "LV",
        "setting": "night shelter, Riga",
        "n_cases": 5,
        "n_deaths": 0,
        "naloxone_doses_median": 2,
        "syndrome": "opioid toxidrome",
        "exposure_status": "suspected",
        "product_described": "blue tablets sold as oxycodone",
        "first_onset_at": "2026-04-03T17:00:00Z",
        "last_onset_at": "2026-04-03T23:20:00Z",
        "lead_agency": "ambulance service",
    }
