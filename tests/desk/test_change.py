"""Two people at one item, two processes at one desk, and somebody who may not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from papaver.desk.change import StaleItem, change_status
from papaver.desk.database import Desk, DeskBusy, NotAllowed, open_desk
from papaver.desk.items import Counts, Item, RuleRecord, UnknownItem, counts, history, item_of, items, rule_record
from papaver.desk.record import record, unrecorded
from papaver.desk.status import ClosingCode, DeskError, Label, Status, state_of
from papaver.model.finding import Finding
from papaver.policy import Principal

Make = Callable[..., Finding]
At = Callable[[int], datetime]
ANNA = Principal("A. Brennan", owner=True)
STRANGER = Principal("stranger")


@pytest.fixture
def seen(desk: Desk, finding: Make, at: At) -> Item:
    record(desk, [finding()], analysis="emerge", recorded_at=at(0))
    (item,) = items(desk)
    return item


def test_a_change_is_signed_dated_and_explained(desk: Desk, seen: Item, at: At) -> None:
    label = Label.AWAITING_LABORATORY
    moved = change_status(desk, seen.key, Status.VERIFYING, version=1, now=at(1), label=label, principal=ANNA)
    assert (moved.state.status, moved.state.label, moved.state.version) == (Status.VERIFYING, label, 2)
    code, reason = ClosingCode.NOT_VERIFIABLE, "No sample was left."
    change_status(desk, seen.key, Status.CLOSED, version=2, now=at(2), closing_code=code, reason=reason, principal=ANNA)
    last = history(desk, seen.key)[-1]
    assert (last.who, last.at, last.before, last.after) == ("A. Brennan", at(2), Status.VERIFYING, Status.CLOSED)
    assert (last.closing_code, last.reason, last.label) == (code, reason, None)


def test_a_stale_tab_gets_the_item_as_it_is_now(desk: Desk, seen: Item, finding: Make, at: At) -> None:
    change_status(desk, seen.key, Status.VERIFYING, version=1, now=at(1))
    with pytest.raises(StaleItem) as stale:
        change_status(desk, seen.key, Status.VERIFYING, version=1, now=at(1))
    assert stale.value.item == item_of(desk, seen.key)
    record(desk, [finding(n=4)], analysis="emerge", recorded_at=at(2))
    with pytest.raises(StaleItem) as stale:
        change_status(desk, seen.key, Status.VERIFIED, version=2, now=at(3))
    assert stale.value.item.finding.evidence.n == 4, "a revision counts: the facts changed"


def test_of_many_at_once_one_wins_and_nothing_is_lost(desk: Desk, seen: Item, tmp_path: Path, at: At) -> None:
    def close(i: int) -> str:
        with open_desk(tmp_path / "desk.sqlite") as own:
            try:
                change_status(
                    own,
                    seen.key,
                    Status.CLOSED,
                    version=1,
                    now=at(1),
                    closing_code=ClosingCode.DUPLICATE,
                    reason=f"Said {i}.",
                )
            except StaleItem as stale:
                return str(stale.item.state.reason)
            return "won"

    with ThreadPoolExecutor(8) as people:
        told = list(people.map(close, range(16)))
    final = item_of(desk, seen.key).state
    assert told.count("won") == 1
    assert set(told) == {"won", final.reason}
    assert (final.version, state_of(history(desk, seen.key))) == (2, final)


def test_two_updates_at_once_add_each_finding_once(tmp_path: Path, finding: Make, at: At) -> None:
    path = tmp_path / "new.sqlite"
    found = [finding(f"substance {i}") for i in range(40)]

    def update(day: int) -> int:
        with open_desk(path) as own:  # several at once also make the schema
            return len(record(own, found, analysis="emerge", recorded_at=at(day)).new)

    with ThreadPoolExecutor(6) as people:
        assert sorted(people.map(update, range(6))) == [0, 0, 0, 0, 0, 40]
    with open_desk(path) as opened:
        assert all(len(history(opened, i.key)) == 1 for i in items(opened))


def test_a_reader_keeps_what_it_began_with(desk: Desk, seen: Item, at: At) -> None:
    count = "SELECT count(*) FROM event"
    with desk.reading() as reader:
        before = reader.exec_driver_sql(count).scalar_one()
        change_status(desk, seen.key, Status.VERIFYING, version=1, now=at(1))
        assert reader.exec_driver_sql(count).scalar_one() == before
    assert len(history(desk, seen.key)) == 2


def test_a_writer_who_waited_in_vain_is_told_so(
    desk: Desk, seen: Item, tmp_path: Path, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("papaver.desk.database._BUSY_SECONDS", 0.1)
    with open_desk(tmp_path / "desk.sqlite") as other, desk.writing(ANNA):
        assert items(other) == [seen], "readers do not wait"
        with pytest.raises(DeskBusy):
            change_status(other, seen.key, Status.VERIFYING, version=1, now=at(1))


def test_who_does_not_own_the_workspace_sees_and_does_nothing(desk: Desk, seen: Item, finding: Make, at: At) -> None:
    assert items(desk, "all", principal=STRANGER) == []
    assert history(desk, seen.key, principal=STRANGER) == []
    assert counts(desk, principal=STRANGER) == Counts(open=0, historical=0, closed=0)
    assert unrecorded(desk, [finding()], analysis="emerge", principal=STRANGER) == [finding()]
    with pytest.raises(UnknownItem):
        item_of(desk, seen.key, principal=STRANGER)
    with pytest.raises(NotAllowed):
        change_status(desk, seen.key, Status.VERIFYING, version=1, now=at(1), principal=STRANGER)
    with pytest.raises(NotAllowed):
        record(desk, [finding(n=9)], analysis="emerge", recorded_at=at(1), principal=STRANGER)
    assert items(desk) == [seen]


def test_an_unknown_key_is_said_to_be_unknown(desk: Desk, seen: Item, at: At) -> None:
    for call in (
        lambda: item_of(desk, "emerge-x"),
        lambda: change_status(desk, "emerge-x", Status.VERIFYING, version=1, now=at(1)),
    ):
        with pytest.raises(DeskError, match="no item emerge-x"):
            call()


def test_the_record_of_a_rule_counts_what_became_of_a_year(desk: Desk, finding: Make, at: At) -> None:
    names = ["a", "b", "c", "d"]
    record(desk, [finding("long ago")], analysis="emerge", recorded_at=at(-400))
    found = [*(finding(n) for n in names), finding("over", weeks_ago=30)]
    done = record(desk, found, analysis="emerge", recorded_at=at(0))
    by_name = {i.finding.what: i for i in items(desk)}
    for name in ("a", "b"):
        change_status(desk, by_name[name].key, Status.VERIFYING, version=1, now=at(1))
        change_status(desk, by_name[name].key, Status.VERIFIED, version=2, now=at(2))
    acted, artefact = ClosingCode.REAL_ACTED, ClosingCode.TESTING_OR_REPORTING_CHANGE
    change_status(desk, by_name["a"].key, Status.CLOSED, version=3, now=at(3), closing_code=acted, reason="Alert sent.")
    change_status(
        desk, by_name["c"].key, Status.CLOSED, version=1, now=at(3), closing_code=artefact, reason="New panel."
    )
    assert len(done.new) == 5
    # "over" came after the first load and so is late news, which counts.
    assert rule_record(desk, "emerge", now=at(10)) == RuleRecord(raised=5, verified=2, artefact=1, open=3)
    assert rule_record(desk, "detect", now=at(10)) == RuleRecord(0, 0, 0, 0)
    assert counts(desk) == Counts(open=4, historical=0, closed=2)
