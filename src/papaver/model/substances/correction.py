"""Correction: the known word that a misspelt or run-together word stands for.

Deletion neighbourhoods (Garbe's symmetric delete) find candidates; the distance is optimal string alignment:
insert, delete, replace, swap neighbours. Sentinel classes are kept from it: a name that already ends in a
sentinel stem is changed only where a letter was doubled or two were swapped, because one letter is all that
separates two nitazenes.
"""

from collections import Counter
from functools import cache, lru_cache

from papaver.model.substances.lexicon import lexicon
from papaver.model.substances.spelling import fold
from papaver.model.substances.stems import is_chemical_part, is_well_formed, token_stem

_SENTINEL = frozenset({"nitazene", "fentanyl", "orphine"})
_SHORTEST = 5
_TWO_EDITS_FROM = 8
# Longer targets are reached by one edit only: two edits over a long word would fill the index.
_TWO_EDITS_TO = 16


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
    edge = found
    for _ in range(edits):
        edge = {w[:i] + w[i + 1 :] for w in edge for i in range(len(w))}
        found = found | edge
    return found


def _edits(word: str) -> int:
    if len(word) < _SHORTEST:
        return 0
    return 2 if _TWO_EDITS_FROM <= len(word) <= _TWO_EDITS_TO else 1


@cache
def _neighbours() -> dict[str, list[str]]:
    lex = lexicon()
    targets = sorted(w for w in lex.known if w.isalpha() and len(w) >= _SHORTEST)
    index: dict[str, list[str]] = {}
    for word in targets:
        for shorter in _deletions(word, _edits(word)):
            index.setdefault(shorter, []).append(word)
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


def _is_whole_or_chemical(target: str) -> bool:
    """Whether a word is a name by itself or a chemical part of names ("fluorobutyryl"), not part of slang."""
    return target in lexicon().names or is_chemical_part(target)


def _same_letters(word: str, target: str) -> bool:
    """Whether two words use the same letters but for one or two: a slip of the fingers, not another word."""
    a, b = Counter(word), Counter(target)
    return (a - b).total() + (b - a).total() <= 2


def _allowed(word: str, target: str, d: int) -> bool:
    if word[0] != target[0] and not (d == 1 and len(word) >= 6 and word[:2] == target[1::-1]):
        return False
    word_stem, target_stem = token_stem(word), token_stem(target)
    if is_chemical_part(target) and target not in lexicon().stop and is_well_formed(word):
        return _only_slip(word, target)
    if word_stem and word_stem[0] == "fentanyl" and not is_well_formed(word):
        return d == 1 or len(word) >= _TWO_EDITS_FROM
    if word_stem and word_stem[0] in _SENTINEL:
        return _only_slip(word, target)
    if target_stem and target_stem[0] in _SENTINEL and target != "fentanyl":
        return d == 1
    if target in lexicon().stop:
        return True
    if not _is_whole_or_chemical(target):
        return False
    if d == 1 or word_stem:
        return d == 1
    return len(target) >= 10 or _same_letters(word, target)


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


_GLUE_BEFORE = ("including", "combined", "acute", "with", "from", "and", "the", "due", "of", "by", "to")
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
    known = lexicon().known
    if word in known or len(word) < 3:
        return None
    for glue in _GLUE_BEFORE:
        rest = fold(word[len(glue) :])
        if word.startswith(glue) and rest and (rest in known or _begins_name(rest) or _corrects(rest)):
            return len(glue)
    for glue in _GLUE_AFTER:
        rest = word[: -len(glue)]
        if word.endswith(glue) and len(rest) >= 4 and (rest in known or _corrects(rest)):
            return len(rest)
    for at in range(4, len(word) - 3):
        parts_of_one_name = is_chemical_part(word[:at]) or token_stem(word)
        if word[:at] in known and word[at:] in known and not parts_of_one_name:
            return at
    return None


def _begins_name(rest: str) -> bool:
    return rest.isdigit() or (rest[0].isdigit() and lexicon().continues(rest)) or rest == "n"


def _corrects(rest: str) -> bool:
    return len(rest) >= _TWO_EDITS_FROM and corrected(rest) is not None
