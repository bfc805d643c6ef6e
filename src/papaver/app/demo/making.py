"""Making the demo workspace: the same files and commands that a user has."""

import csv
import json
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from importlib.resources import as_file, files
from pathlib import Path

from papaver import __version__
from papaver.app.adding import add
from papaver.app.demo.simulated import LAST_DAY, Cells, tables
from papaver.app.settings import FILE
from papaver.app.update import update
from papaver.app.workspace import OpenWorkspace, make_workspace, open_workspace
from papaver.model.substances import VOCABULARY_VERSION

CONNECTICUT = "connecticut_monthly.csv"
# Toxicology in Connecticut arrives within two months; the open data do not say when each death became known.
CONNECTICUT_LAG_DAYS = 60
# The desk has been brought up to date every week for so many weeks: the date of knowledge can be set back.
WEEKS_ON_THE_DESK = 5
_TOML = """# The demo: one part of it is real and the other SIMULATED; every view says which.
name = "demo"

[analyses.detect]
threshold_method = "nbPlugin"
alpha = 0.01
b = 3
"""


def demo_workspace(folder: Path | None = None) -> OpenWorkspace:
    """The demo workspace of this version, made on first use in the user's cache."""
    place = folder or Path.home() / ".cache" / "papaver" / f"demo-{__version__}-{VOCABULARY_VERSION}"
    if (place / FILE).is_file() and (place / ".complete").is_file():
        return open_workspace(place)
    return _made(place)


def _made(place: Path) -> OpenWorkspace:
    if place.exists():
        _remove_unfinished(place)
    workspace = make_workspace(place, _TOML)
    with as_file(files(__package__) / CONNECTICUT) as real:
        add(workspace, [real], "count", CONNECTICUT_LAG_DAYS, "increment")
    with tempfile.TemporaryDirectory() as room:
        for kind, rows in tables().items():
            file = Path(room) / f"simulated_{kind}.csv"
            _write(file, rows)
            add(workspace, [file], kind, None, "increment")
    for weeks in reversed(range(WEEKS_ON_THE_DESK)):
        for _ in update(workspace, LAST_DAY - timedelta(weeks=weeks)):
            pass
    (place / ".complete").write_text(json.dumps({"version": __version__}), encoding="utf-8")
    return workspace


def _remove_unfinished(place: Path) -> None:
    """A demo whose making was interrupted is made anew; nobody's work is in it."""
    import shutil

    shutil.rmtree(place)


def _write(file: Path, rows: Sequence[Cells]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
