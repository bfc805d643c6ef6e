"""What is on disk: files, manifest, one writer, readers that keep their view, and coming back to a finding."""

import json
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from papaver.model.records import record_types
from papaver.model.records.schema import parsed_schema
from papaver.policy import Principal
from papaver.store import Damaged, Evidence, Locked, NeedsMigration, NotThere, Workspace, in_memory
from papaver.store.lock import writer_lock

NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)
Cells = dict[str, object]


@dataclass(frozen=True)
class Given:
    record_type: str
    table: pa.Table
    source: str = "registry"


def given(kind: str, rows: Sequence[Cells]) -> Given:
    schema = parsed_schema(record_types()[kind])
    return Given(kind, pa.Table.from_pylist([{n: row.get(n) for n in schema.names} for row in rows], schema=schema))


def months(*values: float | None) -> list[Cells]:
    """One series, monthly from January 2024."""
    return [
        {"indicator": "deaths", "place": "LV", "period_start": date(2024, m, 1), "value": v}
        for m, v in enumerate(values, start=1)
    ]


def workspace(folder: Path, wait_seconds: float = 5.0) -> Workspace:
    Workspace.init(folder)
    return Workspace.open(folder, person="Ilze", wait_seconds=wait_seconds, clock=lambda: NOW)


def values(store: Workspace, day: date | None = None, through: str | None = None) -> list[float]:
    table = store.evidence().as_known_on(day, through_batch=through)["count"]
    return table.order_by("period_start").value.to_pyarrow().to_pylist()


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    first = store.add([given("count", months(1, 2, 3))], lag_days=10)
    before = {f: f.stat().st_mtime_ns for f in (tmp_path / "evidence").rglob("*") if f.is_file()}
    again = store.add([given("count", months(1, 2, 3))], lag_days=10)
    other_lag = store.add([given("count", months(1, 2, 3))], lag_days=40)
    assert str(again) == str(other_lag) == f"0 new rows, already in batch {first.batch_id}"
    assert {f: f.stat().st_mtime_ns for f in (tmp_path / "evidence").rglob("*") if f.is_file()} == before


