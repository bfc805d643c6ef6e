"""Bad input: what is said names the file, row, column and value, and how to mend it; nothing bad gets in."""

import codecs
import gzip
import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from papaver.sources import BadInput, Problem, check, read, write_rejects

Write = Callable[[str, str | bytes], Path]
HEAD = "period_start,place,value"
GOOD_LINE = '{"period_start": "2024-01-01", "value": 1}\n'


@dataclass(frozen=True)
class Case:
    """A file and what must be said of it; `row` and `column` are those of the first problem."""

    name: str
    content: str | bytes
    row: int | None
    column: str | None
    value: str | None
    says: str
    mend: str
    as_: str = "count"


def rows(*lines: str, head: str = HEAD) -> str:
    return "\n".join([head, *lines]) + "\n"


# The file as a whole cannot be read.
WHOLE = {
    "empty": Case("a.csv", b"", None, None, None, "empty", "export"),
    "only blank lines": Case("a.csv", b"\n \n", None, None, None, "empty", "export"),
    "windows encoding": Case(
        "a.csv", rows("2024-01-01,LV,1", "2024-01-08,Côte,2").encode("cp1252"), 3, "place", "Côte", "UTF-8", "UTF-8"
    ),
    "NUL bytes": Case("a.csv", rows("2024-01-01,LV,1", "2024-01-08,L\0V,2"), 3, None, None, "NUL", "UTF-8"),
    "UTF-16 without a mark": Case("a.csv", rows("2024-01-01,LV,1").encode("utf-16-le"), 1, None, None, "NUL", "UTF-8"),
    "open day and month": Case(
        "a.csv", rows("03/04/2024,LV,1", "05/04/2024,LV,1"), 2, "period_start", "03/04/2024",
        "2024-04-03 or 2024-03-04", "ISO",
    ),
    "contradictory day and month": Case(
        "a.csv", rows("31/12/2024,LV,1", "12/31/2024,LV,1"), 2, "period_start", "31/12/2024", "12/31/2024", "ISO"
    ),
    "comma that may be decimal or thousands": Case(
        "a.csv", rows('2024-01-01,LV,"1,234"'), 2, "value", "1,234", "1234 or 1.234", "1234"
    ),
    "decimal point and decimal comma": Case(
        "a.csv", rows("2024-01-01;LV;1,5", "2024-01-08;LV;2.25", head=HEAD.replace(",", ";")), 3, "value", "2.25",
        "1,5", "point",
    ),
    "doubled header": Case(
        "a.csv", rows("2024-01-01,LV,1,2", head=HEAD + ",value"), 1, None, "value", "twice", "own name"
    ),
    "missing required column": Case(
        "a.csv", rows("2024-01-01,1", head="period_start,val"), 1, "value", None, "period_start, val", "Nearest: val"
    ),
    "unpaired quote": Case("a.csv", rows('2024-01-01,"LV,1'), 2, None, None, "quote", "quote"),
    "gz in name only": Case("a.csv.gz", rows("2024-01-01,LV,1"), None, None, None, "not gzip", "gz"),
    "gz cut short": Case(
        "a.csv.gz", gzip.compress(os.urandom(4000))[:2000], None, None, None, "cut short", "Fetch"
    ),
    "damaged parquet": Case("a.parquet", b"PAR1" + b"x" * 50, None, None, None, "damaged", "Fetch"),
    "parquet in name only": Case("a.parquet", "x,y\n", None, None, None, "not", "name"),
    "zip that is no workbook": Case("a.xlsx", b"", None, None, None, "not an XLSX", "xlsx"),
    "old excel": Case("a.xls", b"\xd0\xcf\x11\xe0 rest", None, None, None, "old Excel", ".xlsx"),
    "pdf": Case("a.csv", b"%PDF-1.7", None, None, None, "PDF", "CSV"),
    "web page": Case("a.csv", "<!DOCTYPE html><html>", None, None, None, "web page", "Download"),
    "JSON list": Case("a.json", '[{"value": 1}]', None, None, None, "JSON list", "per line"),
    "no such type": Case("a.csv", rows("2024-01-01,LV,1"), None, None, None, "cout", "count", as_="cout"),
}  # fmt: skip

