"""Reading the desk: the inbox, one item, its revisions, exhibits and history, and what became of a rule's findings.

A status is what it is today; `known_on` chooses the revision that was known at the end of that day, and leaves out
items nobody could know of yet. Every function takes the principal; who may read nothing sees an empty desk.
"""

import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection, FromClause, RowMapping, Select, and_, func, or_, select, true
from sqlalchemy.sql import ColumnElement

from papaver.desk.database import Desk, visible
from papaver.desk.status import OPEN, ClosingCode, DeskError, Event, EventKind, State, Status, listed
from papaver.desk.tables import event, event_in, exhibit, item, revision, state_in
from papaver.model.finding import Finding
from papaver.policy import OWNER, Principal

# Closing codes which say that data or testing changed and the market did not.
ARTEFACTS = (ClosingCode.DATA_ARTEFACT, ClosingCode.TESTING_OR_REPORTING_CHANGE)


class UnknownItem(DeskError):
    """No item has this key, or it was not known yet on the day asked for."""


@dataclass(frozen=True)
class Item:
    """One item: its state, and the revision of the finding that is shown (number `shown` of `state.revision`).

    `told` is the finding as JSON, decoded only when `finding` is asked for; `spark` is the JSON given with it.
    """

    key: str
    state: State
    shown: int
    recorded_at: datetime
    told: str
    spark: str | None

    @cached_property
    def finding(self) -> Finding:
        """The finding of the revision shown."""
        return Finding.model_validate_json(self.told)


@dataclass(frozen=True)
class Revision:
    """One revision of an item's finding; `raised` is true for the first and for those raised again."""

    number: int
    id: str
    known_on: date | None
    recorded_at: datetime
    raised: bool
    told: str

    @cached_property
    def finding(self) -> Finding:
        """The finding as it was told."""
        return Finding.model_validate_json(self.told)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What was drawn for a revision, as JSON texts: the whole drawing, and the spark shown in lists."""

    drawn: str
    spark: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items each list holds."""

    open: int
    historical: int
    closed: int


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """What became of an analysis's findings: of those raised in the span, how many each."""

    raised: int
    verified: int
    artefact: int
    open: int


def items(
    desk: Desk,
    which: str = "open",
    *,
    known_on: date | None = None,
    limit: int | None = None,
    offset: int = 0,
    principal: Principal = OWNER,
) -> list[Item]:
    """A list of the inbox in its order: priority, then strength, then recency.

    `which` is open, all or a status (closed and historical are statuses); UnknownStatus for anything else.
    """
    wanted = _shown(known_on, principal).where(item.c.status.in_(listed(which)))
    wanted = wanted.order_by(revision.c.rank, revision.c.strength.desc(), revision.c.episode_end.desc(), item.c.key)
    with desk.reading() as connection:
        return [_item(row) for row in connection.execute(wanted.limit(limit).offset(offset)).mappings()]


def item_of(desk: Desk, key: str, *, known_on: date | None = None, principal: Principal = OWNER) -> Item:
    """One item by its key; UnknownItem when there is none, or none that was known on that day."""
    with desk.reading() as connection:
        return read_item(connection, key, known_on=known_on, principal=principal)


def read_item(connection: Connection, key: str, *, known_on: date | None = None, principal: Principal) -> Item:
    """As `item_of`, within a transaction."""
    row = connection.execute(_shown(known_on, principal).where(item.c.key == key)).mappings().one_or_none()
    if row is None:
        when = f" as known on {known_on}" if known_on else ""
        raise UnknownItem(f"the desk has no item {key}{when}", "Choose one from the list of all items")
    return _item(row)


def revisions(desk: Desk, key: str, *, known_on: date | None = None, principal: Principal = OWNER) -> list[Revision]:
    """The revisions of an item known on that day (None: all), oldest first."""
    read = (
        select(
            revision.c.number,
            revision.c.id,
            revision.c.known_on,
            revision.c.recorded_at,
            revision.c.raised,
            revision.c.told,
        )
        .where(revision.c.key == key, _known(revision, known_on), visible(principal))
        .order_by(revision.c.number)
    )
    with desk.reading() as connection:
        return [Revision(*row) for row in connection.execute(read)]