def test_a_history_within_a_file_is_known_again_whatever_the_lag(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    specimen: Cells = {"specimen_id": "s1", "stream": "seizure_lab", "period_start": date(2024, 1, 1), "form": "powder"}
    # The day of the same specimen was corrected: two versions, each known a lag after the day it names.
    history = [specimen, {**specimen, "period_start": date(2024, 2, 1), "form": "tablet"}]
    assert store.add([given("specimen", history)], lag_days=10).rows_new == 2
    assert store.add([given("specimen", history)], lag_days=20).rows_new == 0


def test_what_does_not_stand_cannot_be_withdrawn(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    batch = store.add([given("count", months(1, 2))], lag_days=10)
    record = str(store.evidence().as_known_on()["count"].record_id.to_pyarrow()[0])
    with pytest.raises(LookupError, match="b000009"):
        store.withdraw(["b000009"])
    with pytest.raises(LookupError, match="no count nobody"):
        store.withdraw(records=[("count", "nobody")])
    with pytest.raises(ValueError, match="became known on"):
        store.withdraw(records=[("count", record)], known_from=date(2024, 1, 1))
    store.withdraw([str(batch.batch_id)])
    with pytest.raises(LookupError, match="withdrawn already"):
        store.withdraw([str(batch.batch_id)])
    assert store.add([given("count", months(1, 2))], lag_days=10).rows_new == 2


def test_there_and_back_is_three_versions(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    batches = [store.add([given("count", months(1, v))], lag_days=10) for v in (2, 20, 2)]
    assert [(b.rows_new, b.revised, b.rows_known) for b in batches] == [(2, 0, 0), (1, 1, 1), (1, 1, 1)]
    assert [values(store, through=b.batch_id) for b in batches] == [[1, 2], [1, 20], [1, 2]]


def test_two_identical_wraps_are_two_and_stay_two(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    wrap: Cells = {"stream": "drug_checking", "period_start": date(2024, 3, 1), "place": "LV", "text": "heroin"}
    assert store.add([given("specimen", [wrap, wrap])]).rows_new == 2
    assert store.add([given("specimen", [wrap, wrap])]).rows_new == 0
    assert store.add([given("specimen", [wrap, wrap, wrap])]).rows_new == 1
    specimens = store.evidence().as_known_on()["specimen"].to_pyarrow().to_pylist()
    assert len({s["specimen_id"] for s in specimens}) == 3


def test_a_snapshot_proposes_and_never_drops(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    store.add([given("count", months(1, 2, 3, 4, 5))], lag_days=10)
    shorter = [row for row in months(1, 2, 3, 4) if row["period_start"] != date(2024, 3, 1)]
    batch = store.add([given("count", shorter)], lag_days=10, delivery="snapshot")
    # May lies after the last period of the snapshot: out of its scope.
    assert [(p.stream, p.place, p.period_start) for p in batch.proposed] == [("deaths|LV", "LV", date(2024, 3, 1))]
    assert values(store) == [1, 2, 3, 4, 5]
    store.withdraw(records=[(p.record_type, p.record_id) for p in batch.proposed], known_from=date(2024, 8, 1))
    assert values(store, date(2024, 8, 1)) == [1, 2, 4, 5]
    assert values(store, date(2024, 7, 31)) == [1, 2, 3, 4, 5]


def test_a_finding_can_be_made_again_after_later_batches(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    store.add([given("count", months(1, 2, 3))], lag_days=10)
    known = store.evidence().as_known_on(date(2024, 4, 1))
    then = known["count"].order_by("record_id").to_pyarrow()
    late: Cells = {**months(1, 9)[1], "known_from": date(2024, 3, 20)}
    store.add([given("count", [late])])
    store.withdraw([str(known.batch_id)], known_from=date(2024, 3, 25))
    assert values(store, date(2024, 4, 1)) == [9]
    again = store.evidence().as_known_on(known.known_on, through_batch=known.batch_id)
    assert again["count"].order_by("record_id").to_pyarrow().equals(then)
    assert again.batch_id == known.batch_id
    with pytest.raises(LookupError):
        store.evidence().as_known_on(through_batch="b000099-abcdef")


def test_the_last_batch_named_is_the_last_one_known_by_then(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    first = store.add([given("count", months(1, 2))], lag_days=10)
    store.add([given("count", months(1, 2, 3, 4, 5))], lag_days=10)
    assert store.evidence().as_known_on(date(2024, 3, 15)).batch_id == first.batch_id


def test_a_renamed_record_replaces_the_old_one(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    base: Cells = {"stream": "post_mortem", "period_start": date(2024, 1, 5), "place": "LV"}
    store.add([given("specimen", [{**base, "record_id": "old", "known_from": date(2024, 2, 1)}])])
    store.add([given("specimen", [{**base, "record_id": "new", "supersedes": "old", "known_from": date(2024, 3, 1)}])])
    for day, record in ((date(2024, 2, 29), "old"), (date(2024, 3, 1), "new")):
        assert store.evidence().as_known_on(day)["specimen"].record_id.to_pyarrow().to_pylist() == [record]


def test_an_assay_takes_the_period_of_a_specimen_that_came_later(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    store.add([given("assay", [{"specimen_id": "s1", "substance": "metonitazene", "detected": "yes"}])])
    assert store.evidence().as_known_on()["assay"].period_start.to_pyarrow().to_pylist() == [None]
    specimen: Cells = {"specimen_id": "s1", "stream": "seizure_lab", "period_start": date(2024, 1, 5)}
    store.add([given("specimen", [specimen])])
    assert store.evidence().as_known_on()["assay"].period_start.to_pyarrow().to_pylist() == [date(2024, 1, 5)]


def test_a_reader_keeps_its_view_while_others_write(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    store.add([given("count", months(1, 2))], lag_days=10)
    reader = store.evidence()
    open_table = reader.as_known_on()["count"]
    store.add([given("count", months(1, 20, 30))], lag_days=10)
    assert sorted(open_table.value.to_pyarrow().to_pylist()) == [1, 2]
    assert sorted(reader.as_known_on(date(2025, 1, 1))["count"].value.to_pyarrow().to_pylist()) == [1, 2]
    assert values(store) == [1, 20, 30]


def test_nobody_but_the_owner_sees_anything(tmp_path: Path) -> None:
    store = workspace(tmp_path)
    store.add([given("count", months(1, 2))], lag_days=10)
    assert store.evidence().as_known_on(None, Principal("guest"))["count"].count().to_pyarrow().as_py() == 0


def test_rows_without_any_date_are_never_cut() -> None:
    panel: Cells = {"panel_id": "p", "substance_or_group": "nitazenes", "valid_from": date(2024, 2, 1)}
    evidence = in_memory([given("panel", [panel])])
    known = evidence.as_known_on(date(2020, 1, 1))
    assert known.known_on is None
    assert known["panel"].count().to_pyarrow().as_py() == 1


def test_files_are_sorted_by_period_and_carry_their_version(tmp_path: Path) -> None:
    batch = workspace(tmp_path).add([given("count", list(reversed(months(1, 2, 3))))], lag_days=10)
    file = tmp_path / "evidence" / "count" / f"{batch.batch_id}.parquet"
    table = pq.read_table(file)
    assert table["period_start"].to_pylist() == sorted(table["period_start"].to_pylist())
    assert pq.read_schema(file).metadata[b"papaver.schema_version"] == b"1"
    assert table["recorded_at"].to_pylist() == [NOW] * 3


def test_a_second_writer_waits_and_is_told_who_writes(tmp_path: Path) -> None:
    store = workspace(tmp_path, wait_seconds=0.2)
    release = threading.Event()
    held = threading.Event()

    def hold() -> None:
        with writer_lock(tmp_path / "lock", person="Maris", now=NOW, wait_seconds=1):
            held.set()
            release.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    with pytest.raises(Locked, match=rf"Maris \(process {os.getpid()}, since 2024-09-01T12:00:00"):
        store.add([given("count", months(1))])
    # A patient writer gets its turn.
    patient = workspace_later(tmp_path)
    threading.Timer(0.2, release.set).start()
    assert patient.add([given("count", months(1))]).rows_new == 1
    holder.join()


def workspace_later(folder: Path) -> Workspace:
    return Workspace.open(folder, person="Anna", wait_seconds=20, clock=lambda: NOW)


def test_nothing_is_listed_before_it_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killing a process cannot show that data were still in memory; the order of the calls can."""
    store = workspace(tmp_path)
    calls: list[tuple[str, str]] = []

    def noting(name: str, call: Callable[..., object], path: Callable[[tuple[object, ...]], str]) -> None:
        def noted(*args: object) -> object:
            calls.append((name, path(args)))
            return call(*args)

        monkeypatch.setattr(os, name, noted)

    noting("fsync", os.fsync, lambda args: os.readlink(f"/proc/self/fd/{args[0]}"))
    noting("replace", os.replace, lambda args: str(args[1]))
    batch = store.add([given("count", months(1, 2))], lag_days=10)
    file = tmp_path / "evidence" / "count" / f"{batch.batch_id}.parquet"
    manifest = tmp_path / "evidence" / "manifest.json"
    assert calls == [
        ("fsync", str(tmp_path / "evidence")),
        ("fsync", str(file.with_name(f".{file.name}.tmp"))),
        ("replace", str(file)),
        ("fsync", str(file.parent)),
        ("fsync", str(manifest.with_name(".manifest.json.tmp"))),
        ("replace", str(manifest)),
        ("fsync", str(manifest.parent)),
    ]


def test_a_newer_format_a_missing_file_and_no_evidence_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="papaver init"):
        Workspace.open(tmp_path / "nowhere")
    store = workspace(tmp_path)
    batch = store.add([given("count", months(1, 2))], lag_days=10)
    manifest = tmp_path / "evidence" / "manifest.json"
    written = json.loads(manifest.read_text())
    written["entries"][0]["parts"][0]["schema_version"] = 2
    manifest.write_text(json.dumps(written))
    with pytest.raises(NeedsMigration, match="version 2"):
        store.evidence()
    written["entries"][0]["parts"][0]["schema_version"] = 1
    manifest.write_text(json.dumps(written))
    file = tmp_path / "evidence" / "count" / f"{batch.batch_id}.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(Damaged, match=str(batch.batch_id)):
        store.evidence()


def test_detections_are_the_same_however_often_evidence_is_cut(tmp_path: Path) -> None:
    """The first cut derives them, later cuts take them from what was derived once; after a withdrawal none may."""
    store = workspace(tmp_path)
    base: Cells = {"stream": "post_mortem", "place": "LV", "period_start": date(2024, 1, 5)}
    first = {**base, "specimen_id": "a", "substances": ["fentanyl"], "known_from": date(2024, 2, 1)}
    store.add([given("specimen", [first, {**base, "specimen_id": "b", "substances": ["heroin"]}])], lag_days=30)
    revised = {**first, "substances": ["metonitazene"], "known_from": date(2024, 3, 1)}
    batch = store.add([given("specimen", [revised])])
    days = [date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 4), date(2024, 3, 1)]
    again = store.evidence()
    for step in range(2):
        each = [detected(store.evidence(), day) for day in days]
        assert [detected(again, day) for day in days] == each
        assert each[1] == [("a", "fentanyl")]
        assert each[3] == [("a", "fentanyl" if step else "metonitazene"), ("b", "heroin")]
        store.withdraw([str(batch.batch_id)], known_from=date(2024, 2, 1)) if not step else None
        again = store.evidence()


def detected(evidence: Evidence, day: date) -> list[tuple[str, str]]:
    table = evidence.as_known_on(day)["detections"].to_pyarrow()
    return sorted(zip(table["specimen_id"].to_pylist(), table["substance"].to_pylist(), strict=True))
