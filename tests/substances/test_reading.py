"""Reading: spellings, lists, negation, results and names never seen, one small case each."""

import io

import pytest

from papaver.model.substances import find, mentions, terms
from papaver.model.substances.__main__ import main

SAME = [
    ("acetyl fentanyl", ["Acetylfentanyl", "Acetyl Fentanyl", "ACETYL-FENTANYL", "acetyl  fentanyl"]),
    ("para-fluorofentanyl", ["p-fluorofentanyl", "4-fluorofentanyl", "Para- Fluorofentanyl", "parafluorofentanyl"]),
    ("fluorofentanyl", ["Fluorofentanyl", "fluoro fentanyl", "ortho/para-fluorofentanyl"]),
    ("ortho-fluorofentanyl", ["o-Fluorofentanyl", "2-fluorofentanyl"]),
    ("4-ANPP", ["Despropionyl Fentanyl (4-ANPP)", "despropionylfentanyl", "ANPP", "4 ANPP", "4-ANPP"]),
    ("acryloyl fentanyl", ["acrylfentanyl", "Acryl fentanyl", "acryloylfentanyl"]),
    ("para-fluoroisobutyryl fentanyl", ["4-FIBF", "FIBF", "PARA-FLUOROISOBUTYRYLFENTANYL"]),
    ("6-monoacetylmorphine", ["6-MAM", "6mam", "6-acetylmorphine", "O6-monoacetylmorphine"]),
    ("N-desethyl etonitazene", ["N-Desethyletonitazene", "desethyl etonitazene"]),
    ("protonitazepyne", ["N-pyrrolidino protonitazene", "N-Pyrrolidinoprotonitazene"]),
    ("alpha-methylfentanyl", ["α-methylfentanyl", "ALPHA METHYL FENTANYL"]),
    ("1,4-butanediol", ["1,4-BD", "butane-1,4-diol", "1,4 butane diol"]),
    ("delta-9-THC", ["Δ9-THC", "THC", "Tetrahydrocannabinol", "delta 9"]),
    ("5F-MDMB-PINACA", ["5F-ADB", "5-fluoro MDMB-PINACA", "5F-MDMB PINACA"]),
    ("methamphetamine", ["(S)-methamphetamine", "d-methamphetamine", "Methamphetamine HCl", "metamfetamine"]),
    ("ethanol", ["alcohol", "Ethyl Alcohol", "ETOH"]),
    ("testosterone enanthate", ["Testosterone Enanthate"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "spellings"), SAME)
def test_spellings_of_one_substance(name: str, spellings: list[str]) -> None:
    for spelling in spellings:
        found = find(spelling)
        assert found is not None, spelling
        assert found.name == name, spelling
        assert [m.substance for m in terms(spelling)] == [name], spelling


def names(text: str) -> list[str]:
    """Mentions in a short hand: -denied, class:, ~looks like, ?unknown."""
    out = []
    for m in mentions(text):
        body = m.substance or (f"class:{m.cls}" if m.cls else f"result:{m.result}")
        out.append(("-" if m.negated else "") + body + (f"~{m.looks_like}" if m.looks_like else ""))
    return out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sepsis with Acute and Chronic Heroin Abuse", ["heroin"]),
        ("Acute Intoxication ofcocaine andpara-Fluorobutyryl Fentanyl", ["cocaine", "para-fluorobutyryl fentanyl"]),
        ("fentnayl, buprenophine, alzprazolam and ehtanol", ["fentanyl", "buprenorphine", "alprazolam", "ethanol"]),
        ("Fentanyls including Furanyl, Butyryl and para-Fluorobutyryl", [
            "class:fentanyl_related", "furanyl fentanyl", "butyryl fentanyl", "para-fluorobutyryl fentanyl"]),
        ("Opioid toxicity (opiates, benzodiazepines, fentanyl analogue)", [
            "class:opioid", "class:opioid", "class:benzodiazepine", "class:fentanyl_related"]),
        ("Despropionyl Fentanyl (4-ANPP)", ["4-ANPP"]),
        ("citalopram/escitalopram", ["citalopram", "escitalopram"]),
        ("Dextro/Levo Methorphan", ["methorphan"]),
        ("3, 4-Methylenedioxymethamphetamine (MDMA)", ["MDMA"]),
        ("High speed collision on ice, pink foam, horse kick", []),
        ("1-[2-(2-methylphenyl)ethyl]-4-(N-acetanilido)piperidine", []),
    ],
)  # fmt: skip
def test_free_text(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no fentanyl detected", ["-fentanyl"]),
        ("Negative for fentanyl, opiates and xylazine; positive for cocaine", [
            "-fentanyl", "-class:opioid", "-xylazine", "cocaine"]),
        ("heroin and fentanyl were not detected", ["-heroin", "-fentanyl"]),
        ("Cocaine detected, fentanyl not detected", ["cocaine", "-fentanyl"]),
        ("fentanyl: negative; xylazine: positive", ["-fentanyl", "xylazine"]),
        ("Drugs not detected: heroin, fentanyl", ["-heroin", "-fentanyl"]),
        ("without heroin and with cocaine", ["-heroin", "cocaine"]),
        ("absence of xylazine", ["-xylazine"]),
        ("Neither heroin nor fentanyl found", ["-heroin", "-fentanyl"]),
        ("morphine no 6mam", ["morphine", "-6-monoacetylmorphine"]),
        ("morphine, no rx in pmp", ["morphine"]),
        ("PCP NEG", ["-phencyclidine"]),
        ("not only heroin but also fentanyl", ["heroin", "fentanyl"]),
        ("No heroin, fentanyl or xylazine was detected", ["-heroin", "-fentanyl", "-xylazine"]),
        ("Metonitazene, not isotonitazene, was found", ["metonitazene", "-isotonitazene"]),
        ("No trauma. Fentanyl intoxication", ["fentanyl"]),
        ("Fentanyl and cocaine", ["fentanyl", "cocaine"]),
    ],
)  # fmt: skip
def test_negation(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_not_tested_is_said_apart_from_not_found() -> None:
    (xylazine,) = mentions("xylazine not tested")
    assert (xylazine.negated, xylazine.result) == (True, "not_tested")
    (fentanyl,) = mentions("fentanyl not detected")
    assert (fentanyl.negated, fentanyl.result) == (True, None)


@pytest.mark.parametrize(
    ("text", "looks_like"),
    [
        ("N-desethyl zylotonitazene", "nitazene"),
        ("ethylthiozylonitazepyne", "nitazene"),
        ("hexanoxy fentanyl", "fentanyl"),
        ("benzofentanyl", "fentanyl"),
        ("zychlorphine", "orphine"),
        ("U-48520", "opioid"),
        ("zinkazolam", "benzodiazepine"),
        ("5F-XYZ-PINACA", "cannabinoid"),
        ("3-chlorozedrone", "cathinone"),
    ],
)
def test_a_name_never_seen_says_what_it_looks_like(text: str, looks_like: str) -> None:
    (mention,) = mentions(text)
    assert mention.looks_like == looks_like
    assert mention.substance == text.lower()
    assert mention.reported_as == text
    assert find(text) is None


def test_morphine_kin_are_not_orphines() -> None:
    for name in ("morphine", "buprenorphine", "nalorphine", "apomorphine", "etorphine", "zydromorphine"):
        (mention,) = mentions(name)
        assert mention.cls != "orphine", name


def test_one_letter_apart_is_not_a_slip_for_a_nitazene() -> None:
    (mention,) = mentions("betonitazene")
    assert mention.looks_like == "nitazene"
    assert mention.substance == "betonitazene"


def test_metabolite_and_marker_roles() -> None:
    roles = {m.substance: m.role for m in mentions("Fentanyl, 4-ANPP, norfentanyl, 6-MAM and clonazepam metabolite")}
    assert roles == {
        "fentanyl": "drug",
        "4-ANPP": "marker",
        "norfentanyl": "metabolite",
        "6-monoacetylmorphine": "metabolite",
        "clonazepam": "metabolite",
    }


def test_lists_keep_commas_inside_names_and_terms_nobody_knows() -> None:
    found = terms("1,4-butanediol; 2,6-dichlorofoo, N,N-dimethylpentylone + Heroin & blorp and MDMA (80%)")
    assert [m.substance for m in found] == [
        "1,4-butanediol", None, "dipentylone", "heroin", None, "MDMA",
    ]  # fmt: skip
    assert [m.reported_as for m in found if m.substance is None] == ["2,6-dichlorofoo", "blorp"]


def test_a_sequence_is_read_term_by_term() -> None:
    assert [m.substance for m in terms(["fentanyl", "no heroin"])] == ["fentanyl", "heroin"]
    assert [m.negated for m in terms(["fentanyl", "no heroin"])] == [False, True]
    assert terms([]) == ()
    assert terms("") == mentions("") == ()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("No Active Component Identified", "nothing_detected"),
        ("Unable to identify", "inconclusive"),
        ("Not tested", "not_tested"),
        ("Not Stated", "not_stated"),
        ("N/A", "not_stated"),
        ("No Drug Found", "nothing_detected"),
        ("insufficient material for testing", "not_tested"),
    ],
)
def test_results_that_are_not_substances(text: str, result: str) -> None:
    for (mention,) in (terms(text), mentions(text)):
        assert (mention.result, mention.substance, mention.role) == (result, None, "result")


def test_street_names_count_only_as_a_whole_term() -> None:
    assert [m.substance for m in terms("Speed, Coke")] == ["amphetamine", "cocaine"]
    assert mentions("driving at speed, coke can in hand") == ()


def test_every_mention_is_a_slice_of_its_text() -> None:
    text = "  Acute  FENTANYL/ofcocaine toxicity (U-47,700); Δ9-THC, pos. α-PVP "
    for mention in (*mentions(text), *terms(text)):
        assert text[mention.start : mention.start + len(mention.reported_as)] == mention.reported_as


def test_the_command_lists_what_is_left(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Acute fentanyl and blorpamine toxicity\nHeroin\n"))
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert "3 terms, 66.67% resolved, 1 left" in printed
    assert "1\tblorpamine" in printed
