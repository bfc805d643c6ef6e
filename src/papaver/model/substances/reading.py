"""Reading: mentions in free text and in delimited lists."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from papaver.model.substances.entries import Substance
from papaver.model.substances.lexicon import Meaning, lexicon, meaning_of
from papaver.model.substances.negation import negated, not_tested
from papaver.model.substances.scan import Hit, Scan, scan
from papaver.model.substances.spelling import name_key


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing a text names: a substance, a class, a name that looks like one, or a result without substance.

    `reported_as` is the verbatim slice that begins at `start`. `role` is the substance's, or `class`, `result`,
    `unknown`. `looks_like` is set only for names not in the vocabulary; `substance` then is the spelling as
    reported in lower case. `result` is one of RESULTS, or None.
    """

    reported_as: str
    substance: str | None
    cls: str | None
    role: str
    negated: bool
    looks_like: str | None
    result: str | None
    start: int


def find(name: str) -> Substance | None:
    """The substance of an exact name or synonym in any case, spacing, hyphenation or Greek spelling, or None."""
    meaning = meaning_of(name, whole_term=True)
    if meaning is None and "(" in name:
        outside, inside = _parenthesis(name)
        a, b = meaning_of(outside, whole_term=True), meaning_of(inside, whole_term=True)
        meaning = a if a == b else None
    return meaning.substance if meaning else None


def _parenthesis(name: str) -> tuple[str, str]:
    match = re.match(r"^([^()]+)\(([^()]+)\)\s*$", name)
    return (match.group(1), match.group(2)) if match else (name, "")


def _merge(text: str, hits: Sequence[Hit]) -> list[Hit]:
    """Join a name and the same substance in parentheses right after it into one hit."""
    merged: list[Hit] = []
    for hit in hits:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.meaning is not None
            and last.meaning == hit.meaning
            and re.fullmatch(r"\s?\(\s?", text[last.end : hit.start])
            and re.match(r"\s?\)", text[hit.end :])
        ):
            end = text.index(")", hit.end) + 1
            merged[-1] = Hit(last.start, end, last.meaning, last.cls, None, last.metabolite)
        else:
            merged.append(hit)
    return merged


def _mention(text: str, hit: Hit, is_negated: bool) -> Mention:
    slice_ = text[hit.start : hit.end]
    result = "not_tested" if not_tested(text, hit.end) else None
    if hit.meaning is None:
        role = "metabolite" if hit.metabolite else "drug"
        return Mention(slice_, slice_.lower(), hit.cls, role, is_negated, hit.looks_like, result, hit.start)
    substance = hit.meaning.substance
    if substance is None:
        return Mention(slice_, None, hit.cls, "class", is_negated, None, result, hit.start)
    role = "metabolite" if hit.metabolite else substance.role
    return Mention(slice_, substance.name, hit.cls, role, is_negated, None, result, hit.start)


def _of_meaning(term: str, start: int, meaning: Meaning) -> Mention:
    substance = meaning.substance
    if substance is None:
        return Mention(term, None, meaning.cls, "class", False, None, None, start)
    return Mention(term, substance.name, meaning.cls, substance.role, False, None, None, start)


def _read(text: str) -> tuple[list[Mention], Scan]:
    scanned = scan(text)
    hits = _merge(text, scanned.hits)
    denied = negated(text, [(h.start, h.end) for h in hits])
    return [_mention(text, hit, n in denied) for n, hit in enumerate(hits)], scanned


# How laboratories that nobody listed say the same: the sense of a whole text in which nothing is named.
_RESULT_SENSE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (result, re.compile(pattern, re.IGNORECASE))
    for result, pattern in (
        ("not_tested", r"^(?:insufficient|not (?:enough|tested|analy[sz]ed|examined|screened|submitted))\b"),
        ("pending", r"\b(?:pending|awaiting|awaited)\b"),
        ("inconclusive", r"^(?:unable|could not|cannot|can not|not possible|inconclusive|unidentif|indetermin)"),
        ("nothing_detected", r"^(?:no|none|nil|nothing)\b.*\b(?:identified|detected|found|present|seen|observed)$"),
        ("nothing_detected", r"^negative\b"),
    )
)


def _result_phrase(text: str) -> str | None:
    """The result that a whole text states without naming a substance, or None."""
    listed = lexicon().results.get(name_key(text))
    if listed:
        return listed
    plain = text.strip(" \t.:;,")
    for result, pattern in _RESULT_SENSE:
        if pattern.search(plain):
            scanned = scan(plain)
            return None if scanned.hits or scanned.left else result
    return None


