"""A page per analysis: its parameters, its README, and a run."""

import json
import sys
from dataclasses import replace
from datetime import date
from importlib.resources import files

from fastapi import APIRouter, Response
from markdown_it import MarkdownIt
from pydantic import BaseModel

from papaver.app.again import command, python
from papaver.app.answer import Answer, ask
from papaver.app.errors import BadArguments
from papaver.app.exhibits import Drawing
from papaver.app.http.status import Served
from papaver.app.registry import analyses, analysis, modules
from papaver.app.running import prepare, today
from papaver.app.update import simulated_records
from papaver.app.values import make_params
from papaver.model.analysis import Analysis
from papaver.model.view import EvidenceView

router = APIRouter(prefix="/analyses")
# What a page is sent of an answer: the series of so many views, and so many rows of each table.
MOST_VIEWS, MOST_ROWS = 200, 500


class Asked(BaseModel):
    """A run that somebody asks for."""

    params: dict[str, object] = {}
    known_on: date | None = None
    for_screen: bool = False


@router.get("")
def listing() -> list[dict[str, object]]:
    """Every analysis and the question it answers."""
    return [
        {"name": a.name, "title": a.title, "question": question(a), "reads": list(a.reads)} for a in analyses().values()
    ]


@router.get("/{name}")
def one(workspace: Served, name: str) -> dict[str, object]:
    """One analysis: the JSON Schema of its parameters, its README as HTML, the workspace's own parameters."""
    found = analysis(name)
    return {
        "name": found.name,
        "title": found.title,
        "question": question(found),
        "version": found.version,
        "reads": list(found.reads),
        "params_schema": found.params.model_json_schema(),
        "readme_html": MarkdownIt("commonmark").enable("table").render(readme(name)),
        "defaults": make_params(found.params, workspace.analysis_params(name)).model_dump(mode="json"),
    }


@router.post("/{name}/run")
def run(workspace: Served, name: str, asked: Asked, response: Response) -> dict[str, object]:
    """The document of `papaver run`; the header holds the equal command."""
    found, params = prepare(name, {**workspace.analysis_params(name), **asked.params})
    day = asked.known_on or today()
    response.headers["X-Papaver-Command"] = command(name, asked.params, asked.known_on)
    with workspace.reading.known(day, params.every) as data:
        answer = ask(found, params, data)
        made_up = simulated_records(data, answer.findings)
    # The document is that of the command line, so what the workbench needs beside it travels in a header.
    simulated = [f.key for f in answer.findings if not made_up.isdisjoint(f.evidence.record_ids)]
    response.headers["X-Papaver-Simulated"] = ",".join(simulated)
    response.headers["X-Papaver-Rows"] = json.dumps({name: len(rows) for name, rows in answer.tables.items()})
    return (_for_screen(answer) if asked.for_screen else answer).document()


def _for_screen(answer: Answer) -> Answer:
    """Of each table the rows that the views of findings draw, and the last MOST_ROWS; a note says what is left out."""
    drawing = Drawing(answer, ())
    views = [v for v in answer.views if v.finding is not None and not isinstance(v, EvidenceView)][:MOST_VIEWS]
    tables, notes = {}, list(answer.notes)
    for name, rows in answer.tables.items():
        kept = {id(row) for row in rows[-MOST_ROWS:]}
        kept |= {id(row) for view in views if view.table == name for row in drawing.rows_of(view)}
        tables[name] = [row for row in rows if id(row) in kept]
        if len(kept) < len(rows):
            notes.append(f"{len(rows) - len(kept):,} rows of {name} are not sent to the page; the command prints all.")
    return replace(answer, tables=tables, notes=notes)


@router.get("/{name}/again")
def again(name: str, params: str = "{}", known_on: date | None = None) -> dict[str, str]:
    """A run as a command and as three lines of Python."""
    try:
        given = json.loads(params)
    except json.JSONDecodeError as error:
        raise BadArguments(f"params is not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise BadArguments("params is not a JSON object.")
    make_params(analysis(name).params, given)
    return {"command": command(name, given, known_on), "python": python(name, given, known_on)}


def question(found: Analysis) -> str:
    """The question an analysis answers: the first line of its folder."""
    return (sys.modules[modules()[found.name]].__doc__ or found.title).strip().splitlines()[0]


def readme(name: str) -> str:
    """The README of an analysis, which is its documentation page."""
    return (files(modules()[name]) / "README.md").read_text(encoding="utf-8")
