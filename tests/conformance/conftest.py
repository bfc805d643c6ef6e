"""The registry is the list of cases: a new analysis or source is tested without a line here."""

from papaver.app.registry import modules
from papaver.sources import sources


def pytest_generate_tests(metafunc):
    if "analysis_name" in metafunc.fixturenames:
        metafunc.parametrize("analysis_name", list(modules()))
    if "source_name" in metafunc.fixturenames:
        metafunc.parametrize("source_name", list(sources()))
