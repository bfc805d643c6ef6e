"""Entries: the vocabulary as data, one table per class, and the questions asked of one substance."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

_RELEASE = "2026.11"

FENTANYL_RELATED, NITAZENE, ORPHINE, MORPHINAN, OPIOID = (
    "fentanyl_related",
    "nitazene",
    "orphine",
    "morphinan",
    "opioid",
)

CLASS_GROUPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "opioid": frozenset({OPIOID, FENTANYL_RELATED, NITAZENE, ORPHINE, MORPHINAN}),
        "sedative": frozenset({"benzodiazepine", "sedative", "barbiturate", "gabapentinoid"}),
        "stimulant": frozenset({"stimulant", "cathinone"}),
    }
)
"""Wider groups of classes: a class word such as "opioid" covers every class of its group."""


def _classes() -> frozenset[str]:
    """The closed list of classes: one table in data/ per class."""
    tables = (item.name for item in (files(__package__) / "data").iterdir())
    return frozenset(t.removesuffix(".tsv") for t in tables if t.endswith(".tsv")) - {"class_words", "results"}


CLASSES = _classes()
ROLES = frozenset({"drug", "marker", "metabolite", "cutting_agent", "precursor", "medicine", "mixture"})

_SENTINEL = {FENTANYL_RELATED: "fentanyl", NITAZENE: "nitazene", ORPHINE: "orphine"}


@dataclass(frozen=True, slots=True)
class Substance:
    """One entry: the name shown to people, its class and role, other names, and registry numbers if certain."""

    id: str
    name: str
    cls: str
    role: str
    synonyms: tuple[str, ...]
    cas: str | None
    inchikey: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A table row: the substance, names that count only as a whole list term, and what it is a sign of."""

    substance: Substance
    list_only: tuple[str, ...]
    of: str | None


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(" | ") if part.strip())


def _read_class(cls: str, text: str) -> list[Entry]:
    header, *lines = text.splitlines()
    columns = header.split("\t")
    entries = []
    for line in lines:
        row = dict(zip(columns, line.split("\t"), strict=True))
        substance = Substance(
            id=row["name"],
            name=row["name"],
            cls=cls,
            role=row["role"],
            synonyms=_split(row["synonyms"]),
            cas=row["cas"] or None,
            inchikey=row["inchikey"] or None,
            sources=tuple(row["sources"].split()),
        )
        entries.append(Entry(substance, _split(row["list_only"]), row["of"] or None))
    return entries


@cache
def entries() -> Mapping[str, Entry]:
    """Every entry of every class table, by preferred name."""
    folder = files(__package__) / "data"
    found: dict[str, Entry] = {}
    for cls in sorted(CLASSES):
        for entry in _read_class(cls, (folder / f"{cls}.tsv").read_text(encoding="utf-8")):
            if entry.substance.id in found:
                raise ValueError(f"{cls}.tsv: {entry.substance.id!r} is already in another class table")
            found[entry.substance.id] = entry
    return MappingProxyType(found)


@cache
def substances() -> Mapping[str, Substance]:
    """Every substance of the vocabulary, by preferred name."""
    return MappingProxyType({name: entry.substance for name, entry in entries().items()})


def signs_of(substance: str) -> str | None:
    """The substance of which this marker, metabolite or precursor is a sign, or None."""
    entry = entries().get(substance)
    return entry.of if entry else None


def _class_of(substance: Substance | str) -> tuple[str, str] | None:
    if isinstance(substance, Substance):
        return substance.cls, substance.role
    known = substances().get(substance)
    if known:
        return known.cls, known.role
    return None


def is_opioid(substance: Substance | str) -> bool:
    """Whether a substance (or the preferred name of one, or a class name) belongs to the opioids."""
    found = _class_of(substance)
    return (found[0] if found else substance) in CLASS_GROUPS["opioid"]


def sentinel_group(substance: Substance | str) -> str | None:
    """ "fentanyl", "nitazene" or "orphine" for a drug of these classes, else None.

    Takes a substance, a preferred name or a class name. Markers, metabolites and precursors are no sightings
    of a drug: ask for what they are `signs_of`.
    """
    found = _class_of(substance)
    if found is None:
        return _SENTINEL.get(substance) if isinstance(substance, str) else None
    return _SENTINEL.get(found[0]) if found[1] == "drug" else None


def content_hash(package: Traversable) -> str:
    """Eight hexadecimal digits over every table and every rule in a copy of this package."""
    digest = hashlib.sha256()
    for folder in (package, package / "data"):
        for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if item.name.endswith((".py", ".tsv", ".txt")):
                digest.update(item.name.encode())
                digest.update(item.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:8]


VOCABULARY_VERSION = f"{_RELEASE}+{content_hash(files(__package__))}"
