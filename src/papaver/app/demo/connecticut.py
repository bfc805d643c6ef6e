"""Monthly Connecticut counts by substance, aggregated from the open data: the real part of the demo.

`python -m papaver.app.demo.connecticut FILE` writes connecticut_monthly.csv anew from the raw file of deaths. What it
holds are facts (how many deaths of a month name a substance), from Connecticut Open Data, Accidental Drug Related
Deaths 2012-2022, Office of the Chief Medical Examiner; no record of a person is in it.
"""

import csv
import sys
from pathlib import Path

from papaver.model.period import Cadence
from papaver.sources import read
from papaver.store import in_memory

SOURCE = "Connecticut Open Data: Accidental Drug Related Deaths 2012-2022"
# Substances named in fewer deaths over the eleven years are left out: the demo is not the place for rare ones.
FEWEST_DEATHS = 200
COLUMNS = ("source", "indicator", "substance", "place", "period_start", "value", "count_unit", "counting_rule")


def monthly(file: Path) -> list[dict[str, object]]:
    """Rows of a count file: deaths of each month of death in which the substance is named."""
    known = in_memory(read(file, "connecticut"), lag_days=0).as_known_on(None, every=Cadence.MONTH)
    counts = known["counts"]
    total = counts.group_by("substance").aggregate(deaths=counts["value"].sum())
    often = total.filter(total.deaths >= FEWEST_DEATHS)
    kept = counts.semi_join(often, "substance").order_by(["substance", "period_start"])
    return [
        {
            "source": SOURCE,
            "indicator": "overdose_death",
            "substance": row["substance"],
            "place": row["place"],
            "period_start": row["period_start"],
            "value": int(row["value"]),
            "count_unit": "death",
            "counting_rule": "any_mention",
        }
        for row in kept.to_pyarrow().to_pylist()
    ]


def write(file: Path, target: Path) -> int:
    """Write the monthly counts; returns how many rows."""
    rows = monthly(file)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


if __name__ == "__main__":
    here = Path(__file__).with_name("connecticut_monthly.csv")
    sys.stdout.write(f"{write(Path(sys.argv[1]), here)} rows written to {here.name}\n")
