"""`make bench`: every figure of the README in one run, as ratios and counts, written to docs/bench/report.md.

Usage: python bench/run.py [PART ...]; parts: analyses, farrington, emergence, connecticut,
wedinos, replay, or the name of one analysis. Figures in seconds are
of the machine that ran them and are here to be compared with each other, never asserted in a test.
"""

import argparse
import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path

import papaver
from papaver.app.registry import modules

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("PAPAVER_TEST_DATA") or ROOT / ".." / "shared" / "data")
CONNECTICUT = DATA / "connecticut_deaths" / "ct_accidental_drug_deaths_2012_2022.csv.gz"
WEDINOS = DATA / "wedinos_drug_checking" / "wedinos_samples_2024h1.csv.gz"
REPORT = ROOT / "docs" / "bench" / "report.md"


def analyses(*names: str) -> list[str]:
    """The benchmark of every analysis: its task, its metric, ours beside baseline and peer."""
    lines = []
    for name in names or modules():
        bench = import_module(f"{modules()[name]}.bench")
        lines += [
            f"### {name}",
            "",
            f"Task: {bench.TASK}.",
            f"Metric: {bench.METRIC}.",
            "",
            "| figure | value |",
            "|---|---|",
        ]
        lines += [f"| {figure} | {value:.4g} |" for figure, value in bench.bench().items()] + [""]
    return lines


def farrington() -> list[str]:
    """Equality with R surveillance and CPU per fit beside it, in one run."""
    if shutil.which("Rscript") is None:
        _install_r()
    words = [sys.executable, str(ROOT / "bench" / "farrington_vs_r.py")]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    return ["```", *told.stdout.strip().splitlines(), *told.stderr.strip().splitlines()[-3:], "```", ""]


def _install_r() -> None:
    """The peer, from the distribution's packages, where permitted."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "-y", "-qq", "r-cran-surveillance"], check=False, capture_output=True)


def emergence() -> list[str]:
    """New substances in Connecticut: raised by `emerge`, and by the rule "third sighting in 90 days"."""
    sys.path.insert(0, str(ROOT / "bench"))
    from emergence_vs_rule import compare

    return [*compare(CONNECTICUT, 60), ""]


def connecticut() -> list[str]:
    """Raw file of 10,653 deaths to findings."""
    return _raw_to_findings("Connecticut", "connecticut", CONNECTICUT)


def wedinos() -> list[str]:
    """Raw file of 3,311 samples to findings."""
    return _raw_to_findings("WEDINOS", "wedinos", WEDINOS)


def _raw_to_findings(title: str, source: str, file: Path) -> list[str]:
    lines = ["| raw file to findings | wall s, new process | findings |", "|---|---|---|"]
    for analysis in modules():
        words = [*_command(), "run", analysis, "--data", f"{source}={file}", "--lag", "60", "--json"]
        started = time.perf_counter()
        told = subprocess.run(words, capture_output=True, text=True, check=True)
        wall = time.perf_counter() - started
        findings = told.stdout.count('"would_clear"')
        lines.append(f"| {title}, {analysis} | {wall:.1f} | {findings} |")
    return [*lines, ""]


def _command() -> list[str]:
    return [str(Path(sys.executable).with_name("papaver"))]


def replay() -> list[str]:
    """Weekly replay over ten years of Connecticut: how long, what was raised each year, and when."""
    lines = []
    for analysis in modules():
        started = time.perf_counter()
        answer = papaver.replay(
            analysis, data={"connecticut": CONNECTICUT}, start=date(2013, 1, 7), end=date(2022, 12, 26), lag=60
        )
        wall = time.perf_counter() - started
        lines += [f"`replay {analysis}`, 2013-01-07 to 2022-12-26, weekly, lag 60: {wall:.0f} s wall", ""]
        years = Counter((f.known_on.year, f.priority.value) for f in answer.findings if f.known_on)
        lines += ["| year | now | today | this week | routine |", "|---|---|---|---|---|"]
        for year in range(2013, 2023):
            counts = [years[year, p] for p in ("now", "today", "this_week", "routine")]
            lines.append(f"| {year} | {' | '.join(map(str, counts))} |")
        lines.append("")
    return lines


PARTS: dict[str, Callable[..., list[str]]] = {
    "analyses": analyses,
    "farrington": farrington,
    "emergence": emergence,
    "connecticut": connecticut,
    "wedinos": wedinos,
    "replay": replay,
}


def main() -> int:
    """Run the parts asked for, or all, and write the report when all were run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS, *modules()], default=[])
    chosen = parser.parse_args().parts or list(PARTS)
    lines = [
        "# Benchmarks",
        "",
        f"`make bench` on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"Papaver {papaver.__version__}, load {os.getloadavg()[0]:.1f} at the start.",
        "",
    ]
    for part in chosen:
        run = PARTS.get(part, partial(analyses, part))
        lines += [f"## {part}", "", (getattr(run, "__doc__", "") or "").strip().splitlines()[0], "", *run()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    lines += [f"Peak memory of this process: {peak:.1f} GB."]
    print("\n".join(lines))
    if chosen == list(PARTS):
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
