"""Spelling: what two writings of one chemical name have in common.

A name is cut into tokens (runs of letters and digits) and every token is folded: lower case, no accents,
Greek letters spelt out, ring positions ortho/meta/para shortened to o/m/p. The key of a name is its folded
tokens without anything between them, so case, spaces, hyphens, brackets and primes never matter.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "Δ": "delta", "ε": "epsilon", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "µ": "mu", "σ": "sigma", "τ": "tau", "ω": "omega", "∆": "delta",
}  # fmt: skip

_RING = {"ortho": "o", "orthro": "o", "meta": "m", "para": "p"}
# A ring position written together with its substituent: "parafluorofentanyl".
_RING_JOINED = re.compile(
    r"^(ortho|orthro|meta|para)(?=(?:iso)?(?:fluor|flur|chlor|brom|iod|methyl|methox|hydrox|nitro|ethyl|azido))"
)

STEREO = frozenset({"d", "l", "dl", "r", "s", "rs", "rac", "racemic", "cis", "trans", "e", "z", "dextro"})


class Token(NamedTuple):
    """One run of letters and digits: where it stands and its folded form."""

    start: int
    end: int
    text: str


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Fold one token: lower case, no accents, Greek spelt out, ring positions shortened."""
    spelt = "".join(_GREEK.get(character, character) for character in word)
    plain = unicodedata.normalize("NFKD", spelt)
    lower = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    if lower in _RING:
        return _RING[lower]
    return _RING_JOINED.sub(lambda m: _RING[m.group(1)], lower)


def tokens(text: str) -> list[Token]:
    """Cut text into folded tokens that remember their place."""
    return [Token(m.start(), m.end(), fold(m.group())) for m in _WORD.finditer(text)]


def name_key(name: str) -> str:
    """The key under which a name is stored and sought."""
    return "".join(token.text for token in tokens(name))


_DASH = r"[-\u2010-\u2015\u2212]"
_PRIME = r"['\u2032\u00b4\u2019`]"
# What may stand between two tokens of one chemical name. Commas are judged apart, in `joins`.
_WITHIN_NAME = re.compile(
    rf"^(?:[ \t\u00a0]{{1,2}}| ?{_DASH} ?| ?{_DASH}?/ ?|{_PRIME}{_DASH}?|{_DASH}?[\[({{]{{1,2}}|[\])}}]{{1,2}}{_DASH}?"
    rf"|[\])}}]{_DASH}?[\[({{]|\.?{_DASH}\.?)$"
)
_LOCANT_COMMA = re.compile(rf"^{_PRIME}?, ?$")
_LOCANT_BEFORE = re.compile(r"^(?:\d{1,2}|[nos]|alpha|beta|\d{2})$")
_LOCANT_AFTER = re.compile(r"^(?:\d{1,2}[a-z]{0,4}|\d{3}|[nos])$")


def joins(before: str, gap: str, after: str) -> bool:
    """Whether the characters between two folded tokens may be part of one chemical name."""
    if "," not in gap:
        return _WITHIN_NAME.match(gap) is not None
    return bool(_LOCANT_COMMA.match(gap) and _LOCANT_BEFORE.match(before) and _LOCANT_AFTER.match(after))
