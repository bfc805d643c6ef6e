"""Work on the distinct cells of a column: a column of a million cells has few different ones."""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: its index in the column, what stands there, what it is, and the mend."""

    index: int
    value: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong with a text, wherever it stands."""

    what: str
    mend: str


FORMULA = Bad("a formula, not a value", "Copy the column and paste it as values before exporting")


@dataclass(frozen=True, slots=True)
class Typed:
    """A column read: its values, the cells that could not be read (null among the values), and notes.

    `beside` holds columns that the cells say something about too, such as the end of a period given as a month.
    """

    values: pa.Array
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    beside: dict[str, pa.Array] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """The distinct texts of a column and, per cell, which of them it holds (null = empty)."""

    words: tuple[str, ...]
    codes: pa.Array

    def first_index(self, word: str) -> int:
        """Index of the first cell that holds the word."""
        return int(pc.index(self.codes, self.words.index(word)).as_py())

    def count(self, chosen: Iterable[str]) -> int:
        """Number of cells that hold one of the words."""
        return len(self.indices(chosen))

    def indices(self, chosen: Iterable[str]) -> list[int]:
        """Indices of the cells that hold one of the words, in order."""
        wanted = set(chosen)
        codes = pa.array([i for i, word in enumerate(self.words) if word in wanted], self.codes.type)
        if not len(codes):
            return []
        found: list[int] = pc.indices_nonzero(pc.is_in(self.codes, codes)).to_pylist()
        return found

    def spread(self, values: Sequence[object], kind: pa.DataType) -> pa.Array:
        """One value per distinct word, laid out per cell."""
        return pa.array(values, kind).take(self.codes)


def words_of(array: pa.Array) -> Words:
    """The distinct texts of a text column."""
    encoded = array.dictionary_encode()
    return Words(tuple(encoded.dictionary.to_pylist()), encoded.indices)


def faults_of(words: Words, bad: dict[str, Bad]) -> tuple[Fault, ...]:
    """One fault per cell that holds a bad word, in the order of the cells."""
    if not bad:
        return ()
    codes = words.codes.take(pa.array(words.indices(bad), pa.int64())).to_pylist()
    found = []
    for index, code in zip(words.indices(bad), codes, strict=True):
        word = words.words[code]
        found.append(Fault(index, word, bad[word].what, bad[word].mend))
    return tuple(found)


def by_word(
    words: Words, parse: Callable[[str], T | Bad], missing: Set[str] = frozenset()
) -> tuple[list[T | None], dict[str, Bad]]:
    """Each distinct word parsed: its value, or None where it is one of `missing` (lower case) or bad, and why."""
    values: list[T | None] = []
    bad: dict[str, Bad] = {}
    for word in words.words:
        found = None if word.lower() in missing else parse(word)
        if isinstance(found, Bad):
            bad[word] = found
            values.append(None)
        else:
            values.append(found)
    return values, bad
