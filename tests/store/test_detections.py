"""detections: one row per specimen and substance, and at least one per specimen."""

import random
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from known_tables import known_of, rows_of, specimen

D = date(2024, 3, 1)
BY = ("specimen_id", "substance", "role", "reported_as")


def found(known, *columns):
    return rows_of(known["detections"], *columns, by=BY)


def test_the_same_substance_in_list_text_and_assay_is_one_row_and_the_assay_speaks(tmp_path):
    known = known_of(
        tmp_path,
        specimen=[specimen(D, "Fent", "Heroin", specimen_id="A", text="FENTANYL", known_from=D, outcome="death")],
        assay=[
            {"specimen_id": "A", "substance": "fentanyl", "detected": "yes", "role": "minor", "known_from": D,
             "identification_level": "confirmed_with_reference", "laboratory": "lab", "n": 3},
        ],
    )  # fmt: skip
    columns = ("substance", "reported_as", "role", "record_type", "identification_level", "stream", "outcome", "n")
    assert found(known, *columns) == [
        ("fentanyl", "fentanyl", "minor", "assay", "confirmed_with_reference", "post_mortem", "death", 1),
        ("heroin", "Heroin", "drug", "specimen", None, "post_mortem", "death", 1),
    ]


def test_listed_wins_over_text_and_its_spelling_is_kept(tmp_path):
    known = known_of(tmp_path, specimen=[specimen(D, "Fent", text="FENTANYL, cocaine")])
    assert found(known, "substance", "reported_as") == [("cocaine", "cocaine"), ("fentanyl", "Fent")]


def test_an_assay_that_says_no_negates_and_one_out_of_scope_is_left_out(tmp_path):
    known = known_of(
        tmp_path,
        specimen=[specimen(D, "Fent", "Heroin", specimen_id="A")],
        assay=[
            {"specimen_id": "A", "substance": "fentanyl", "detected": "no"},
            {"specimen_id": "A", "substance": "xylazine", "detected": "not_in_scope"},
            {"specimen_id": "A", "substance": "ketamine", "detected": "inconclusive"},
        ],
    )
    assert found(known, "substance", "reported_as", "negated", "role") == [
        ("fentanyl", "fentanyl", True, "drug"),
        ("heroin", "Heroin", False, "drug"),
        (None, "ketamine", False, "inconclusive"),
    ]


def test_of_two_laboratories_the_one_that_found_it_is_believed(tmp_path):
    said = [{"specimen_id": "A", "substance": "fentanyl", "detected": d, "laboratory": d} for d in ("no", "yes")]
    known = known_of(tmp_path, specimen=[specimen(D, specimen_id="A")], assay=said)
    assert found(known, "substance", "negated", "laboratory") == [("fentanyl", False, "yes")]


@pytest.mark.parametrize(
    ("more", "role"),
    [
        ({}, "nothing_detected"),
        ({"result_status": "inconclusive"}, "inconclusive"),
        ({"result_status": "pending"}, "not_tested"),
        ({"n_tested": 0}, "not_tested"),
        ({"result_status": "detected"}, "unresolved"),
        ({"text": "?word"}, "unresolved"),
        ({"substances": ["nothing"]}, "nothing_detected"),
        ({"substances": ["unsure"]}, "inconclusive"),
    ],
)
def test_a_specimen_without_substance_says_why(tmp_path, more, role):
    known = known_of(tmp_path, specimen=[specimen(D, **{"specimen_id": "A", **more})])
    assert found(known, "specimen_id", "substance", "role", "negated") == [("A", None, role, False)]


def test_looked_for_and_not_found_gives_both_rows(tmp_path):
    known = known_of(tmp_path, specimen=[specimen(D, "no Fent", specimen_id="A")])
    assert found(known, "substance", "negated", "role") == [
        ("fentanyl", True, "drug"),
        (None, False, "nothing_detected"),
    ]


