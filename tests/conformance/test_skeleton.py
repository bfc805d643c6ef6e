"""`make new-analysis` in a temporary tree: its tests pass and no existing file is edited."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def digests(folder):
    """The content of every source file below a folder."""
    return {p.relative_to(folder): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*.py"))}


def test_a_new_analysis_passes_and_edits_nothing(tmp_path):
    ignore = shutil.ignore_patterns("__pycache__", "static", "node_modules")
    for part in ("src", "tests/conformance", "bench"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    before = digests(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}

    def run(*words):
        return subprocess.run(
            [sys.executable, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    assert run("bench/new_analysis.py", "ports").returncode == 0
    after = digests(tmp_path)
    assert {path: after[path] for path in before} == before
    assert run("bench/new_analysis.py", "ports").returncode == 2, "a name that is taken is refused"
    told = run("-m", "pytest", "-q", "-k", "ports", "tests/conformance/test_analyses.py", "src/papaver/analyses/ports")
    assert told.returncode == 0, told.stdout[-3000:]
    assert "skipped" not in told.stdout
    style = run("-m", "ruff", "check", "src/papaver/analyses/ports")
    assert style.returncode == 0, style.stdout
