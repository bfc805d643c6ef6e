"""Places: codes, aliases, names, and what is kept of codes nobody knows."""

import pytest

from papaver.model.places import canonical, countries, place, regions

EU_EEA = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO CH GB".split()


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("LV", "LV", "Latvia"),
        ("lv", "LV", "Latvia"),
        ("Latvia", "LV", "Latvia"),
        ("EL", "GR", "Greece"),
        ("UK", "GB", "United Kingdom"),
        ("NO", "NO", "Norway"),
        ("NA", "NA", "Namibia"),
        ("Türkiye", "TR", "Türkiye"),
        ("turkey", "TR", "Türkiye"),
        ("US-CT", "US-CT", "Connecticut"),
        ("connecticut", "US-CT", "Connecticut"),
        ("UK-SCT", "GB-SCT", "Scotland"),
        ("Wales", "GB-WLS", "Wales"),
        ("Bavaria", "DE-BY", "Bavaria"),
        ("EL-I", "GR-I", "Attica"),
        ("Georgia", "GE", "Georgia"),
        ("US-GA", "US-GA", "Georgia"),
    ],
)
def test_a_place_is_known_by_code_alias_and_name(text: str, code: str, name: str) -> None:
    assert canonical(text) == code
    assert place(text).name == name
    assert place(text).known


def test_a_region_lies_in_its_country_and_is_its_own_first_level() -> None:
    found = place("US-CT")
    assert (found.level, found.country, found.first_level) == ("region", "US", "US-CT")
    assert (place("LV").level, place("LV").country, place("LV").first_level) == ("country", "LV", None)


def test_other_schemes_keep_scheme_and_vintage_and_tell_their_country() -> None:
    found = place("nuts:2021:EL30")
    assert (found.code, found.level, found.country) == ("nuts:2021:EL30", "nuts2", "GR")
    assert found.first_level == place("nuts:2021:EL303").first_level == "nuts:2021:EL3"
    assert place("nuts:2021:DE").country == "DE"


@pytest.mark.parametrize("code", ["Atlantis", "ZZ-9", "LV-999", "lau:2020:123"])
def test_an_unknown_code_is_kept_as_it_is_and_said_to_be_unknown(code: str) -> None:
    found = place(code)
    assert found.code == code
    assert not found.known
    assert place("LV-999").country == "LV"


def test_the_tables_are_whole() -> None:
    assert len(countries()) == 249 + 1  # ISO 3166-1, and XK by common use
    states = [code for code in regions() if code.startswith("US-")]
    assert len(states) == 57  # 50 states, the district, 6 outlying areas
    assert {code for code in regions() if code.startswith("GB-")} == {"GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"}
    # First level of these three is the municipality; their codes are kept by pattern.
    assert {c for c in EU_EEA if not any(r.startswith(f"{c}-") for r in regions())} == {"LV", "MT", "SI"}
    assert all(code[:2] in countries() for code in regions())