# One row is bad, the others are read.
ROWS = {
    "impossible date": Case("a.csv", rows("2023-02-30,LV,1"), 2, "period_start", "2023-02-30", "calendar", "ISO"),
    "impossible day first": Case(
        "a.csv", rows("31/12/2024,LV,1", "31/11/2024,LV,1"), 3, "period_start", "31/11/2024", "calendar", "ISO"
    ),
    "two-digit year": Case("a.csv", rows("3/4/24,LV,1"), 2, "period_start", "3/4/24", "two digits", "ISO"),
    "week 54": Case("a.csv", rows("2024-W54,LV,1"), 2, "period_start", "2024-W54", "calendar", "ISO"),
    "spreadsheet day number": Case("a.csv", rows("45292,LV,1"), 2, "period_start", "45292", "day number", "dates"),
    "year far off": Case("a.csv", rows("0204-01-01,LV,1"), 2, "period_start", "0204-01-01", "204", "year"),
    "words for a date": Case(
        "a.csv", rows("last week,LV,1"), 2, "period_start", "last week", "not a date", "2024-03-12"
    ),
    "no period": Case("a.csv", rows(",LV,1"), 2, "period_start", None, "empty", "period"),
    "negative count": Case("a.csv", rows("2024-01-01,LV,-3"), 2, "value", "-3", "negative", "empty"),
    "word for a number": Case("a.csv", rows("2024-01-01,LV,three"), 2, "value", "three", "not a number", "number"),
    "formula for a number": Case("a.csv", rows("2024-01-01,LV,=1+1"), 2, "value", "=1+1", "formula", "values"),
    "formula for a date": Case("a.csv", rows("=TODAY(),LV,1"), 2, "period_start", "=TODAY()", "formula", "values"),
    "decimal comma between commas": Case("a.csv", rows("2024-01-01,LV,1,5"), 2, None, None, "4 cells", "Quote"),
    "unit in the number": Case("a.csv", rows("2024-01-01,LV,12 kg"), 2, "value", "12 kg", "unit", "own column"),
    "range": Case("a.csv", rows("2024-01-01,LV,1-4"), 2, "value", "1-4", "range", "own columns"),
    "infinite": Case("a.csv", rows("2024-01-01,LV,inf"), 2, "value", "inf", "not a number", "number"),
    "suppressed by a sign": Case(
        "a.csv", rows("2024-01-01,LV,<5"), 2, "value", "<5", "bound", "value_status to suppressed"
    ),
    "bound of a measurement": Case(
        "a.csv", rows("fentanyl,<0.1", head="substance,value"), 2, "value", "<0.1", "bound", "qualifier", as_="assay"
    ),
    "share above one": Case(
        "a.csv", rows("2024-01-01,1,85", head="period_start,value,coverage_fraction"),
        2, "coverage_fraction", "85", "above 1", "0.85",
    ),
    "half a specimen": Case(
        "a.csv", rows("2024-01-01,post_mortem,1.5", head="period_start,stream,n"), 2, "n", "1.5", "whole", "whole",
        as_="specimen",
    ),
    "unknown choice": Case(
        "a.csv", rows("2024-01-01,postmortum", head="period_start,stream"), 2, "stream", "postmortum", "not one of",
        "post_mortem", as_="specimen",
    ),
    "ends before it begins": Case(
        "a.csv", rows("2024-02-01,2024-01-01,1", head="period_start,period_end,value"), 2, "period_end", "2024-01-01",
        "before", "Mend",
    ),
    "too few cells": Case("a.csv", rows("2024-01-01,LV"), 2, None, None, "2 cells, the header 3", "Quote"),
    "too many cells": Case("a.csv", rows("2024-01-01,LV,1,9"), 2, None, None, "4 cells, the header 3", "Quote"),
    "broken JSON": Case("a.ndjson", f'{GOOD_LINE}{{"period_start"\n', 2, None, None, "JSON", "line"),
    "nested JSON": Case(
        "a.ndjson", GOOD_LINE.replace("1}", '{"n": 1}}') + GOOD_LINE, 1, "value", None, "inside", "text"
    ),
    "doubled JSON key": Case(
        "a.ndjson", GOOD_LINE.replace("}", ', "value": 2}') + GOOD_LINE,
        1, "value", None, "twice", "one of the two",
    ),
}  # fmt: skip


def assert_said(problem: Problem, case: Case) -> None:
    assert problem.file.endswith(case.name)
    assert (problem.row, problem.column) == (case.row, case.column)
    if case.value is not None:
        assert problem.value == case.value
    assert case.says in f"{problem.what} {problem.value}"
    assert case.mend in problem.mend