@lru_cache(maxsize=262144)
def mentions(text: str) -> tuple[Mention, ...]:
    """Everything a free text (English) names, in order: substances, classes, look-alikes, or a bare result."""
    result = _result_phrase(text)
    if result:
        stripped = text.strip()
        return (Mention(stripped, None, None, "result", False, None, result, text.index(stripped)),)
    found, _ = _read(text)
    return tuple(found)


def unresolved(text: str) -> tuple[str, ...]:
    """Words of a free text that neither belong to a mention nor stand on the stop list, as written."""
    if _result_phrase(text):
        return ()
    _, scanned = _read(text)
    return tuple(text[token.start : token.end] for token in scanned.left)


_AND_SO_ON = frozenset({"etc", "etcetera", "andsoon"})
_SEPARATOR = re.compile(r"\s*[;|\n\t]\s*|\s*,\s*|\s*/\s*|\s*\+\s*|\s*&\s*|\s+and\s+", re.IGNORECASE)


def _pieces(text: str, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut a list at its separators, except inside names already read and inside numbers of positions."""
    cuts: list[tuple[int, int]] = []
    for match in _SEPARATOR.finditer(text):
        inside = any(start < match.end() and match.start() < end for start, end in taken)
        if not inside and not _inside_name(text, match.start(), match.end()):
            cuts.append((match.start(), match.end()))
    bounds = [0, *(edge for cut in cuts for edge in cut), len(text)]
    return [(bounds[n], bounds[n + 1]) for n in range(0, len(bounds), 2)]


def _inside_name(text: str, start: int, end: int) -> bool:
    """Whether a separator belongs to a chemical name: between positions, or in brackets opened and not closed."""
    before, after = text[:start], text[end:]
    if before.count("(") > before.count(")") or before.count("[") > before.count("]"):
        return True
    if text[start:end].strip() == "/" and re.fullmatch(r"n/a", text.strip(), re.IGNORECASE):
        return True
    if text[start:end] == ",":
        return bool(re.search(r"(?:\d['′]?|\bN|\bO|[αβ])$", before) and re.match(r"\d|N\b|O\b|N-|[αβ]", after))
    return False


def _term(text: str, start: int, end: int) -> Mention | None:
    """The mention of one piece of a list in which the scan found nothing."""
    raw = text[start:end]
    piece = raw.strip(" \t.:;,")
    if not piece or name_key(piece) in _AND_SO_ON:
        return None
    at = start + raw.index(piece)
    meaning = meaning_of(piece, whole_term=True)
    if meaning:
        return _of_meaning(piece, at, meaning)
    result = _result_phrase(piece)
    if result:
        return Mention(piece, None, None, "result", False, None, result, at)
    return Mention(piece, None, None, "unknown", False, None, None, at)


def _distinct(found: Sequence[Mention]) -> list[Mention]:
    """Leave out repeats of one substance inside one piece of a list ("Bensedin Diazepam")."""
    kept: list[Mention] = []
    for mention in found:
        same = (mention.substance, mention.cls, mention.negated)
        if mention.substance is None or all((m.substance, m.cls, m.negated) != same for m in kept):
            kept.append(mention)
    return kept


def _read_whole_term(text: str) -> Mention | None:
    piece = text.strip()
    meaning = meaning_of(piece, whole_term=True) if piece else None
    result = _result_phrase(piece) if piece and not meaning else None
    if meaning:
        return _of_meaning(piece, text.index(piece), meaning)
    if result:
        return Mention(piece, None, None, "result", False, None, result, text.index(piece))
    return None


@lru_cache(maxsize=262144)
def _terms_of(listing: str) -> tuple[Mention, ...]:
    whole = _read_whole_term(listing)
    if whole:
        return (whole,)
    read, _ = _read(listing)
    spans = [(m.start, m.start + len(m.reported_as)) for m in read]
    found: list[Mention] = []
    for start, end in _pieces(listing, spans):
        here = [m for m in read if start <= m.start < end]
        whole_term = meaning_of(listing[start:end], whole_term=True) if len(here) > 1 else None
        if whole_term and not any(m.negated for m in here):
            piece = listing[start:end].strip()
            found.append(_of_meaning(piece, start, whole_term))
        elif here:
            found += _distinct(here)
        else:
            term = _term(listing, start, end)
            found += [term] if term else []
    return tuple(found)


def terms(listing: str | Sequence[str]) -> tuple[Mention, ...]:
    """Everything a delimited list (or sequence of terms) names; a term nobody knows stays, without substance."""
    if isinstance(listing, str):
        return _terms_of(listing)
    return tuple(mention for item in listing for mention in _terms_of(item))
