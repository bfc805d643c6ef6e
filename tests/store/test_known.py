"""Known: the tables of a day, and detections of every day made once."""

import itertools
from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from known_tables import NORMALISER, known_of, rows_of, specimen, table_of, week

from papaver.model.records import record_types
from papaver.store.connection import engine
from papaver.store.detections import SCHEMA
from papaver.store.engine import DuckEngine
from papaver.store.known import Known, known, load_history, load_terms
from papaver.store.terms import MENTIONS, Normaliser, add_strings, no_terms, read_cache, write_cache

D = date(2024, 1, 1)


def test_it_is_a_mapping_of_every_record_type_and_what_is_made_from_them(tmp_path):
    data = known_of(tmp_path, day=D, count=[week(D, 1.0)])
    assert set(data) == {*record_types(), "detections", "counts"}
    assert len(data) == len(list(data))
    assert data.known_on == D
    assert data["count"].count().to_pyarrow().as_py() == 1
    with pytest.raises(KeyError, match="specimens: no such table"):
        data["specimens"]


def test_given_and_derived_counts_stand_side_by_side(tmp_path):
    data = known_of(tmp_path, count=[week(D, 5.0)], specimen=[specimen(D, "fent")])
    assert rows_of(data["counts"], "series", "value", "origin") == [
        ("deaths", 5.0, "given"),
        ("fentanyl|LV|post_mortem", 1.0, "derived"),
    ]


def test_closing_takes_its_tables_off_the_connection(tmp_path):
    data = known_of(tmp_path, count=[week(D, 5.0)], specimen=[specimen(D, "fent")])
    backend = data["counts"].op().source

    def named() -> list[tuple[str]]:
        query = "SELECT view_name FROM duckdb_views() UNION ALL SELECT table_name FROM duckdb_tables() ORDER BY 1"
        return backend.con.execute(query).fetchall()

    records = {name: data[name] for name in record_types()}
    before = named()
    again = known(backend, records, None, None, normaliser=NORMALISER)
    assert again["counts"].count().to_pyarrow().as_py() == 2
    again.close()
    assert named() == before


def test_strings_are_read_once_per_version_of_the_vocabulary(tmp_path):
    asked = []

    def terms(string):
        asked.append(string)
        return ()

    first, second = (Normaliser(terms, terms, v) for v in ("1", "2"))
    strings = pa.table({"asked": ["listing:fent", "text:fent", "listing:a: b"]})
    kept = add_strings(no_terms("1"), strings, first)
    assert sorted(asked) == ["a: b", "fent", "fent"]
    write_cache(tmp_path, kept)
    kept = read_cache(tmp_path, "1")
    assert kept.table.schema == MENTIONS
    assert add_strings(kept, strings, first).table.equals(kept.table)
    assert len(asked) == 3
    add_strings(kept, strings, second)
    assert len(asked) == 6
    assert read_cache(tmp_path, "2").table.num_rows == 0
    next(tmp_path.iterdir()).write_bytes(b"torn")
    assert read_cache(tmp_path, "1").table.num_rows == 0


DAYS = [D + timedelta(days=i) for i in range(6)]
NAMES = st.sampled_from(["fent", "heroin", "no heroin", "opioid", "nothing"])
VERSION = st.tuples(
    st.sampled_from(["A", "B"]),
    st.sampled_from(["north", "south"]),
    st.sampled_from([None, *DAYS]),
    st.lists(NAMES, max_size=2),
    st.sampled_from(["revised", "revised", "withdrawn"]),
)
ASSAY = st.tuples(
    st.sampled_from(["A", "B", "C"]),
    st.sampled_from(["north", "south", "lab"]),
    st.sampled_from([None, *DAYS]),
    NAMES,
    st.sampled_from(["yes", "no", None]),
    st.sampled_from(["revised", "revised", "withdrawn"]),
)


def versions(rows, key):
    """Rows numbered, and the pairs (loser, day on which it lost): the later by (known_from, order) wins."""
    out = [{**row, "record_id": key(row), "row_id": f"row-{i}", "batch_id": f"b{i}"} for i, row in enumerate(rows)]
    ranked = sorted(range(len(out)), key=lambda i: (out[i]["known_from"] or date.min, i))
    pairs = [
        {**{c: out[a][c] for c in ("record_id", "row_id", "batch_id")}, "winner_known_from": out[b]["known_from"]}
        for a, b in itertools.combinations(ranked, 2)
        if out[a]["record_id"] == out[b]["record_id"]
    ]
    return out, pairs


def standing(rows, pairs, day):
    """The cut, in plain Python."""
    lost = {
        p["row_id"] for p in pairs if day is None or p["winner_known_from"] is None or p["winner_known_from"] <= day
    }
    seen = (r for r in rows if day is None or r["known_from"] is None or r["known_from"] <= day)
    return [r for r in seen if r["row_id"] not in lost and r["status"] != "withdrawn"]


PAIRS = pa.schema(
    [("record_id", pa.string()), ("row_id", pa.string()), ("batch_id", pa.string()), ("winner_known_from", pa.date32())]
)


@pytest.fixture(scope="module")
def backend(tmp_path_factory):
    return engine(tmp_path_factory.mktemp("spill"))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(specimens=st.lists(VERSION, max_size=6), assays=st.lists(ASSAY, max_size=5))
def test_detections_made_once_and_cut_are_those_of_the_cut(backend, specimens, assays):
    columns = ("specimen_id", "source", "known_from", "substances", "status")
    rows = [{**specimen(D), **dict(zip(columns, v, strict=True))} for v in specimens]
    rows, pairs = versions(rows, lambda r: f"{r['source']}-{r['specimen_id']}")
    columns = ("specimen_id", "source", "known_from", "substance", "detected", "status")
    tests = [dict(zip(columns, v, strict=True)) for v in assays]
    tests, test_pairs = versions(tests, lambda r: f"{r['source']}-{r['specimen_id']}-{r['substance']}")
    duck = DuckEngine(backend)
    empty = {name: duck.load(table_of(name, ())) for name in record_types()}
    whole = {"specimen": duck.load(table_of("specimen", rows)), "assay": duck.load(table_of("assay", tests))}
    lost = {
        "specimen": duck.load(pa.Table.from_pylist(pairs, PAIRS)),
        "assay": duck.load(pa.Table.from_pylist(test_pairs, PAIRS)),
    }
    terms = load_terms(backend, whole["specimen"], whole["assay"], NORMALISER)
    history = load_history(backend, whole, lost, terms)
    for day in (None, D - timedelta(days=1), *DAYS):
        cut = {
            "specimen": duck.load(table_of("specimen", standing(rows, pairs, day))),
            "assay": duck.load(table_of("assay", standing(tests, test_pairs, day))),
        }
        direct = known(backend, empty | cut, day, None, terms=terms)
        quick = known(backend, empty | cut, day, None, terms=terms, history=history)
        assert told(quick) == told(direct), day
        quick.close()
        direct.close()
    duck.forget()


def told(data: Known) -> list[tuple[object, ...]]:
    by = ("specimen_id", "source", "substance", "class", "role", "record_id", "reported_as")
    return rows_of(data["detections"], *SCHEMA, by=by)
