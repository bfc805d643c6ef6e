"""Lexicon: every key the normaliser knows, and what it stands for."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from papaver.model.substances.entries import Entry, Substance, entries
from papaver.model.substances.spelling import STEREO, name_key, tokens

RESULTS = ("nothing_detected", "inconclusive", "not_tested", "pending", "not_stated")
"""Results that are not substances: what `Mention.result` may hold."""

SALTS = frozenset(
    {
        "hydrochloride",
        "hcl",
        "dihydrochloride",
        "hydrobromide",
        "hbr",
        "sulfate",
        "sulphate",
        "phosphate",
        "citrate",
        "tartrate",
        "bitartrate",
        "maleate",
        "fumarate",
        "mesylate",
        "succinate",
        "base",
        "freebase",
        "monohydrate",
        "dihydrate",
        "hydrate",
    }
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a key stands for: a substance, or (substance None) a class spoken of as a whole."""

    substance: Substance | None
    cls: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Keys usable anywhere in text, keys that count only as a whole list term, results, and single words."""

    names: dict[str, Meaning]
    list_only: dict[str, Meaning]
    results: dict[str, str]
    ordered: list[str]
    words: frozenset[str]
    stop: frozenset[str]

    def continues(self, key: str) -> bool:
        """Whether some name begins with this key."""
        at = bisect_left(self.ordered, key)
        return at < len(self.ordered) and self.ordered[at].startswith(key)


def _table(name: str) -> list[tuple[str, list[str]]]:
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return [(row[0], [part.strip() for part in row[1].split(" | ")]) for row in rows]


def stop_words() -> frozenset[str]:
    """The published stop list: folded words of ordinary and medical English that name no substance."""
    text = (files(__package__) / "data" / "stop_words.txt").read_text(encoding="utf-8")
    return frozenset(name_key(word) for word in text.split())


def _put(table: dict[str, Meaning], name: str, meaning: Meaning) -> None:
    key = name_key(name)
    held = table.setdefault(key, meaning)
    if held != meaning:
        raise ValueError(f"{name!r} would stand for both {held} and {meaning}: keep it in one row only")


def _put_names(names: dict[str, Meaning], all_entries: dict[str, Entry]) -> None:
    for entry in all_entries.values():
        meaning = Meaning(entry.substance, entry.substance.cls)
        for name in (entry.substance.name, *entry.substance.synonyms):
            _put(names, name, meaning)


@cache
def lexicon() -> Lexicon:
    """Build the lexicon from the tables, refusing a name with two meanings."""
    names: dict[str, Meaning] = {}
    list_only: dict[str, Meaning] = {}
    table = dict(entries())
    _put_names(names, table)
    phrases = [n for e in table.values() for n in (e.substance.name, *e.substance.synonyms)]
    for cls, words in _table("class_words.tsv"):
        phrases += words
        for word in words:
            _put(names, word, Meaning(None, cls))
    for entry in table.values():
        for name in entry.list_only:
            if name_key(name) not in names:
                _put(list_only, name, Meaning(entry.substance, entry.substance.cls))
    results = {name_key(phrase): result for result, words in _table("results.tsv") for phrase in words}
    words_of_names = frozenset(token.text for phrase in phrases for token in tokens(phrase)) | frozenset(names)
    return Lexicon(names, list_only, results, sorted(names), words_of_names, stop_words())


def meaning_of(name: str, *, whole_term: bool = False) -> Meaning | None:
    """Look a name up by key: as written, then without salt, then without a leading stereo descriptor."""
    lex = lexicon()
    parts = [token.text for token in tokens(name)]
    while parts:
        key = "".join(parts)
        found = lex.names.get(key) or (lex.list_only.get(key) if whole_term else None)
        if found:
            return found
        if len(parts) > 1 and parts[-1] in SALTS:
            parts = parts[:-1]
        elif len(parts) > 1 and parts[0] in STEREO:
            parts = parts[1:]
        else:
            return None
    return None
