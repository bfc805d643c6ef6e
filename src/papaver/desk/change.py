"""A person moves an item to another status."""

from datetime import datetime

from sqlalchemy import insert, update

from papaver.desk.database import Desk
from papaver.desk.items import Item, read_item
from papaver.desk.status import ClosingCode, DeskError, Label, Status, after, change_of
from papaver.desk.tables import columns_of, event, item
from papaver.policy import OWNER, Principal


class StaleItem(DeskError):
    """The item changed since the person read it; `item` is what it is now."""

    def __init__(self, current: Item, version: int) -> None:
        super().__init__(
            f"the item changed since you opened it (version {version}, now {current.state.version})",
            "Look at it again, then decide",
        )
        self.item = current


def change_status(
    desk: Desk,
    key: str,
    to: Status,
    *,
    version: int,
    now: datetime,
    label: Label | None = None,
    closing_code: ClosingCode | None = None,
    reason: str | None = None,
    principal: Principal = OWNER,
) -> Item:
    """Move an item to another status and return it; `version` is the one the person saw, `now` the clock in UTC.

    StaleItem: the item has another version by now (a revision counts: the facts changed). IllegalChange names the
    statuses allowed; IncompleteChange what is missing; UnknownItem; NotAllowed.
    """
    with desk.writing(principal) as connection:
        seen = read_item(connection, key, principal=principal)
        if seen.state.version != version:
            raise StaleItem(seen, version)
        change = change_of(
            key,
            seen.state,
            to,
            who=principal.name,
            at=now,
            label=label,
            closing_code=closing_code,
            reason=reason,
        )
        # Where writers do not wait for each other, the version in the condition catches the one that came second.
        moved = connection.execute(
            update(item)
            .where(item.c.key == key, item.c.version == version)
            .values(columns_of(after(seen.state, change)))
        )
        if moved.rowcount != 1:
            raise StaleItem(read_item(connection, key, principal=principal), version)
        connection.execute(insert(event).values(columns_of(change)))
        return read_item(connection, key, principal=principal)
