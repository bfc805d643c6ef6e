"""Which analyses there are: folders of `papaver.analyses`, and the entry points of other packages."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from importlib.resources import files

from papaver.app.errors import MissingExtra, Unknown
from papaver.model.analysis import Analysis

GROUP = "papaver.analyses"


@cache
def modules() -> Mapping[str, str]:
    """The module of every analysis by name; nothing is imported."""
    own = {
        folder.name: f"{GROUP}.{folder.name}"
        for folder in files(GROUP).iterdir()
        if folder.is_dir() and (folder / "__init__.py").is_file()
    }
    others = {point.name: point.module for point in entry_points(group=GROUP)}
    return dict(sorted({**others, **own}.items()))


@cache
def analysis(name: str) -> Analysis:
    """The analysis of that name; raises Unknown naming the nearest, MissingExtra when it cannot run here."""
    if name not in modules():
        nearest = get_close_matches(name, modules(), n=1, cutoff=0.4)
        mend = f"Nearest: {nearest[0]}." if nearest else f"There are: {', '.join(modules())}."
        raise Unknown(f"No analysis is called {name!r}.", mend)
    found = import_module(modules()[name]).analysis
    if not isinstance(found, Analysis):
        raise TypeError(f"{modules()[name]}.analysis is not an Analysis")
    if found.extra and _missing(found.extra):
        raise MissingExtra(f"{name} needs an extra.", f"pip install 'papaver[{found.extra}]'")
    return found


def _missing(extra: str) -> list[str]:
    """The distributions of an extra that are not installed."""
    wanted = [r for r in requires("papaver") or () if re.search(rf"""extra == ['"]{extra}['"]""", r)]
    names = [re.split(r"[^\w.-]", requirement, maxsplit=1)[0] for requirement in wanted]
    return [name for name in names if not _installed(name)]


def _installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def analyses() -> Mapping[str, Analysis]:
    """Every analysis that can run here, by name."""
    found = {}
    for name in modules():
        try:
            found[name] = analysis(name)
        except MissingExtra:
            continue
    return found
