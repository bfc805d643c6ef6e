"""Which record a row is, which version of it, when it happened and since when it was known."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import sha256

import pyarrow as pa
import pytest

from papaver.model.period import Cadence
from papaver.model.records import record_types
from papaver.model.records.schema import parsed_schema
from papaver.store.identity import Context, Identified, identify
from papaver.store.knowledge import Assumptions

Cells = dict[str, object]
JAN, FEB, MAR = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)


def identified(
    kind: str,
    rows: Sequence[Cells],
    assumed: Assumptions | None = None,
    context: Context | None = None,
    source: str = "registry",
) -> Identified:
    schema = parsed_schema(record_types()[kind])
    numbered = [{"source_file": "x.csv", "source_row": n, **row} for n, row in enumerate(rows, start=2)]
    table = pa.Table.from_pylist([{n: row.get(n) for n in schema.names} for row in numbered], schema=schema)
    return identify(table, record_types()[kind], source=source, assumed=assumed, context=context)


def column(found: Identified, name: str) -> list[object]:
    return list(found.table[name].to_pylist())


def count(day: date = JAN, value: float = 1.0, **more: object) -> Cells:
    return {"indicator": "deaths", "place": "LV", "period_start": day, "value": value, **more}


def wrap(**more: object) -> Cells:
    return {"stream": "drug_checking", "period_start": JAN, "substances": ["heroin", "caffeine"], **more}


def test_ids_are_the_same_for_ever() -> None:
    """The texts that are hashed, written down, because a workspace keeps the hashes: a change here is a migration."""
    found = identified("count", [count()])
    key = "indicator:6:deaths;period_start:10:2024-01-01;place:2:LV;"
    assert column(found, "record_id") == [sha256(f"count|registry|{key}".encode()).hexdigest()[:32]]
    assert column(found, "row_id") == [sha256(f"{key}value:3:1.0;".encode()).hexdigest()[:32]]


def test_a_version_is_what_was_said_not_when_or_how_it_came() -> None:
    said = identified("count", [count()])
    for again in (
        identified("count", [count(source_row=99, source_file="copy.csv")]),
        identified("count", [count()], Assumptions(lag_days=60)),
        identified("count", [count()], Assumptions(ingested_on=MAR)),
        identified("count", [count(), count(FEB)]),
    ):
        assert column(again, "row_id")[0] == column(said, "row_id")[0]
        assert column(again, "record_id")[0] == column(said, "record_id")[0]
    for other in (count(value=2.0), count(known_from=MAR), count(status="final")):
        revised = identified("count", [other])
        assert column(revised, "row_id") != column(said, "row_id")
        assert column(revised, "record_id") == column(said, "record_id")
    assert column(identified("count", [count()], source="other"), "record_id") != column(said, "record_id")


def test_values_cannot_run_into_each_other() -> None:
    rows = [wrap(substances=["a", "b"]), wrap(substances=["a,b"]), wrap(substances=["a"], text="b"), wrap(text="ab")]
    assert len(set(column(identified("specimen", rows), "row_id"))) == 4


def test_repeats_are_counted_within_the_file() -> None:
    found = identified(
        "specimen", [wrap(), wrap(), wrap(known_from=MAR), wrap(specimen_id="s1"), wrap(specimen_id="s1")]
    )
    ids = column(found, "record_id")
    assert len(ids) == 4
    assert ids[0] != ids[1]
    assert ids[2] in ids[:2], "the same wrap known from another day is a revision, not a third wrap"
    assert column(found, "specimen_id") == [*ids[:3], "s1"]
    assert found.notes == (
        "known_from not given: 4 rows taken as known at the end of their period; give known_from or --lag DAYS",
        "1 exact duplicate rows left out: x.csv row 6 (of x.csv row 5)",
    )


def test_a_withdrawal_is_of_the_row_it_repeats() -> None:
    found = identified("specimen", [wrap(), wrap(), wrap(known_from=MAR, status="withdrawn")])
    ids = column(found, "record_id")
    assert ids[2] in ids[:2]


def test_a_later_row_with_the_same_key_and_day_is_kept_and_said() -> None:
    found = identified("count", [count(value=1.0), count(FEB), count(value=2.0)], Assumptions(lag_days=5))
    assert sorted(zip(column(found, "period_start"), column(found, "value"), strict=True)) == [(JAN, 2.0), (FEB, 1.0)]
    assert "x.csv row 2 (x.csv row 4 kept)" in found.notes[0]


def test_hours_of_a_day_are_not_versions_of_each_other() -> None:
    found = identified("count", [count(occurred_at=datetime(2024, 1, 1, hour, tzinfo=UTC)) for hour in (1, 2)])
    assert len(set(column(found, "record_id"))) == 2
    assert column(found, "date_precision") == ["hour", "hour"]


def test_series_default_to_the_keys_that_are_not_empty() -> None:
    rows = [count(substance="xylazine", sex="f"), count(series="given"), {"period_start": JAN, "value": 3.0}]
    found = identified("count", rows)
    assert column(found, "series") == column(found, "series_id") == ["deaths|xylazine|LV|f", "given", "registry"]


@pytest.mark.parametrize(
    ("starts", "every", "ends"),
    [
        ([JAN, FEB, MAR], None, [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]),
        ([date(2024, 1, 1), date(2024, 1, 8), date(2024, 1, 22)], None, [date(2024, 1, d) for d in (7, 14, 28)]),
        ([date(2023, 10, 1), JAN], None, [date(2023, 12, 31), date(2024, 3, 31)]),
        ([date(2022, 1, 1), date(2023, 1, 1)], None, [date(2022, 12, 31), date(2023, 12, 31)]),
        ([JAN], None, [JAN]),
        ([JAN], Cadence.MONTH, [date(2024, 1, 31)]),
        # Asked for days: gaps are then days without a row.
        ([JAN, FEB, MAR], Cadence.DAY, [JAN, FEB, MAR]),
        # Asked for months where rows are a week apart: months would overlap.
        (
            [date(2024, 1, 1), date(2024, 1, 8), date(2024, 1, 15)],
            Cadence.MONTH,
            [date(2024, 1, d) for d in (7, 14, 21)],
        ),
    ],
)
def test_a_period_without_end_lasts_as_long_as_its_series_says(
    starts: list[date], every: Cadence | None, ends: list[date]
) -> None:
    found = identified("count", [count(day) for day in starts], Assumptions(every=every))
    assert column(found, "period_end") == ends


def test_a_lone_period_takes_the_cadence_of_what_is_stored_or_of_its_neighbours() -> None:
    stored = pa.table({"of_series": ["registry|deaths|LV"] * 2, "period_start": pa.array([JAN, FEB], pa.date32())})
    assert column(identified("count", [count(MAR)], context=Context(starts=stored)), "period_end") == [
        date(2024, 3, 31)
    ]
    neighbours = identified("count", [count(JAN), count(FEB), count(JAN, place="EE")])
    assert column(neighbours, "period_end")[2] == date(2024, 1, 31)


def test_the_end_that_was_guessed_does_not_name_the_record() -> None:
    alone = identified("count", [count(MAR)])
    among = identified("count", [count(JAN), count(FEB), count(MAR)])
    assert column(alone, "record_id")[0] == column(among, "record_id")[2]


@pytest.mark.parametrize(
    ("assumed", "known", "basis"),
    [
        (Assumptions(lag_days=60), date(2024, 3, 31), "assumed_lag"),
        (Assumptions(lag_days=60, ingested_on=date(2025, 5, 5)), date(2024, 3, 31), "assumed_lag"),
        (Assumptions(ingested_on=date(2025, 5, 5)), date(2025, 5, 5), "ingested"),
        (Assumptions(), date(2024, 1, 31), "assumed_period_end"),
    ],
)
def test_known_from_is_given_or_assumed_and_says_which(assumed: Assumptions, known: date, basis: str) -> None:
    found = identified("count", [count(period_end=date(2024, 1, 31)), count(FEB, known_from=MAR)], assumed)
    assert column(found, "known_from") == [known, MAR]
    assert column(found, "known_from_basis") == [basis, "declared"]
    assert bool(found.notes) == (basis == "assumed_period_end")


def test_an_assay_is_known_a_lag_after_its_specimen() -> None:
    specimens = pa.table(
        {
            "source": ["registry", "other", "other"],
            "specimen_id": ["s1", "s1", "s2"],
            "period_end": pa.array([JAN, FEB, MAR], pa.date32()),
            "known_from": pa.array([JAN, FEB, MAR], pa.date32()),
        }
    )
    rows: list[Cells] = [
        {"specimen_id": "s1", "substance": "x"},
        {"specimen_id": "s2", "substance": "x"},
        {"specimen_id": "s3", "substance": "x"},
        {"specimen_id": "s1", "substance": "y", "analysed_on": MAR},
    ]
    found = identified("assay", rows, Assumptions(lag_days=1), Context(specimens=specimens))
    assert column(found, "known_from") == [date(2024, 1, 2), date(2024, 3, 2), None, date(2024, 3, 2)]
    assert column(found, "period_start") == [None, None, None, MAR]


def test_ids_given_are_kept() -> None:
    found = identified("specimen", [wrap(record_id="mine"), wrap(record_id="mine", known_from=MAR)])
    assert column(found, "record_id") == ["mine", "mine"]


def test_nothing_in_nothing_out() -> None:
    assert identified("count", []).table.num_rows == 0
