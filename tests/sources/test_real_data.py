"""The traps of the real files (data README), read whole."""

import csv
import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from papaver.sources import BadInput, check, read
from papaver.sources.typed import Parsed
from papaver.sources.wedinos.postcodes import AREAS

pytestmark = pytest.mark.data
DEATHS = "connecticut_deaths/ct_accidental_drug_deaths_2012_2022.csv.gz"
SAMPLES = "wedinos_drug_checking/wedinos_samples_2024h1.csv.gz"


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def deaths(data: Path) -> Parsed:
    (parsed,) = read(data / DEATHS, "connecticut")
    return parsed


@pytest.fixture(scope="module")
def samples(data: Path) -> Parsed:
    (parsed,) = read(data / SAMPLES, "wedinos")
    return parsed


def test_every_death_is_read_with_its_own_date_and_cause(deaths: Parsed, data: Path) -> None:
    raw = rows_of(data / DEATHS)
    assert not deaths.rejected
    assert deaths.table["period_start"].to_pylist() == [date.fromisoformat(row["Date"]) for row in raw]
    assert deaths.table["source_row"].to_pylist() == list(range(2, len(raw) + 2))
    for text, row in zip(deaths.table["text"].to_pylist(), raw, strict=True):
        assert text.startswith(row["Cause of Death"].strip())


def test_dates_of_report_are_told_from_dates_of_death(deaths: Parsed) -> None:
    basis = Counter(zip(deaths.table["date_basis"].to_pylist(), deaths.table["period_start"].to_pylist(), strict=True))
    registered = {day.year for kind, day in basis if kind == "registered"}
    assert registered == {2015, 2017}
    assert set(deaths.table["date_basis"].to_pylist()) == {"death", "registered"}


def test_xylazine_of_2019_is_read_from_the_text_though_the_flag_begins_in_2020(deaths: Parsed, data: Path) -> None:
    raw = rows_of(data / DEATHS)
    assert not any(row["Xylazine"] for row in raw if row["Date"] < "2020")
    rows = deaths.table.select(["period_start", "text"]).to_pylist()
    assert sum(row["period_start"].year == 2019 and "xylazine" in row["text"].lower() for row in rows) == 71
    assert any("Xylazine 2020" in note and "first used" in note for note in deaths.notes)


def test_a_flag_for_several_opiates_names_none_of_them(deaths: Parsed) -> None:
    """2,090 deaths have the flag for heroin, morphine or codeine; codeine was named in few."""
    named = Counter(item for items in deaths.table["substances"].to_pylist() for item in items or ())
    assert named["Opiate NOS"] > 2000
    assert sum(n for item, n in named.items() if "codeine" in item.lower()) < 20


def test_cells_that_are_neither_yes_nor_no_are_noted_and_not_counted(deaths: Parsed) -> None:
    for cell in ("STOLE MEDS", "NO RX BUT STRAWS", "PCP NEG"):
        assert any(cell in note and "row" in note and "not counted" in note for note in deaths.notes)
    named = {item for items in deaths.table["substances"].to_pylist() for item in items or ()}
    assert "STOLE MEDS" not in named
    assert {"Fentanyl", "U-47700", "Bupren", "MDMA, Buprenorphine"} <= named


def test_nothing_that_describes_a_person_is_kept(deaths: Parsed, data: Path) -> None:
    raw = rows_of(data / DEATHS)
    kept = " ".join(
        str(value) for row in deaths.table.drop_columns(["source_file"]).to_pylist() for value in row.values()
    )
    for city in ("HARTFORD", "WATERBURY"):
        assert city not in kept
    assert "Cardiovascular" in " ".join(row["Other Significant Conditions"] for row in raw)
    texts = deaths.table["text"].to_pylist()
    history = [text for text, row in zip(texts, raw, strict=True) if len(text) > len(row["Cause of Death"].strip())]
    assert history
    assert all("ntoxication" in text or "oxicit" in text for text in history)


def test_a_deaths_file_given_as_specimens_is_read_through_its_source(deaths: Parsed, data: Path) -> None:
    (parsed,) = read(data / DEATHS, "specimen")
    assert parsed.table.equals(deaths.table)
    assert parsed.source == "connecticut"
    found = check(data / DEATHS)
    assert (found.source, found.good, found.bad) == ("connecticut", 10653, 0)
    with pytest.raises(BadInput, match="--as connecticut"):
        read(data / DEATHS, "count")


def test_every_sample_keeps_its_number_its_nation_and_what_was_reported(samples: Parsed, data: Path) -> None:
    raw = rows_of(data / SAMPLES)
    assert not samples.rejected
    assert samples.table["specimen_id"].to_pylist() == [row["sample_id"] for row in raw]
    for items, row in zip(samples.table["substances"].to_pylist(), raw, strict=True):
        assert items == [row[key] for key in ("major", "minor") if row[key]]
    places = Counter(samples.table["place"].to_pylist())
    assert set(places) == {"GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR", "GB"}
    assert places["GB"] <= 20
    assert any("tell no nation" in note and "Array (5)" in note for note in samples.notes)


def test_a_negative_result_is_a_result_and_no_substance_sought_stays_empty(samples: Parsed, data: Path) -> None:
    raw = rows_of(data / SAMPLES)
    status = Counter(samples.table["result_status"].to_pylist())
    assert status["nothing_detected"] == sum(row["major"] == "No Active Component Identified" for row in raw)
    assert status["inconclusive"] == sum(row["major"] == "Unable to identify" for row in raw)
    assert not {"Unknown", "Not Stated", "N/A", "Found"} & set(samples.table["sold_as"].to_pylist())


def test_errors_of_the_export_are_unknown_and_the_last_month_is_said_to_be_incomplete(samples: Parsed) -> None:
    assert "Array" not in samples.table["form"].to_pylist()
    assert samples.table["form"].null_count == 56
    assert any("2024-06 is incomplete" in note for note in samples.notes)


def test_nations_agree_with_the_published_table_of_postcode_areas(data: Path) -> None:
    code = {"England": "GB-ENG", "Scotland": "GB-SCT", "Wales": "GB-WLS", "Northern Ireland": "GB-NIR"}
    code |= {"Isle of Man": "IM"}
    with (data / "wedinos_drug_checking/uk_postcode_areas.csv").open(encoding="utf-8-sig") as stream:
        published = {row["Postcode prefix"]: row["UK country"] for row in csv.DictReader(stream)}
    geographic = {area for area, nation in published.items() if nation != "Non-geographic"}
    assert geographic == AREAS.keys()
    differing = {area for area in geographic if published[area] in code and code[published[area]] != AREAS[area]}
    # Shrewsbury is in England; the Welsh districts of its area are listed one by one.
    assert differing == {"SY"}
