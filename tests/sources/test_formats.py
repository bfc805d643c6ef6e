"""The same rows read the same from every format, and the fast reader agrees with the slow one."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from papaver.model.records import Column, record_types
from papaver.model.records.schema import parsed_schema
from papaver.sources import BadInput, read
from papaver.sources.delimited import _by_arrow, _by_row
from papaver.sources.raw import Raw

Row = dict[str, object]
KIND = record_types()["specimen"]
COLUMNS = (
    "period_start", "period_end", "place", "stream", "specimen_id", "colour", "n", "n_tested", "occurred_at",
    "known_from", "outcome", "substances", "text",
)  # fmt: skip

# Blanks round a cell are no content, NUL is refused, and a lone quote of a spreadsheet is its own business.
words = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Cf")), min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text and not text.startswith("[") and text.lower() not in ("na", "nan"))
)
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def cells(column: Column) -> st.SearchStrategy[object]:
    """Values of a column as a file may hold them."""
    if column.type == "date":
        return days
    if column.type == "timestamp":
        return st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
            lambda moment: moment.replace(microsecond=0)
        )
    if column.type == "integer":
        return st.integers(int(column.min or 0), 10**15)
    if column.type == "number":
        return st.floats(0, 1e12, allow_nan=False)
    if column.type == "choice":
        return st.sampled_from(column.values)
    if column.type == "place":
        return st.sampled_from(["LV", "US-CT", "GB-SCT", "nuts:2021:DE21"])
    if column.type == "list":
        return st.lists(words, min_size=1, max_size=3)
    return words


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    found = []
    for _ in range(draw(st.integers(1, 6))):
        row: Row = {}
        for name in COLUMNS:
            strategy = cells(KIND.columns[name])
            row[name] = draw(strategy if name in KIND.required else st.none() | strategy)
        row["n"] = row["n"] or 1
        start, end = row["period_start"], row["period_end"]
        if isinstance(start, date) and isinstance(end, date):
            row["period_start"], row["period_end"] = min(start, end), max(start, end)
        found.append(row)
    return found


def plain(value: object) -> object:
    """A value as it stands in a file of text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def delimited(rows: list[Row], delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(COLUMNS)
    for row in rows:
        values = [json.dumps(v, ensure_ascii=False) if isinstance(v, list) else plain(v) for v in row.values()]
        writer.writerow(["" if v is None else v for v in values])
    return out.getvalue().encode()


def ndjson(rows: list[Row]) -> bytes:
    lines = [json.dumps({k: plain(v) for k, v in row.items() if v is not None}, ensure_ascii=False) for row in rows]
    return "\n".join(lines).encode()


def parquet(rows: list[Row]) -> bytes:
    schema = pa.schema([parsed_schema(KIND).field(name) for name in COLUMNS])
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), out)
    return out.getvalue()


def xlsx(rows: list[Row]) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(COLUMNS)
    for row in rows:
        for position, value in enumerate(row.values(), 1):
            cell = book.active.cell(book.active.max_row + (position == 1), position)
            if isinstance(value, datetime):
                value = value.isoformat()
            value = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # openpyxl takes text that begins with = for a formula
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMATS: dict[str, Callable[[list[Row]], bytes]] = {
    "a.csv": lambda rows: delimited(rows, ","),
    "b.csv": lambda rows: delimited(rows, ";"),
    "a.tsv": lambda rows: delimited(rows, "\t"),
    "a.ndjson": ndjson,
    "a.parquet": parquet,
    "a.xlsx": xlsx,
    "a.csv.gz": lambda rows: gzip.compress(delimited(rows, ",")),
    "a.ndjson.gz": lambda rows: gzip.compress(ndjson(rows)),
    "a.parquet.gz": lambda rows: gzip.compress(parquet(rows)),
}


@given(rows=tables())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_typed_rows_come_back_the_same_from_every_format(rows: list[Row], tmp_path: Path) -> None:
    for name, write in FORMATS.items():
        path = tmp_path / name
        path.write_bytes(write(rows))
        (parsed,) = read(path, "specimen")
        assert [str(r.problems[0]) for r in parsed.rejected] == [], name
        assert parsed.table.schema == parsed_schema(KIND)
        assert parsed.table.select(COLUMNS).to_pylist() == rows, name


@given(st.lists(st.lists(st.text("ab 1.,é'\t", max_size=4), min_size=2, max_size=4), min_size=1, max_size=6))
@settings(deadline=None)
def test_the_fast_reader_gives_what_the_slow_one_gives(lines: list[list[str]]) -> None:
    text = "one|two|three\n" + "\n".join("|".join(cells) for cells in lines) + "\n"
    fast = _by_arrow("a.csv", text.encode(), "csv", "|", ())
    slow = _by_row("a.csv", text, "csv", "|", ())
    if fast is None:
        assert any(len(cells) != 3 or not "".join(cells).strip() for cells in lines)
        return
    assert contents(fast) == contents(slow)


def contents(raw: Raw) -> tuple[object, ...]:
    return raw.headers, [array.to_pylist() for array in raw.cells], raw.rows.to_pylist(), raw.refused


def test_leading_zeros_and_long_numbers_survive_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "specimen_id,period_start,stream\n000037322,2024-01-04,prison\n12345678901234567890,2024-01-04,prison\n"
    )
    assert read(path, "specimen")[0].table["specimen_id"].to_pylist() == ["000037322", "12345678901234567890"]


def test_the_format_is_told_by_content_whatever_the_name(tmp_path: Path) -> None:
    rows: list[Row] = [
        {name: None for name in COLUMNS} | {"period_start": date(2024, 1, 1), "stream": "prison", "n": 1}
    ]
    for name, write in (("data", parquet), ("data.txt", xlsx), ("data.json", ndjson), ("export", FORMATS["a.csv.gz"])):
        path = tmp_path / name
        path.write_bytes(write(rows))
        assert read(path, "specimen")[0].table["stream"].to_pylist() == ["prison"], name


def test_lists_are_split_at_semicolons_and_commas_inside_names_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('period_start,stream,substances\n2024-01-04,prison,"2,6-dichlorobenzamide; heroin ;;"\n')
    assert read(path, "specimen")[0].table["substances"].to_pylist() == [["2,6-dichlorobenzamide", "heroin"]]


def test_defaults_are_filled_and_what_is_not_given_stays_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("period_start,stream\n2024-01-04,prison\n")
    (row,) = read(path, "specimen")[0].table.to_pylist()
    assert row["n"] == 1
    given = {name for name, value in row.items() if value is not None}
    assert given == {"period_start", "stream", "n", "source_file", "source_row"}


@pytest.mark.parametrize("nested", [{"n": 1}, [{"n": 1}]])
def test_nested_parquet_columns_are_refused_by_name(nested: object, tmp_path: Path) -> None:
    pq.write_table(pa.table({"value": [nested], "period_start": [date(2024, 1, 1)]}), tmp_path / "a.parquet")
    with pytest.raises(BadInput, match=r"value.*struct"):
        read(tmp_path / "a.parquet", "count")


def test_one_bad_cell_among_many_costs_its_row_only(tmp_path: Path) -> None:
    n = 200_000
    start = date(2000, 1, 1)
    lines = (f"{start + timedelta(days=i % 5000)},{i}.25" for i in range(n))
    path = tmp_path / "a.csv"
    path.write_text("period_start,value\n" + "\n".join(lines) + "\n2024-01-01,twelve\n")
    (parsed,) = read(path, "count")
    assert [r.row for r in parsed.rejected] == [n + 2]
    assert parsed.table["value"].to_numpy().sum() == n * (n - 1) / 2 + n / 4
