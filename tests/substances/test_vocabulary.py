"""The tables: facts that can be checked, checked."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

from papaver.model.substances import (
    CLASS_GROUPS,
    CLASSES,
    ROLES,
    VOCABULARY_VERSION,
    is_opioid,
    mentions,
    sentinel_group,
    signs_of,
    stop_words,
    substances,
)
from papaver.model.substances.entries import content_hash
from papaver.model.substances.lexicon import lexicon

KNOWN_SOURCES = {
    "connecticut", "euda", "incb", "inn", "literature", "massbank", "nflis", "nist", "un1961", "un1971", "un1988",
    "wedinos",
}  # fmt: skip


def cas_check_digit_holds(cas: str) -> bool:
    """The last digit is the sum of the others, each times its place from the right, modulo 10 (CAS Registry)."""
    digits = [int(c) for c in cas if c.isdigit()]
    return sum(place * digit for place, digit in enumerate(reversed(digits[:-1]), 1)) % 10 == digits[-1]


def test_there_are_enough_entries_of_each_kind() -> None:
    by_class = {cls: [s for s in substances().values() if s.cls == cls] for cls in CLASSES}
    assert len(substances()) >= 600
    assert len(by_class["fentanyl_related"]) >= 100
    assert len(by_class["nitazene"]) >= 30
    assert len(by_class["benzodiazepine"]) >= 80
    assert len(by_class["alpha2_agonist"]) >= 8
    assert len(by_class["precursor"]) >= 20
    assert all(by_class.values())


def test_every_entry_is_well_formed() -> None:
    for substance in substances().values():
        assert substance.role in ROLES, substance
        assert substance.sources, substance
        assert set(substance.sources) <= KNOWN_SOURCES, substance
        if substance.cas is not None:
            assert re.fullmatch(r"\d{2,7}-\d{2}-\d", substance.cas), substance
            assert cas_check_digit_holds(substance.cas), substance
        if substance.inchikey is not None:
            assert re.fullmatch(r"[A-Z]{14}-[A-Z]{10}-[A-Z]", substance.inchikey), substance
        sign = signs_of(substance.id)
        assert sign is None or sign in substances(), substance


def test_registry_numbers_name_one_substance() -> None:
    for attribute in ("cas", "inchikey"):
        held = [getattr(s, attribute) for s in substances().values() if getattr(s, attribute)]
        assert len(held) == len(set(held)), sorted({x for x in held if held.count(x) > 1})


def test_no_name_means_two_things() -> None:
    lex = lexicon()  # building it refuses a name with two meanings
    assert len(lex.names) > len(substances())
    assert not lex.names.keys() & lex.list_only.keys()


def test_stop_list_holds_no_name_of_a_drug() -> None:
    """A stop word that is also a name would hide nothing (names come first) but would flatter the measure."""
    assert not {word for word in stop_words() if "*" not in word and mentions(word) and not mentions(word)[0].result}


def test_groups() -> None:
    assert CLASS_GROUPS["opioid"] <= CLASSES
    for name in ("heroin", "methadone", "carfentanil", "metonitazene", "brorphine", "U-47700", "mitragynine"):
        assert is_opioid(name), name
    for name in ("cocaine", "naloxone", "xylazine", "apomorphine", "dextromethorphan", "papaverine"):
        assert not is_opioid(name), name
    assert sentinel_group("carfentanil") == "fentanyl"
    assert sentinel_group("protonitazepyne") == "nitazene"
    assert sentinel_group("cychlorphine") == "orphine"
    assert sentinel_group("nitazene") == "nitazene"  # the class, as in a name that only looks like one
    assert sentinel_group("heroin") is None
    assert sentinel_group("buprenorphine") is None


def test_markers_and_metabolites_are_no_sightings_of_a_drug() -> None:
    assert sentinel_group("4-ANPP") is None
    assert sentinel_group("norfentanyl") is None
    assert signs_of("4-ANPP") == "fentanyl"
    assert signs_of("6-monoacetylmorphine") == "heroin"
    assert signs_of("fentanyl") is None


def test_version_follows_tables_and_rules(tmp_path: Path) -> None:
    package = Path(str(files("papaver.model.substances")))
    copy = tmp_path / "substances"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert VOCABULARY_VERSION.endswith(f"+{content_hash(copy)}")
    for changed in (copy / "data" / "nitazene.tsv", copy / "negation.py"):
        before = content_hash(copy)
        changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert content_hash(copy) != before
