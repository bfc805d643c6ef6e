"""Findings become items of the desk, or revisions of items.

Each finding is one item. It is given the key of an existing item of the same analysis, kind, what and where whose
episode overlaps it or lies within the gap (one finding per item; an equal key goes first). A revision with the id of
the one shown changes nothing, so an update run twice adds nothing twice.

The first revision of an item makes it `new`, or `historical` when it is history (`raising.is_history`). A later one
revises the item whatever its status, and raises it again for the reasons in `raising.reasons_to_raise_again`: an open
item keeps its status and asks for attention (`raised_again_at`), a closed one becomes `new` again because what was
decided about has changed, a historical one only while its episode is alive.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import BindParameter, Connection, RowMapping, and_, bindparam, insert, select, update

from papaver.desk.database import Desk, visible
from papaver.desk.items import Exhibit
from papaver.desk.raising import Facts, Span, facts, is_alive, is_history, reasons_to_raise_again, stream_names
from papaver.desk.status import Event, EventKind, State, Status, after
from papaver.desk.tables import columns_of, event, exhibit, item, revision, state_in, stream
from papaver.model.finding import Finding, Priority, belongs_to
from papaver.policy import OWNER, Principal

# Who raises findings, in the history of an item.
MACHINE = "papaver"
# The name under which the whole of what an analysis reads is kept beside its streams.
_WHOLE = ""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an update did: the desk's key for each finding's own key, and the keys of the items by what became of them.

    `older`: known earlier than the revision the item has, and so left out.
    """

    keys: Mapping[str, str]
    new: tuple[str, ...] = ()
    historical: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    raised_again: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    older: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    """A finding as given, the same under the desk's key, and the item of that key when there is one."""

    given: Finding
    told: Finding
    item: RowMapping | None

    @property
    def is_unchanged(self) -> bool:
        return self.item is not None and self.item["id"] == self.told.id

    @property
    def is_older(self) -> bool:
        known = None if self.item is None else self.item["known_on"]
        return known is not None and (self.told.known_on is None or self.told.known_on < known)

    @property
    def is_news(self) -> bool:
        return not (self.is_unchanged or self.is_older)


@dataclass(frozen=True, slots=True)
class _Change:
    """One finding to be stored: its event, the item's state after it, and what decides about the next revision."""

    match: _Match
    event: Event
    state: State
    facts: Facts


def unrecorded(
    desk: Desk, findings: Sequence[Finding], *, analysis: str, gap: int = 4, principal: Principal = OWNER
) -> list[Finding]:
    """The findings that `record` would store: for these alone exhibits need drawing."""
    with desk.reading() as connection:
        return [m.given for m in _matched(connection, findings, analysis, gap, principal) if m.is_news]


def record(
    desk: Desk,
    findings: Sequence[Finding],
    *,
    analysis: str,
    recorded_at: datetime,
    gap: int = 4,
    streams: Mapping[str, Span] = MappingProxyType({}),
    exhibits: Mapping[str, Exhibit] = MappingProxyType({}),
    principal: Principal = OWNER,
) -> Recorded:
    """Store what an analysis found, all of it or nothing, and say what became of each finding.

    `gap` is the analysis's parameter of that name; `recorded_at` the clock in UTC; `exhibits` are keyed by the
    findings' own keys. `streams` says how far each stream the analysis read reaches, with or without findings, named
    "STREAM|PLACE" (the finding's `where`) or "STREAM"; a finding of none of them is judged by the whole of what the
    analysis read, and without any streams by the findings' own episodes. Name streams as they are delivered, not by
    substance: a substance that is new in a known stream is news even when the laboratory was late.

    ValueError: a finding of another analysis, or two findings under one key.
    """
    with desk.writing(principal) as connection:
        matches = _matched(connection, findings, analysis, gap, principal)
        spans = _spans(streams, findings)
        before = _spans_before(connection, analysis)
        earlier = _earlier_facts(connection, [m.told.key for m in matches if m.item is not None and m.is_news])
        changes = [_change(m, earlier, spans, before, recorded_at) for m in matches if m.is_news]
        _store(connection, changes, exhibits)
        _keep_spans(connection, analysis, spans, before)
    return _told(matches, changes)


