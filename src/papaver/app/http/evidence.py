"""The records behind what is shown."""

from datetime import date

from fastapi import APIRouter, HTTPException, Query

from papaver.app.errors import BadArguments
from papaver.app.evidence import page, records_of, whole
from papaver.app.http.status import Served
from papaver.app.running import today
from papaver.app.workspace import OpenWorkspace
from papaver.desk.items import item_of
from papaver.model.analysis import Data
from papaver.model.records import record_types

router = APIRouter()


def _known(workspace: OpenWorkspace, known_on: date | None) -> Data:
    return workspace.evidence().as_known_on(known_on or today(), workspace.principal)


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
        raise BadArguments(f"{record_type} is not a record type.", f"There are: {', '.join(record_types())}.")
    if finding is None:
        return page(_known(workspace, known_on), record_type, (ids or "").split(","), offset, limit)
    told = item_of(workspace.desk, finding, known_on=known_on, principal=workspace.principal).finding
    data = _known(workspace, told.known_on)
    return page(data, record_type, records_of(data, told.evidence), offset, limit)


@router.get("/records/{record_type}/{record_id}")
def record(workspace: Served, record_type: str, record_id: str, known_on: date | None = None) -> dict[str, object]:
    """One record with every column, and where it stands in its file."""
    if record_type not in record_types():
        raise BadArguments(f"{record_type} is not a record type.", f"There are: {', '.join(record_types())}.")
    found = whole(_known(workspace, known_on), record_type, record_id)
    if found is None:
        raise HTTPException(404, f"no {record_type} {record_id} was known then")
    return found
