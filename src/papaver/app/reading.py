"""Evidence for a server: read once, kept until something is added, and used by one request at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import RLock

from papaver.model.analysis import Data
from papaver.model.period import Cadence
from papaver.policy import Principal
from papaver.store import Evidence, Workspace
from papaver.store.known import Known

# Days of knowledge kept at hand: somebody who compares two dates goes to and fro.
KEPT = 6


class Reading:
    """What one workspace knows on a day; DuckDB connections are not shared between threads at the same moment."""

    def __init__(self, store: Workspace, principal: Principal) -> None:
        self._store = store
        self._principal = principal
        self._lock = RLock()
        self._stamp: tuple[int, int] | None = None
        self._evidence: Evidence | None = None
        self._known: dict[tuple[date, Cadence | None], Known] = {}

    @contextmanager
    def evidence(self) -> Iterator[Evidence]:
        """The evidence as it is now."""
        with self._lock:
            stamp = self._store.stamp()
            if self._evidence is None or self._stamp != stamp:
                self._known.clear()
                self._stamp, self._evidence = stamp, self._store.evidence()
            yield self._evidence

    @contextmanager
    def known(self, day: date, every: Cadence | None = None) -> Iterator[Data]:
        """The tables known on a day."""
        with self.evidence() as evidence:
            found = self._known.pop((day, every), None) or evidence.as_known_on(day, self._principal, every)
            self._known[day, every] = found
            while len(self._known) > KEPT:
                self._known.pop(next(iter(self._known))).close()
            yield found
