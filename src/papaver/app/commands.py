"""What each command does; `cli` only reads the words and hands them over."""

import csv
import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Literal

from papaver.app import terminal
from papaver.app.answer import Answer, plain
from papaver.app.errors import BadArguments
from papaver.app.terminal import say, write, write_json
from papaver.model.records import record_types

Delivery = Literal["snapshot", "increment"]
Every = Literal["week", "month"]


def listing(as_json: bool) -> None:
    """Analyses, record types and sources."""
    from papaver.app.registry import analyses
    from papaver.sources import sources

    found = {
        "analyses": {a.name: a.title for a in analyses().values()},
        "record_types": {t.name: t.what for t in record_types().values()},
        "sources": {s.name: s.title for s in sources().values()},
    }
    if as_json:
        return write_json(
            {kind: [{"name": n, "what": w} for n, w in entries.items()] for kind, entries in found.items()}
        )
    for kind, entries in found.items():
        write(kind.replace("_", " "))
        for name, what in entries.items():
            write(f"  {name:<16}{what}")
    return None


def show_settings(folder: Path | None, as_json: bool) -> None:
    """Every setting, its value, where it came from and what it does."""
    from papaver.app.settings import settings

    found = settings({"workspace": None if folder is None else str(folder)})
    if as_json:
        return write_json({v.setting.name: {"value": v.value, "origin": v.origin} for v in found.values.values()})
    for value in found.values.values():
        write(f"{value.setting.name} = {value.value or '(none)'}   from {value.origin}")
        write(f"    {value.setting.what} {value.setting.variable}")
    for name, params in found.analyses.items():
        write(f"analyses.{name} = {dict(params)}")
    return None


def make_workspace(folder: Path) -> None:
    """A new workspace."""
    from papaver.app.workspace import make_workspace as make

    made = make(folder)
    write(f"Workspace {made.name} in {folder}. Next: papaver add FILE --as TYPE --workspace {folder}")


def check_file(file: Path, as_: str | None, save_mapping: Path | None) -> None:
    """Say what a file is, what is wrong with it, and how its headers map; exit 3 when rows would be rejected."""
    from papaver.sources import BadInput, check
    from papaver.sources import save_mapping as save

    found = check(file, as_)
    write(terminal.checked(found))
    if save_mapping is not None and found.mapping is not None:
        save(found.mapping, save_mapping)
        write(f"Mapping written to {save_mapping}. Use it: papaver add {file} --as … --mapping {save_mapping}")
    if found.problems:
        raise BadInput(found.problems)


def add_files(
    folder: Path | None,
    files: Sequence[Path],
    as_: str,
    lag: int | None,
    delivery: Delivery,
    mapping: Path | None,
    keep_good: bool,
    rejects: Path | None,
) -> None:
    """Read, validate, then store: all of it or nothing."""
    from papaver.app.adding import add
    from papaver.app.workspace import open_workspace

    added = add(open_workspace(folder), files, as_, lag, delivery, mapping, keep_good=keep_good, rejects=rejects)
    for note in added.notes:
        say(note)
    write(str(added.batch))
    if added.rejected:
        where = f", written to {rejects}" if rejects else "; --rejects FILE writes them out with their reasons"
        write(f"{added.rejected} rows rejected{where}")
    for proposal in added.batch.proposed[:20]:
        write(f"proposed as withdrawn: {proposal.record_type} {proposal.record_id} ({proposal.period_start})")


def log_record(folder: Path | None, kind: str, columns: Mapping[str, str]) -> None:
    """Store one record given as words on the command line."""
    given = {"source": "log"} | {name.replace("-", "_"): value for name, value in columns.items()}
    unknown = [name for name in given if name not in record_types()[kind].columns]
    if unknown or not columns:
        what = f"{', '.join(unknown)}: no column of {kind} is called so." if unknown else f"Nothing to log in {kind}."
        raise BadArguments(what, f"papaver log {kind} --help lists the columns.")
    with tempfile.TemporaryDirectory() as room:
        file = Path(room) / f"papaver log {kind}.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([list(given), list(given.values())])
        add_files(folder, [file], kind, None, "increment", None, False, None)


def log_help(kind: str) -> None:
    """The columns of a record type as options."""
    write(f"papaver log {kind}: {record_types()[kind].what}\n")
    for column in record_types()[kind].columns.values():
        if column.group != "content" and not column.required and column.name not in ("place", "source", "marking"):
            continue
        values = f" One of: {', '.join(column.values)}." if column.values else ""
        must = " Required." if column.required else ""
        write(f"  --{column.name.replace('_', '-'):<26}{column.what}{values}{must}")


