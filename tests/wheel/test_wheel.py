"""A wheel holds all that Papaver needs: in a clean environment, without node, `papaver demo` answers."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("src", "web/hatch_build.py", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of a copy of the tree, so that nothing is written beside the source."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    for name in NEEDED:
        source, target = ROOT / name, tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    well([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)], cwd=tree)
    (built,) = out.glob("papaver-*.whl")
    return built


def well(words, **options):
    """Run a process that must end well."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=280, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "src" / "papaver"
    wanted = {f"papaver/{f.relative_to(package).as_posix()}" for f in package.rglob("*") if f.is_file()}
    wanted = {name for name in wanted if "__pycache__" not in name}
    # Built pages are not under version control, and are what a plain wheel would forget.
    assert "papaver/app/static/index.html" in wanted, "the workbench is not built: make web"
    assert "papaver/app/demo/connecticut_monthly.csv" in wanted
    assert sorted(wanted - held) == []
    beside = {name for name in held if not name.startswith("papaver/")}
    assert all(re.match(r"papaver-[\d.]+\.dist-info/", name) for name in beside), "a wheel holds the package only"


@pytest.fixture
def clean_environment(wheel, tmp_path):
    """A new environment with the wheel and the versions of the lock file."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = tmp_path / "pins.txt"
    pins.write_text("\n".join(re.findall(r"^\w.*?==.*?(?= *\\?$)", lock, re.MULTILINE)), encoding="utf-8")
    folder = tmp_path / "environment"
    uv = str(Path(sys.executable).with_name("uv"))
    well([uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(folder)])
    python = folder / "bin" / "python"
    wanted = ["--constraint", str(pins), str(wheel)]
    fast = [uv, "pip", "install", "--quiet", "--python", str(python), *wanted]
    if subprocess.run(fast, capture_output=True, timeout=200).returncode != 0:
        # uv does not read pip's settings; where only pip knows the way to an index, pip takes its time.
        well([str(python), "-m", "pip", "install", "--quiet", *wanted])
    return folder / "bin"


def test_the_demo_answers_from_a_wheel_without_node(clean_environment, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    environment = {**kept, "HOME": str(home), "PATH": str(clean_environment)}
    assert shutil.which("node", path=environment["PATH"]) is None
    port = free_port()
    log = (tmp_path / "log").open("w+", encoding="utf-8")
    words = [str(clean_environment / "papaver"), "demo", "--no-browser", "--port", str(port)]
    with log, subprocess.Popen(words, env=environment, cwd=home, stdout=log, stderr=log) as demo:
        try:
            page = waited_for(f"http://127.0.0.1:{port}/", demo, Path(log.name))
            script = re.search(r'src="(/assets/[^"]+\.js)"', page)[1]
            assert len(told(f"http://127.0.0.1:{port}{script}")) > 10_000
            findings = json.loads(told(f"http://127.0.0.1:{port}/api/v1/findings"))["findings"]
            assert {item["simulated"] for item in findings} == {True, False}
        finally:
            demo.terminate()
            demo.wait(timeout=20)


def free_port():
    """A port of this machine that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def told(address):
    """The body of an answer."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode("utf-8")


def waited_for(address, process, log):
    """The body at an address as soon as a process serves it."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            return told(address)
        except urllib.error.URLError:
            time.sleep(0.2)
    pytest.fail(f"nothing answered at {address}: {log.read_text(encoding='utf-8')}")
