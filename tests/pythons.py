"""Run the suite without the browser on each of the supported Pythons found, and name those not found."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WANTED = ("3.11", "3.12", "3.13")


def interpreter(version: str) -> str | None:
    """A Python that really is of that version."""
    candidates = [f"python{version}", *sorted(map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python")))]
    for candidate in filter(None, (shutil.which(c) for c in candidates)):
        told = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)
        if re.match(rf"Python {re.escape(version)}\.", told.stdout):
            return candidate
    return None


def run(version: str, python: str) -> bool:
    """A fresh environment from the lock, then every test that needs no browser."""
    environment = ROOT / f".venv-{version}"
    own = environment / "bin" / "python"
    uv = [str(ROOT / ".venv" / "bin" / "uv")]
    steps = (
        [*uv, "venv", "--quiet", "--allow-existing", "--python", python, str(environment)],
        [*uv, "pip", "install", "--quiet", "--python", str(own), "--require-hashes", "-r", "requirements.lock"],
        [*uv, "pip", "install", "--quiet", "--python", str(own), "--no-deps", "--no-build-isolation", "-e", "."],
        [str(own), "-m", "pytest", "-q", "-m", "not torture and not browser", *sys.argv[1:]],
    )
    return all(subprocess.run(step, cwd=ROOT, check=False).returncode == 0 for step in steps)


def main() -> int:
    """0 when every Python found passes."""
    found = {version: interpreter(version) for version in WANTED}
    results = {version: run(version, python) for version, python in found.items() if python}
    for version in WANTED:
        print(
            f"Python {version}: {'not found' if version not in results else 'passed' if results[version] else 'FAILED'}"
        )
    return 0 if results and all(results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
