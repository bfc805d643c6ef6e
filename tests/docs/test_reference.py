"""A command, setting, column or parameter that the documentation does not know fails here."""

import re
from pathlib import Path

import pytest

from papaver.app.reference import PAGES
from papaver.app.registry import modules

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_what_the_types_say(name):
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), f"docs/{name} is out of date: make docs"


def test_the_readme_names_every_analysis_and_every_command_it_shows_exists():
    from papaver.app.cli import app

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = {name for name in app if not name.startswith("-")}
    for name in modules():
        assert f"src/papaver/analyses/{name}/README.md" in text
    for shown in re.findall(r"^papaver (\w+)", text, re.MULTILINE):
        assert shown in commands
    for target in re.findall(r"`make ([a-z-]+)`", text):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), target


def test_links_in_the_documentation_lead_somewhere():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("README.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"
