"""A wheel without its workbench would be half a product: refuse to build one."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Workbench(BuildHookInterface[object]):
    """Stops a wheel when the pages are not built; an editable install is made before they are."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Look for the built page."""
        page = Path(self.root) / "src" / "papaver" / "app" / "static" / "index.html"
        if version != "editable" and not page.is_file():
            raise FileNotFoundError("src/papaver/app/static/index.html is missing: run `make web` first")
