"""What this workspace is, what arrived in it and when."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from papaver import __version__
from papaver.app.registry import analyses
from papaver.app.workspace import SIMULATED, OpenWorkspace
from papaver.desk.items import counts
from papaver.model.records import record_types
from papaver.store import DeliveryNote

router = APIRouter()


def the_workspace(request: Request) -> OpenWorkspace:
    """The workspace that is served."""
    workspace = request.app.state.workspace
    if not isinstance(workspace, OpenWorkspace):
        raise TypeError("the server has no workspace")
    return workspace


Served = Annotated[OpenWorkspace, Depends(the_workspace)]


@router.get("/status")
def status(workspace: Served) -> dict[str, object]:
    """Name, person, deliveries, how many items each list holds, and the analyses."""
    with workspace.reading.evidence() as evidence:
        deliveries = evidence.deliveries()
        latest = evidence.latest()
    return {
        "version": __version__,
        "workspace": {"name": workspace.name, "simulated": _simulated(deliveries)},
        "person": workspace.settings["person"],
        "latest": latest.isoformat() if latest else None,
        "deliveries": [_delivery(d) for d in deliveries],
        "counts": asdict(counts(workspace.desk, principal=workspace.principal)),
        "analyses": [{"name": a.name, "title": a.title} for a in analyses().values()],
    }


def _simulated(deliveries: Sequence[DeliveryNote]) -> bool:
    return any(source.startswith(SIMULATED) for d in deliveries for source in d.sources)


def _delivery(note: DeliveryNote) -> dict[str, object]:
    return {
        "batch_id": note.batch_id,
        "known_from": note.known_from_last.isoformat() if note.known_from_last else None,
        "recorded_at": note.recorded_at.isoformat(),
        "source": ", ".join(note.sources),
        "record_type": ", ".join(note.rows),
        "rows": sum(note.rows.values()),
    }


@router.get("/records")
def dictionary() -> list[dict[str, object]]:
    """The data dictionary: every record type and its columns."""
    return [
        {"name": t.name, "title": t.title, "what": t.what, "columns": [c.model_dump() for c in t.columns.values()]}
        for t in record_types().values()
    ]
