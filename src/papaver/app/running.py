"""From names and files to an answer: the one path that command line, HTTP and Python take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from papaver.app.answer import Answer, ask
from papaver.app.errors import BadArguments
from papaver.app.registry import analysis as find_analysis
from papaver.app.replay import Every
from papaver.app.replay import replay as replay_over
from papaver.app.values import make_params
from papaver.model.analysis import Analysis, Params
from papaver.model.records import record_types
from papaver.policy import OWNER, Principal
from papaver.sources import BadInput, read, sources
from papaver.sources.typed import Parsed
from papaver.store import Evidence, Workspace, in_memory
from papaver.store.known import Known

# Inputs of analyses that are derived, and the record type that a file given under their name holds.
HELD_BY = {"counts": "count"}


@dataclass(frozen=True)
class View:
    """Evidence as one principal sees it, on the calendar grid that the parameters ask for."""

    evidence: Evidence
    params: Params
    principal: Principal = OWNER

    def as_known_on(self, day: date | None) -> Known:
        """The tables known on a day."""
        return self.evidence.as_known_on(day, self.principal, every=self.params.every)


def prepare(name: str, given: Mapping[str, object]) -> tuple[Analysis, Params]:
    """An analysis by name and its validated parameters."""
    analysis = find_analysis(name)
    return analysis, make_params(analysis.params, given)


def read_files(files: Sequence[tuple[str, str | Path]]) -> list[Parsed]:
    """Files given as NAME=FILE, read as record types or sources; a bad row raises BadInput, nothing is half-read."""
    parsed = [p for name, path in files for p in read(Path(path), as_name(name))]
    problems = tuple(problem for p in parsed for row in p.rejected for problem in row.problems)
    if problems:
        raise BadInput(problems)
    return parsed


def as_name(name: str) -> str:
    """The record type or source that NAME stands for; anything else raises BadArguments."""
    known = [*record_types(), *HELD_BY, *sources()]
    if name not in known:
        raise BadArguments(
            f"--data {name}=…: no record type or source is called so.", f"There are: {', '.join(known)}."
        )
    return HELD_BY.get(name, name)


def run_on_files(
    name: str,
    files: Sequence[tuple[str, str | Path]],
    given: Mapping[str, object],
    *,
    lag_days: int | None = None,
    known_on: date | None = None,
) -> Answer:
    """Run an analysis on files; nothing is stored."""
    analysis, params = prepare(name, given)
    evidence, notes = _evidence(files, lag_days, params)
    data = View(evidence, params).as_known_on(known_on)
    return _noted(ask(analysis, params, data), (*notes, *data.notes))


def run_on(evidence: Evidence, name: str, given: Mapping[str, object], known_on: date | None = None) -> Answer:
    """Run an analysis on a workspace's evidence; `known_on` defaults to today (UTC)."""
    analysis, params = prepare(name, given)
    data = View(evidence, params).as_known_on(known_on or today())
    return _noted(ask(analysis, params, data), data.notes)


def replay_on_files(
    name: str,
    files: Sequence[tuple[str, str | Path]],
    given: Mapping[str, object],
    first: date,
    last: date,
    every: Every,
    *,
    lag_days: int | None = None,
) -> Answer:
    """Replay an analysis on files: they are parsed once, then cut at every step."""
    analysis, params = prepare(name, given)
    evidence, notes = _evidence(files, lag_days, params)
    reopen = partial(_view_of_files, files, lag_days, params)
    return _noted(replay_over(analysis, params, View(evidence, params), first, last, every, reopen), notes)


def replay_on(folder: Path, name: str, given: Mapping[str, object], first: date, last: date, every: Every) -> Answer:
    """Replay an analysis on a workspace's evidence."""
    analysis, params = prepare(name, given)
    reopen = partial(_view_of_folder, folder, params)
    return replay_over(analysis, params, reopen(), first, last, every, reopen)


def _view_of_files(files: Sequence[tuple[str, str | Path]], lag_days: int | None, params: Params) -> View:
    return View(_evidence(files, lag_days, params)[0], params)


def _view_of_folder(folder: Path, params: Params) -> View:
    return View(Workspace.open(folder).evidence(), params)


def today() -> date:
    """Today, UTC: the one clock of commands."""
    return datetime.now(UTC).date()


def _evidence(
    files: Sequence[tuple[str, str | Path]], lag_days: int | None, params: Params
) -> tuple[Evidence, tuple[str, ...]]:
    parsed = read_files(files)
    evidence = in_memory(parsed, lag_days=lag_days, every=params.every)
    return evidence, (*(note for p in parsed for note in p.notes), *evidence.notes)


def _noted(answer: Answer, notes: tuple[str, ...]) -> Answer:
    """The answer with the notes of the readers before its own, each once."""
    return with_fields(answer, notes=tuple(dict.fromkeys((*notes, *answer.notes))))
