"""Places: ISO 3166-1 countries, ISO 3166-2 regions, and codes of any other scheme as `scheme:vintage:code`."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

Level = Literal["country", "region", "nuts1", "nuts2", "nuts3", "other"]

_REGION = re.compile(r"([A-Z]{2})-([A-Z0-9]{1,3})")
_SCHEME = re.compile(r"([a-z0-9_]+):([^:\s]+):(\S+)")
_NUTS: Mapping[int, Level] = {2: "country", 3: "nuts1", 4: "nuts2", 5: "nuts3"}


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its code, its name for people, how fine it is, its country and its first-level region.

    `country` is None where the code does not say. `first_level` is the region itself or the region it lies in, None
    for countries. `known` is False where the code is in none of our tables: it is kept, and readers note it.
    """

    code: str
    name: str
    level: Level
    country: str | None
    first_level: str | None
    known: bool = True


def _yaml(stem: str) -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load((files(__name__) / f"{stem}.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def countries() -> Mapping[str, str]:
    """Names of countries by ISO 3166-1 alpha-2 code."""
    return _yaml("countries")["names"]


@cache
def regions() -> Mapping[str, str]:
    """Names of first-level regions by ISO 3166-2 code, such as US-CT: Connecticut."""
    tables = _yaml("regions")
    return {f"{country}-{code}": name for country, table in tables.items() for code, name in table.items()}


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


@cache
def _codes() -> Mapping[str, str]:
    """Codes by code, alias and name, all folded; names that two places share are left out."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    named = [(name, code) for table in (countries(), regions()) for code, name in table.items()]
    for name, code in [*named, *_yaml("countries")["aliases"].items()]:
        key = _folded(name)
        if found.get(key, code) != code:
            shared.add(key)
        found[key] = code
    for key in shared:
        del found[key]
    # A code always wins over a name.
    found.update({_folded(code): code for code in [*regions(), *countries()]})
    return found


@cache
def canonical(text: str) -> str:
    """The code meant by a code, an alias (EL, UK) or a name (Latvia, Connecticut); unknown text is kept as it is."""
    stripped = text.strip()
    found = _codes().get(_folded(stripped))
    if found:
        return found
    upper = stripped.upper()
    match = _REGION.fullmatch(upper)
    if match:
        country = _codes().get(_folded(match[1]), match[1])
        return f"{country}-{match[2]}"
    return stripped


@cache
def place(code: str) -> Place:
    """What is known of a place code; an unknown code is its own name."""
    code = canonical(code)
    if code in countries():
        return Place(code, countries()[code], "country", code, None)
    if code in regions():
        return Place(code, regions()[code].partition(" (")[0], "region", code[:2], code)
    if match := _REGION.fullmatch(code):
        country = match[1] if match[1] in countries() else None
        return Place(code, code, "region", country, code, known=False)
    if match := _SCHEME.fullmatch(code):
        return _of_scheme(code, *match.groups())
    return Place(code, code, "other", None, None, known=False)


def _of_scheme(code: str, scheme: str, vintage: str, own: str) -> Place:
    if scheme != "nuts" or len(own) not in _NUTS or not own[:2].isalpha():
        return Place(code, f"{own} ({scheme} {vintage})", "other", None, None, known=False)
    country = canonical(own[:2])
    first = f"nuts:{vintage}:{own[:3]}" if len(own) > 2 else None
    known = country in countries()
    name = countries()[country] if known and first is None else f"{own} (NUTS {vintage})"
    return Place(code, name, _NUTS[len(own)], country if known else None, first, known)
