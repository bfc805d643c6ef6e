"""Sentinels: what is always shown, by the user's list and not by statistics."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from papaver.analyses.emerge.judging import in_class
from papaver.analyses.emerge.params import EmergeParams
from papaver.model.analysis import Row
from papaver.model.places import place
from papaver.model.substances import terms

# A first detection is news for a quarter of a year; what is seen later is told by the other kinds.
NEWS = timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Sentinel:
    """One sentinel episode of a substance: the rule that raised it, where, in which units and stream, when.

    `product` is the product of the list and `sold_as` how it was written; `also`: other lines that it fulfils.
    """

    rule: str
    substance: str
    cls: str
    where: str
    units: tuple[str, ...]
    stream: str
    start: date
    end: date
    product: str | None = None
    sold_as: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Sightings of one substance in one week, unit of place, stream and product: the first and the last day."""

    day: date
    last: date
    substance: str
    cls: str
    unit: str
    stream: str
    sold_as: str | None
    death: bool
    confirmed: bool

    @classmethod
    def of(cls, row: Row) -> "Seen":
        """From a row with the columns `first, last, substance, class, unit, stream, sold_as, death, confirmed`."""
        sold_as = row["sold_as"]
        return cls(
            date.fromisoformat(str(row["first"])),
            date.fromisoformat(str(row["last"])),
            str(row["substance"]),
            str(row["class"]),
            str(row["unit"]),
            str(row["stream"]),
            None if sold_as is None else str(sold_as),
            bool(row["death"]),
            bool(row["confirmed"]),
        )


def sentinels(seen: Iterable[Seen], params: EmergeParams) -> list[Sentinel]:
    """The sentinel episodes among sightings of the listed classes; one that begins with another is told with it."""
    ordered = sorted(seen, key=lambda s: (s.day, s.substance, s.unit, s.stream, s.sold_as or ""))
    found: list[Sentinel] = []
    for candidate in (
        *_first_in_country(ordered),
        *_death_after_quiet(ordered, params),
        *_in_product(ordered, params),
    ):
        same = next((i for i, s in enumerate(found) if _told_by(candidate, s)), None)
        if same is None:
            found.append(candidate)
        else:
            found[same] = replace(found[same], also=(*found[same].also, candidate.product or candidate.rule))
    return found


def country(unit: str) -> str:
    """The country a unit lies in, else the unit itself."""
    return place(unit).country or unit


def region(unit: str) -> str:
    """The first-level region a unit lies in, else its country, else the unit itself."""
    known = place(unit)
    return known.first_level or known.country or unit


def _told_by(new: Sentinel, old: Sentinel) -> bool:
    """Whether an episode begins with the same sighting as one already told, whose place holds its own."""
    inside = new.where == old.where or country(new.where) == old.where
    return new.substance == old.substance and inside and old.start == new.start


def _first_in_country(seen: Sequence[Seen]) -> Iterator[Sentinel]:
    firsts: dict[tuple[str, str], list[Seen]] = {}
    for s in seen:
        firsts.setdefault((country(s.unit), s.substance), []).append(s)
    for (where, substance), sightings in firsts.items():
        first = sightings[0]
        news = [s for s in sightings if s.day <= first.day + NEWS and s.stream == first.stream]
        units = tuple(sorted({s.unit for s in news}))
        end = min(max(s.last for s in news), first.day + NEWS)
        yield Sentinel("first", substance, first.cls, where, units, first.stream, first.day, end)


def _death_after_quiet(seen: Sequence[Seen], params: EmergeParams) -> Iterator[Sentinel]:
    deaths: dict[tuple[str, str], list[Seen]] = {}
    for s in seen:
        if s.death and s.confirmed:
            deaths.setdefault((region(s.unit), s.cls), []).append(s)
    for (where, cls), sightings in deaths.items():
        last: date | None = None
        for s in sightings:
            if last is None or (s.day - last).days > params.sentinel_quiet:
                yield Sentinel("death", s.substance, cls, where, (s.unit,), s.stream, s.day, s.day)
            last = s.last if last is None else max(last, s.last)


def _in_product(seen: Sequence[Seen], params: EmergeParams) -> Iterator[Sentinel]:
    sold: dict[tuple[str, str, str, str], list[Seen]] = {}
    for s in seen:
        product = listed_product(s.sold_as, params.sentinel_sold_as) if s.sold_as else None
        if product:
            sold.setdefault((region(s.unit), s.substance, s.stream, product), []).append(s)
    for (where, substance, stream, product), sightings in sold.items():
        for episode in _episodes(sightings, params.gap):
            units = tuple(sorted({s.unit for s in episode}))
            first, end = episode[0], max(s.last for s in episode)
            sold_as = tuple(sorted({s.sold_as for s in episode if s.sold_as}))
            yield Sentinel("product", substance, first.cls, where, units, stream, first.day, end, product, sold_as)


def _episodes(seen: Sequence[Seen], gap: int) -> Iterator[list[Seen]]:
    """Sightings cut where more than `gap` weeks lie between two of them."""
    episode: list[Seen] = []
    for s in seen:
        if episode and (s.day - max(e.last for e in episode[-2:])).days > 7 * gap:
            yield episode
            episode = []
        episode.append(s)
    if episode:
        yield episode


@lru_cache(maxsize=65536)
def listed_product(sold_as: str, listed: tuple[str, ...]) -> str | None:
    """The product of the list that something was sold as: by the substance or the class its name stands for."""
    for mention in terms(sold_as):
        for product in listed:
            if mention.substance == product or in_class(mention.cls or "", (product,)):
                return product
    return None
