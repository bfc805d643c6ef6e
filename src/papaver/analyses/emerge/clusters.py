"""Clusters of overdoses told by people: several suspected opioid cases linked to one product or place within a day."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from papaver.analyses.emerge.params import EmergeParams
from papaver.analyses.emerge.sentinels import country, region
from papaver.model.analysis import Row
from papaver.model.places import place
from papaver.model.substances import is_opioid, mentions

# What a person says of an opioid overdose without naming a substance.
_OPIOID_SIGNS = re.compile(
    r"opioid|opiate|toxidrome|naloxone|narcan|pin-?point|mio(?:sis|tic)|respiratory (?:depression|arrest)", re.I
)
_COARSE = ("country", "region", "nuts1")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Overdoses told by people: what was used, where, when, cases, deaths, the events, and what links them."""

    what: str
    where: str
    start: date
    end: date
    n: int
    deaths: int
    record_ids: tuple[str, ...]
    markings: tuple[str | None, ...]
    linked_by: str


def clusters(events: Iterable[Row], params: EmergeParams) -> list[Cluster]:
    """Runs of events with `sentinel_cases` suspected opioid overdoses of one place or product in `sentinel_hours`."""
    suspected = sorted((e for e in events if _suspected_opioid(e)), key=lambda e: (_began(e), _text(e["record_id"])))
    by_place: dict[tuple[str, ...], list[Row]] = {}
    by_product: dict[tuple[str, ...], list[Row]] = {}
    for event in suspected:
        by_place.setdefault(_same_place(event), []).append(event)
        if event["product_described"]:
            at = country(_text(event["place"]))
            by_product.setdefault((at, _folded(event["product_described"])), []).append(event)
    found = [c for group in by_place.values() for c in _runs(group, "place", params)]
    told = {record for c in found for record in c.record_ids}
    spread = [c for group in by_product.values() for c in _runs(group, "product", params)]
    return sorted(
        [*found, *(c for c in spread if not told.issuperset(c.record_ids))], key=lambda c: (c.start, c.where, c.what)
    )


def _same_place(event: Row) -> tuple[str, ...]:
    """What makes two events one place: the place, or the setting where the place is a whole country or region."""
    at = _text(event["place"])
    if place(at).level not in _COARSE:
        return (at,)
    return at, _folded(event["setting"]) or _text(event["record_id"])


def _runs(events: Sequence[Row], by: str, params: EmergeParams) -> list[Cluster]:
    """Events each within the hours of the one before, kept where any window of those hours has the cases."""
    hours = timedelta(hours=params.sentinel_hours)
    runs: list[list[Row]] = []
    for event in events:
        if runs and _began(event) - _began(runs[-1][-1]) < hours:
            runs[-1].append(event)
        else:
            runs.append([event])
    return [_cluster(run, by) for run in runs if _most_at_once(run, hours) >= params.sentinel_cases]


def _most_at_once(run: Sequence[Row], hours: timedelta) -> int:
    starts = [_began(e) for e in run]
    return max(sum(_cases_within(e, hours) for e in run if timedelta(0) <= _began(e) - s < hours) for s in starts)


def _cases_within(event: Row, hours: timedelta) -> int:
    """Cases of an event that fell into such a window: in proportion where it lasted longer, at least one."""
    lasted = _ended(event) - _began(event)
    return _cases(event) if lasted <= hours else max(1, int(_cases(event) * (hours / lasted)))


def _cluster(run: Sequence[Row], by: str) -> Cluster:
    at = _text(run[0]["place"])
    named = [_text(e["product_described"]) for e in run if e["product_described"]]
    return Cluster(
        what=named[0] if named else "opioid overdoses",
        where=region(at) if by == "place" else country(at),
        start=_began(run[0]).date(),
        end=max(_ended(e).date() for e in run),
        n=sum(_cases(e) for e in run),
        deaths=sum(_whole(e["n_deaths"]) or 0 for e in run),
        record_ids=tuple(sorted(_text(e["record_id"]) for e in run)),
        markings=tuple(None if e["marking"] is None else str(e["marking"]) for e in run),
        linked_by=by,
    )


def _suspected_opioid(event: Row) -> bool:
    """Whether the words or the naloxone given make it an opioid overdose."""
    told = " ".join(_text(event[c]) for c in ("syndrome", "product_described") if event[c])
    if any(is_opioid(m.substance or "") or is_opioid(m.cls or "") for m in mentions(told) if not m.negated):
        return True
    return bool(_OPIOID_SIGNS.search(told)) or bool(event["naloxone_doses_median"])


def _began(event: Row) -> datetime:
    return _moment(event["first_onset_at"]) or _midnight(event["reported_on"] or event["period_start"])


def _ended(event: Row) -> datetime:
    return max(_began(event), _moment(event["last_onset_at"]) or _began(event))


def _moment(value: object) -> datetime | None:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else None


def _midnight(value: object) -> datetime:
    return datetime.fromisoformat(str(value)[:10])


def _cases(event: Row) -> int:
    """Cases; one where the number was not told."""
    told = _whole(event["n_cases"])
    return 1 if told is None else told


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))


def _folded(value: object) -> str:
    return " ".join(_text(value).casefold().split())


def _text(value: object) -> str:
    return "" if value is None else str(value)
