"""The arrows of the design, held by the imports themselves; and what keeps the house small."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "papaver"
MAY_IMPORT = {
    "model": ("model",),
    "methods": ("methods",),
    "policy": (),
    "store": ("store", "model", "policy"),
    "sources": ("sources", "model", "policy"),
    "desk": ("desk", "model", "policy"),
    "exchange": ("exchange", "model", "policy"),
    "analyses": ("analyses", "model", "methods"),
    "app": ("app", "store", "sources", "desk", "exchange", "analyses", "model", "methods", "policy"),
}
ENGINES = ("duckdb", "pyspark", "ibis.backends")
HEAVY = ("ibis", "duckdb", "numba", "scipy", "pandas", "pyarrow", "sqlalchemy", "fastapi", "openpyxl", "numpy")


def modules():
    """Every module of Papaver with its layer."""
    for path in sorted(SRC.rglob("*.py")):
        layer = path.relative_to(SRC).parts[0].removesuffix(".py")
        yield path, layer


def imports(path):
    """What a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_dependencies_point_one_way():
    wrong = []
    for path, layer in modules():
        if (
            layer in ("__init__", "bench")
            or path.name in ("test_logic.py", "bench.py")
            or path.name.startswith("test_")
        ):
            continue
        for module in imports(path):
            target = module.split(".")[1] if module.startswith("papaver.") else None
            if target in MAY_IMPORT and target not in MAY_IMPORT[layer]:
                wrong.append(f"{path.relative_to(SRC)} imports {module}")
    assert not wrong


def test_only_the_store_knows_an_engine():
    wrong = [
        f"{path.relative_to(SRC)} imports {module}"
        for path, layer in modules()
        if layer != "store"
        for module in imports(path)
        if module.startswith(ENGINES)
    ]
    assert not wrong


def test_no_file_is_over_500_lines_and_no_name_says_nothing():
    files = [p for folder in ("src", "tests", "bench") for p in (ROOT / folder).rglob("*.py")]
    files += [p for kind in ("*.ts", "*.tsx", "*.css") for p in (ROOT / "web" / "src").rglob(kind)]
    long = [f"{p.relative_to(ROOT)}: {n}" for p in files if (n := len(p.read_text("utf-8").splitlines())) > 500]
    assert not long
    empty = re.compile(r"(^|_)(utils?|helpers?|manager|misc|common)(_|\.|$)")
    assert not [p for p in files if empty.search(p.name)]


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["list", "--help"], ["config"]])
def test_help_imports_nothing_heavy(words):
    script = (
        "import sys\nfrom papaver.app.cli import _call\ncode = _call(sys.argv[1:])\n"
        f"sys.stderr.write(','.join(sorted(set({HEAVY!r}) & {{m.split('.')[0] for m in sys.modules}})))\nsys.exit(code)"
    )
    told = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    assert told.returncode == 0
    assert told.stderr == ""


def test_nothing_committed_names_a_registry_or_a_path_of_a_machine():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    hosts = re.compile(r"registry\.npm" + r"js\.org|files\.pythonhosted" + r"\.org|//pypi" + r"\.org|/home/|/root/")
    wrong = []
    for name in filter(None, listed.split("\0")):
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        if name != "tests/conformance/test_architecture.py" and hosts.search(text):
            wrong.append(name)
    assert not wrong