def run_analysis(
    name: str,
    data: Sequence[tuple[str, str]],
    sets: Sequence[str],
    lag: int | None,
    known_on: date | None,
    as_json: bool,
    out: Path | None,
    folder: Path | None,
) -> None:
    """Run on files when some are given, else on the workspace."""
    from papaver.app.registry import analysis
    from papaver.app.running import run_on, run_on_files
    from papaver.app.values import params_from_text
    from papaver.app.workspace import open_workspace

    given = params_from_text(analysis(name).params, sets)
    if data:
        return tell(run_on_files(name, data, given, lag_days=lag, known_on=known_on), as_json, out)
    workspace = open_workspace(folder)
    return tell(
        run_on(workspace.evidence(), name, {**workspace.analysis_params(name), **given}, known_on), as_json, out
    )


def replay_analysis(
    name: str,
    data: Sequence[tuple[str, str]],
    sets: Sequence[str],
    first: date,
    last: date,
    every: Every,
    lag: int | None,
    as_json: bool,
    out: Path | None,
    folder: Path | None,
) -> None:
    """Replay on files when some are given, else on the workspace."""
    from papaver.app.registry import analysis
    from papaver.app.running import replay_on, replay_on_files
    from papaver.app.values import params_from_text
    from papaver.app.workspace import open_workspace

    given = params_from_text(analysis(name).params, sets)
    if data:
        return tell(replay_on_files(name, data, given, first, last, every, lag_days=lag), as_json, out)
    workspace = open_workspace(folder)
    given = {**workspace.analysis_params(name), **given}
    return tell(replay_on(workspace.folder, name, given, first, last, every), as_json, out)


def analysis_help(name: str | None) -> None:
    """What can be set in an analysis; without a name, which analyses there are."""
    from papaver.app.registry import analyses, analysis

    if name is None:
        write("Analyses")
        for found in analyses().values():
            write(f"  {found.name:<12}{found.title}")
        return
    found = analysis(name)
    write(f"{found.name}: {found.title}. Reads {', '.join(found.reads)}.\n")
    write(terminal.parameters(found.params))


def tell(answer: Answer, as_json: bool, out: Path | None) -> None:
    """An answer to the terminal, to a machine, or to a folder."""
    if out is not None:
        _write_out(answer, out)
        say(f"Written to {out}")
    if as_json:
        write_json(answer.document())
    elif out is None:
        terminal.show(answer)


def _write_out(answer: Answer, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(answer.document(), ensure_ascii=False, allow_nan=False, indent=1, default=str)
    (out / "document.json").write_text(text, encoding="utf-8")
    for name, rows in answer.tables.items():
        with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(list(rows[0]) if rows else [])
            writer.writerows([["" if v is None else v for v in map(plain, row.values())] for row in rows])


def update_desk(folder: Path | None, as_json: bool) -> None:
    """Bring the desk up to what is known today."""
    from papaver.app.update import update
    from papaver.app.workspace import open_workspace

    told: list[dict[str, object]] = []
    with closing(open_workspace(folder)) as workspace:
        updated = list(update(workspace))
    for done in updated:
        if done.recorded is None:
            told.append({"analysis": done.analysis, "not_run": done.not_run})
            line = f"{done.analysis}: not run, {done.not_run}"
        else:
            numbers = {k: len(v) for k, v in asdict(done.recorded).items() if k != "keys"}
            told.append({"analysis": done.analysis, **numbers})
            line = f"{done.analysis}: " + ", ".join(f"{n} {k.replace('_', ' ')}" for k, n in numbers.items() if n)
        if not as_json:
            write(line.removesuffix(": ") + ("" if not line.endswith(": ") else ": nothing found"))
    if as_json:
        write_json({"updated": told})


def list_findings(folder: Path | None, status: str, as_json: bool) -> None:
    """The inbox."""
    from papaver.app.workspace import open_workspace
    from papaver.desk.items import items

    with closing(open_workspace(folder)) as workspace:
        found = items(workspace.desk, status, principal=workspace.principal)
    if as_json:
        rows = [
            {
                **json.loads(item.told),
                "status": item.state.status.value,
                "closing_code": item.state.closing_code,
                "revision": item.state.revision,
            }
            for item in found
        ]
        return write_json({"findings": rows})
    if not found:
        return write(f"Nothing {status}. `papaver update` looks again; `--status all` lists everything.")
    return write(
        terminal.findings_list(
            [i.finding for i in found], {i.key: i.state.status.value.replace("_", " ") for i in found}
        )
    )


def serve_workspace(folder: Path | None, port: int | None, browser: bool) -> None:
    """Serve a workspace until interrupted."""
    from papaver.app.serving import serve
    from papaver.app.workspace import open_workspace

    with closing(open_workspace(folder)) as workspace:
        serve(workspace, port, browser)


def serve_demo(port: int | None, browser: bool) -> None:
    """Make the demo workspace where there is none yet, and serve it."""
    from papaver.app.demo.making import demo_workspace
    from papaver.app.serving import serve

    say("Preparing the demo workspace (SIMULATED European market, real Connecticut counts) …")
    with closing(demo_workspace()) as workspace:
        serve(workspace, port, browser)
