"""Who was tested when, and who of them could have shown a substance: the denominators of `emerge`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from papaver.model.analysis import Row
from papaver.model.substances import CLASS_GROUPS, find, terms

Weekly = npt.NDArray[np.float64]
Where = tuple[str, str]  # unit of place, stream


def week_of(day: date) -> int:
    """The number of the ISO week that holds a day."""
    return (day.toordinal() - 1) // 7


def monday(week: int) -> date:
    """The first day of a numbered week."""
    return date.fromordinal(week * 7 + 1)


@dataclass(frozen=True, slots=True)
class Tested:
    """Specimens tested in a stream, week by week from `first` on, by instrument (panel, else laboratory, else "")."""

    first: int
    by_instrument: Mapping[str, Weekly]
    total: Weekly

    def between(self, start: date, end: date) -> float:
        """Tested in the weeks that hold these days and all between."""
        low = max(week_of(start) - self.first, 0)
        return float(self.total[low : max(week_of(end) - self.first + 1, 0)].sum())

    @property
    def begins(self) -> date:
        """The first day of the first week with anything tested."""
        return monday(self.first + int(np.argmax(self.total > 0)))


def tested(cells: Iterable[Row], reports: Iterable[Row]) -> dict[Where, Tested]:
    """Weekly numbers tested of every stream, from the specimens seen and, where larger, from the report register.

    `cells`: unit, stream, instrument, week (Monday), n. `reports`: unit, stream, period_start, period_end, n_tested.
    """
    found: dict[Where, dict[str, dict[int, float]]] = {}
    for c in cells:
        weeks = found.setdefault((str(c["unit"]), str(c["stream"])), {}).setdefault(str(c["instrument"]), {})
        week = week_of(_day(c["week"]))
        weeks[week] = weeks.get(week, 0.0) + float(str(c["n"]))
    reported: dict[Where, dict[int, float]] = {}
    for r in reports:
        weeks = reported.setdefault((str(r["unit"]), str(r["stream"])), {})
        start, end = _day(r["period_start"]), _day(r["period_end"] or r["period_start"])
        days = (end - start).days + 1
        for n in range(days):
            week = week_of(start + timedelta(days=n))
            weeks[week] = weeks.get(week, 0.0) + float(str(r["n_tested"])) / days
    return {where: _weekly(by, reported.get(where, {})) for where, by in sorted(found.items())}


def _weekly(by: Mapping[str, Mapping[int, float]], reported: Mapping[int, float]) -> Tested:
    every = [week for weeks in by.values() for week in weeks] + list(reported)
    first, last = min(every), max(every)
    arrays = {}
    for instrument, weeks in sorted(by.items()):
        arrays[instrument] = np.zeros(last - first + 1)
        arrays[instrument][np.array(list(weeks)) - first] = list(weeks.values())
    total: Weekly = np.sum(list(arrays.values()), axis=0)
    told = np.zeros_like(total)
    if reported:
        told[np.array(list(reported)) - first] = list(reported.values())
        larger = np.maximum(total, told)
        for instrument, array in arrays.items():
            share = np.divide(array, total, out=np.full_like(total, 1 / len(arrays)), where=total > 0)
            arrays[instrument] = share * larger
        total = larger
    return Tested(first, arrays, total)


@dataclass(frozen=True, slots=True)
class Panel:
    """A line of the panel register: what is looked for on which instrument, since when, on what share."""

    instruments: frozenset[str]
    substance: str | None
    classes: frozenset[str]
    start: date
    end: date | None
    share: float

    def covers(self, substance: str, cls: str) -> bool:
        """Whether this line looks for the substance, by name or by class."""
        return substance == self.substance or cls in self.classes


def panels(rows: Iterable[Row]) -> tuple[Panel, ...]:
    """The panel register with names and classes resolved; a line starts on `valid_from`."""
    return tuple(_panel(row) for row in rows)


def _panel(row: Row) -> Panel:
    named = str(row["substance_or_group"])
    known = find(named)
    classes = {m.cls for m in terms(named) if m.role == "class" and m.cls} if known is None else set()
    for cls in tuple(classes):
        classes |= CLASS_GROUPS.get(cls, frozenset())
    return Panel(
        frozenset(str(v) for v in (row["panel_id"], row["laboratory"]) if v),
        known.name if known else (None if classes else named.strip().lower()),
        frozenset(classes),
        _day(row["valid_from"]),
        _day(row["valid_to"]) if row["valid_to"] else None,
        1.0 if row["share_tested"] is None else float(str(row["share_tested"])),
    )


@dataclass(frozen=True, slots=True)
class Sight:
    """Weekly numbers that could have shown a substance, how that is known ("" if it is not), and since when."""

    could: Weekly
    basis: str = ""
    since: date | None = None


def sight(
    who: Tested,
    register: Sequence[Panel],
    substance: str,
    cls: str,
    seen_by: Mapping[str, Weekly],
    looked_for: Weekly | None,
) -> Sight:
    """Who could have shown a substance: by explicit negatives, by the panel register, by the instruments that saw it.

    `seen_by`: weekly sightings by instrument; `looked_for`: weekly assays for the substance, found or not, if any of
    them found nothing.
    """
    seen: Weekly = np.sum(list(seen_by.values()), axis=0)
    if looked_for is not None:
        since = monday(who.first + int(np.argmax(looked_for > 0)))
        return Sight(np.maximum(looked_for, seen), "looked for", since)
    by_panel = _by_panel(who, register, substance, cls)
    if by_panel is not None:
        return Sight(np.maximum(by_panel.could, seen), "panel", by_panel.since)
    used = [i for i, weekly in seen_by.items() if weekly.any()]
    if used and all(used):
        could: Weekly = np.sum([who.by_instrument[i] for i in used], axis=0)
        begun = int(np.argmax(could > 0))
        if begun - int(np.argmax(who.total > 0)) >= 4:
            return Sight(np.maximum(could, seen), "instrument", monday(who.first + begun))
    return Sight(np.maximum(who.total, seen))


def _by_panel(who: Tested, register: Sequence[Panel], substance: str, cls: str) -> Sight | None:
    """Numbers on panels that look for the substance; None where the register does not name it."""
    could = np.zeros_like(who.total)
    starts: list[date] = []
    for instrument, weekly in who.by_instrument.items():
        lines = [p for p in register if not instrument or instrument in p.instruments]
        inside = np.zeros_like(weekly)
        for line in (p for p in lines if p.covers(substance, cls)):
            starts.append(line.start)
            low = max(week_of(line.start) - who.first, 0)
            high = len(weekly) if line.end is None else max(week_of(line.end) - who.first + 1, 0)
            inside[low:high] = np.maximum(inside[low:high], line.share)
        # Nobody can say what an instrument that the register does not know was able to see.
        could += weekly * inside if lines else weekly
    return Sight(could, "panel", min(starts)) if starts else None


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