@pytest.mark.parametrize("case", WHOLE.values(), ids=WHOLE)
def test_a_file_that_cannot_be_read_is_refused_with_the_mend(case: Case, write: Write) -> None:
    content = case.content
    if case.name == "a.xlsx":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("readme.txt", "not a workbook")
        content = packed.getvalue()
    with pytest.raises(BadInput) as caught:
        read(write(case.name, content), case.as_)
    assert_said(caught.value.problems[0], case)


@pytest.mark.parametrize("case", ROWS.values(), ids=ROWS)
def test_a_bad_row_is_rejected_and_the_others_are_read(case: Case, write: Write) -> None:
    path = write(case.name, case.content)
    (parsed,) = read(path, case.as_)
    bad = [rejected for rejected in parsed.rejected if rejected.row == case.row]
    assert len(bad) == 1
    assert_said(bad[0].problems[0], case)
    assert case.row not in parsed.table["source_row"].to_pylist()
    lines = [line for line in str(case.content).splitlines() if line.strip()]
    header = 0 if case.name.endswith("ndjson") else 1
    assert parsed.table.num_rows + len(parsed.rejected) == len(lines) - header


def test_a_row_with_several_problems_is_rejected_once_with_all_of_them(write: Write) -> None:
    path = write("seizures.csv", rows("2024-01-01,LV,1", "2023-02-30,LV,-4"))
    (parsed,) = read(path, "count")
    (rejected,) = parsed.rejected
    assert {problem.column for problem in rejected.problems} == {"period_start", "value"}
    assert rejected.cells == {"period_start": "2023-02-30", "place": "LV", "value": "-4"}
    assert str(rejected.problems[1]).startswith("seizures.csv, row 3, value -4: negative. ")


def test_rejects_are_written_with_their_cells_and_reasons_and_can_be_read_again_once_mended(
    write: Write, tmp_path: Path
) -> None:
    (parsed,) = read(write("a.csv", rows("2024-01-01,LV,-1", '2024-01-08,"L,V",2', "2024-01-15,LV,x")), "count")
    out = tmp_path / "rejects.csv"
    assert write_rejects(parsed.rejected, out) == 2
    text = out.read_text(encoding="utf-8")
    assert "negative" in text
    assert "not a number" in text
    out.write_text(text.replace("-1,2,", "1,2,").replace(",x,", ",3,"), encoding="utf-8")
    (mended,) = read(out, "count")
    assert mended.table["value"].to_pylist() == [1.0, 3.0]
    assert not mended.rejected


def test_rows_keep_their_numbers_past_blank_lines_and_line_breaks_in_cells(write: Write) -> None:
    content = f'{HEAD},indicator\n\n2024-01-01,LV,1,"two\nlines"\n\n2024-01-08,LV,-1,\n'
    (parsed,) = read(write("a.csv", content), "count")
    assert parsed.table["source_row"].to_pylist() == [3]
    assert parsed.table["indicator"].to_pylist() == ["two\nlines"]
    assert [rejected.row for rejected in parsed.rejected] == [5]


def test_utf8_with_a_mark_is_read_and_utf16_is_decoded_with_a_note(write: Write) -> None:
    text = rows("2024-01-01,Åland,1")
    marked = read(write("a.csv", codecs.BOM_UTF8 + text.encode()), "count")[0]
    wide = read(write("b.csv", text.encode("utf-16")), "count")[0]
    assert marked.table["place"].to_pylist() == wide.table["place"].to_pylist() == ["AX"]
    assert not any("UTF" in note for note in marked.notes)
    assert any("UTF-16" in note for note in wide.notes)


def test_a_line_that_names_the_separator_is_no_header_and_old_line_ends_are_read(write: Write) -> None:
    named = write("a.csv", "sep=;\nperiod_start;value\n2024-01-01;1,5\n")
    old = write("b.csv", "period_start;value\r2024-01-01;1,5\r")
    for path, row in ((named, 3), (old, 2)):
        (parsed,) = read(path, "count")
        assert (parsed.table["value"].to_pylist(), parsed.table["source_row"].to_pylist()) == ([1.5], [row])


def test_a_header_without_rows_is_an_empty_table_with_a_note(write: Write) -> None:
    (parsed,) = read(write("a.csv", HEAD + "\n"), "count")
    assert parsed.table.num_rows == 0
    assert any("no rows" in note for note in parsed.notes)


def test_unknown_columns_are_left_out_and_the_nearest_is_named(write: Write) -> None:
    (parsed,) = read(write("a.csv", rows("2024-01-01,LV,1,7,x", head=HEAD + ",denominater,batch_id")), "count")
    assert parsed.table["denominator"].to_pylist() == [None]
    assert any("'denominater'" in note and "denominator" in note for note in parsed.notes)
    assert any("'batch_id'" in note and "store" in note for note in parsed.notes)


