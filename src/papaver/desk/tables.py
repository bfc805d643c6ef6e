"""The tables of the desk, in types that SQLite and PostgreSQL share, and how their rows become data and back.

The migrations create them; a test holds the two together.
"""

from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    TypeDecorator,
)

from papaver.desk.status import ClosingCode, Event, EventKind, Label, State, Status


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no time zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone; the desk keeps moments in UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# The state of an item follows from its events; it is kept here as well so that ten thousand items list at once.
item = Table(
    "item",
    metadata,
    Column("key", String, primary_key=True),
    Column("analysis", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("what", String, nullable=False),
    Column("place", String, nullable=False),
    Column("status", String, nullable=False),
    Column("status_since", Instant, nullable=False),
    Column("label", String),
    Column("closing_code", String),
    Column("reason", Text),
    Column("raised_at", Instant, nullable=False),
    Column("raised_again_at", Instant),
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("(status = 'closed') = (closing_code IS NOT NULL)", name="closed_with_a_code"),
    CheckConstraint("label IS NULL OR status = 'verifying'", name="label_of_verifying"),
    Index(None, "status"),
    Index(None, "analysis", "kind", "what", "place"),
)

# One row per revision of a finding; `told` is the finding itself as JSON, the columns beside it are what is
# searched, sorted and compared without decoding it.
revision = Table(
    "revision",
    metadata,
    Column("key", String, ForeignKey("item.key"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False),
    Column("known_on", Date),
    Column("recorded_at", Instant, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("strength", Float, nullable=False),
    Column("episode_end", Date, nullable=False),
    Column("raised", Boolean, nullable=False),
    Column("cases", Float, nullable=False),
    Column("died", Boolean, nullable=False),
    Column("streams", Text, nullable=False),
    Column("places", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("spark", Text),
)

# What was drawn for a revision, as compressed JSON; apart from the revision so that lists never read it.
exhibit = Table(
    "exhibit",
    metadata,
    Column("key", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("drawn", LargeBinary, nullable=False),
    ForeignKeyConstraint(["key", "number"], ["revision.key", "revision.number"]),
)

event = Table(
    "event",
    metadata,
    Column("key", String, ForeignKey("item.key"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("who", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("before", String),
    Column("after", String, nullable=False),
    Column("label", String),
    Column("closing_code", String),
    Column("reason", Text),
    Column("revision", Integer),
    Index(None, "at"),
)

# The part of each stream an analysis had read at its last update: what tells history from news.
stream = Table(
    "stream",
    metadata,
    Column("analysis", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("first_period", Date, nullable=False),
    Column("last_period", Date, nullable=False),
)


def columns_of(data: State | Event) -> dict[str, object]:
    """The columns of an item's state, or of an event, by name."""
    return asdict(data)


def state_in(row: RowMapping) -> State:
    """The state kept in a row of `item`."""
    return State(
        status=Status(row["status"]),
        status_since=row["status_since"],
        label=Label(row["label"]) if row["label"] else None,
        closing_code=ClosingCode(row["closing_code"]) if row["closing_code"] else None,
        reason=row["reason"],
        raised_at=row["raised_at"],
        raised_again_at=row["raised_again_at"],
        revision=row["revision"],
        version=row["version"],
    )


def event_in(row: RowMapping) -> Event:
    """The event in a row of `event`."""
    return Event(
        key=row["key"],
        sequence=row["sequence"],
        at=row["at"],
        who=row["who"],
        kind=EventKind(row["kind"]),
        before=Status(row["before"]) if row["before"] else None,
        after=Status(row["after"]),
        label=Label(row["label"]) if row["label"] else None,
        closing_code=ClosingCode(row["closing_code"]) if row["closing_code"] else None,
        reason=row["reason"],
        revision=row["revision"],
    )
