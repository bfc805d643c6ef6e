"""`replay emerge` over Connecticut beside the rule "third sighting in 90 days", on the same normalised names.

Usage: python bench/emergence_vs_rule.py FILE [--lag 60]. Both see a death as known `lag` days after it. The rule is
applied day by day and flags a name once; `emerge` is asked every Monday, so its dates may stand up to six days late.
The first year of the file can only look new and is left out of the counts of both. A flag of a medicine is counted as
false (certificates begin and cease to list them): a name that the vocabulary has as an international nonproprietary
name, unless it is one of the seven whose rise is documented or of a sentinel class. The false ones are listed.
"""

import argparse
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import papaver
from papaver.model.substances import find, sentinel_group
from papaver.sources import read
from papaver.store import in_memory

WATCHED = (
    "fentanyl",
    "acetyl fentanyl",
    "furanyl fentanyl",
    "U-47700",
    "carfentanil",
    "xylazine",
    "para-fluorofentanyl",
)
WINDOW = timedelta(days=90)


def rule(file: Path, lag: timedelta) -> dict[str, date]:
    """For every name the first day on which three sightings within 90 days of each other were known."""
    seen = in_memory(read(file, "connecticut"), lag_days=lag.days).as_known_on(None)["detections"]
    counted = seen.filter(seen.substance.notnull() & ~seen.negated & (seen.role != "metabolite"))
    days: dict[str, list[date]] = {}
    rows = counted.select("substance", "specimen_id", "period_start").distinct().order_by("period_start")
    for row in rows.to_pyarrow().to_pylist():
        days.setdefault(row["substance"], []).append(row["period_start"])
    flags = {}
    for name, when in days.items():
        third = next((c for a, c in zip(when, when[2:], strict=False) if c - a <= WINDOW), None)
        if third is not None:
            flags[name] = third + lag
    return flags


def is_false(name: str) -> bool:
    """Whether a flag of this name is counted as false."""
    known = find(name)
    if known is None or name in WATCHED or sentinel_group(name):
        return False
    return known.role == "medicine" or "inn" in known.sources


def compare(file: Path, lag_days: int) -> list[str]:
    """The tables of the README as lines of Markdown."""
    first, last = date(2012, 1, 2), date(2023, 3, 6)
    flags = rule(file, timedelta(days=lag_days))
    answer = papaver.replay("emerge", data={"connecticut": file}, start=first, end=last, lag=lag_days)
    rows = sorted(answer.tables["emerge"], key=lambda row: str(row["raised_on"]))
    lines = ["| substance | third in 90 days | raised by `emerge` |", "|---|---|---|"]
    for name in WATCHED:
        raised = [f"{r['raised_on']} {str(r['kind']).replace('_', ' ')}" for r in rows if r["substance"] == name]
        lines.append(f"| {name} | {flags.get(name, 'never')} | {', '.join(raised) or 'never'} |")
    start = date(2013, 1, 1)
    ruled = Counter((day.year, is_false(name)) for name, day in flags.items() if day >= start)
    ours: Counter[tuple[int, bool]] = Counter()
    sentinels: Counter[int] = Counter()
    for row in rows:
        day = date.fromisoformat(str(row["raised_on"]))
        if day >= start and row["kind"] == "sentinel":
            sentinels[day.year] += 1
        elif day >= start:
            ours[day.year, is_false(str(row["substance"]))] += 1
    lines += [
        "",
        "| year | rule: others | rule: false | `emerge`: others | `emerge`: false | sentinels |",
    ]
    lines.append("|---|---|---|---|---|---|")
    years = range(2013, 2024)
    for year in years:
        cells = (ruled[year, False], ruled[year, True], ours[year, False], ours[year, True], sentinels[year])
        lines.append(f"| {year} | {' | '.join(map(str, cells))} |")
    totals = [sum(c[y, m] for y in years) for c, m in ((ruled, False), (ruled, True), (ours, False), (ours, True))]
    lines.append(f"| all | {' | '.join(map(str, totals))} | {sum(sentinels.values())} |")
    false = [
        f"{r['substance']} {r['raised_on']}" for r in rows if r["kind"] != "sentinel" and is_false(str(r["substance"]))
    ]
    return [*lines, "", f"False flags of `emerge`: {', '.join(false)}."]


def main() -> int:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--lag", type=int, default=60)
    chosen = parser.parse_args()
    print("\n".join(compare(chosen.file, chosen.lag)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