def test_classes_unresolved_terms_and_lookalikes(tmp_path):
    known = known_of(tmp_path, specimen=[specimen(D, "Opioid", "?xq", "NewFooNitazene", "Despropionyl fentanyl")])
    assert set(found(known, "reported_as", "substance", "class", "role", "looks_like")) == {
        ("Opioid", None, "opioid", "class", None),
        ("?xq", None, None, "unresolved", None),
        ("NewFooNitazene", "newfoonitazene", "nitazene", "drug", "nitazene"),
        ("Despropionyl fentanyl", "4-anpp", "any", "drug", None),
    }


def test_an_assay_finds_its_specimen_across_sources_unless_two_could_be_meant(tmp_path):
    known = known_of(
        tmp_path,
        specimen=[
            specimen(D, specimen_id="A", source="north"),
            specimen(D, specimen_id="B", source="north"),
            specimen(D, specimen_id="B", source="south", place="EE"),
        ],
        assay=[
            {"specimen_id": "A", "substance": "heroin", "source": "lab"},
            {"specimen_id": "B", "substance": "cocaine", "source": "south"},
            {"specimen_id": "B", "substance": "ketamine", "source": "lab", "place": "LT", "period_start": D},
        ],
    )
    assert found(known, "specimen_id", "substance", "stream", "place", "source") == [
        ("A", "heroin", "post_mortem", "LV", "north"),
        ("B", "cocaine", "post_mortem", "EE", "south"),
        ("B", "ketamine", None, "LT", "lab"),
        ("B", None, "post_mortem", "LV", "north"),
    ]


def test_a_row_is_known_when_assay_and_specimen_are_and_takes_the_stricter_marking(tmp_path):
    known = known_of(
        tmp_path,
        specimen=[specimen(D, specimen_id="A", known_from=date(2024, 3, 9), marking="TLP:RED")],
        assay=[{"specimen_id": "A", "substance": "heroin", "known_from": date(2024, 3, 5), "marking": "TLP:GREEN"}],
    )
    assert found(known, "known_from", "marking") == [(date(2024, 3, 9), "TLP:RED")]


NAMES = st.sampled_from(["Fent", "fentanyl", "heroin", "no heroin", "opioid", "?x", "nothing", "newanitazene"])
SPECIMENS = st.lists(
    st.tuples(
        st.lists(NAMES, max_size=3),
        st.lists(NAMES, max_size=2),
        st.lists(st.tuples(NAMES, st.sampled_from(["yes", "no", "inconclusive", "not_in_scope", None])), max_size=3),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=SPECIMENS, seed=st.integers(0, 99))
def test_order_of_rows_does_not_matter_and_every_specimen_speaks_once_per_thing(tmp_path, cases, seed):
    specimens = [
        specimen(D, *listed, specimen_id=f"S{i}", text=",".join(text), record_id=f"s{i}")
        for i, (listed, text, _) in enumerate(cases)
    ]
    assays = [
        {"specimen_id": f"S{i}", "substance": name, "detected": said, "record_id": f"a{i}-{j}"}
        for i, (_, _, tests) in enumerate(cases)
        for j, (name, said) in enumerate(tests)
    ]
    straight = known_of(tmp_path, specimen=specimens, assay=assays)["detections"]
    columns = straight.columns
    once = rows_of(straight, *columns, by=("specimen_id", "substance", "class", "role", "reported_as"))
    mixed = random.Random(seed)
    mixed.shuffle(specimens)
    mixed.shuffle(assays)
    again = known_of(tmp_path, specimen=specimens, assay=assays)["detections"]
    assert rows_of(again, *columns, by=("specimen_id", "substance", "class", "role", "reported_as")) == once
    named = [(r[1], r[3]) for r in once if r[3] is not None]
    assert len(named) == len(set(named))
    assert {r[1] for r in once} == {f"S{i}" for i in range(len(cases))}