def _matched(
    connection: Connection, findings: Sequence[Finding], analysis: str, gap: int, principal: Principal
) -> list[_Match]:
    """Each finding with the item it belongs to, in an order that does not depend on that of the findings.

    Where several items could take a finding, or several findings an item, the pair goes first that shows the same
    revision, then the one whose episodes begin, then end, closest together. So once recorded, a finding is closest to
    its own item, and the next update gives it to that item again.
    """
    _check(findings, analysis)
    items = _items_of(connection, analysis, principal)
    own = {finding.key for finding in findings}
    rest = [finding for finding in findings if finding.key not in items]
    alike = defaultdict(list)
    for finding in rest:
        alike[finding.kind, finding.what, finding.where].append(finding)
    free = [key for key, row in items.items() if key not in own and (row["kind"], row["what"], row["place"]) in alike]
    pairs = [
        (_distance(finding, known), finding, known)
        for known in _told_by_key(connection, free).values()
        for finding in alike[known.kind, known.what, known.where]
        if belongs_to(finding, known, gap)
    ]
    given: dict[str, str] = {}
    taken: set[str] = set()
    for _, finding, known in sorted(pairs, key=lambda pair: pair[0]):
        if finding.key not in given and known.key not in taken:
            given[finding.key] = known.key
            taken.add(known.key)
    told = [finding.under_key(given.get(finding.key, finding.key)) for finding in findings]
    matches = [_Match(f, t, items.get(t.key)) for f, t in zip(findings, told, strict=True)]
    return sorted(matches, key=lambda m: m.told.key)


def _distance(finding: Finding, known: Finding) -> tuple[bool, int, int, str, str]:
    """How far a finding is from being the revision an item shows."""
    return (
        finding.under_key(known.key).id != known.id,
        abs((finding.when.start - known.when.start).days),
        abs((finding.when.end - known.when.end).days),
        known.key,
        finding.key,
    )


def _check(findings: Sequence[Finding], analysis: str) -> None:
    seen: set[str] = set()
    for finding in findings:
        if finding.analysis != analysis:
            raise ValueError(f"{finding.key} was found by {finding.analysis}, not by {analysis}")
        if finding.key in seen:
            raise ValueError(f"{analysis} raised two findings under the key {finding.key}")
        seen.add(finding.key)


def _items_of(connection: Connection, analysis: str, principal: Principal) -> dict[str, RowMapping]:
    """The items of an analysis by key, each with the id and the date of knowledge of the revision it shows."""
    read = (
        select(item, revision.c.id, revision.c.known_on)
        .join(revision, and_(revision.c.key == item.c.key, revision.c.number == item.c.revision))
        .where(item.c.analysis == analysis, visible(principal))
    )
    return {row["key"]: row for row in connection.execute(read).mappings()}


def _told_by_key(connection: Connection, keys: Sequence[str]) -> dict[str, Finding]:
    """The findings shown by some items."""
    shown = and_(revision.c.key == item.c.key, revision.c.number == item.c.revision)
    told = {}
    for some in _batches(keys):
        read = select(item.c.key, revision.c.told).join(revision, shown).where(item.c.key.in_(some))
        told.update({key: Finding.model_validate_json(text) for key, text in connection.execute(read)})
    return told


def _batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))


def _earlier_facts(connection: Connection, keys: Sequence[str]) -> dict[str, list[tuple[bool, Facts]]]:
    """For each item, its revisions oldest first: whether it was raised with it, and the facts."""
    earlier = defaultdict(list)
    for some in _batches(keys):
        read = select(revision).where(revision.c.key.in_(some)).order_by(revision.c.key, revision.c.number)
        for row in connection.execute(read).mappings():
            known = Facts(
                streams=frozenset(json.loads(row["streams"])),
                places=frozenset(json.loads(row["places"])),
                died=row["died"],
                cases=row["cases"],
                priority=list(Priority)[row["rank"]],
            )
            earlier[row["key"]].append((row["raised"], known))
    return earlier


def _change(
    match: _Match,
    earlier: Mapping[str, list[tuple[bool, Facts]]],
    spans: Mapping[str, Span],
    before: Mapping[str, Span],
    now: datetime,
) -> _Change:
    """What storing a finding does to its item."""
    told, known = match.told, facts(match.told)
    names = stream_names(told, spans) or [_WHOLE]
    span = Span(min(spans[n].first for n in names), max(spans[n].last for n in names))
    if match.item is None:
        first_before = min((before[n].first for n in names if n in before), default=None)
        status = Status.HISTORICAL if is_history(told.when, span, first_before) else Status.NEW
        happened = Event(told.key, 1, now, MACHINE, EventKind.RAISED, None, status, revision=1)
        return _Change(match, happened, after(None, happened), known)
    state = state_in(match.item)
    told_before = earlier[told.key]
    at_last_raise = next(f for raised, f in reversed(told_before) if raised)
    reasons = reasons_to_raise_again(known, [f for _, f in told_before], at_last_raise)
    if state.status is Status.HISTORICAL and not is_alive(told.when, span.last):
        reasons = ()
    reopens = reasons and state.status in (Status.CLOSED, Status.HISTORICAL)
    happened = Event(
        key=told.key,
        sequence=state.version + 1,
        at=now,
        who=MACHINE,
        kind=EventKind.RAISED_AGAIN if reasons else EventKind.REVISED,
        before=state.status,
        after=Status.NEW if reopens else state.status,
        reason="; ".join(reasons) or None,
        revision=state.revision + 1,
    )
    return _Change(match, happened, after(state, happened), known)


