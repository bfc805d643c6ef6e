"""How dates, numbers, choices and places are read: by the whole column, never cell by cell."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papaver.model.records import Column, ColumnType
from papaver.sources.cells import typed_column
from papaver.sources.dates import Order
from papaver.sources.distinct import Typed


def column(kind: ColumnType, name: str = "x", **more: object) -> Column:
    return Column.model_validate({"name": name, "type": kind, "what": "test", **more})


def values(kind: ColumnType, *cells: str | None, **more: object) -> list[object]:
    read = typed_column(pa.array(cells, pa.string()), column(kind, **more))
    assert isinstance(read, Typed)
    assert not read.faults
    found: list[object] = read.values.to_pylist()
    return found


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("2024-03-05", date(2024, 3, 5), None, None),
        ("2024/3/5", date(2024, 3, 5), None, None),
        ("20240305", date(2024, 3, 5), None, None),
        ("12.03.2024", date(2024, 3, 12), None, None),
        ("31/12/2024", date(2024, 12, 31), None, None),
        ("12/31/2024", date(2024, 12, 31), None, None),
        ("5 March 2024", date(2024, 3, 5), None, None),
        ("05-Mar-2024", date(2024, 3, 5), None, None),
        ("Mar 5, 2024", date(2024, 3, 5), None, None),
        ("2024-03", date(2024, 3, 1), date(2024, 3, 31), "month"),
        ("03/2024", date(2024, 3, 1), date(2024, 3, 31), "month"),
        ("Feb 2024", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "year"),
        ("2024-W07", date(2024, 2, 12), date(2024, 2, 18), "week"),
        ("2020W53", date(2020, 12, 28), date(2021, 1, 3), "week"),
        ("2024-W07-3", date(2024, 2, 14), None, None),
        ("2024Q1", date(2024, 1, 1), date(2024, 3, 31), "quarter"),
        ("Q4 2023", date(2023, 10, 1), date(2023, 12, 31), "quarter"),
        ("2024-03-05T00:00:00.000", date(2024, 3, 5), None, None),
        ("12/31/2024 12:00:00 AM", date(2024, 12, 31), None, None),
        ("2024-03-05 14:05", date(2024, 3, 5), None, "hour"),
    ],
)
def test_a_date_says_its_first_day_its_last_where_it_is_coarse_and_its_precision(
    text: str, start: date, end: date | None, precision: str | None
) -> None:
    read = typed_column(pa.array([text]), column("date", "period_start"))
    assert isinstance(read, Typed)
    assert not read.faults
    assert read.values.to_pylist() == [start]
    assert read.beside["end"].to_pylist() == [end]
    assert read.beside["precision"].to_pylist() == [precision]


@given(st.lists(st.dates(date(1900, 1, 1), date(2150, 1, 1)), min_size=1), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_one_unambiguous_date_settles_the_whole_column(days: list[date], form: str) -> None:
    settled = [*days, date(2024, 5, 31)]
    assert values("date", *(day.strftime(form) for day in settled)) == settled


def test_a_stated_order_reads_an_open_column() -> None:
    orders: list[tuple[Order, date]] = [("day_month", date(2024, 4, 3)), ("month_day", date(2024, 3, 4))]
    for order, day in orders:
        read = typed_column(pa.array(["03/04/2024"]), column("date"), order)
        assert isinstance(read, Typed)
        assert read.values.to_pylist() == [day]


def test_a_coarse_day_of_knowledge_is_its_last_day_so_that_nothing_is_known_early() -> None:
    assert values("date", "2024-03", name="known_from") == [date(2024, 3, 31)]
    assert values("date", "2024-03", name="collected_on") == [date(2024, 3, 1)]


def test_midnights_are_days_unless_the_column_tells_other_hours() -> None:
    days = typed_column(pa.array(["2024-03-05T00:00:00Z", "2024-03-06T00:00:00Z"]), column("date", "period_start"))
    hours = typed_column(pa.array(["2024-03-05T00:00:00Z", "2024-03-05T01:00:00Z"]), column("date", "period_start"))
    assert isinstance(days, Typed)
    assert isinstance(hours, Typed)
    assert days.beside["precision"].to_pylist() == days.beside["moment"].to_pylist() == [None, None]
    assert hours.beside["precision"].to_pylist() == ["hour", "hour"]
    assert [moment.hour for moment in hours.beside["moment"].to_pylist()] == [0, 1]


def test_moments_are_utc_and_offsets_are_applied() -> None:
    found = values("timestamp", "2024-03-05T14:05:30+02:00", "2024-03-05T14:05Z", "2024-03-05 14:05:00.25")
    assert found == [
        datetime(2024, 3, 5, 12, 5, 30, tzinfo=UTC),
        datetime(2024, 3, 5, 14, 5, tzinfo=UTC),
        datetime(2024, 3, 5, 14, 5, 0, 250000, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.234", "5"], [1.234, 5]),
        (["1,5", "2"], [1.5, 2]),
        (["1,234", "1,5"], [1.234, 1.5]),
        (["1,234", "2.5"], [1234, 2.5]),
        (["1.234", "2,5"], [1234, 2.5]),
        (["1,234.5"], [1234.5]),
        (["1.234,5"], [1234.5]),
        (["1,234,567", "1,234"], [1234567, 1234]),
        (["1 234,5"], [1234.5]),
        (["1\u202f234", "7"], [1234, 7]),
        (["1'234.50"], [1234.5]),
        (["0,125"], [0.125]),
        (["1e3", "+2", ".5"], [1000, 2, 0.5]),
    ],
)
def test_decimal_and_thousands_marks_are_told_by_the_whole_column(cells: list[str], expected: list[float]) -> None:
    assert values("number", *cells) == expected


def test_a_comma_in_whole_numbers_is_a_thousands_mark() -> None:
    assert values("integer", "1,234", "5.0") == [1234, 5]


@given(st.lists(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)), min_size=1))
def test_numbers_with_a_decimal_comma_read_as_those_with_a_point(numbers: list[float]) -> None:
    written = [f"{number:.2f}".replace(".", ",") for number in numbers]
    assert values("number", *written) == pytest.approx(numbers, abs=1e-9)


def test_choices_ignore_case_spaces_and_hyphens() -> None:
    chosen = values("choice", "Post-mortem", "DRUG CHECKING", None, values=("post_mortem", "drug_checking"))
    assert chosen == ["post_mortem", "drug_checking", None]


def test_none_is_a_choice_where_the_type_has_it() -> None:
    assert values("choice", "None", "NA", values=("death", "none")) == ["none", None]


def test_places_are_read_by_code_alias_and_name_and_unknown_ones_kept_with_a_note() -> None:
    read = typed_column(pa.array(["lv", "EL", "Connecticut", "NA", "Atlantis"]), column("place"))
    assert isinstance(read, Typed)
    assert read.values.to_pylist() == ["LV", "GR", "US-CT", "NA", "Atlantis"]
    assert any("Atlantis" in note and "no table" in note for note in read.notes)
    assert any("EL as GR" in note for note in read.notes)
