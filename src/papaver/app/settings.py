"""Settings: options beat PAPAVER_* variables, which beat papaver.toml, which beats the defaults."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from getpass import getuser
from pathlib import Path

from papaver.app.errors import BadArguments, WorkspaceUnavailable

FILE = "papaver.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in papaver.toml, what it does and its default."""

    name: str
    what: str
    default: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"PAPAVER_{self.name.upper()}"


SETTINGS = (
    Setting("workspace", "Folder of the workspace; default: the nearest papaver.toml upward.", ""),
    Setting("name", "Name of the workspace, shown in the workbench.", ""),
    Setting("person", "Who triages here; written into the history of every item.", ""),
    Setting("port", "Port of the workbench.", "8765"),
    Setting("lock_seconds", "How long a writer waits for another one.", "30"),
)


@dataclass(frozen=True, slots=True)
class Value:
    """A setting as it is now, and where it came from."""

    setting: Setting
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting by name, and the parameters that papaver.toml gives to analyses."""

    values: Mapping[str, Value]
    analyses: Mapping[str, Mapping[str, object]]

    def __getitem__(self, name: str) -> str:
        return self.values[name].value


def nearest_workspace(start: Path) -> Path | None:
    """The nearest folder upward that holds a papaver.toml."""
    return next((folder for folder in (start, *start.parents) if (folder / FILE).is_file()), None)


def settings(options: Mapping[str, str | None] | None = None, start: Path | None = None) -> Settings:
    """The settings as they hold here; a key of papaver.toml that means nothing raises BadArguments."""
    chosen = {k: v for k, v in (options or {}).items() if v is not None}
    folder = chosen.get("workspace") or os.environ.get("PAPAVER_WORKSPACE") or ""
    found = Path(folder) if folder else nearest_workspace(start or Path.cwd())
    if folder and not (Path(folder) / FILE).is_file():
        raise WorkspaceUnavailable(f"{folder} is not a workspace: it holds no {FILE}.", f"papaver init {folder}")
    given, analyses = _toml(found / FILE) if found else ({}, {})
    values = {s.name: _value(s, chosen, given) for s in SETTINGS}
    if found and not values["workspace"].value:
        values["workspace"] = Value(values["workspace"].setting, str(found), f"nearest {FILE}")
    if found and not values["name"].value:
        values["name"] = Value(values["name"].setting, found.resolve().name, "folder")
    if not values["person"].value:
        values["person"] = Value(values["person"].setting, getuser(), "login")
    return Settings(values, analyses)


def _value(setting: Setting, options: Mapping[str, str], given: Mapping[str, object]) -> Value:
    if setting.name in options:
        return Value(setting, options[setting.name], "option")
    if setting.variable in os.environ:
        return Value(setting, os.environ[setting.variable], setting.variable)
    if setting.name in given:
        return Value(setting, str(given[setting.name]), FILE)
    return Value(setting, setting.default, "default")


def _toml(path: Path) -> tuple[dict[str, object], dict[str, Mapping[str, object]]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadArguments(f"{path} cannot be read: {error}.", "Mend the line or restore the file.") from error
    analyses = document.pop("analyses", {})
    known = [s.name for s in SETTINGS if s.name != "workspace"]
    for key in document:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            mend = f"Nearest: {near[0]}." if near else f"There are: {', '.join(known)}."
            raise BadArguments(f"{path}: {key} is not a setting.", mend)
    return document, analyses
