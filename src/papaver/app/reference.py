"""The reference pages, written from the types themselves: `python -m papaver.app.reference docs` writes them."""

import json
import sys
from pathlib import Path

from papaver.app.registry import analyses
from papaver.app.settings import SETTINGS
from papaver.app.terminal import parameters
from papaver.model.records import STORED_COLUMNS, Column, record_types
from papaver.sources import sources

NOTE = "Written by `make docs` from the types; do not edit.\n"


def records_page() -> str:
    """The data dictionary."""
    lines = [
        "# Record types",
        "",
        NOTE,
        "`*` marks a column that a file must have. Every type also has the envelope.",
        "",
    ]
    types = record_types()
    envelope = [c for c in types["series"].columns.values() if c.group != "content"]
    lines += ["## Envelope", "", *_columns(envelope), ""]
    for kind in types.values():
        own = [c for c in kind.columns.values() if c.group == "content" or c.required]
        key = ", ".join(f"`{k}`" for k in kind.key)
        lines += [f"## {kind.name}", "", f"{kind.what} A revision revises the record with the same {key}.", ""]
        lines += [*_columns(own), ""]
    lines += ["## Written by the store", "", "| column | meaning |", "|---|---|"]
    lines += [f"| `{name}` | {what} |" for name, what in STORED_COLUMNS.items()]
    return "\n".join(lines) + "\n"


def _columns(columns: list[Column]) -> list[str]:
    lines = ["| column | type | meaning |", "|---|---|---|"]
    for c in columns:
        kind = " \\| ".join(c.values) if c.values else c.type
        lines.append(f"| `{c.name}`{'*' if c.required else ''} | {kind} | {c.what} |")
    return lines


def commands_page() -> str:
    """Every command, its options, and the parameters of every analysis."""
    from papaver.app.cli import app

    words, sys.argv = sys.argv, ["papaver"]  # the usage lines name the program they find here
    try:
        told = app.generate_docs(output_format="markdown", heading_level=2)
    finally:
        sys.argv = words
    lines = ["# Commands", "", NOTE, told, ""]
    for found in analyses().values():
        lines += [f"## Parameters of `{found.name}`", "", "```", parameters(found.params), "```", ""]
    lines += ["## Settings", "", "Options beat variables, which beat papaver.toml, which beats defaults.", ""]
    lines += ["| papaver.toml | variable | default | meaning |", "|---|---|---|---|"]
    lines += [f"| `{s.name}` | `{s.variable}` | {s.default or '–'} | {s.what} |" for s in SETTINGS]
    lines += ["", "## Sources", "", "| name | what |", "|---|---|"]
    lines += [f"| `{s.name}` | {s.title} |" for s in sources().values()]
    return "\n".join(lines) + "\n"


def api_page() -> str:
    """The OpenAPI document of the HTTP interface."""
    from papaver.app.http import routes

    return json.dumps(routes().openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


PAGES = {"records.md": records_page, "commands.md": commands_page, "openapi.json": api_page}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (Path(sys.argv[1]) / name).write_text(page(), encoding="utf-8")
