"""One writer at a time: a lock that waits, says who holds it, and is gone when its holder is."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes: process, person, since when (UTC)."""

    pid: int
    person: str
    since: str

    def __str__(self) -> str:
        return f"{self.person or 'somebody'} (process {self.pid}, since {self.since})"


class Locked(Exception):
    """Another process writes to the workspace, and went on doing so for as long as we would wait."""

    def __init__(self, path: Path, holder: Holder | None, waited_seconds: float) -> None:
        self.holder = holder
        who = str(holder) if holder else "another process"
        super().__init__(
            f"{path.parent} is being written to by {who}; waited {waited_seconds:g} s. "
            "Try again when it is done, or end that process: nothing it acknowledged is lost."
        )


@contextmanager
def writer_lock(path: Path, *, person: str, now: datetime, wait_seconds: float) -> Iterator[None]:
    """Hold the lock, waiting up to `wait_seconds` for whoever has it; the system frees it when the holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _wait(descriptor, path, wait_seconds)
        holder = {"pid": os.getpid(), "person": person, "since": now.isoformat(timespec="seconds")}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _wait(descriptor: int, path: Path, wait_seconds: float) -> None:
    end = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= end:
                raise Locked(path, _holder(descriptor), wait_seconds) from None
            time.sleep(_PAUSE_SECONDS)


def _holder(descriptor: int) -> Holder | None:
    """Who says they hold it; None in the moment before they have said so."""
    try:
        said = json.loads(os.pread(descriptor, 4096, 0))
        return Holder(int(said["pid"]), str(said["person"]), str(said["since"]))
    except (ValueError, KeyError, TypeError):
        return None
