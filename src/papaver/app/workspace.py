"""A workspace as commands and the server use it: its settings, its evidence, its desk, the mappings it remembers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path

from papaver.app.errors import BadArguments, WorkspaceUnavailable
from papaver.app.reading import Reading
from papaver.app.settings import FILE, Settings, settings
from papaver.desk.database import Desk, open_desk
from papaver.policy import Principal
from papaver.store import Evidence
from papaver.store import Workspace as EvidenceOnDisk

SIMULATED = "SIMULATED"


@dataclass(frozen=True)
class OpenWorkspace:
    """A folder with papaver.toml, evidence/ and desk.sqlite."""

    folder: Path
    settings: Settings

    @property
    def name(self) -> str:
        """Its name for people."""
        return self.settings["name"]

    @property
    def principal(self) -> Principal:
        """Whoever sits at this machine owns the workspace."""
        return Principal(self.settings["person"], owner=True)

    @cached_property
    def store(self) -> EvidenceOnDisk:
        """Its evidence on disk."""
        return EvidenceOnDisk.open(self.folder, person=self.settings["person"], wait_seconds=self._lock_seconds())

    def evidence(self) -> Evidence:
        """Its evidence, as it is in this moment."""
        return self.store.evidence()

    @cached_property
    def reading(self) -> Reading:
        """Its evidence for a server: read once, kept until something is added."""
        return Reading(self.store, self.principal)

    @cached_property
    def desk(self) -> Desk:
        """Its desk."""
        return open_desk(self.folder / "desk.sqlite")

    def close(self) -> None:
        """Close the desk, if it was opened."""
        if "desk" in self.__dict__:
            self.desk.close()
            del self.__dict__["desk"]

    @property
    def mappings(self) -> Path:
        """The folder of the mappings that `add` remembers, one TOML file per header fingerprint."""
        return self.folder / "mappings"

    def analysis_params(self, name: str) -> Mapping[str, object]:
        """What papaver.toml sets for an analysis."""
        return self.settings.analyses.get(name, {})

    def _lock_seconds(self) -> float:
        try:
            return float(self.settings["lock_seconds"])
        except ValueError as error:
            raise BadArguments(f"lock_seconds={self.settings['lock_seconds']} is not a number of seconds.") from error


def open_workspace(folder: str | PathLike[str] | None = None) -> OpenWorkspace:
    """The workspace in a folder, else the one PAPAVER_WORKSPACE names, else the nearest upward."""
    found = settings({"workspace": None if folder is None else str(folder)})
    if not found["workspace"]:
        raise WorkspaceUnavailable(
            f"There is no {FILE} here or in a folder above.", "papaver init DIR makes a workspace."
        )
    return OpenWorkspace(Path(found["workspace"]), found)


def make_workspace(folder: Path, toml: str | None = None) -> OpenWorkspace:
    """A new workspace in a folder that holds none."""
    if (folder / FILE).exists():
        raise BadArguments(f"{folder} is a workspace already.", "Nothing was changed.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(toml or _TOML.format(name=folder.resolve().name), encoding="utf-8")
    made = open_workspace(folder)
    EvidenceOnDisk.init(folder)
    _ = made.desk  # a workspace has its desk from the start
    made.close()
    return made


_TOML = """# A Papaver workspace. `papaver config` shows every setting and where it comes from.
name = "{name}"

# Parameters that `papaver update` gives to analyses, for example:
# [analyses.detect]
# threshold_method = "nbPlugin"
# alpha = 0.01
"""
