"""Any table: a mapping is needed, and what it leaves out is said."""

from pathlib import Path

import pytest

from papaver.sources import BadInput, ColumnMapping, read, sources


def test_it_never_claims_a_file_by_itself() -> None:
    assert not sources()["generic"].recognise(["period_start", "value"])


def test_without_a_mapping_it_asks_what_the_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("period_start,value\n2024-01-01,1\n", encoding="utf-8")
    with pytest.raises(BadInput, match="mapping"):
        read(path, "generic")
    assert read(path, "generic", ColumnMapping("count"))[0].record_type == "count"


def test_a_header_mapped_to_nothing_is_left_out_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("period_start,value,substance\n2024-01-01,1,heroin\n", encoding="utf-8")
    (parsed,) = read(path, "count", {"substance": ""})
    assert parsed.table["substance"].to_pylist() == [None]
    assert not parsed.notes
