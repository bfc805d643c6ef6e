"""Rows of this layout, made up, and what becomes of them."""

from pathlib import Path

import pytest

from papaver.sources import BadInput, read

HEAD = (
    "Date,Date Type,Age,Residence City,Cause of Death,Other Significant Conditions,Heroin,Fentanyl,Other Opioid,Other"
)


def one(tmp_path: Path, *lines: str) -> list[dict[str, object]]:
    path = tmp_path / "deaths.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    found: list[dict[str, object]] = read(path, "connecticut")[0].table.to_pylist()
    return found


def test_flags_and_words_are_kept_as_reported_and_the_person_is_not(tmp_path: Path) -> None:
    person, cause = "40,SOMEWHERE", "Acute Fentanyl Intoxication,Obesity; Acute Cocaine Toxicity"
    (row,) = one(tmp_path, f"2019-05-04,Date of death,{person},{cause},Y,Y (PTCH),MDMA,Bupren")
    assert row["substances"] == ["Heroin", "Fentanyl", "MDMA", "Bupren"]
    assert row["text"] == "Acute Fentanyl Intoxication; Acute Cocaine Toxicity"
    assert (row["stream"], row["place"], row["outcome"], row["date_basis"]) == (
        "post_mortem",
        "US-CT",
        "death",
        "death",
    )
    assert not {"40", 40, "SOMEWHERE"} & {str(value) for value in row.values()}


def test_dates_put_the_month_first_where_they_are_not_iso(tmp_path: Path) -> None:
    (row,) = one(tmp_path, "03/04/2019 12:00:00 AM,Date reported,,,Heroin Toxicity,,Y,,,")
    assert str(row["period_start"]) == "2019-03-04"
    assert row["date_basis"] == "registered"


def test_a_death_without_a_date_is_rejected_by_its_own_header(tmp_path: Path) -> None:
    path = tmp_path / "deaths.csv"
    path.write_text(f"{HEAD}\n,Date of death,40,X,Heroin Toxicity,,Y,,,\n", encoding="utf-8")
    (parsed,) = read(path, "connecticut")
    assert [(p.row, p.column) for r in parsed.rejected for p in r.problems] == [(2, "Date")]
    assert parsed.rejected[0].cells["Cause of Death"] == "Heroin Toxicity"


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("date,count\n2024-01-01,1\n", encoding="utf-8")
    with pytest.raises(BadInput, match="Cause of Death"):
        read(path, "connecticut")
