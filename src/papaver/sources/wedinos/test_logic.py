"""Rows of this layout, made up, and what becomes of them."""

from pathlib import Path

import pytest

from papaver.sources import BadInput, read
from papaver.sources.wedinos.postcodes import nation

HEAD = "sample_id,date_received,postcode,intent,label,colour,form,consumption_method,effects,major,minor"


def test_a_sample_keeps_what_was_bought_and_found_and_loses_who_sent_it(tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    lines = (
        '0007,2024-01-04,CF10,Unknown,Not Stated,Blue,Tablet,Oral,Overdose,"Bromazolam, Caffeine",Metonitazene',
        "0008,2024-01-31,ZZ9,Valium,D10,Array,Array,Oral,,No Active Component Identified,",
    )
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    (parsed,) = read(path, "wedinos")
    first, second = parsed.table.to_pylist()
    assert first["substances"] == ["Bromazolam, Caffeine", "Metonitazene"]
    assert (first["specimen_id"], first["place"], first["sold_as"]) == ("0007", "GB-WLS", None)
    assert not {"CF10", "Overdose", "Oral"} & {str(value) for value in first.values()}
    assert (second["place"], second["sold_as"], second["imprint"], second["form"]) == ("GB", "Valium", "D10", None)
    assert (first["result_status"], second["result_status"]) == ("detected", "nothing_detected")
    assert any("ZZ9 (1)" in note for note in parsed.notes)
    assert not any("incomplete" in note for note in parsed.notes)


@pytest.mark.parametrize(
    ("postcode", "code"),
    [
        ("CF10", "GB-WLS"),
        ("cf10 3at", "GB-WLS"),
        ("EC1A", "GB-ENG"),
        ("G12", "GB-SCT"),
        ("BT1", "GB-NIR"),
        ("SY1", "GB-ENG"),
        ("SY23", "GB-WLS"),
        ("SY231", "GB-WLS"),
        ("CH7", "GB-WLS"),
        ("CH41", "GB-ENG"),
        ("TD15", "GB-ENG"),
        ("JE2", "JE"),
        ("England", "GB-ENG"),
        ("Array", None),
        ("5051", None),
        ("", None),
    ],
)
def test_a_postcode_tells_its_nation(postcode: str, code: str | None) -> None:
    assert nation(postcode) == code


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("date,count\n2024-01-01,1\n", encoding="utf-8")
    with pytest.raises(BadInput, match="sample_id"):
        read(path, "wedinos")
