"""The example of an analysis: its data, its run and what a publication or a reference tool says comes out."""

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from papaver.app.registry import analysis, modules
from papaver.app.running import run_on_files
from papaver.app.values import params_from_text


@dataclass(frozen=True)
class Example:
    """One example, as files."""

    name: str
    folder: Path
    expected: dict

    @property
    def files(self) -> list[tuple[str, Path]]:
        """NAME and file of every input."""
        return [(name, self.folder / file) for name, file in self.expected["run"]["data"].items()]

    @property
    def params(self) -> dict[str, object]:
        """The parameters of the run, typed."""
        return params_from_text(analysis(self.name).params, self.expected["run"].get("set", ()))

    @property
    def lag(self) -> int | None:
        """Days of lag, if any."""
        return self.expected["run"].get("lag")

    @property
    def arguments(self) -> list[str]:
        """The words of the command line after `papaver run NAME`."""
        words = [w for name, file in self.files for w in ("--data", f"{name}={file}")]
        words += [w for pair in self.expected["run"].get("set", ()) for w in ("--set", pair)]
        return words + (["--lag", str(self.lag)] if self.lag is not None else [])

    def run(self, files=None, known_on=None):
        """The answer on the example's files, or on others in their place."""
        return run_on_files(self.name, files or self.files, self.params, lag_days=self.lag, known_on=known_on)


def example_of(name: str) -> Example:
    """The example in an analysis's folder."""
    folder = Path(str(files(modules()[name]) / "example"))
    return Example(name, folder, json.loads((folder / "expected.json").read_text(encoding="utf-8")))
