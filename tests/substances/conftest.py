"""Where the real data sets lie, and how their rows are read."""

import csv
import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

FILES = {
    "connecticut": "connecticut_deaths/ct_accidental_drug_deaths_2012_2022.csv.gz",
    "wedinos": "wedinos_drug_checking/wedinos_samples_2024h1.csv.gz",
    "nflis": "nflis_3_states/nflis_county_substance_2010_2017.csv.gz",
}


@pytest.fixture(scope="session")
def data_dir() -> Path:
    given = os.environ.get("PAPAVER_TEST_DATA")
    return Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def rows(data_dir: Path) -> Callable[[str], list[dict[str, str]]]:
    """Rows of a data set by name, as text."""

    def read(dataset: str) -> list[dict[str, str]]:
        with gzip.open(data_dir / FILES[dataset], "rt", encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return read
