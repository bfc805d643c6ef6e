"""Negation: which names a text says were *not* found.

Words before a list of names ("negative for", "no", "without", "absence of") or after it ("not detected",
"negative", "was ruled out") turn every name of that list. A list is names joined by commas, slashes, "and",
"or", "nor"; it ends at a full stop, a semicolon or any other word.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

_FILLER = (
    r"(?:any|all|the|a|an|evidence|presence|trace|traces|signs?|detectable|detected|detection|amounts?|levels?|"
    r"quantit(?:y|ies)|quantifiable|measurable|illicit|of|for|to|due|known|confirmed|other|additional|further|both)"
)
_LIST_BEFORE = re.compile(
    rf"(?:\bnegative|\bneg|\bnot positive|\babsence|\bexclud(?:ed|es|ing)|\bfree|\bruled out|\brules out|"
    rf"\bno evidence|\bneither|\bnone of|\black|\bnot (?:detected|found|identified|present) *:|\bundetected *:)"
    rf"(?:\s+{_FILLER})*\s*:?\s*\(?$",
    re.IGNORECASE,
)
_SHORT_BEFORE = re.compile(
    rf"(?:\bno|\bnot|\bwithout|\bnon-?|\bden(?:ied|ies|ying)|\bnor|\binstead of|\brather than)"
    rf"(?:\s+{_FILLER})*\s*\(?$",
    re.IGNORECASE,
)
_NOT_ONLY = re.compile(r"\b(?:not only|no doubt|not just|not limited to|without doubt)\b[^.;]*$", re.IGNORECASE)
_FOUND = r"(?:detected|found|identified|present|confirmed|seen|observed|reported|isolated|indicated)"
_AFTER = re.compile(
    rf"^[\s)]*\(?(?:(?:was|were|is|are|has been|have been|had been|could be)\s+)?(?:also\s+)?"
    rf"(?:(?:not|n't|never)\s+(?:been\s+|be\s+)?{_FOUND}|(?:tested\s+)?negative\b|neg\b|absent\b|ruled out|excluded"
    rf"|undetected|none detected|not\s*present|(?:could|can)\s*not be {_FOUND})",
    re.IGNORECASE,
)
_AFTER_COLON = re.compile(
    r"^\s*(?:[:=\-–]\s*(?:negative|neg|not detected|absent|none detected|nd)\b|\([-−–]\)(?=\s*(?:[,;.]|$)))",
    re.IGNORECASE,
)
_NOT_TESTED = re.compile(
    r"^[\s)]*(?:(?:was|were|is|are)\s+)?[:=\-–]?\s*not (?:tested|analy[sz]ed|examined|screened)\b", re.IGNORECASE
)
_POSITIVE_AFTER = re.compile(rf"^[\s)]*(?:(?:was|were|is|are)\s+)?(?:{_FOUND}|positive)\b", re.IGNORECASE)
_LINK = re.compile(
    r"^\)?\s*(?:,|/|&|\+|,?\s*\b(?:and|or|nor|and/or)\b)\s*(?:(?:any|the|other|illicit|all|common|both)\s+){0,2}\(?$",
    re.IGNORECASE,
)
_WORD_LINK = re.compile(r"\b(?:and|or|nor)\b|/|&|\+", re.IGNORECASE)
_PAREN = re.compile(r"^\s*\($|^\)?\s*$")


def _runs(text: str, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Group neighbouring names that stand in one list."""
    runs: list[list[int]] = []
    for n, (start, _) in enumerate(spans):
        gap = text[spans[n - 1][1] : start] if n else "."
        if n and (_LINK.match(gap) or _PAREN.match(gap)):
            runs[-1].append(n)
        else:
            runs.append([n])
    return runs


def _reach_forward(text: str, spans: Sequence[tuple[int, int]], run: list[int], tail_negated: bool) -> set[int]:
    """How far a short negator ("no", "without") before a list reaches."""
    gaps = [text[spans[a][1] : spans[b][0]] for a, b in pairwise(run)]
    or_at = max((n for n, gap in enumerate(gaps) if re.search(r"\b(?:or|nor)\b", gap, re.IGNORECASE)), default=-1)
    reached = {run[0]}
    for n, gap in enumerate(gaps):
        if not (tail_negated or n <= or_at or _WORD_LINK.search(gap) or _PAREN.match(gap)):
            break
        reached.add(run[n + 1])
    return reached


def _reach_backward(text: str, spans: Sequence[tuple[int, int]], run: list[int], after: str) -> set[int]:
    """How far back over a list words after it reach: the whole list for a plural verb, else its linked end."""
    if re.match(r"^[\s)]*(?:were|are|have)\b", after, re.IGNORECASE):
        return set(run)
    reached = {run[-1]}
    if re.match(r"^[\s)]*(?:was|is|has)\b|^\s*[:=]", after, re.IGNORECASE):
        return reached
    for n in range(len(run) - 2, -1, -1):
        gap = text[spans[run[n]][1] : spans[run[n + 1]][0]]
        if not (_WORD_LINK.search(gap) or _PAREN.match(gap)):
            break
        reached.add(run[n])
    return reached


# A new statement begins: what came before it no longer denies.
_BREAK = re.compile(r"[.;\n](?=\s|$)|,\s*(?!(?:no|not|without|neg|nor)\b)", re.IGNORECASE)


def _clause_before(text: str, start: int) -> str:
    """The words before a place that belong to the same statement."""
    return _BREAK.split(text[:start])[-1]


def negated(text: str, spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Indices of the spans (sorted, not overlapping) that the text denies."""
    denied: set[int] = set()
    for run in _runs(text, spans):
        before = _clause_before(text, spans[run[0]][0])
        after = text[spans[run[-1]][1] :]
        if _LIST_BEFORE.search(before):
            denied.update(run)
        elif _SHORT_BEFORE.search(before) and not _NOT_ONLY.search(before):
            denied |= _reach_forward(text, spans, run, tail_negated=bool(_POSITIVE_AFTER.match(after)))
        if _AFTER.match(after) or _AFTER_COLON.match(after) or _NOT_TESTED.match(after):
            denied |= _reach_backward(text, spans, run, after)
        for a, b in pairwise(run):
            if re.search(r"\bnor\b", text[spans[a][1] : spans[b][0]], re.IGNORECASE):
                denied.add(b)
    return frozenset(denied)


def not_tested(text: str, end: int) -> bool:
    """Whether the words right after a name say that it was not looked for."""
    return _NOT_TESTED.match(text[end:]) is not None
