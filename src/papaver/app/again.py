"""The same thing as a command and as three lines of Python."""

from collections.abc import Mapping
from datetime import date
from shlex import quote


def command(analysis: str, params: Mapping[str, object], known_on: date | None) -> str:
    """The command line that repeats a run on the workspace."""
    parts = ["papaver", "run", analysis]
    for name, value in params.items():
        parts += ["--set", quote(f"{name}={_text(value)}")]
    if known_on:
        parts += ["--as-known-on", known_on.isoformat()]
    return " ".join(parts)


def python(analysis: str, params: Mapping[str, object], known_on: date | None) -> str:
    """Three lines that do the same."""
    given = [repr(analysis)]
    if known_on:
        given.append(f"as_known_on={known_on.isoformat()!r}")
    given += [f"{name}={value!r}" for name, value in params.items()]
    return f"import papaver\nanswer = papaver.run({', '.join(given)})\nprint(answer.findings)"


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(_text, value)) if isinstance(value, list | tuple) else str(value)
