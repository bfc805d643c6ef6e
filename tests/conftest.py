"""What every test may ask for."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The real data sets; a test that asks for them carries the marker `data`."""
    folder = Path(os.environ.get("PAPAVER_TEST_DATA") or ROOT / ".." / "shared" / "data").resolve()
    if not (folder / "README.md").is_file():
        pytest.fail(f"no data sets in {folder}: set PAPAVER_TEST_DATA, or leave out the marker data")
    return folder
