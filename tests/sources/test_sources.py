"""Every source has the same shape; adding one edits no file."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import papaver.sources
from papaver.model.records import record_types
from papaver.sources import Source, check, read, sources
from papaver.sources.registry import sources as registry

FOLDER = Path(papaver.sources.__file__).parent
NEW = """
from papaver.sources.source import Shaped, Source
from papaver.sources.raw import mapped

def recognise(headers):
    return set(headers) == {"jour", "cas"}

def to_records(raw, mapping):
    columns = {"period_start": raw.column("jour"), "value": raw.column("cas")}
    return [Shaped("count", "pompiers", mapped(raw, columns), {"period_start": "jour", "value": "cas"})]

source = Source("pompiers", "Fire brigade", ("count",), recognise, to_records)
"""


@pytest.mark.parametrize("name", sorted(sources()))
def test_a_source_is_a_folder_of_the_same_files(name: str) -> None:
    source = sources()[name]
    assert isinstance(source, Source)
    assert source.name == name
    assert set(source.record_types) <= record_types().keys()
    files = {path.name for path in (FOLDER / name).iterdir()}
    assert files >= {"__init__.py", "logic.py", "README.md", "test_logic.py"}


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "more" / "pompiers"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(NEW)
    monkeypatch.setattr(papaver.sources, "__path__", [*papaver.sources.__path__, str(folder.parent)])
    registry.cache_clear()
    yield tmp_path
    registry.cache_clear()
    sys.modules.pop("papaver.sources.pompiers", None)


def test_a_folder_more_is_a_source_more(added: Path) -> None:
    path = added / "cas.csv"
    path.write_text("jour,cas\n2024-01-01,3\n2024-01-02,-1\n")
    (parsed,) = read(path, "pompiers")
    assert parsed.table["value"].to_pylist() == [3.0]
    assert parsed.rejected[0].problems[0].column == "cas"
    assert check(path).source == "pompiers"
    assert read(path, "count")[0].source == "pompiers"


def test_looking_sources_up_imports_neither_arrow_nor_a_spreadsheet_reader() -> None:
    script = (
        "import sys, papaver.sources as s; s.sources(); print(sorted({'pyarrow', 'openpyxl'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_every_exported_name_is_there() -> None:
    assert all(getattr(papaver.sources, name) is not None for name in papaver.sources.__all__)