def test_a_suppressed_value_said_to_be_so_is_empty_and_noted(write: Write) -> None:
    content = rows("2024-01-01,<5,suppressed", "2024-01-08,<5,", head="period_start,value,value_status")
    (parsed,) = read(write("a.csv", content), "count")
    assert parsed.table["value"].to_pylist() == [None]
    assert [rejected.row for rejected in parsed.rejected] == [3]
    assert any("not given" in note for note in parsed.notes)


def test_an_empty_value_is_missing_and_never_zero(write: Write) -> None:
    (parsed,) = read(write("a.csv", rows("2024-01-01,LV,", "2024-01-08,LV,NA", "2024-01-15,LV,0")), "count")
    assert parsed.table["value"].to_pylist() == [None, None, 0.0]
    assert any("NA" in note for note in parsed.notes)


def test_text_that_looks_like_a_formula_is_kept_as_text_and_noted(write: Write) -> None:
    (parsed,) = read(write("a.csv", rows("2024-01-01,=cmd(),1", head="period_start,indicator,value")), "count")
    assert parsed.table["indicator"].to_pylist() == ["=cmd()"]
    assert any("formula" in note for note in parsed.notes)


def test_a_directory_a_missing_file_and_one_without_permission_are_named(tmp_path: Path, write: Write) -> None:
    locked = write("locked.csv", rows("2024-01-01,LV,1"))
    locked.chmod(0)
    tmp_path.chmod(0o755)
    for path, says in ((tmp_path, "directory"), (tmp_path / "none.csv", "no such file"), (locked, "permission")):
        was = os.geteuid()
        try:
            if was == 0 and path == locked:
                os.seteuid(65534)  # root may read anything
            with pytest.raises(BadInput, match=says) as caught:
                read(path, "count")
        finally:
            os.seteuid(was)
        assert path.name in str(caught.value)


def test_at_most_twenty_problems_are_listed_and_the_rest_counted() -> None:
    problems = [Problem("a.csv", row, "value", "x", "not a number", "Write a number") for row in range(2, 47)]
    lines = str(BadInput(problems)).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "and 25 more"


def workbook(path: Path, fill: Callable[[openpyxl.Workbook], None]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (["period_start", "place", "value"], ["2024-01-01", "LV", 3], ["2024-01-08", "LV", 4]):
        sheet.append(line)
    fill(book)
    book.save(path)
    return path


def test_merged_cells_are_refused_with_their_range(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda book: book.active.merge_cells("B2:B3"))
    with pytest.raises(BadInput, match=r"row 2.*B2:B3.*Unmerge"):
        read(path, "count")


def test_a_formula_in_a_cell_rejects_its_row(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda book: book.active.__setitem__("C3", "=C2+1"))
    (parsed,) = read(path, "count")
    assert parsed.table["value"].to_pylist() == [3.0]
    (rejected,) = parsed.rejected
    assert (rejected.row, rejected.problems[0].column, rejected.problems[0].value) == (3, "value", "=C2+1")
    assert "values" in rejected.problems[0].mend


def test_a_formula_over_a_column_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda book: book.active.__setitem__("C1", '="value"'))
    with pytest.raises(BadInput, match="formula"):
        read(path, "count")


def test_hidden_and_further_sheets_are_not_read_and_noted(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.create_sheet("cover", 0)
        book.create_sheet("old").append(["x"])
        hidden = book.create_sheet("drafts", 0)
        hidden.append(["y"])
        hidden.sheet_state = "hidden"

    (parsed,) = read(workbook(tmp_path / "a.xlsx", fill), "count")
    assert parsed.table["value"].to_pylist() == [3.0, 4.0]
    assert any("hidden" in note and "drafts" in note for note in parsed.notes)
    assert any("not read: old" in note for note in parsed.notes)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("papaver.sources.spreadsheet.MAX_UNPACKED", 1000)
    with pytest.raises(BadInput, match="unpacks to more"):
        read(workbook(tmp_path / "a.xlsx", lambda book: None), "count")


def test_check_says_the_same_and_counts_without_raising_for_rows(write: Write) -> None:
    found = check(write("a.csv", rows("2024-01-01,LV,1", "2024-01-08,LV,-1", "2024-01-15,LV")), "count")
    assert (found.rows, found.good, found.bad) == (3, 1, 2)
    assert [problem.row for problem in found.problems] == [3, 4]
