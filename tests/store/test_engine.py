"""map_groups is a plain group-by, whatever the columns hold and however the rows are cut into batches."""

import itertools
import random
from datetime import date, timedelta

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from papaver.model.analysis import Kernel
from papaver.store import engine as engines
from papaver.store.connection import engine
from papaver.store.engine import DuckEngine
from papaver.store.groups import KernelError

SCHEMA = pa.schema(
    [
        ("place", pa.string()),
        ("code", pa.int64()),
        ("period_start", pa.date32()),
        ("value", pa.float64()),
        ("n", pa.int64()),
        ("flag", pa.bool_()),
        ("note", pa.string()),
    ]
)
ROW = st.tuples(
    st.sampled_from(["LV", "EE", "", None]),
    st.sampled_from([1, 2, None]),
    st.dates(date(2024, 1, 1), date(2024, 1, 9)) | st.none(),
    st.sampled_from([0.5, 1.5, None]),
    st.sampled_from([1, 2, 2**53 + 1, None]),
    st.booleans() | st.none(),
    st.sampled_from(["a", "ü", None]),
)


def told(columns):
    """What a kernel saw, as one line of text per row, so that every type and hole is compared."""
    n = len(columns["value"])
    lines = [";".join(f"{name}={_plain(columns[name][i])}" for name in sorted(columns)) for i in range(n)]
    return {"line": np.array(lines, dtype=object), "rank": np.arange(n), "total": np.nancumsum(columns["value"])}


def _plain(x):
    if isinstance(x, np.datetime64):
        return None if np.isnat(x) else str(x)
    if isinstance(x, (float, np.floating)):
        return None if np.isnan(x) else float(x)
    return int(x) if isinstance(x, np.integer) else bool(x) if isinstance(x, np.bool_) else x


TOLD = Kernel(told, {"line": "string", "rank": "int64", "total": "float64"})


def by_hand(rows, keys):
    """Group with dicts, sort with Python (holes last), count with a loop."""
    names = SCHEMA.names
    at = [names.index(k) for k in keys]
    rest = [names.index("period_start")] + [i for i, n in enumerate(names) if n not in (*keys, "period_start")]
    ordered = sorted(rows, key=lambda r: [(r[i] is None, 0 if r[i] is None else r[i]) for i in at + rest])
    out = []
    for key, group in itertools.groupby(ordered, key=lambda r: tuple(r[i] for i in at)):
        total = 0.0
        members = list(group)
        holes = {n: any(m[i] is None for m in members) for i, n in enumerate(names)}
        for rank, row in enumerate(members):
            cells = dict(zip(names, row, strict=True))
            total += cells["value"] or 0.0
            # Integers with a hole in their group arrive as floats.
            shown = {n: float(v) if n in ("code", "n") and holes[n] and v is not None else v for n, v in cells.items()}
            out.append((*key, ";".join(f"{n}={shown[n]}" for n in sorted(names)), rank, total))
    return out


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROW, max_size=25),
    keys=st.sampled_from([["place"], ["place", "code"], ["code"], ["period_start", "place"]]),
    batch=st.sampled_from([1, 2, 3, 65_536]),
)
def test_map_groups_is_a_plain_group_by(backend, monkeypatch, rows, keys, batch):
    monkeypatch.setattr(engines, "BATCH_ROWS", batch)
    duck = DuckEngine(backend)
    table = duck.load(pa.Table.from_pylist([dict(zip(SCHEMA.names, r, strict=True)) for r in rows], SCHEMA))
    result = duck.map_groups(table, keys, TOLD)
    assert result.columns == (*keys, "line", "rank", "total")
    found = result.to_pyarrow()
    duck.forget()
    assert list(zip(*(found.column(c).to_pylist() for c in found.column_names), strict=True)) == by_hand(rows, keys)


@pytest.fixture(scope="module")
def backend(tmp_path_factory):
    return engine(tmp_path_factory.mktemp("spill"))


