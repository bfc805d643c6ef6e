"""The sources there are: every folder beside this file, and what other packages offer as `papaver.sources`."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

import papaver.sources
from papaver.sources.source import Source

GROUP = "papaver.sources"


@cache
def sources() -> Mapping[str, Source]:
    """Every source by name. Raises TypeError or ValueError for a folder or an entry point that offers none."""
    found: dict[str, Source] = {}
    for module in pkgutil.iter_modules(papaver.sources.__path__, f"{papaver.sources.__name__}."):
        if module.ispkg:
            _enter(found, getattr(import_module(module.name), "source", None), module.name)
    for point in entry_points(group=GROUP):
        _enter(found, point.load(), f"entry point {point.value}")
    return dict(sorted(found.items()))


def _enter(found: dict[str, Source], offered: object, where: str) -> None:
    if not isinstance(offered, Source):
        raise TypeError(f"{where} offers no Source: it needs `source = Source(...)`")
    if offered.name in found:
        raise ValueError(f"{where} offers a second source named {offered.name}")
    found[offered.name] = offered
