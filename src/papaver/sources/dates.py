"""Dates as people write them: ISO first; the order of day and month is decided by the whole column, never by a cell."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

from papaver.model.period import Cadence, end_of
from papaver.sources.distinct import FORMULA, Bad

Order = Literal["day_month", "month_day"]
Precision = Literal["hour", "day", "week", "month", "quarter", "year"]

EARLIEST, LATEST = 1800, 2200
_ISO = "Write dates as 2024-03-12 (ISO)"
_TIME = re.compile(r"[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AP]M)?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})")
_YEAR = re.compile(r"(\d{4})")
_WEEK = re.compile(r"(\d{4})[- ]?W(\d{1,2})(?:-([1-7]))?", re.IGNORECASE)
_QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])|Q([1-4])[-/ ](\d{4})", re.IGNORECASE)
_NAMED_DAY = re.compile(r"(\d{1,2})\.?[- ]([A-Za-z]{3,9})\.?,?[- ](\d{4})|([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
_NAMED_MONTH = re.compile(r"([A-Za-z]{3,9})\.?,?[- ](\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date as given: first and last day (both included), its precision, and the time of day where one is given.

    `offset` is the offset from UTC as written (Z, +02:00), empty where none is.
    """

    start: date
    end: date
    precision: Precision
    clock: time | None = None
    offset: str = ""


def parse_date(text: str, order: Order) -> Day | Bad:
    """A date, coarse date or timestamp; `order` reads dates that put the year last."""
    clock, offset, body = None, "", text
    if found := _TIME.search(text):
        if found.end() != len(text):
            return _unreadable(text)
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        if found[4]:
            hour = hour % 12 + (12 if found[4].upper() == "PM" else 0) if 1 <= hour <= 12 else 24
        if hour > 23 or minute > 59 or second > 59:
            return Bad("the time of day does not exist", "Write times as 2024-03-12T14:05Z")
        clock, offset, body = time(hour, minute, second), (found[5] or "").upper(), text[: found.start()]
    try:
        day = _calendar(body, order)
    except ValueError:
        return Bad("no such day in the calendar", _ISO)
    if isinstance(day, Bad):
        return day
    if not EARLIEST <= day.start.year <= LATEST:
        return Bad(f"the year {day.start.year} lies outside {EARLIEST} to {LATEST}", "Mend the year")
    if clock is None or day.precision != "day":
        return day if clock is None else _unreadable(text)
    return Day(day.start, day.end, "hour", clock, offset)


def _calendar(text: str, order: Order) -> Day | Bad:
    """A date without a time. Raises ValueError for a day the calendar does not have."""
    if m := _YEAR_FIRST.fullmatch(text):
        return _day(int(m[1]), int(m[3]), int(m[4]))
    if m := _YEAR_LAST.fullmatch(text):
        day, month = (int(m[1]), int(m[3])) if order == "day_month" else (int(m[3]), int(m[1]))
        return _day(int(m[4]), month, day)
    if m := _PACKED.fullmatch(text):
        return _day(int(m[1]), int(m[2]), int(m[3]))
    if m := _MONTH.fullmatch(text):
        return _coarse(int(m[1] or m[4]), int(m[2] or m[3]), Cadence.MONTH, "month")
    if m := _YEAR.fullmatch(text):
        return _coarse(int(m[1]), 1, Cadence.YEAR, "year")
    if m := _WEEK.fullmatch(text):
        first = date.fromisocalendar(int(m[1]), int(m[2]), int(m[3] or 1))
        return Day(first, first, "day") if m[3] else Day(first, first + timedelta(days=6), "week")
    if m := _QUARTER.fullmatch(text):
        return _coarse(int(m[1] or m[4]), 3 * int(m[2] or m[3]) - 2, Cadence.QUARTER, "quarter")
    return _named(text)


def _named(text: str) -> Day | Bad:
    if m := _NAMED_DAY.fullmatch(text):
        month = _month_number(m[2] or m[4])
        return _day(int(m[3] or m[6]), month, int(m[1] or m[5])) if month else _unreadable(text)
    if m := _NAMED_MONTH.fullmatch(text):
        month = _month_number(m[1])
        return _coarse(int(m[2]), month, Cadence.MONTH, "month") if month else _unreadable(text)
    return _unreadable(text)


def _day(year: int, month: int, day: int) -> Day:
    found = date(year, month, day)
    return Day(found, found, "day")


def _coarse(year: int, month: int, cadence: Cadence, precision: Precision) -> Day:
    start = date(year, month, 1)
    return Day(start, end_of(start, cadence), precision)


def _month_number(name: str) -> int:
    """1 to 12; 0 for no English month."""
    return next((i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.lower())), 0)


def _unreadable(text: str) -> Bad:
    if text.startswith("="):
        return FORMULA
    if _SHORT_YEAR.fullmatch(text):
        return Bad("the year has two digits", _ISO)
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return Bad("this is a spreadsheet's day number, not a date", "Format the cells as dates, then export again")
    return Bad("not a date", f"{_ISO}, or 2024-03, 2024-W07, 2024-Q1, 2024 for coarser ones")


@dataclass(frozen=True, slots=True)
class OrderFound:
    """How a column writes day and month: the order, or the two words that contradict each other or leave it open."""

    order: Order = "day_month"
    contradiction: tuple[str, str] | None = None
    open: str | None = None
    used: bool = False


def order_of(words: tuple[str, ...]) -> OrderFound:
    """The order of day and month in a column, from all its distinct words.

    One date whose day exceeds 12 decides. Full stops mean day first, as everywhere they are used, unless contradicted.
    """
    first_over, second_over, open_word, dotted = None, None, None, None
    for word in words:
        found = _YEAR_LAST.fullmatch(_TIME.sub("", word))
        if not found:
            continue
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            first_over = first_over or word
        elif second > 12 >= first:
            second_over = second_over or word
        elif first != second and first <= 12 and second <= 12:
            open_word = open_word or word
            dotted = dotted or (word if found[2] == "." else None)
        else:
            continue
    if first_over and second_over:
        return OrderFound(contradiction=(first_over, second_over))
    if first_over or second_over:
        return OrderFound("day_month" if first_over else "month_day", used=True)
    if open_word and not dotted:
        return OrderFound(open=open_word)
    return OrderFound(used=dotted is not None)
