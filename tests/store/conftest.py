"""Marks of the tests of the store, and the hand-made tables that they share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "crash: kills writers; PAPAVER_KILLS says how often, make torture does 200")
