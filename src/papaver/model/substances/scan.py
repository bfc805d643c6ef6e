"""Scan: names of substances and classes in a stretch of text, longest first, left to right."""

import re
from dataclasses import dataclass

from papaver.model.substances.correction import corrected, split_point
from papaver.model.substances.entries import FENTANYL_RELATED
from papaver.model.substances.lexicon import SALTS, Meaning, lexicon
from papaver.model.substances.spelling import STEREO, Token, fold, joins, tokens
from papaver.model.substances.stems import code_stems, is_chemical_part, token_stem, without_metabolite_prefix

_LONGEST = 14
_DENIAL = re.compile(r"\b(?:neither|not|no|without|negative)\b", re.IGNORECASE)
# "MDMB-4en-PINACA butanoic acid metabolite", "zolpidem carboxylic acid", "oxazepam glucuronide".
_METABOLITE_AFTER = re.compile(
    r"^(?:[ -](?:\w*hydroxy\w*|butanoic|pentanoic|carboxylic|propionic|acid|[a-z]+yl)){0,3}"
    r"[ -](?:metabolites?|glucuronides?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in text that names something: a known meaning, or a name that only looks like a class."""

    start: int
    end: int
    meaning: Meaning | None
    cls: str
    looks_like: str | None = None
    metabolite: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """All hits of a text and the words that are neither part of one nor on the stop list."""

    hits: tuple[Hit, ...]
    left: tuple[Token, ...]


def _pieces(text: str) -> list[Token]:
    """Tokens of the text, with run-together words cut and misspelt words corrected."""
    lex = lexicon()
    found: list[Token] = []
    for token in tokens(text):
        found += _cut(text, token) if token.text not in lex.words else [token]
    return found


def _cut(text: str, token: Token) -> list[Token]:
    lex = lexicon()
    if token.text in lex.known or lex.is_stop(token.text):
        return [token]
    if lex.cut_short(token.text):
        return [token]
    at = split_point(token.text) if len(token.text) == token.end - token.start else None
    if at:
        middle = token.start + at
        left = Token(token.start, middle, fold(text[token.start : middle]))
        return [left, *_cut(text, Token(middle, token.end, fold(text[middle : token.end])))]
    better = corrected(token.text)
    return [Token(token.start, token.end, fold(better))] if better else [token]


def _longest(text: str, pieces: list[Token], at: int) -> tuple[int, Meaning] | None:
    """The longest known name that begins at a token: index after its last token, and its meaning."""
    lex = lexicon()
    key = ""
    best: tuple[int, Meaning] | None = None
    for n in range(at, min(at + _LONGEST, len(pieces))):
        if n > at:
            gap = text[pieces[n - 1].end : pieces[n].start]
            if gap and not joins(pieces[n - 1].text, gap, pieces[n].text):
                break
            if n == at + 1 and _is_conjunction(text, pieces, at):
                break
        key += pieces[n].text
        meaning = lex.names.get(key)
        if meaning and (n == at or not _chance(key, pieces[at : n + 1])):
            best = (n + 1, meaning)
        if not lex.continues(key):
            break
    return best


def _is_conjunction(text: str, pieces: list[Token], at: int) -> bool:
    """Whether "nor" is the word of "neither heroin nor fentanyl" and not the prefix of "nor fentanyl"."""
    if pieces[at].text != "nor" or at + 1 == len(pieces):
        return False
    apart = text[pieces[at].end : pieces[at + 1].start] == " "
    return apart and _DENIAL.search(text, 0, pieces[at].start) is not None


def _chance(key: str, parts: list[Token]) -> bool:
    """Whether ordinary words only by chance join to a one-word name ("code in", "do I")."""
    return key in lexicon().one_word and all(len(p.text) < 3 or _stop(p.text) for p in parts)


def _prefix_start(text: str, pieces: list[Token], at: int, floor: int) -> tuple[int, bool]:
    """Walk left from a token over parts of a chemical name; (first token, whether a part changes the name)."""
    first, changed = at, False
    for n in range(at - 1, floor - 1, -1):
        gap = text[pieces[n].end : pieces[n + 1].start]
        word = pieces[n].text
        if "/" in gap:
            break
        tight = bool(gap) and " " not in gap and joins(word, gap, pieces[n + 1].text)
        if _is_conjunction(text, pieces, n):
            break
        if is_chemical_part(word) and (tight or gap == " ") and not _whole_name(word):
            first, changed = n, True
        elif tight and (word.isdigit() or word in STEREO or len(word) <= 2 or word in ("alpha", "beta", "gamma")):
            first = n
        elif tight and not _stop(word) and not _whole_name(word) and gap in "-‐‑–":
            first, changed = n, True
        else:
            break
    return first, changed


def _stop(word: str) -> bool:
    return lexicon().is_stop(word)


def _whole_name(word: str) -> bool:
    lex = lexicon()
    return word in lex.names or word in lex.list_only


def _inside_systematic_name(text: str, pieces: list[Token], at: int) -> bool:
    """Whether a token closes a systematic name ("...-4-(N-acetanilido)piperidine") and so names nothing itself."""
    if not at:
        return False
    gap = text[pieces[at - 1].end : pieces[at].start]
    return gap[:1] in (")", "]") and " " not in gap and "/" not in gap and not _stop(pieces[at].text)


def _with_tail(text: str, pieces: list[Token], end: int) -> int:
    """Take salts that follow a name into it."""
    while end < len(pieces) and pieces[end].text in SALTS:
        if text[pieces[end - 1].end : pieces[end].start] not in (" ", "-"):
            break
        end += 1
    return end


def _known_hit(text: str, pieces: list[Token], at: int, floor: int, end: int, meaning: Meaning) -> tuple[Hit, int]:
    first, changed = _prefix_start(text, pieces, at, floor)
    tail = _with_tail(text, pieces, end)
    start, stop = pieces[first].start, pieces[tail - 1].end
    if changed and meaning.substance is not None:
        stem = token_stem(pieces[end - 1].text)
        looks = stem or (meaning.cls, meaning.cls)
        metabolite = any(p.text in ("nor", "hydroxy", "desmethyl", "dehydro") for p in pieces[first:at])
        return Hit(start, stop, None, looks[1], looks[0], metabolite), tail
    if not changed and first < at and any(p.text.isdigit() for p in pieces[first:at]):
        start = pieces[at].start
    metabolite = bool(_METABOLITE_AFTER.match(text[stop : stop + 80]))
    return Hit(start, stop, meaning, meaning.cls, None, metabolite), tail


def _unknown_hit(text: str, pieces: list[Token], at: int, floor: int) -> Hit | None:
    """A token that only looks like something: by its stem, or as a metabolite of a known name."""
    word = pieces[at].text
    if _stop(word):
        return None
    rest = without_metabolite_prefix(word)
    base = lexicon().names.get(rest) if rest else None
    stem = token_stem(word)
    if base is None and stem is None:
        meaning = lexicon().cut_short(word)
        return Hit(pieces[at].start, pieces[at].end, meaning, meaning.cls) if meaning else None
    first, _ = _prefix_start(text, pieces, at, floor)
    start, end = pieces[first].start, pieces[at].end
    if stem:
        return Hit(start, end, None, stem[1], stem[0], base is not None)
    assert base is not None
    return Hit(start, end, None, base.cls, base.cls, True)


def scan(text: str) -> Scan:
    """Find every name in a text, and the words that remain unexplained."""
    pieces = _pieces(text)
    hits: list[Hit] = []
    used = [False] * len(pieces)
    at = floor = 0
    while at < len(pieces):
        known = None if _inside_systematic_name(text, pieces, at) else _longest(text, pieces, at)
        hit: Hit | None
        if known:
            hit, after = _known_hit(text, pieces, at, floor, known[0], known[1])
        else:
            hit, after = _unknown_hit(text, pieces, at, floor), at + 1
        if hit:
            hits.append(hit)
            for n, piece in enumerate(pieces):
                if hit.start <= piece.start and piece.end <= hit.end:
                    used[n] = True
            floor = after
        at = after
    hits += _codes(text, hits)
    if any(hit.cls == FENTANYL_RELATED for hit in hits):
        hits += _shared_noun(text, pieces, used)
    covered = [(h.start, h.end) for h in hits]
    left = tuple(
        p
        for n, p in enumerate(pieces)
        if not used[n] and not _ordinary(p.text) and not any(s <= p.start and p.end <= e for s, e in covered)
    )
    return Scan(tuple(sorted(hits, key=lambda h: h.start)), left)


def _shared_noun(text: str, pieces: list[Token], used: list[bool]) -> list[Hit]:
    """Fentanyls of a list that gives the noun only once: "furanyl, butyryl and acetyl fentanyl"."""
    lex = lexicon()
    found = []
    for n, piece in enumerate(pieces):
        after = text[piece.end : pieces[n + 1].start] if n + 1 < len(pieces) else ")"
        linked = re.match(r"^\s*[,;/)&]|^ $", after) and (after != " " or pieces[n + 1].text in ("and", "or"))
        if used[n] or not linked or not is_chemical_part(piece.text):
            continue
        first, _ = _prefix_start(text, pieces, n, 0)
        for start in range(first, n + 1):
            meaning = lex.names.get("".join(p.text for p in pieces[start : n + 1]) + "fentanyl")
            if meaning and not any(used[start : n + 1]):
                found.append(Hit(pieces[start].start, piece.end, meaning, meaning.cls))
                break
    return found


def _codes(text: str, hits: list[Hit]) -> list[Hit]:
    found: list[Hit] = []
    for start, end, looks_like, cls in code_stems(text):
        if not any(h.start < end and start < h.end for h in (*hits, *found)):
            found.append(Hit(start, end, None, cls, looks_like))
    return found


def _ordinary(word: str) -> bool:
    """Whether a word needs no explanation: on the stop list, a number, a unit, a lone letter."""
    return _stop(word) or word in SALTS or word.isdigit() or len(word) <= 1 or word[:-2].isdigit()
