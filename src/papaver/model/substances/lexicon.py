"""Lexicon: every key the normaliser knows, and what it stands for."""

import re
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


_SHORTEST_CUT = 6
_HALOGENS = {"F": "fluoro", "Cl": "chloro", "Br": "bromo"}
_SHORT_HALOGEN = re.compile(r"^(\d)'?-?(F|Cl|Br)-")


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
    known: frozenset[str]
    stop_stems: re.Pattern[str]
    one_word: frozenset[str]

    def continues(self, key: str) -> bool:
        """Whether some name begins with this key."""
        at = bisect_left(self.ordered, key)
        return at < len(self.ordered) and self.ordered[at].startswith(key)

    def is_stop(self, word: str) -> bool:
        """Whether a folded word is on the stop list, as itself or by a stem ("cardio*", "*itis")."""
        return word in self.stop or self.stop_stems.match(word) is not None

    def cut_short(self, word: str) -> Meaning | None:
        """The one substance whose name a word of at least six letters begins ("butalb", "buprenor"), or None."""
        if len(word) < _SHORTEST_CUT or not word.isalpha() or word in self.known:
            return None
        at = bisect_left(self.ordered, word)
        found: dict[str, Meaning] = {}
        while at < len(self.ordered) and self.ordered[at].startswith(word):
            meaning = self.names[self.ordered[at]]
            found[meaning.substance.id if meaning.substance else ""] = meaning
            at += 1
        return next(iter(found.values())) if len(found) == 1 and "" not in found else None


def _table(name: str) -> list[tuple[str, list[str]]]:
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return [(row[0], [part.strip() for part in row[1].split(" | ")]) for row in rows]


def stop_words() -> frozenset[str]:
    """The published stop list: words of ordinary and medical English that name no substance.

    An asterisk stands for any letters: "cardio*" is every word that begins so, "*itis" every word that ends so.
    """
    text = (files(__package__) / "data" / "stop_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def _stop_stems(words: frozenset[str]) -> re.Pattern[str]:
    stems = (re.escape(word).replace(r"\*", "[a-z]*") for word in sorted(words) if "*" in word)
    return re.compile(rf"^(?:{'|'.join(stems)})$")


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
    for entry in all_entries.values():
        for name in (entry.substance.name, *entry.substance.synonyms):
            short = _SHORT_HALOGEN.match(name)
            if short:  # "5F-ADB" is also written "5-fluoro-ADB"
                long = f"{short.group(1)}-{_HALOGENS[short.group(2)]}-{name[short.end() :]}"
                names.setdefault(name_key(long), Meaning(entry.substance, entry.substance.cls))


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
    written = stop_words()
    stop = frozenset(name_key(word) for word in written if "*" not in word)
    known = words_of_names | stop
    in_parts = {name_key(phrase) for phrase in phrases if len(tokens(phrase)) > 1}
    one_word = frozenset(key for key in names.keys() - in_parts if key.isalpha())
    stems = _stop_stems(written)
    return Lexicon(names, list_only, results, sorted(names), words_of_names, stop, known, stems, one_word)


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
