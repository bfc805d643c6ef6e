"""Opening the desk: one SQLite file (or a URL), brought to this version's schema, with one way to read and to write."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, false, inspect, make_url, true
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.sql import ColumnElement

from papaver.desk.status import DeskError
from papaver.desk.tables import metadata
from papaver.policy import Principal, sees_all

# A writer waits this long for another one before it gives up.
_BUSY_SECONDS = 30.0
_WRITES = "papaver_writes"


class DeskTooNew(DeskError):
    """The desk was last opened by a version of Papaver with a later schema."""


class NotADesk(DeskError):
    """The file or database cannot be opened, or is something else than a desk."""


class DeskBusy(DeskError):
    """Somebody else has been writing for longer than a writer waits."""


class NotAllowed(DeskError):
    """The principal may not do this."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An open desk; close it, or use it in `with`."""

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state of the desk."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, principal: Principal) -> Iterator[Connection]:
        """A connection whose changes are kept together or not at all.

        NotAllowed: the principal may not write. DeskBusy: another writer kept this one waiting for too long.
        """
        if not sees_all(principal):
            raise NotAllowed(f"{principal.name} may not change the desk", "Ask the owner of the workspace")
        try:
            with self.engine.execution_options(**{_WRITES: True}).begin() as connection:
                yield connection
        except OperationalError as error:
            if "locked" not in str(error.orig):
                raise
            raise DeskBusy("another program is writing to the desk", "Wait for it to end, then try again") from error

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def __enter__(self) -> "Desk":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def visible(principal: Principal) -> ColumnElement[bool]:
    """The policy as SQL: which rows a principal may read. Every query of the desk carries it."""
    return true() if sees_all(principal) else false()


def open_desk(path_or_url: str | Path) -> Desk:
    """Open a desk, made when it does not exist and migrated when it is older than this version.

    A path is an SQLite file in WAL mode, written with synchronous=FULL; a string with "://" is a database URL.
    DeskTooNew: the desk is newer than this version. NotADesk: it cannot be opened, or is something else.
    """
    text = str(path_or_url)
    url = make_url(text) if "://" in text else URL.create("sqlite", database=text)
    engine = _sqlite_engine(url) if url.get_backend_name() == "sqlite" else create_engine(url)
    name = text if url.password is None else url.render_as_string(hide_password=True)
    try:
        _migrate(Desk(engine), name)
    except DatabaseError as error:
        engine.dispose()
        what = f"{name} cannot be opened as a desk: {error.orig}"
        raise NotADesk(what, "Name the desk of a workspace, in a directory that can be written") from error
    except BaseException:
        engine.dispose()
        raise
    return Desk(engine)


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})

    # Python's driver would begin transactions late and on its own terms; the desk begins them itself, so that reads
    # are consistent, changes of the schema roll back, and a writer waits for its turn before it reads what it changes.
    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent / "migrations"))


def _is_current(connection: Connection, script: ScriptDirectory, name: str) -> bool:
    """Whether the schema is this version's; DeskTooNew when it is later, NotADesk when the tables are not ours."""
    found = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    if found is not None and found not in known:
        what = f"{name} has schema {found}; this version of Papaver knows schemas up to {script.get_current_head()}"
        raise DeskTooNew(what, "Open it with the newer version that wrote it, or restore a backup")
    if found is None and (others := inspect(connection).get_table_names()):
        what = f"{name} is a database, but no desk (its tables: {', '.join(others[:5])})"
        raise NotADesk(what, "Name another file")
    return found == script.get_current_head()


def _migrate(desk: Desk, name: str) -> None:
    script = _script()
    with desk.reading() as connection:
        if _is_current(connection, script, name):
            return
    # Somebody else may have migrated meanwhile, so look again once nobody else can write.
    with desk.engine.execution_options(**{_WRITES: True}).begin() as connection:
        if not _is_current(connection, script, name):
            _upgrade(connection, script)


def _upgrade(connection: Connection, script: ScriptDirectory) -> None:
    def steps(found: str, _: object) -> list[RevisionStep]:
        return script._upgrade_revs("head", found)

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
        with environment.begin_transaction():
            environment.run_migrations()
