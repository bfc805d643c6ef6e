"""An acknowledged batch survives kill -9, and a torn one is absent."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from papaver.store import Workspace

KILLS = int(os.environ.get("PAPAVER_KILLS", "20"))
ROUNDS = Path(__file__).with_name("crash_rounds.py")

pytestmark = pytest.mark.crash


def rounds(folder: Path, kills: int, writer: str, seed: int = 7) -> list[dict[str, list[int]]]:
    Workspace.init(folder)
    command = [sys.executable, str(ROUNDS), str(folder), str(kills), str(seed), writer]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 + 10 * kills, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def broken_promises(found: list[dict[str, list[int]]]) -> list[str]:
    """What a round shows that must not be: a lost, half or wrong batch, or more than the one being written."""
    broken = []
    acknowledged: set[int] = set()
    unspoken: set[int] = set()
    for number, result in enumerate(found, start=1):
        acknowledged |= set(result["acknowledged"])
        there = set(result["found"])
        if lost := acknowledged - there:
            broken.append(f"round {number}: acknowledged and lost {sorted(lost)}")
        if bad := result["half"] + result["wrong"]:
            broken.append(f"round {number}: half or wrong {bad}")
        # A writer killed between the swap and the word leaves one whole batch that nobody was told of.
        new = there - acknowledged - unspoken
        if len(new) > 1:
            broken.append(f"round {number}: unexpected {sorted(new)}")
        unspoken |= new
    return broken


def test_rounds_notice_a_writer_that_speaks_too_early(tmp_path: Path) -> None:
    assert any("lost" in what for what in broken_promises(rounds(tmp_path, 20, "hasty")))


def test_what_was_acknowledged_is_there(tmp_path: Path) -> None:
    found = rounds(tmp_path, KILLS, "sound")
    assert len(found) == KILLS
    assert broken_promises(found) == []
    assert sum(len(result["acknowledged"]) for result in found) >= KILLS // 2
