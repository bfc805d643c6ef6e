"""Opening a desk: durable settings, one schema in models and migrations, and clear refusals."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from papaver.desk import tables
from papaver.desk.database import Desk, DeskTooNew, NotADesk, open_desk
from papaver.desk.items import items
from papaver.desk.record import record
from papaver.model.finding import Finding, in_order


def test_sqlite_is_set_to_survive(desk: Desk) -> None:
    def pragma(name: str) -> object:
        with desk.reading() as connection:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

    assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)


def test_models_and_migrations_do_not_drift(desk: Desk) -> None:
    with desk.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_checks_of_the_models_are_those_of_the_migration(desk: Desk) -> None:
    # compare_metadata does not look at CHECK constraints on SQLite.
    with desk.reading() as connection:
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'item'").scalar_one()
    checks = [c for c in tables.item.constraints if hasattr(c, "sqltext")]
    assert len(checks) == 2
    assert all(f"CONSTRAINT {c.name} CHECK ({c.sqltext})" in made for c in checks)


def test_the_database_itself_refuses_what_makes_no_sense(
    desk: Desk, finding: Callable[..., Finding], at: Callable[[int], datetime]
) -> None:
    record(desk, [finding()], analysis="emerge", recorded_at=at(0))
    for wrong in (
        "UPDATE item SET status = 'closed'",
        "UPDATE item SET label = 'awaiting laboratory'",
        "DELETE FROM item",
        "INSERT INTO event SELECT * FROM event",
    ):
        with pytest.raises(IntegrityError), desk.engine.begin() as connection:
            connection.exec_driver_sql(wrong)


def test_a_desk_opens_again_by_path_and_by_url(
    tmp_path: Path, finding: Callable[..., Finding], at: Callable[[int], datetime]
) -> None:
    path = tmp_path / "50 % of it" / "desk.sqlite"
    path.parent.mkdir()
    with open_desk(path) as desk:
        record(desk, [finding()], analysis="emerge", recorded_at=at(0))
    for name in (path, str(path), f"sqlite:///{path}"):
        with open_desk(name) as desk:
            assert len(items(desk)) == 1


def test_a_newer_desk_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    with open_desk(path) as desk, desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(DeskTooNew, match=r"schema 0999; this version of Papaver knows schemas up to 0001.*newer"):
        open_desk(path)


def test_what_is_no_desk_is_named_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to look at" * 40)
    before = text.read_bytes()
    other = tmp_path / "other.sqlite"
    with open_desk(other) as desk, desk.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    for path, why in (
        (text, "not a database"),
        (tmp_path, "unable to open"),
        (tmp_path / "no" / "desk", "unable to open"),
        (other, "no desk .its tables: event"),
    ):
        with pytest.raises(NotADesk, match=why):
            open_desk(path)
    assert text.read_bytes() == before


def test_a_list_decodes_only_what_is_shown(
    desk: Desk, finding: Callable[..., Finding], at: Callable[[int], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = [None, 0.0, 2.5, 9.0]
    found = [finding(f"s{i}", weeks_ago=i % 3).model_copy(update={"score": scores[i % 4]}) for i in range(60)]
    record(desk, found, analysis="emerge", recorded_at=at(0))
    decoded = []
    real = Finding.model_validate_json
    monkeypatch.setattr(Finding, "model_validate_json", lambda text: decoded.append(text) or real(text))
    page = items(desk, limit=10, offset=20)
    assert decoded == []
    assert [i.finding for i in page] == in_order(found)[20:30]
    assert len(decoded) == 10
