"""Marks of the tests of the store."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "crash: kills writers; PAPAVER_KILLS says how often, make torture does 200")
