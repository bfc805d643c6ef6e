"""Numbers as people write them: decimal comma and thousands separators are decided by the whole column."""

import math
import re
from collections.abc import Mapping
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from papaver.sources.distinct import FORMULA, Bad, Fault, Typed, Words, by_word, faults_of, words_of

Style = Literal["point", "comma"]

_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_MISSING = frozenset({"na", "n/a", "nan", "null", "none", "n.a."})
_GROUPED = re.compile(r"[+-]?\d{1,3}([ '’\u00a0\u202f\u2009]\d{3})+([.,]\d+)?")
_LIMITS = (2**63 - 1, -(2**63))


# A number is readable one way only (point, comma) or two ways (open: three digits after a comma). Three digits after a
# point are a decimal part unless the column uses the comma for that.
_EVIDENCE: Mapping[str, str] = {
    "point": r"^[+-]?(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|\d{1,3}(SPACE\d{3})+\.\d+"
    r"|\d*\.\d{1,2}|\d*\.\d{4,}|\d{4,}\.\d{3}|0\d*\.\d{3}|\.\d{3})$",
    "comma": r"^[+-]?(\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|\d{1,3}(SPACE\d{3})+,\d+"
    r"|\d*,\d{1,2}|\d*,\d{4,}|\d{4,},\d{3}|0\d*,\d{3}|,\d{3})$",
    "open": r"^[+-]?[1-9]\d{0,2},\d{3}$",
}
_SPACE = "[ '’\u00a0\u202f\u2009]"


def numbers(array: pa.Array, *, integer: bool) -> Typed | tuple[Fault, ...]:
    """A column of numbers as float64, or int64 where `integer`; a tuple of faults where the column as a whole is open.

    Empty cells and NA stay null. Everything else that is no finite number is a fault of its cell.
    """
    kind = pa.int64() if integer else pa.float64()
    if not pa.types.is_string(array.type):
        return _native(array, kind)
    if pc.all(pc.match_substring_regex(array, _PLAIN), skip_nulls=True).as_py() is not False:
        return _plain(array, kind)
    style = _style(array, integer)
    if isinstance(style, tuple):
        return style
    plain = _without_comma(array) if style == "comma" else array
    matches = pc.fill_null(pc.match_substring_regex(plain, _PLAIN), False)
    easy = _plain(pc.if_else(matches, plain, pa.scalar(None, pa.string())), kind)
    hard = _slow(words_of(pc.if_else(matches, pa.scalar(None, pa.string()), array)), style, kind)
    return Typed(pc.coalesce(easy.values, hard.values), (*easy.faults, *hard.faults), hard.notes)


def _without_comma(array: pa.Array) -> pa.Array:
    """Numbers with a decimal comma written with a point; all other cells as words that are no plain number."""
    proper = pc.match_substring_regex(array, r"^[+-]?(\d+|\d{1,3}(\.\d{3})+)?(,\d+)?$")
    pointed = pc.replace_substring(pc.replace_substring(array, ".", ""), ",", ".")
    return pc.if_else(proper, pointed, "?")


def _first(array: pa.Array, evidence: str) -> int | None:
    """Index of the first cell that is evidence of a kind."""
    found = pc.index(pc.match_substring_regex(array, _EVIDENCE[evidence].replace("SPACE", _SPACE)), True).as_py()
    return None if found < 0 else int(found)


def _style(array: pa.Array, integer: bool) -> Style | tuple[Fault, ...]:
    point, comma, open_ = (_first(array, kind) for kind in ("point", "comma", "open"))
    if point is not None and comma is not None:
        pair = [(i, array[i].as_py()) for i in (point, comma)]
        what = (
            f"some numbers of the column have a decimal point and some a decimal comma: {pair[0][1]} and {pair[1][1]}"
        )
        mend = "Write all numbers with a decimal point and no thousands separator"
        return tuple(Fault(i, word, what, mend) for i, word in pair)
    if comma is not None:
        return "comma"
    if open_ is not None and point is None and not integer:
        word = array[open_].as_py()
        whole, part = word.replace(",", ""), word.replace(",", ".")
        what = f"could be {whole} or {part}, and no other number of the column tells which"
        return (Fault(open_, word, what, f"Write {whole} or {part}"),)
    return "point"


def _plain(array: pa.Array, kind: pa.DataType) -> Typed:
    """Plain numbers at once; what overflows or has a fraction where none may be goes word by word."""
    try:
        values = array.cast(kind)
        if pa.types.is_floating(kind) and pc.all(pc.is_finite(values), skip_nulls=True).as_py() is False:
            return _slow(words_of(array), "point", kind)
        return Typed(values)
    except pa.ArrowInvalid:
        return _slow(words_of(array), "point", kind)


def _native(array: pa.Array, kind: pa.DataType) -> Typed:
    if pa.types.is_floating(array.type):
        # NaN is how number columns of a Parquet file often write missing.
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
        if pc.all(pc.is_finite(array), skip_nulls=True).as_py() is False:
            return _slow(words_of(array.cast(pa.string())), "point", kind)
    try:
        return Typed(array.cast(kind))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _slow(words_of(array.cast(pa.string())), "point", kind)


def _slow(words: Words, style: Style, kind: pa.DataType) -> Typed:
    integer = pa.types.is_integer(kind)
    values, bad = by_word(words, lambda word: parse_number(word, style, integer=integer))
    present = [None if value is None or math.isnan(value) else value for value in values]
    missing = words.count(w for w in words.words if w.lower() in _MISSING)
    notes = [f"{missing} cells read NA or the like: taken as missing"] if missing else []
    if style == "comma":
        notes.append("numbers read with a decimal comma")
    return Typed(words.spread(present, kind), faults_of(words, bad), tuple(notes))


def parse_number(word: str, style: Style, *, integer: bool) -> int | float | Bad:
    """One number in a known style; NaN for NA and the like."""
    if word.lower() in _MISSING:
        return math.nan
    bare = re.sub(r"[ '’\u00a0\u202f\u2009]", "", word) if _GROUPED.fullmatch(word) else word
    thousands, point = (",", ".") if style == "point" else (".", ",")
    if thousands in bare:
        if not re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+({re.escape(point)}\d+)?", bare):
            return _not_a_number(word)
        bare = bare.replace(thousands, "")
    bare = bare.replace(point, ".").replace("\u2212", "-")
    if not re.match(_PLAIN, bare):
        return _not_a_number(word)
    value = float(bare)
    if math.isinf(value):
        return Bad("too large a number", "Mend the value")
    if not integer:
        return value
    if not value.is_integer():
        return Bad("not a whole number", "Give a whole number")
    whole = int(bare) if re.fullmatch(r"[+-]?\d+", bare) else int(value)
    return whole if _LIMITS[1] <= whole <= _LIMITS[0] else Bad("too large a number", "Mend the value")


def _not_a_number(word: str) -> Bad:
    if word.startswith("="):
        return FORMULA
    if re.match(r"[<>≤≥]", word):
        return Bad("a bound, not a number", "Leave the cell empty and say so beside it")
    if re.fullmatch(r"[-+]?[\d.,]+\s*%", word):
        return Bad("a percentage", "Write a share between 0 and 1, or the plain number")
    if re.fullmatch(r"[-+]?[\d.,]+\s*[A-Za-zµμ]+\.?", word):
        return Bad("the number carries a unit", "Put the unit into its own column")
    if re.fullmatch(r"[\d.,]+\s*[-–]\s*[\d.,]+", word):
        return Bad("a range, not a number", "Leave the cell empty and give its bounds in their own columns")
    return Bad("not a number", "Write a number, or leave the cell empty")
