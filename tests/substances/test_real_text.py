"""Real rows: what share of their terms is resolved, and whether the mentions are right.

`judged_rows.tsv` holds 300 rows, 100 per set, drawn with `random.Random(20261122).sample` over all rows and
judged by reading the row, not the normaliser's output. It keeps row numbers and the judged names only.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pyarrow import parquet

from papaver.model.substances import Mention, find, mentions, terms, unresolved

pytestmark = pytest.mark.data
Rows = Callable[[str], list[dict[str, str]]]

FREE_TEXT = {"Cause of Death", "Other Significant Conditions", "Other"}


def _report(left: Counter[str], total: int) -> str:
    listed = ", ".join(f"{term} ({n})" for term, n in left.most_common())
    return f"{sum(left.values())} of {total} terms unresolved: {listed}"


def test_connecticut_cause_of_death_is_resolved(rows: Rows) -> None:
    left: Counter[str] = Counter()
    total = 0
    for row in rows("connecticut"):
        words = unresolved(row["Cause of Death"])
        left.update(word.lower() for word in words)
        total += len(words) + len(mentions(row["Cause of Death"]))
    print(_report(left, total))
    assert total > 25_000
    assert sum(left.values()) <= 0.005 * total, _report(left, total)


@pytest.mark.parametrize(("dataset", "fields"), [("wedinos", ("major", "minor")), ("nflis", ("SubstanceName",))])
def test_every_listed_term_is_resolved(rows: Rows, dataset: str, fields: tuple[str, ...]) -> None:
    left: Counter[str] = Counter()
    total = 0
    for row in rows(dataset):
        for field in fields:
            found = terms(row[field])
            total += len(found)
            left.update(m.reported_as for m in found if m.role == "unknown" or m.looks_like)
    print(_report(left, total))
    assert total > 4_000
    assert sum(left.values()) <= 0.005 * total, _report(left, total)


def test_names_seen_three_times_as_sold_are_known(rows: Rows) -> None:
    """What people said they bought: names of substances, whatever was found in them."""
    seen = Counter(row["intent"].strip().lower() for row in rows("wedinos"))
    vague = {"vape", "vape liquid", "eliquid", "dream cream", "pills"}  # forms and colours, not substances
    missing = [
        name
        for name, n in seen.items()
        if n >= 3 and name not in vague and any(m.role == "unknown" for m in terms(name))
    ]
    assert missing == []


def test_opioid_spectra_names_are_known(data_dir: Path) -> None:
    table = parquet.read_table(
        data_dir / "massbank_opioids" / "opioids_attribution.parquet", columns=["name", "inchikey"]
    )
    for row in table.to_pylist():
        substance = find(row["name"])
        assert substance is not None, row["name"]
        assert substance.inchikey is not None, row["name"]
        # The first block is the skeleton; records differ in whether stereochemistry was noted.
        assert substance.inchikey[:14] == row["inchikey"][:14], row["name"]


def _judgement(mention: Mention) -> str:
    sign = "-" if mention.negated else ""
    if mention.result and not mention.substance:
        return f"result:{mention.result}"
    if mention.role == "unknown":
        return "?"
    if mention.substance is None:
        return f"{sign}class:{mention.cls}"
    role = f"@{mention.role}" if mention.role in ("marker", "metabolite") else ""
    return f"{sign}{mention.substance}{role}"


def _judged(path: Path) -> Iterable[tuple[str, str, str, frozenset[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            names = (name.strip() for name in row["expected"].split(";"))
            yield row["dataset"], row["row"], row["field"], frozenset(name for name in names if name)


def _text(all_rows: dict[str, list[dict[str, str]]], dataset: str, row: str, field: str) -> str:
    if dataset == "wedinos":
        return next(r for r in all_rows[dataset] if r["sample_id"] == row)[field]
    return all_rows[dataset][int(row)][field]


def test_judged_rows(rows: Rows) -> None:
    """At most 1 % of judged mentions missed, at most 1 % of found mentions wrong."""
    all_rows = {dataset: rows(dataset) for dataset in ("connecticut", "wedinos", "nflis")}
    expected_n = found_n = 0
    missed: list[str] = []
    wrong: list[str] = []
    judged_rows = set()
    for dataset, row, field, expected in _judged(Path(__file__).with_name("judged_rows.tsv")):
        text = _text(all_rows, dataset, row, field)
        read = mentions(text) if field in FREE_TEXT else terms(text)
        found = {_judgement(m) for m in read}
        judged_rows.add((dataset, row))
        expected_n += len(expected)
        found_n += len(found)
        missed += [f"{dataset} {row} {field}: {name}" for name in sorted(expected - found)]
        wrong += [f"{dataset} {row} {field}: {name}" for name in sorted(found - expected)]
    print(f"judged {expected_n}, missed {missed}, wrong {wrong}")
    assert len(judged_rows) == 300
    assert len(missed) <= 0.01 * expected_n, missed
    assert len(wrong) <= 0.01 * found_n, wrong
