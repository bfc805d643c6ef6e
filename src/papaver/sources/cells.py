"""Typed columns from cells, one function per column type of the record types."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from papaver.model.places import canonical, place
from papaver.model.records import Column, ColumnType
from papaver.sources.dates import Day, Order, order_of, parse_date
from papaver.sources.distinct import Bad, Fault, Typed, Words, by_word, faults_of, words_of
from papaver.sources.numbers import numbers
from papaver.sources.raw import as_text, trimmed

_UTC = pa.timestamp("us", tz="UTC")
_MISSING = frozenset({"na", "n/a", "nan", "null", "n.a."})
_TRUE, _FALSE = frozenset({"true", "yes", "y", "t", "1"}), frozenset({"false", "no", "n", "f", "0"})
# A month given for one of these is known only when it is over; for all others a coarse date means its first day.
_LAST_DAY = frozenset({"period_end", "known_from", "reported_on", "embargo_until", "valid_to"})

Read = Typed | tuple[Fault, ...]


def typed_column(array: pa.Array, column: Column, order: Order | None = None) -> Read:
    """The cells of one column as its type, or faults where the column as a whole cannot be read.

    `order` is the order of day and month where a mapping states it.
    """
    if column.type in ("number", "integer"):
        return _bounded(numbers(array, integer=column.type == "integer"), array, column)
    if column.type == "date":
        return dates(array, column.name, order)
    if column.type == "timestamp":
        return timestamps(array, order)
    if column.type == "list":
        return lists(array)
    return _TEXTUAL[column.type](trimmed(as_text(array)), column)


def _bounded(read: Read, array: pa.Array, column: Column) -> Read:
    """Values outside the column's bounds become faults."""
    if not isinstance(read, Typed) or (column.min is None and column.max is None):
        return read
    below = pc.less(read.values, column.min) if column.min is not None else None
    above = pc.greater(read.values, column.max) if column.max is not None else None
    outside = below if above is None else above if below is None else pc.or_(below, above)
    indices = pc.indices_nonzero(pc.fill_null(outside, False)).to_pylist()
    if not indices:
        return read
    faults = [_out_of_bounds(i, str(array[i].as_py()), float(read.values[i].as_py()), column) for i in indices]
    values = pc.if_else(pc.fill_null(outside, False), pa.scalar(None, read.values.type), read.values)
    return Typed(values, (*read.faults, *faults), read.notes)


def _out_of_bounds(index: int, shown: str, value: float, column: Column) -> Fault:
    if column.max is not None and value > column.max:
        if column.max == 1 and value <= 100:
            return Fault(index, shown, "above 1", f"A share is written 0 to 1: {value / 100:g} for {value:g} %")
        return Fault(index, shown, f"above {column.max:g}", "Mend the value or the unit")
    if column.min == 0:
        return Fault(index, shown, "negative", "Mend the value, or leave the cell empty if it is not known")
    return Fault(index, shown, f"below {column.min:g}", "Mend the value")


def dates(array: pa.Array, name: str, order: Order | None = None) -> Read:
    """A column of dates; `beside` has `end`, `precision` and `moment` of each cell."""
    if pa.types.is_date(array.type):
        days = array.cast(pa.date32())
        return Typed(days)
    words = words_of(trimmed(as_text(array)))
    found = _order(words, order)
    if isinstance(found, tuple):
        return found
    parsed, bad = by_word(words, lambda word: parse_date(word, found), _MISSING)
    # A column whose times are all midnight holds days, as many exports write them.
    timed = any(day is not None and day.clock not in (None, time()) for day in parsed)
    last = name in _LAST_DAY
    values = [None if day is None else day.end if last else day.start for day in parsed]
    beside = _beside(words, parsed, timed)
    notes = [] if order or not order_of(words.words).used else [f"dates read as {found.replace('_', ' before ')}"]
    coarse = words.count(w for w, day in zip(words.words, parsed, strict=True) if day and _is_coarse(day))
    if coarse and name != "period_start":
        notes.append(f"{coarse} dates are coarser than a day: taken as the {'last' if last else 'first'} day")
    return Typed(words.spread(values, pa.date32()), faults_of(words, bad), tuple(notes), beside)


def _is_coarse(day: Day) -> bool:
    return day.precision not in ("day", "hour")


def _beside(words: Words, parsed: list[Day | None], timed: bool) -> dict[str, pa.Array]:
    """What the cells say beside their first day: the end and precision of coarse dates, the moment of timed ones."""
    ends = [day.end if day and _is_coarse(day) else None for day in parsed]
    fine = [bool(timed and day and day.precision == "hour") for day in parsed]
    precisions = [
        day.precision if day and (_is_coarse(day) or hour) else None for day, hour in zip(parsed, fine, strict=True)
    ]
    moments = [_moment(day) if day and hour else None for day, hour in zip(parsed, fine, strict=True)]
    return {
        "end": words.spread(ends, pa.date32()),
        "precision": words.spread(precisions, pa.string()),
        "moment": words.spread(moments, _UTC),
    }


def _order(words: Words, stated: Order | None) -> Order | tuple[Fault, ...]:
    found = order_of(words.words)
    if stated:
        return stated
    if found.contradiction:
        what = "some dates of the column put the day first and some the month: {} and {}"
        mend = "Write all dates as 2024-03-12 (ISO)"
        return tuple(
            Fault(words.first_index(w), w, what.format(*found.contradiction), mend) for w in found.contradiction
        )
    if found.open:
        first, second = (parse_date(found.open, order) for order in ("day_month", "month_day"))
        if isinstance(first, Day) and isinstance(second, Day):
            what = f"could be {first.start} or {second.start}, and no other date of the column tells which"
            mend = 'Write dates as 2024-03-12 (ISO), or say date_order = "day_month" in the mapping'
            return (Fault(words.first_index(found.open), found.open, what, mend),)
    return found.order


