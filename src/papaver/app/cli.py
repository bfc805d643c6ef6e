"""The command line. Nothing heavy is imported until a command needs it."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from papaver import __version__
from papaver.app.errors import BadArguments, Refusal

app = App(
    name="papaver",
    version=__version__,
    help="Scattered traces of the opioid market become early, explained, shareable warnings.",
    help_epilogue="Exit codes: 0 ran, 1 unexpected, 2 bad arguments, 3 bad input, 4 missing extra, 5 workspace.",
)

Workspace = Annotated[Path | None, Parameter(help="Folder of the workspace. Default: PAPAVER_WORKSPACE, else nearest.")]
Lag = Annotated[int | None, Parameter(help="Days after the end of its period on which a row became known.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="One JSON document on standard output.")]
DataFiles = Annotated[
    list[str],
    Parameter(name="--data", negative="", help="NAME=FILE, repeatable: a record type or source and its file."),
]
Sets = Annotated[
    list[str], Parameter(name="--set", negative="", help="key=value, repeatable: a parameter of the analysis.")
]
Out = Annotated[Path | None, Parameter(help="Folder to write document.json and one CSV per table to.")]
Help = Annotated[
    bool, Parameter(name=["--help", "-h"], negative="", help="This page; with an analysis, its parameters.")
]


def main() -> None:
    """Entry point: errors become one sentence on standard error and an exit code."""
    sys.exit(_call(sys.argv[1:]))


def _call(arguments: list[str]) -> int:
    from papaver.app.logs import set_up
    from papaver.app.terminal import say

    try:
        app(set_up(arguments), exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        say(f"papaver: {error}")
        say("`papaver --help` lists the commands, `papaver COMMAND --help` the options.")
        return 2
    except Refusal as error:
        say(f"papaver: {error}")
        return error.exit_code
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        say("papaver: stopped; nothing half-written")
        return 130
    except Exception as error:
        return _told(error)
    return 0


def _told(error: Exception) -> int:
    """An error of a deeper layer: the foreseen ones are a sentence, the rest show where they came from."""
    from papaver.app.errors import exit_code_of
    from papaver.app.terminal import say

    code = exit_code_of(error)
    if code != 1:
        say(f"papaver: {error}")
        return code
    import traceback

    traceback.print_exception(error)
    say("papaver: this was not foreseen. The lines above say where it happened.")
    return code


def _pairs(texts: list[str], option: str) -> list[tuple[str, str]]:
    """NAME=FILE texts as pairs."""
    for text in texts:
        if "=" not in text or text.startswith("=") or text.endswith("="):
            raise BadArguments(f"{option} {text}: expected NAME=FILE.", "Example: --data count=deaths.csv")
    return [(text.split("=", 1)[0], text.split("=", 1)[1]) for text in texts]


@app.command(name="list")
def list_(*, as_json: Json = False) -> None:
    """Analyses, record types and sources there are."""
    from papaver.app.commands import listing

    listing(as_json)


@app.command
def config(*, workspace: Workspace = None, as_json: Json = False) -> None:
    """Settings as they hold here, and where each one comes from."""
    from papaver.app.commands import show_settings

    show_settings(workspace, as_json)


@app.command
def init(folder: Path) -> None:
    """Make a workspace: a folder with papaver.toml, evidence and a desk."""
    from papaver.app.commands import make_workspace

    make_workspace(folder)


@app.command
def check(
    file: Path, *, as_: Annotated[str | None, Parameter(name="--as")] = None, save_mapping: Path | None = None
) -> None:
    """Validate a file: errors by row with the mend, and a proposed mapping. Touches no workspace.

    Parameters
    ----------
    as_
        Record type or source; recognised from the header unless given.
    save_mapping
        Write the proposed mapping to this TOML file.
    """
    from papaver.app.commands import check_file

    check_file(file, as_, save_mapping)


@app.command
def add(
    files: Annotated[list[Path], Parameter(negative="")],
    *,
    as_: Annotated[str, Parameter(name="--as", help="Record type or source.")],
    lag: Lag = None,
    delivery: Literal["snapshot", "increment"] = "increment",
    mapping: Annotated[Path | None, Parameter(help="Mapping made by `papaver check --save-mapping`.")] = None,
    keep_good: Annotated[bool, Parameter(negative="", help="Store the good rows of a partly bad file.")] = False,
    rejects: Annotated[Path | None, Parameter(help="Write rejected rows and reasons to this CSV.")] = None,
    workspace: Workspace = None,
) -> None:
    """Store files as evidence. The same file again changes nothing."""
    from papaver.app.commands import add_files

    add_files(workspace, files, as_, lag, delivery, mapping, keep_good, rejects)


@app.command(help_flags=[])
def log(
    what: Literal["event"] = "event", /, *, workspace: Workspace = None, help_: Help = False, **columns: str
) -> None:
    """Record a signal told by a person. `papaver log event --help` lists what can be said."""
    from papaver.app.commands import log_help, log_record

    if help_:
        app.help_print(["log"])
        return log_help(what)
    log_record(workspace, what, columns)


@app.command(help_flags=[])
def run(
    analysis: str | None = None,
    *,
    data: DataFiles = [],  # noqa: B006 (cyclopts reads the default; nothing changes it)
    set_: Sets = [],  # noqa: B006
    lag: Lag = None,
    as_known_on: Annotated[date | None, Parameter(help="Only what was known by the end of this day.")] = None,
    as_json: Json = False,
    out: Out = None,
    workspace: Workspace = None,
    help_: Help = False,
) -> None:
    """Answer one question, on files or on the workspace. `papaver run ANALYSIS --help` lists its parameters."""
    from papaver.app.commands import run_analysis

    if help_ or analysis is None:
        return _help("run", analysis)
    run_analysis(analysis, _pairs(data, "--data"), set_, lag, as_known_on, as_json, out, workspace)


@app.command(help_flags=[])
def replay(
    analysis: str | None = None,
    *,
    from_: Annotated[date | None, Parameter(name="--from", help="First step.")] = None,
    to: Annotated[date | None, Parameter(help="Last step.")] = None,
    every: Annotated[Literal["week", "month"], Parameter(help="Distance between steps.")] = "week",
    data: DataFiles = [],  # noqa: B006
    set_: Sets = [],  # noqa: B006
    lag: Lag = None,
    as_json: Json = False,
    out: Out = None,
    workspace: Workspace = None,
    help_: Help = False,
) -> None:
    """What an analysis would have said at each step, from what was known then."""
    from papaver.app.commands import replay_analysis

    if help_ or analysis is None:
        return _help("replay", analysis)
    if from_ is None or to is None:
        raise BadArguments("replay needs --from DATE and --to DATE.", "Example: --from 2015-01-05 --to 2021-12-27")
    replay_analysis(analysis, _pairs(data, "--data"), set_, from_, to, every, lag, as_json, out, workspace)


def _help(command: str, analysis: str | None) -> None:
    app.help_print([command])
    from papaver.app.commands import analysis_help

    analysis_help(analysis)


@app.command
def update(*, workspace: Workspace = None, as_json: Json = False) -> None:
    """Run every analysis on what is known today and bring its findings to the desk."""
    from papaver.app.commands import update_desk

    update_desk(workspace, as_json)


@app.command
def findings(*, status: str = "open", as_json: Json = False, workspace: Workspace = None) -> None:
    """Findings on the desk, most urgent first.

    Parameters
    ----------
    status
        open (all but closed and historical), all, or one status.
    """
    from papaver.app.commands import list_findings

    list_findings(workspace, status, as_json)


@app.command
def serve(
    *,
    port: int | None = None,
    browser: Annotated[bool, Parameter(help="Open a browser.")] = False,
    workspace: Workspace = None,
) -> None:
    """Serve the workbench of a workspace on this machine."""
    from papaver.app.commands import serve_workspace

    serve_workspace(workspace, port, browser)


@app.command
def demo(*, browser: bool = True, port: int | None = None) -> None:
    """A workspace with real Connecticut counts and a SIMULATED European market, opened in a browser.

    Parameters
    ----------
    browser
        Open a browser at the first finding.
    port
        Port to serve on.
    """
    from papaver.app.commands import serve_demo

    serve_demo(port, browser)