def _store(connection: Connection, changes: Sequence[_Change], exhibits: Mapping[str, Exhibit]) -> None:
    """Write items, revisions, exhibits and events, each table in one statement."""
    if not changes:
        return
    drawn = {c.event.key: exhibits.get(c.match.given.key) for c in changes}
    created = [_item_row(c) for c in changes if c.match.item is None]
    revised = [{"of": c.event.key} | columns_of(c.state) for c in changes if c.match.item is not None]
    pictures = [
        {"key": c.event.key, "number": c.state.revision, "drawn": zlib.compress(picture.drawn.encode())}
        for c in changes
        if (picture := drawn[c.event.key])
    ]
    if created:
        connection.execute(insert(item), created)
    if revised:
        named: dict[str, BindParameter[object]] = {name: bindparam(name) for name in columns_of(changes[0].state)}
        connection.execute(update(item).where(item.c.key == bindparam("of")).values(named), revised)
    connection.execute(insert(revision), [_revision_row(c, drawn[c.event.key]) for c in changes])
    if pictures:
        connection.execute(insert(exhibit), pictures)
    connection.execute(insert(event), [columns_of(c.event) for c in changes])


def _item_row(change: _Change) -> dict[str, object]:
    told = change.match.told
    named = {"key": told.key, "analysis": told.analysis, "kind": told.kind, "what": told.what, "place": told.where}
    return named | columns_of(change.state)


def _revision_row(change: _Change, drawn: Exhibit | None) -> dict[str, object]:
    told, known = change.match.told, change.facts
    return {
        "key": told.key,
        "number": change.state.revision,
        "id": told.id,
        "known_on": told.known_on,
        "recorded_at": change.event.at,
        "rank": told.priority.rank,
        "strength": told.score or 0.0,
        "episode_end": told.when.end,
        "raised": change.event.kind is not EventKind.REVISED,
        "cases": known.cases,
        "died": known.died,
        "streams": json.dumps(sorted(known.streams), ensure_ascii=False),
        "places": json.dumps(sorted(known.places), ensure_ascii=False),
        "told": told.model_dump_json(),
        "spark": drawn.spark if drawn else None,
    }


def _spans(streams: Mapping[str, Span], findings: Sequence[Finding]) -> dict[str, Span]:
    """The streams and the whole of them; without streams the whole is taken to reach as far as the findings do.

    Where it begins is then unknown, so nothing after the first load can be called an earlier year.
    """
    if streams:
        whole = Span(min(s.first for s in streams.values()), max(s.last for s in streams.values()))
        return dict(streams) | {_WHOLE: whole}
    return {_WHOLE: Span(date.min, max(f.when.end for f in findings))} if findings else {}


def _spans_before(connection: Connection, analysis: str) -> dict[str, Span]:
    read = select(stream.c.name, stream.c.first_period, stream.c.last_period).where(stream.c.analysis == analysis)
    return {name: Span(first, last) for name, first, last in connection.execute(read)}


def _keep_spans(connection: Connection, analysis: str, spans: Mapping[str, Span], before: Mapping[str, Span]) -> None:
    """Remember how far each stream has reached, at its widest."""
    for name, span in spans.items():
        old = before.get(name)
        wide = span if old is None else Span(min(old.first, span.first), max(old.last, span.last))
        reach = {"first_period": wide.first, "last_period": wide.last}
        if old is None:
            connection.execute(insert(stream).values(analysis=analysis, name=name, **reach))
        elif wide != old:
            connection.execute(update(stream).where(stream.c.analysis == analysis, stream.c.name == name).values(reach))


def _told(matches: Sequence[_Match], changes: Sequence[_Change]) -> Recorded:
    first = [c for c in changes if c.event.kind is EventKind.RAISED]
    return Recorded(
        keys={m.given.key: m.told.key for m in matches},
        new=tuple(c.event.key for c in first if c.event.after is Status.NEW),
        historical=tuple(c.event.key for c in first if c.event.after is Status.HISTORICAL),
        revised=tuple(c.event.key for c in changes if c.event.kind is EventKind.REVISED),
        raised_again=tuple(c.event.key for c in changes if c.event.kind is EventKind.RAISED_AGAIN),
        unchanged=tuple(m.told.key for m in matches if m.is_unchanged),
        older=tuple(m.told.key for m in matches if m.is_older and not m.is_unchanged),
    )