def _moment(day: Day) -> datetime:
    """The moment in UTC; without an offset the time is read as UTC."""
    local = datetime.combine(day.start, day.clock or time(), UTC)
    if day.offset in ("", "Z"):
        return local
    sign = -1 if day.offset[0] == "-" else 1
    hours, minutes = int(day.offset[1:3]), int(day.offset[-2:])
    return local - sign * timedelta(hours=hours, minutes=minutes)


def timestamps(array: pa.Array, order: Order | None = None) -> Read:
    """A column of moments, UTC; those without an offset are read as UTC, those without a time as midnight."""
    if pa.types.is_timestamp(array.type):
        return Typed(
            pc.cast(array, _UTC) if array.type.tz else pc.assume_timezone(array.cast(pa.timestamp("us")), "UTC")
        )
    words = words_of(trimmed(as_text(array)))
    found = _order(words, order)
    if isinstance(found, tuple):
        return found
    parsed, bad = by_word(words, lambda word: _exact(parse_date(word, found)), _MISSING)
    naive = words.count(w for w, day in zip(words.words, parsed, strict=True) if day and day.clock and not day.offset)
    bare = words.count(w for w, day in zip(words.words, parsed, strict=True) if day and not day.clock)
    notes = [f"{naive} times have no offset: read as UTC"] if naive else []
    notes += [f"{bare} moments have no time of day: read as 00:00"] if bare else []
    values = words.spread(
        [_fine(word, day) if day else None for word, day in zip(words.words, parsed, strict=True)], _UTC
    )
    return Typed(values, faults_of(words, bad), tuple(notes))


def _exact(day: Day | Bad) -> Day | Bad:
    if isinstance(day, Day) and day.precision not in ("day", "hour"):
        return Bad("a moment needs a day", "Write times as 2024-03-12T14:05Z")
    return day


def _fine(word: str, day: Day) -> datetime:
    fraction = re.search(r":\d{2}\.(\d+)", word)
    return _moment(day).replace(microsecond=int(fraction[1][:6].ljust(6, "0"))) if fraction else _moment(day)


def lists(array: pa.Array) -> Typed:
    """A column of lists of text: lists as they are, text split at ; or read as a JSON list; no items: null."""
    if pa.types.is_list(array.type):
        parts = [
            None if items is None else [i.strip() for i in items if i and i.strip()] for items in array.to_pylist()
        ]
        return Typed(pa.array([items or None for items in parts], pa.list_(pa.string())))
    words = words_of(trimmed(as_text(array)))
    return Typed(words.spread([_items(word) for word in words.words], pa.list_(pa.string())))


def _items(word: str) -> list[str] | None:
    if word.startswith("[") and word.endswith("]"):
        try:
            loaded = json.loads(word)
        except ValueError:
            loaded = None
        if isinstance(loaded, list) and all(isinstance(item, str) for item in loaded):
            return [item.strip() for item in loaded if item.strip()] or None
    return [item.strip() for item in word.split(";") if item.strip()] or None


def _text(array: pa.Array, column: Column) -> Typed:
    formulas = pc.sum(pc.fill_null(pc.match_substring_regex(array, r"^[=@]"), False)).as_py() or 0
    notes = (f"{formulas} cells look like a formula: kept as text",) if formulas else ()
    return Typed(array, (), notes)


def _folded(text: str) -> str:
    return re.sub(r"[\s\-]+", "_", text.strip().lower())


def _choice(array: pa.Array, column: Column) -> Typed:
    words = words_of(array)
    known = {_folded(value): value for value in column.values}

    def parse(word: str) -> str | Bad:
        if (found := known.get(_folded(word))) is not None:
            return found
        near = get_close_matches(_folded(word), known, n=1, cutoff=0.5)
        mend = f"Nearest: {known[near[0]]}" if near else f"Write one of {', '.join(column.values)}"
        return Bad(f"not one of {', '.join(column.values)}", mend)

    values, bad = by_word(words, parse, _MISSING - known.keys())
    return Typed(words.spread(values, pa.string()), faults_of(words, bad))


def _boolean(array: pa.Array, column: Column) -> Typed:
    words = words_of(array)

    def parse(word: str) -> bool | Bad:
        folded = word.lower()
        return folded in _TRUE if folded in _TRUE | _FALSE else Bad("neither true nor false", "Write true or false")

    values, bad = by_word(words, parse, _MISSING)
    return Typed(words.spread(values, pa.bool_()), faults_of(words, bad))


def _place(array: pa.Array, column: Column) -> Typed:
    words = words_of(array)
    codes = [canonical(word) for word in words.words]
    changed = [f"{w} as {c}" for w, c in zip(words.words, codes, strict=True) if c != w]
    unknown = sorted({code for code in codes if not place(code).known})
    notes = [f"places read: {_some(changed)}"] if changed else []
    notes += [f"places in no table, kept as they are: {_some(unknown)}"] if unknown else []
    return Typed(words.spread(codes, pa.string()), (), tuple(notes))


def _some(items: list[str], shown: int = 6) -> str:
    more = f" and {len(items) - shown} more" if len(items) > shown else ""
    return ", ".join(items[:shown]) + more


_TEXTUAL: Mapping[ColumnType, Callable[[pa.Array, Column], Typed]] = {
    "text": _text,
    "substance": _text,
    "choice": _choice,
    "boolean": _boolean,
    "place": _place,
}

__all__ = ["Read", "typed_column"]
