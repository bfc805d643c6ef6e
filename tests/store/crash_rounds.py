"""Kill a writer again and again, and look at what is left: python crash_rounds.py FOLDER KILLS SEED sound|hasty.

Run as a program of its own: it imports once and forks each writer and each look, which is quick and leaves nothing
of a killed process behind. A writer adds batches one after the other and says so on a pipe after each; it is killed at
a random moment, half of the time right after it spoke. Prints one JSON line a round. `hasty` is a writer that says so
just before the manifest is swapped, to show that the rounds notice.
"""

import json
import os
import random
import select
import signal
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TextIO

import pyarrow as pa

from papaver.model.records import record_types
from papaver.model.records.schema import parsed_schema
from papaver.store import Workspace
from papaver.store import known as _imported_before_the_fork  # noqa: F401
from papaver.store import workspace as on_disk

COUNTS, EVENTS = 40, 15
DAY0 = date(2000, 1, 1)
Found = dict[str, list[int]]


def delivery(number: int) -> list[SimpleNamespace]:
    """Two record types; what batch `number` holds can be told from the number alone."""
    day = DAY0 + timedelta(number)
    counts = [
        {"series": f"s{i}", "value": float(number), "period_start": day, "period_end": day} for i in range(COUNTS)
    ]
    events = [{"reported_on": day, "place": "LV", "setting": f"s{i}"} for i in range(EVENTS)]
    return [_given("count", counts), _given("event", events)]


def _given(kind: str, rows: list[dict[str, object]]) -> SimpleNamespace:
    schema = parsed_schema(record_types()[kind])
    table = pa.Table.from_pylist([{n: row.get(n) for n in schema.names} for row in rows], schema=schema)
    return SimpleNamespace(record_type=kind, source="crash", table=table)


def write(folder: Path, first: int, spoken: TextIO, hasty: bool) -> None:
    """Add batches until killed, saying the number of each."""
    workspace = Workspace.open(folder)
    number = first
    if hasty:
        swap = on_disk.swap_manifest

        def say_then_swap(*args: object) -> None:
            print(number, file=spoken, flush=True)
            swap(*args)

        on_disk.swap_manifest = say_then_swap
    while True:
        workspace.add(delivery(number), lag_days=0)
        if not hasty:
            print(number, file=spoken, flush=True)
        number += 1


def look(folder: Path) -> Found:
    """Rows of each batch by its number, and which are half or wrong."""
    known = Workspace.open(folder).evidence().as_known_on()
    found: dict[int, list[int]] = {}
    for place, name in enumerate(("count", "event")):
        for row in known[name].select("period_start").to_pyarrow().to_pylist():
            found.setdefault((row["period_start"] - DAY0).days, [0, 0])[place] += 1
    counts = known["count"].to_pyarrow().to_pylist()
    wrong = sorted({(r["period_start"] - DAY0).days for r in counts if r["value"] != (r["period_start"] - DAY0).days})
    half = sorted(number for number, rows in found.items() if rows != [COUNTS, EVENTS])
    return {"found": sorted(found), "half": half, "wrong": wrong}


def one_round(folder: Path, first: int, rng: random.Random, hasty: bool) -> Found:
    """Write, kill, look."""
    out, into = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.close(out)
        with os.fdopen(into, "w") as spoken:
            write(folder, first, spoken, hasty)
    os.close(into)
    said = b""
    wanted = rng.choice([0, 1, 1, 2])
    deadline = time.monotonic() + 30
    while said.count(b"\n") < wanted and time.monotonic() < deadline and select.select([out], [], [], 30)[0]:
        said += os.read(out, 4096)
    # Right after it spoke, or anywhere in a batch.
    time.sleep(rng.choice([0.0, rng.uniform(0, 0.004), rng.uniform(0, 0.02), rng.uniform(0, 0.3)]))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    while more := os.read(out, 4096):
        said += more
    os.close(out)
    return {"acknowledged": [int(n) for n in said.split()], **_looked(folder)}


def _looked(folder: Path) -> Found:
    """`look` in a process of its own, so that this one stays fit to fork."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        code = 1
        try:
            with os.fdopen(into, "w") as report:
                json.dump(look(folder), report)
            code = 0
        finally:
            os._exit(code)
    os.close(into)
    with os.fdopen(out) as report:
        text = report.read()
    _, status = os.waitpid(child, 0)
    return json.loads(text) if status == 0 else {"found": [], "half": [], "wrong": [-1]}


def main(folder: Path, kills: int, seed: int, hasty: bool) -> None:
    """Rounds on one workspace, each going on where the last one was cut off; the hasty end when one was noticed."""
    rng = random.Random(seed)
    first = 1
    delivery(first)
    for _ in range(kills):
        result = one_round(folder, first, rng, hasty)
        print(json.dumps(result), flush=True)
        if hasty and set(result["acknowledged"]) - set(result["found"]):
            return
        first = max([first - 1, *result["found"], *result["acknowledged"]]) + 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "hasty")
