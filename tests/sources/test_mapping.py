"""Mappings: proposed by names and contents, kept as TOML, found again by the headers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papaver.sources import BadInput, ColumnMapping, check, fingerprint, load_mapping, read, save_mapping
from papaver.sources.dates import Order

Write = Callable[[str, str | bytes], Path]
GERMAN = "Monat;Bundesland;Droge;Fälle;Bemerkung\n2024-01;Bavaria;Heroin;1.204,5;x\n2024-02;Berlin;Fentanyl;3,5;y\n"


def test_a_file_nobody_described_gets_a_mapping_that_reads_it(write: Write) -> None:
    path = write("fälle.csv", GERMAN)
    found = check(path)
    assert found.source is None
    assert found.mapping is not None
    assert found.mapping.record_type == "count"
    expected = {"Monat": "period_start", "Bundesland": "place", "Droge": "substance", "Fälle": "value"}
    assert found.mapping.columns == expected
    assert (found.missing, found.good, found.bad) == ((), 2, 0)
    (parsed,) = read(path, "count", found.mapping)
    assert parsed.table["value"].to_pylist() == [1204.5, 3.5]
    assert parsed.table["place"].to_pylist() == ["DE-BY", "DE-BE"]
    assert any("'Bemerkung'" in note for note in parsed.notes)


def test_a_column_is_not_proposed_where_its_cells_do_not_fit(write: Write) -> None:
    content = "date,count,recorded\n" + "".join(f"case {i},{i % 7},2024-01-{i + 1:02}\n" for i in range(28))
    found = check(write("a.csv", content), "count")
    assert found.mapping is not None
    assert found.mapping.columns == {"count": "value", "recorded": "period_start"}


def test_a_count_is_told_from_an_assay(write: Write) -> None:
    assert check(write("a.csv", "date,drug,n\n2024-01-01,heroin,3\n")).record_types == ("count",)
    assert check(write("b.csv", "sample,substance,detected\n1,heroin,yes\n")).record_types == ("assay",)


def test_what_a_proposal_leaves_open_is_named(write: Write) -> None:
    found = check(write("a.csv", "sample_id,date,drugs\n1,2024-01-01,heroin\n2,2024-01-02,cocaine\n"), "specimen")
    assert found.missing == ("stream",)
    assert found.good == 0
    assert any(problem.column == "stream" for problem in found.problems)


def test_constants_fill_what_the_file_does_not_say(write: Write) -> None:
    path = write("a.csv", "sample,date,place\n1,03/04/2024,\n2,05/04/2024,EE\n")
    mapping = ColumnMapping(
        "specimen", {"sample": "specimen_id", "date": "period_start"}, {"stream": "prison", "place": "LV"}, "day_month"
    )
    (parsed,) = read(path, "specimen", mapping)
    assert parsed.table["place"].to_pylist() == ["LV", "EE"]
    assert parsed.table["stream"].to_pylist() == ["prison", "prison"]
    assert [day.month for day in parsed.table["period_start"].to_pylist()] == [4, 4]
    assert read(path, "generic", mapping)[0].table.equals(parsed.table)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"dat": "period_start"}, r"has not.*Nearest: date"),
        ({"date": "period_strat"}, r"has not.*Nearest: period_start"),
        ({"date": "value"}, r"two headers stand for value"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_with_the_nearest(
    mapping: dict[str, str], says: str, write: Write
) -> None:
    with pytest.raises(BadInput, match=says):
        read(write("a.csv", "date,value\n2024-01-01,1\n"), "count", mapping)


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
orders: st.SearchStrategy[Order | None] = st.sampled_from([None, "day_month", "month_day"])
names = st.dictionaries(texts, texts, max_size=4)


@given(names, names, orders, texts.filter(bool) | st.none())
def test_a_saved_mapping_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    columns: dict[str, str],
    constants: dict[str, str],
    order: Order | None,
    sheet: str | None,
) -> None:
    mapping = ColumnMapping("count", columns, constants, order, sheet)
    path = tmp_path_factory.mktemp("mapping") / "m.toml"
    save_mapping(mapping, path)
    assert load_mapping(path) == mapping


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("record_type = ", "not TOML"),
        ("", "record_type is missing"),
        ('record_type = "count"\ncolums = {}', "colums means nothing"),
        ('record_type = "count"\ndate_order = "mdy"', "mdy.*day_month"),
        ('record_type = "count"\n[columns]\na = [1]', "not a table of texts"),
    ],
)
def test_a_mapping_file_that_is_wrong_is_refused(toml: str, says: str, write: Write) -> None:
    with pytest.raises(BadInput, match=says):
        load_mapping(write("m.toml", toml))


def test_headers_are_known_again_whatever_their_order_and_case() -> None:
    assert fingerprint(["Date", "Drug name"]) == fingerprint(["drug_name", "date"])
    assert fingerprint(["date", "drug"]) != fingerprint(["date", "drugs"])


def test_headers_in_another_spelling_need_no_mapping_and_are_noted(write: Write) -> None:
    (parsed,) = read(write("a.csv", "Period Start,VALUE,countUnit\n2024-01-01,1,death\n"), "count")
    assert parsed.table["count_unit"].to_pylist() == ["death"]
    assert any("'Period Start' read as period_start" in note for note in parsed.notes)
