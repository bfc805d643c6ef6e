"""Papaver from Python: the same analyses on the same paths as the command line."""

from collections.abc import Mapping, Sequence
from datetime import date
from os import PathLike
from pathlib import Path

from papaver.app.answer import Answer
from papaver.app.replay import Every
from papaver.app.running import replay_on, replay_on_files, run_on, run_on_files
from papaver.app.workspace import open_workspace

__all__ = ["open_workspace", "replay", "run"]

File = str | PathLike[str]
Files = Mapping[str, File | Sequence[File]]


def run(
    analysis: str,
    data: Files | None = None,
    *,
    workspace: File | None = None,
    as_known_on: date | str | None = None,
    lag: int | None = None,
    **params: object,
) -> Answer:
    """Run an analysis on files (`data={"count": "x.csv"}`) or on a workspace.

    `lag` is in days. Keyword arguments are the analysis's parameters. Raises papaver.sources.BadInput when a row cannot
    be read, papaver.app.errors.BadArguments when a name or a value means nothing.
    """
    known_on = _day(as_known_on)
    if data is None:
        return run_on(open_workspace(workspace).evidence(), analysis, params, known_on)
    return run_on_files(analysis, _pairs(data), params, lag_days=lag, known_on=known_on)


def replay(
    analysis: str,
    data: Files | None = None,
    *,
    start: date | str,
    end: date | str,
    every: Every = "week",
    workspace: File | None = None,
    lag: int | None = None,
    **params: object,
) -> Answer:
    """Run an analysis at `start`, then each week or month, and at `end`, each time on what was known then."""
    first, last = date.fromisoformat(str(start)), date.fromisoformat(str(end))
    if data is None:
        return replay_on(open_workspace(workspace).folder, analysis, params, first, last, every)
    return replay_on_files(analysis, _pairs(data), params, first, last, every, lag_days=lag)


def _day(day: date | str | None) -> date | None:
    return None if day is None else date.fromisoformat(str(day))


def _pairs(data: Files) -> list[tuple[str, str | Path]]:
    """Every file under its name; a name may hold several."""
    return [
        (name, Path(file))
        for name, files in data.items()
        for file in ([files] if isinstance(files, str | PathLike) else files)
    ]
