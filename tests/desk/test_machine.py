"""Any sequence of updates and legal changes: what is stored is what its events say."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from papaver.desk.change import StaleItem, change_status
from papaver.desk.database import open_desk
from papaver.desk.items import counts, history, item_of, items, revisions
from papaver.desk.raising import Span
from papaver.desk.record import record
from papaver.desk.status import NEXT, ClosingCode, IllegalChange, Label, Status, state_of
from papaver.model.finding import Finding, Priority, in_order

STREAMS = {"drug_checking": Span(date(2024, 1, 1), date(2026, 3, 30))}


def machine_of(make: Callable[..., Finding]) -> type[RuleBasedStateMachine]:
    """The machine, over findings made by the factory of this folder."""
    told = st.builds(
        make,
        what=st.sampled_from(["metonitazene", "carfentanil"]),
        where=st.sampled_from(["LV", "EE"]),
        weeks_ago=st.integers(0, 14),
        weeks=st.integers(1, 3),
        n=st.integers(1, 20),
        also=st.sampled_from([(), ("wastewater",), ("post_mortem",)]),
        priority=st.sampled_from(list(Priority)),
        score=st.floats(0, 9),
    )

    class DeskMachine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.directory = tempfile.TemporaryDirectory()
            self.desk = open_desk(Path(self.directory.name) / "desk.sqlite")
            self.now = datetime(2026, 4, 7, tzinfo=UTC)

        def tick(self) -> datetime:
            self.now += timedelta(hours=1)
            return self.now

        @rule(found=st.lists(told, max_size=4, unique_by=lambda f: f.key))
        def update(self, found: list[Finding]) -> None:
            for _ in range(2):
                done = record(self.desk, found, analysis="emerge", recorded_at=self.tick(), streams=STREAMS)
            assert sorted(done.unchanged) == sorted(done.keys.values()), "the second time adds nothing"
            assert len(set(done.keys.values())) == len(found)

        @precondition(lambda self: items(self.desk, "all"))
        @rule(data=st.data())
        def person(self, data: st.DataObject) -> None:
            seen = data.draw(st.sampled_from(items(self.desk, "all")))
            to = data.draw(st.sampled_from(NEXT[seen.state.status]))
            closes = to is Status.CLOSED
            labels = st.sampled_from([None, *Label]) if to is Status.VERIFYING else st.none()
            moved = change_status(
                self.desk,
                seen.key,
                to,
                version=seen.state.version,
                now=self.tick(),
                label=data.draw(labels),
                closing_code=data.draw(st.sampled_from(list(ClosingCode))) if closes else None,
                reason="Said so." if closes else None,
            )
            assert moved.state.status is to
            assert moved.state.raised_again_at is None
            with pytest.raises(StaleItem) as stale:
                change_status(self.desk, seen.key, to, version=seen.state.version, now=self.now)
            assert stale.value.item == moved

        @precondition(lambda self: items(self.desk, "all"))
        @rule(data=st.data())
        def illegal(self, data: st.DataObject) -> None:
            seen = data.draw(st.sampled_from(items(self.desk, "all")))
            barred = [s for s in Status if s not in (*NEXT[seen.state.status], seen.state.status)]
            to = data.draw(st.sampled_from(barred))
            with pytest.raises(IllegalChange):
                change_status(self.desk, seen.key, to, version=seen.state.version, now=self.tick())
            assert item_of(self.desk, seen.key) == seen

        @invariant()
        def stored_is_recomputed(self) -> None:
            everything = items(self.desk, "all")
            for item in everything:
                events = history(self.desk, item.key)
                assert state_of(events) == item.state
                assert [e.sequence for e in events] == list(range(1, item.state.version + 1))
                for earlier, later in pairwise(events):
                    assert later.before is earlier.after
                    assert later.at >= earlier.at
                told = revisions(self.desk, item.key)
                assert [r.number for r in told] == list(range(1, item.state.revision + 1))
                assert all(r.finding.key == item.key and r.finding.id == r.id for r in told)
            assert [i.finding for i in everything] == in_order([i.finding for i in everything])
            held = counts(self.desk)
            assert held.open + held.historical + held.closed == len(everything)

        def teardown(self) -> None:
            self.desk.close()
            self.directory.cleanup()

    return DeskMachine


def test_any_sequence_keeps_stored_and_recomputed_state_equal(finding: Callable[..., Finding]) -> None:
    quick = settings(
        max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(machine_of(finding), settings=quick)


def test_a_tampered_state_is_noticed(finding: Callable[..., Finding], tmp_path: Path) -> None:
    with open_desk(tmp_path / "desk.sqlite") as desk:
        now = datetime(2026, 4, 7, tzinfo=UTC)
        record(desk, [finding()], analysis="emerge", recorded_at=now)
        (item,) = items(desk)
        with desk.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE item SET status = 'verified'")
        (tampered,) = items(desk)
        assert state_of(history(desk, item.key)) == item.state == replace(tampered.state, status=Status.NEW)
        assert tampered.state != item.state
