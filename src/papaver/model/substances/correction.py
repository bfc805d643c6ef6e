"""Correction: the known word that a misspelt or run-together word stands for.

Deletion neighbourhoods (Garbe's symmetric delete) find candidates; the distance is optimal string alignment:
insert, delete, replace, swap neighbours. Sentinel classes are kept from it: a name that already ends in a
sentinel stem is changed only where a letter was doubled or two were swapped, because one letter is all that
separates two nitazenes.
"""

from functools import cache, lru_cache
from itertools import combinations

from papaver.model.substances.lexicon import lexicon
from papaver.model.substances.stems import token_stem

_SENTINEL = frozenset({"nitazene", "fentanyl", "orphine"})
_SHORTEST = 5
_TWO_EDITS_FROM = 9


def distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment distance of two words, or limit + 1 when it is larger."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before_last: list[int] = []
    last = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        row = [i]
        for j, cb in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (ca != cb))
            if i > 1 and j > 1 and ca == b[j - 2] and a[i - 2] == cb:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before_last, last = last, row
    return last[-1]


def _deletions(word: str, edits: int) -> set[str]:
    found = {word}
    for n in range(1, edits + 1):
        for gone in combinations(range(len(word)), n):
            found.add("".join(c for i, c in enumerate(word) if i not in gone))
    return found


def _edits(word: str) -> int:
    if len(word) < _SHORTEST:
        return 0
    return 2 if len(word) >= _TWO_EDITS_FROM else 1


@cache
def _neighbours() -> dict[str, tuple[str, ...]]:
    lex = lexicon()
    targets = {w for w in lex.words | lex.stop if w.isalpha() and len(w) >= _SHORTEST and not w.isnumeric()}
    index: dict[str, tuple[str, ...]] = {}
    for word in sorted(targets):
        for shorter in _deletions(word, _edits(word)):
            index[shorter] = (*index.get(shorter, ()), word)
    return index


def _only_slip(word: str, target: str) -> bool:
    """Whether two words differ by a doubled letter, a swapped pair, or nothing else."""
    if len(word) == len(target):
        return sorted(word) == sorted(target) and distance(word, target, 1) == 1
    longer, shorter = (word, target) if len(word) > len(target) else (target, word)
    if len(longer) != len(shorter) + 1:
        return False
    at = next((i for i, c in enumerate(shorter) if c != longer[i]), len(shorter))
    return longer[:at] + longer[at + 1 :] == shorter and at > 0 and longer[at] == longer[at - 1]


def _allowed(word: str, target: str, d: int) -> bool:
    if word[0] != target[0] and not (d == 1 and len(word) >= 6 and word[:2] == target[1::-1]):
        return False
    word_stem, target_stem = token_stem(word), token_stem(target)
    if word_stem and word_stem[0] in _SENTINEL:
        return _only_slip(word, target)
    if target_stem and target_stem[0] in _SENTINEL and target != "fentanyl":
        return d == 1
    if word_stem:
        return d == 1
    return d == 1 or len(target) >= _TWO_EDITS_FROM


@lru_cache(maxsize=65536)
def corrected(word: str) -> str | None:
    """The one known word nearest to a misspelt folded word, or None when there is none or there are two."""
    limit = _edits(word)
    if not limit or not word.isalpha():
        return None
    index = _neighbours()
    near = {t for shorter in _deletions(word, limit) for t in index.get(shorter, ())}
    ranked: dict[int, list[str]] = {}
    for target in near:
        d = distance(word, target, limit)
        if d <= limit and _allowed(word, target, d):
            ranked.setdefault(d, []).append(target)
    if not ranked:
        return None
    best = ranked[min(ranked)]
    return best[0] if len(best) == 1 or _same_meaning(best) else None


def _same_meaning(words: list[str]) -> bool:
    """Whether all candidates lead to the same place: all mere stop words, or names of one substance."""
    lex = lexicon()
    if all(word in lex.stop and word not in lex.names for word in words):
        return True
    meanings = {lex.names.get(word) for word in words}
    return len(meanings) == 1 and None not in meanings


_GLUE_BEFORE = (
    "andpara",
    "includingthe",
    "including",
    "combined",
    "acute",
    "with",
    "from",
    "and",
    "the",
    "due",
    "of",
    "by",
    "to",
)
_GLUE_AFTER = (
    "intoxications",
    "intoxication",
    "toxicities",
    "toxicity",
    "combined",
    "poisoning",
    "acute",
    "effects",
    "abuse",
    "and",
    "use",
    "due",
    "of",
)


@lru_cache(maxsize=65536)
def split_point(word: str) -> int | None:
    """Where to cut a word run together from two known ones ("ofcocaine", "intoxicationcombined"), or None."""
    lex = lexicon()
    if word in lex.words or word in lex.stop or len(word) < 4:
        return None
    known = lex.words | lex.stop
    for glue in _GLUE_BEFORE:
        rest = word[len(glue) :]
        if word.startswith(glue) and rest and (rest in known or _begins_name(rest) or _only_correction(rest)):
            return len(glue)
    for glue in _GLUE_AFTER:
        rest = word[: -len(glue)]
        if word.endswith(glue) and len(rest) >= 4 and (rest in known or _only_correction(rest)):
            return len(rest)
    for at in range(4, len(word) - 3):
        if word[:at] in known and word[at:] in known and not token_stem(word):
            return at
    return None


def _begins_name(rest: str) -> bool:
    return rest.isdigit() or (rest[0].isdigit() and lexicon().continues(rest)) or rest == "n"


def _only_correction(rest: str) -> bool:
    return len(rest) >= 8 and corrected(rest) is not None