def exhibit_of(desk: Desk, shown: Item, *, principal: Principal = OWNER) -> Exhibit | None:
    """What was drawn for the revision an item shows; None when nothing was given with it."""
    read = select(exhibit.c.drawn).where(
        exhibit.c.key == shown.key, exhibit.c.number == shown.shown, visible(principal)
    )
    with desk.reading() as connection:
        packed = connection.execute(read).scalar_one_or_none()
    return None if packed is None else Exhibit(zlib.decompress(packed).decode(), shown.spark)


def history(desk: Desk, key: str, *, principal: Principal = OWNER) -> list[Event]:
    """Everything that happened to an item, oldest first; its state follows from it (`status.state_of`)."""
    read = select(event).where(event.c.key == key, visible(principal)).order_by(event.c.sequence)
    with desk.reading() as connection:
        return [event_in(row) for row in connection.execute(read).mappings()]


def counts(desk: Desk, *, principal: Principal = OWNER) -> Counts:
    """How many items are open, historical and closed."""
    read = select(item.c.status, func.count()).where(visible(principal)).group_by(item.c.status)
    with desk.reading() as connection:
        by_status = {Status(status): n for status, n in connection.execute(read)}
    return Counts(
        open=sum(by_status.get(status, 0) for status in OPEN),
        historical=by_status.get(Status.HISTORICAL, 0),
        closed=by_status.get(Status.CLOSED, 0),
    )


def rule_record(desk: Desk, analysis: str, *, now: datetime, principal: Principal = OWNER) -> RuleRecord:
    """What became of the findings an analysis raised in the 365 days before `now`.

    Raised: items that became new or were raised again (history is not raised). Of these: verified at any time in the
    span; closed as artefacts of data, testing or reporting; still open.
    """
    within = and_(event.c.at > now - timedelta(days=365), event.c.at <= now)
    news = event.c.kind.in_((EventKind.RAISED, EventKind.RAISED_AGAIN)) & (event.c.after != Status.HISTORICAL)
    raised = select(event.c.key).where(within, news)
    verified = select(event.c.key).where(within, event.c.kind == EventKind.CHANGED, event.c.after == Status.VERIFIED)
    read = select(
        func.count(),
        func.count().filter(item.c.key.in_(verified)),
        func.count().filter(item.c.closing_code.in_(ARTEFACTS)),
        func.count().filter(item.c.status.in_(OPEN)),
    ).where(item.c.analysis == analysis, item.c.key.in_(raised), visible(principal))
    with desk.reading() as connection:
        return RuleRecord(*connection.execute(read).one())


def _shown(known_on: date | None, principal: Principal) -> Select[tuple[object, ...]]:
    """Every item with the revision to show: the latest, or the latest known on a day."""
    number: ColumnElement[int] = item.c.revision
    if known_on is not None:
        known = revision.alias()
        known_by_then = select(func.max(known.c.number)).where(known.c.key == item.c.key, _known(known, known_on))
        number = known_by_then.scalar_subquery()
    told = (revision.c.number.label("shown"), revision.c.recorded_at, revision.c.told, revision.c.spark)
    return (
        select(item, *told)
        .select_from(item)
        .join(revision, and_(revision.c.key == item.c.key, revision.c.number == number))
        .where(visible(principal))
    )


def _known(told: FromClause, known_on: date | None) -> ColumnElement[bool]:
    """Whether a revision was known at the end of a day; one without a date of knowledge always was."""
    return true() if known_on is None else or_(told.c.known_on.is_(None), told.c.known_on <= known_on)


def _item(row: RowMapping) -> Item:
    return Item(row["key"], state_in(row), row["shown"], row["recorded_at"], row["told"], row["spark"])
