"""Scenarios of `emerge`, from records to findings."""

import csv
import itertools
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import papaver
from papaver.app.answer import Answer
from papaver.model.analysis import Row

Specimens = list[dict[str, object]]
START = date(2022, 1, 3)


def specimens(
    weeks: int, a_week: int = 10, stream: str = "drug_checking", place: str = "LV", **given: object
) -> Specimens:
    """Samples of heroin and cocaine, so many each week."""
    found = ("Heroin; Caffeine", "Cocaine", "MDMA", "Ketamine", "Heroin")
    return [
        {
            "specimen_id": f"{stream}-{place}-{week}-{i}",
            "stream": stream,
            "place": place,
            "period_start": START + timedelta(weeks=week, days=i % 5),
            "substances": found[i % 5],
            **given,
        }
        for week, i in itertools.product(range(weeks), range(a_week))
    ]


def found_in(rows: Specimens, substance: str, weeks: list[int]) -> Specimens:
    """The same samples, one more substance in one sample of each of these weeks."""
    first = {
        w: next(i for i, r in enumerate(rows) if r["period_start"] == START + timedelta(weeks=w)) for w in set(weeks)
    }
    for week in weeks:
        row = rows[first[week]]
        row["substances"] = f"{row['substances']}; {substance}"
        first[week] += 1
    return rows


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(k for row in rows for k in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def emerge(tmp_path: Path):
    def run(
        known_on: date | None = None, params: dict[str, object] | None = None, **data: list[dict[str, object]]
    ) -> Answer:
        files = {name: write(tmp_path / f"{name}.csv", rows) for name, rows in data.items()}
        return papaver.run("emerge", data=files, as_known_on=known_on, **(params or {}))

    return run


def kinds(answer: Answer, substance: str) -> list[str]:
    return sorted(str(row["kind"]) for row in answer.tables["emerge"] if row["substance"] == substance)


def row_of(answer: Answer, substance: str, kind: str) -> Row:
    return next(r for r in answer.tables["emerge"] if (r["substance"], r["kind"]) == (substance, kind))


def test_a_new_substance_is_an_emergence_and_a_steady_stream_says_nothing_else(emerge) -> None:
    rows = found_in(specimens(110), "Bromazolam", [100, 103, 105, 106, 108])
    answer = emerge(specimen=rows)
    assert kinds(answer, "bromazolam") == ["emergence"]
    assert len(answer.findings) == 1
    row = row_of(answer, "bromazolam", "emergence")
    assert (row["n"], row["n_tested"]) == (5, 100)
    assert row["probability"] > 0.9
    assert row["raised_on"] == answer.known_on
    finding = answer.findings[0]
    assert "cannot be told" in " ".join(c.note or "" for c in finding.why)
    assert sum(c.share or 0.0 for c in finding.why) == pytest.approx(1.0)
    assert finding.evidence.n == 5


def test_a_class_of_concern_is_raised_on_less_than_an_everyday_medicine(emerge) -> None:
    weeks = [100, 103, 106]
    rows = found_in(found_in(specimens(110), "Medetomidine", weeks), "Sertraline", weeks)
    answer = emerge(specimen=rows)
    assert kinds(answer, "medetomidine") == ["emergence"]
    assert kinds(answer, "sertraline") == []


def test_spelling_variants_class_words_and_negations_are_not_new_substances(emerge) -> None:
    rows = found_in(specimens(110), "Heroin", list(range(0, 100)))
    for word in ("diacetylmorphine", "opioid", "unknown substance", "Diamorphine"):
        rows = found_in(rows, word, [101, 104, 106, 108])
    assert emerge(specimen=rows).findings == ()


def test_the_spelling_told_is_the_most_frequent_one_verbatim(emerge) -> None:
    rows = found_in(specimens(110), "U47700", [102, 104])
    rows = found_in(rows, "U-47,700", [103, 105, 107])
    assert row_of(emerge(specimen=rows), "U-47700", "emergence")["reported_as"] == "U-47,700"


def test_a_laboratory_that_merely_began_to_test_is_no_emergence(emerge) -> None:
    rows = specimens(110, laboratory="Riga", panel_id="P")
    rows = found_in(rows, "Medetomidine", [w for w in range(96, 110) for _ in range(2)])
    began = {"panel_id": "P", "laboratory": "Riga", "substance_or_group": "medetomidine"}
    always = emerge(specimen=rows, panel=[{**began, "valid_from": START}])
    merely = emerge(specimen=rows, panel=[{**began, "valid_from": START + timedelta(weeks=96)}])
    assert "emergence" in kinds(always, "medetomidine")
    assert kinds(merely, "medetomidine") == ["testing_began"]
    finding = next(f for f in merely.findings if f.what.startswith("medetomidine"))
    assert finding.priority == "routine"
    assert "In this laboratory's panel since" in (finding.why[0].note or "")
    assert "stored specimens" in finding.would_clear


def test_a_panel_that_looked_for_long_before_makes_it_an_emergence(emerge) -> None:
    rows = found_in(specimens(150, panel_id="P"), "Medetomidine", [140, 142, 144, 145, 147])
    panel = [{"panel_id": "P", "substance_or_group": "medetomidine", "valid_from": START + timedelta(weeks=60)}]
    answer = emerge(specimen=rows, panel=panel)
    assert kinds(answer, "medetomidine") == ["emergence"]
    assert "In this laboratory's panel since 27 February 2023" in answer.findings[0].title


def test_assays_that_found_nothing_say_since_when_it_was_looked_for(emerge) -> None:
    rows = specimens(110)
    late = [r for r in rows if r["period_start"] >= START + timedelta(weeks=100)]
    assays = [
        {"specimen_id": r["specimen_id"], "substance": "Medetomidine", "detected": "yes" if i % 5 == 0 else "no"}
        for i, r in enumerate(late)
    ]
    answer = emerge(specimen=rows, assay=assays)
    assert kinds(answer, "medetomidine") == ["testing_began"]


def test_back_after_more_than_a_year_is_a_resurgence(emerge) -> None:
    rows = found_in(specimens(150), "Etizolam", [20, 22, 25, 27, 138, 140, 141, 143, 145, 147])
    answer = emerge(specimen=rows)
    assert kinds(answer, "etizolam") == ["resurgence"]
    assert row_of(answer, "etizolam", "resurgence")["first_seen"] == START + timedelta(weeks=20)


def test_an_established_substance_at_a_higher_level(emerge) -> None:
    rows = found_in(specimens(208), "Metamfetamine", list(range(0, 208, 3)))
    assert kinds(emerge(specimen=rows), "methamphetamine") == []
    rows = found_in(rows, "Metamfetamine", [w for w in range(190, 208) for _ in range(3)])
    answer = emerge(specimen=rows)
    assert kinds(answer, "methamphetamine") == ["level_change"]
    when = next(f for f in answer.findings).when
    assert abs((when.start - (START + timedelta(weeks=190))).days) <= 21


def test_more_samples_alone_are_no_growth(emerge) -> None:
    rows = found_in(specimens(120, a_week=5), "Bromazolam", list(range(0, 120, 2)))
    more = [{**r, "specimen_id": f"{r['specimen_id']}-{k}"} for k in range(4) for r in rows[500:]]
    assert emerge(specimen=rows + more).findings == ()


def test_early_growth_tells_how_fast_it_doubles(emerge) -> None:
    # Doubling in nine weeks: whole sightings of the sum so far, no chance in it.
    so_far = np.floor(np.cumsum(0.2 * 2 ** (np.arange(36) / 9)))
    weeks = [74 + w for w, n in enumerate(np.diff(so_far, prepend=0.0)) for _ in range(int(n))]
    answer = emerge(specimen=found_in(specimens(110), "Bromazolam", weeks))
    assert "growth" in kinds(answer, "bromazolam")
    assert row_of(answer, "bromazolam", "growth")["doubling_days"] == pytest.approx(63, rel=0.3)


def test_sentinels_of_the_list_and_the_list_belongs_to_the_user(emerge) -> None:
    rows = specimens(60, stream="post_mortem", outcome="death")
    rows = found_in(rows, "Protonitazene", [50])
    rows += [{**r, "sold_as": "Xanax"} for r in found_in(specimens(60), "Metonitazene", [55]) if "Metoni" in str(r)]
    answer = emerge(specimen=rows)
    told = {f.what: f for f in answer.findings if f.kind == "sentinel"}
    assert set(told) == {"protonitazene", "metonitazene"}
    assert all(f.where == "LV" and f.priority == "now" and f.probability is None for f in told.values())
    assert "no confirmed death with a nitazene" in (told["protonitazene"].why[0].note or "")
    assert "in a product sold as benzodiazepine" in (told["metonitazene"].why[0].note or "")
    assert emerge(specimen=rows, params={"sentinel_classes": ()}).findings == ()


def test_a_year_without_a_confirmed_death_makes_the_next_one_a_sentinel(emerge) -> None:
    rows = specimens(140, stream="post_mortem", outcome="death", place="DE-BE")
    rows = found_in(rows, "Fentanyl", [2, 10, 20, 100, 110])
    told = [f for f in emerge(specimen=rows).findings if f.kind == "sentinel"]
    assert sorted((f.where, f.when.start) for f in told) == [
        ("DE", START + timedelta(weeks=2)),
        ("DE-BE", START + timedelta(weeks=100)),
    ]


def test_overdoses_told_by_people(emerge) -> None:
    base = {"place": "IE", "syndrome": "suspected opioid overdose", "exposure_status": "suspected"}
    one = {**base, "reported_on": "2023-11-09", "n_cases": 1, "product_described": "new batch of brown powder"}
    cluster = {**base, "reported_on": "2023-11-10", "n_cases": 5, "setting": "hostel A"}
    alcohol = {**base, "reported_on": "2023-11-12", "n_cases": 9, "syndrome": "alcohol intoxication", "setting": "bar"}
    answer = emerge(event=[one, cluster, alcohol])
    assert [(f.kind, f.where, f.when.start) for f in answer.findings] == [("sentinel", "IE", date(2023, 11, 10))]
    assert "5 cases" in answer.findings[0].title
    twice = emerge(event=[one, {**one, "setting": "elsewhere"}])
    assert [f.what for f in twice.findings] == ["new batch of brown powder"]


def test_a_retraction_takes_the_finding_away(emerge) -> None:
    rows = found_in(specimens(60), "Metonitazene", [55])
    row = next(r for r in rows if "Metonitazene" in str(r["substances"]))
    rows = [{**r, "known_from": r["period_start"]} for r in rows]
    gone = {**row, "status": "withdrawn", "known_from": START + timedelta(weeks=62)}
    last = START + timedelta(weeks=61)
    assert [f.what for f in emerge(last, specimen=[*rows, gone]).findings] == ["metonitazene"]
    assert emerge(last + timedelta(weeks=2), specimen=[*rows, gone]).findings == ()


def test_what_is_not_supplied_is_said(emerge) -> None:
    assert "No panel register" in " ".join(emerge(specimen=specimens(10)).notes)
    nothing = emerge(specimen=[{**specimens(1)[0], "result_status": "not_tested", "substances": ""}])
    assert nothing.findings == ()
    assert "nothing" in " ".join(nothing.notes) or "No specimens" in " ".join(nothing.notes)
