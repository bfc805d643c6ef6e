"""Substances: the vocabulary of names, and the normaliser that reads names in text and in lists."""

from papaver.model.substances.entries import (
    CLASS_GROUPS,
    CLASSES,
    ROLES,
    VOCABULARY_VERSION,
    Substance,
    is_opioid,
    sentinel_group,
    signs_of,
    substances,
)
from papaver.model.substances.lexicon import RESULTS, stop_words
from papaver.model.substances.reading import Mention, find, mentions, terms, unresolved

__all__ = [
    "CLASSES",
    "CLASS_GROUPS",
    "RESULTS",
    "ROLES",
    "VOCABULARY_VERSION",
    "Mention",
    "Substance",
    "find",
    "is_opioid",
    "mentions",
    "sentinel_group",
    "signs_of",
    "stop_words",
    "substances",
    "terms",
    "unresolved",
]
