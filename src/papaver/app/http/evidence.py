"""The records behind what is shown."""

from datetime import date

from fastapi import APIRouter, Query

from papaver.app.errors import Unknown
from papaver.app.evidence import page, records_of, whole
from papaver.app.http.status import Served
from papaver.app.running import today
from papaver.desk.items import item_of
from papaver.model.records import record_types

router = APIRouter()


@router.get("/evidence/{record_type}")
def evidence(
    workspace: Served,
    record_type: str,
    finding: str | None = None,
    ids: str | None = None,
    known_on: date | None = None,
    offset: int = Query(0, ge=0),
    limit: int = Query(200, ge=1, le=1000),
) -> dict[str, object]:
    """The records of a finding, or those with the given ids."""
    if record_type not in record_types():
        raise Unknown(f"{record_type} is not a record type.", f"There are: {', '.join(record_types())}.")
    if finding is None:
        with workspace.reading.known(known_on or today()) as data:
            return page(data, record_type, (ids or "").split(","), offset, limit)
    told = item_of(workspace.desk, finding, known_on=known_on, principal=workspace.principal).finding
    with workspace.reading.known(told.known_on or today()) as data:
        return page(data, record_type, records_of(data, told.evidence), offset, limit)


@router.get("/records/{record_type}/{record_id}")
def record(workspace: Served, record_type: str, record_id: str, known_on: date | None = None) -> dict[str, object]:
    """One record with every column, and where it stands in its file."""
    if record_type not in record_types():
        raise Unknown(f"{record_type} is not a record type.", f"There are: {', '.join(record_types())}.")
    with workspace.reading.known(known_on or today()) as data:
        found = whole(data, record_type, record_id)
    if found is None:
        raise Unknown(f"No {record_type} {record_id} was known then.", "Choose a later date of knowledge.")
    return found