def small(backend, n=5):
    rows = [{"place": "LV", "period_start": date(2024, 1, 1) + timedelta(days=i), "value": float(i)} for i in range(n)]
    return DuckEngine(backend).load(pa.Table.from_pylist(rows, SCHEMA))


def test_a_result_that_does_not_fit_goes_through_a_file_and_keeps_its_order(backend, monkeypatch):
    table = small(backend, 300)
    keys = ["period_start"]
    kernel = Kernel(lambda c: {"x": np.repeat(c["value"], 3)}, {"x": "float64"})
    whole = DuckEngine(backend).map_groups(table, keys, kernel).to_pyarrow()
    monkeypatch.setattr(engines, "SPILL_BYTES", 10)
    monkeypatch.setattr("papaver.store.groups.CHUNK_ROWS", 16)
    assert DuckEngine(backend).map_groups(table, keys, kernel).to_pyarrow().equals(whole)


def test_missing_values_of_a_kernel_are_missing_in_the_table(backend):
    out = {
        "x": np.array([1.0, np.nan]),
        "day": np.array(["2024-02-29", "NaT"], dtype="datetime64[D]"),
        "i": np.array([3.0, np.nan]),
        "s": np.array(["a", None], dtype=object),
        "b": np.array([True, None], dtype=object),
    }
    returns = {"x": "float64", "day": "date", "i": "int64", "s": "string", "b": "boolean"}
    result = DuckEngine(backend).map_groups(small(backend), ["place"], Kernel(lambda c: out, returns))
    assert result.to_pyarrow().to_pylist() == [
        {"place": "LV", "x": 1.0, "day": date(2024, 2, 29), "i": 3, "s": "a", "b": True},
        {"place": "LV", "x": None, "day": None, "i": None, "s": None, "b": None},
    ]


def test_a_kernel_may_return_nothing_for_a_group(backend):
    kernel = Kernel(lambda c: {"x": c["value"][c["value"] > 3]}, {"x": "float64"})
    result = DuckEngine(backend).map_groups(small(backend), ["period_start"], kernel)
    assert result.to_pyarrow().to_pylist() == [{"period_start": date(2024, 1, 5), "x": 4.0}]


@pytest.mark.parametrize(
    ("run", "returns", "message"),
    [
        (lambda c: {"y": c["value"]}, {"x": "float64"}, "declared"),
        (lambda c: {"x": c["value"], "y": c["value"][:1]}, {"x": "float64", "y": "float64"}, "one length"),
        (lambda c: {"place": c["place"]}, {"place": "string"}, "is a key"),
        (lambda c: {"x": np.array(["a"])}, {"x": "float64"}, "x is not"),
    ],
)
def test_a_kernel_that_breaks_its_word_is_named(backend, run, returns, message):
    with pytest.raises(KernelError, match=message):
        DuckEngine(backend).map_groups(small(backend), ["place"], Kernel(run, returns))


def test_tables_made_in_memory_can_be_part_of_the_expression(backend):
    wanted = ibis.memtable(pa.table({"place": ["LV"], "weight": [2.0]}))
    table = small(backend).join(wanted, "place")
    kernel = Kernel(lambda c: {"x": np.array([(c["value"] * c["weight"]).sum()])}, {"x": "float64"})
    assert DuckEngine(backend).map_groups(table, ["place"], kernel).to_pyarrow().to_pylist() == [
        {"place": "LV", "x": 20.0}
    ]


def test_the_order_of_the_input_does_not_matter(backend):
    rows = [{"place": "LV", "value": float(i % 3), "n": i % 5, "note": "ab"[i % 2]} for i in range(30)]
    seen = []
    for seed in (0, 1):
        random.Random(seed).shuffle(rows)
        table = DuckEngine(backend).load(pa.Table.from_pylist(rows, SCHEMA))
        seen.append(DuckEngine(backend).map_groups(table, ["place"], TOLD).to_pyarrow())
    assert seen[0].equals(seen[1])
