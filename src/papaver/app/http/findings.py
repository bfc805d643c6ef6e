"""The inbox and one finding."""

import json
from datetime import UTC, date, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from papaver.app.again import command, python
from papaver.app.http.status import Served
from papaver.app.workspace import OpenWorkspace
from papaver.desk.change import change_status
from papaver.desk.items import Item, Revision, exhibit_of, history, item_of, items, revisions, rule_record
from papaver.desk.status import ClosingCode, Event, Label, Status, allowed_after
from papaver.model.places import place

router = APIRouter()


class Change(BaseModel):
    """A person moves an item; `version` is the one they saw."""

    status: Status
    version: int
    label: Label | None = None
    closing_code: ClosingCode | None = None
    reason: str | None = None


@router.get("/findings")
def inbox(workspace: Served, status: str = "open", known_on: date | None = None) -> dict[str, object]:
    """The items of a list in inbox order, each as it was known on the day."""
    found = items(workspace.desk, status, known_on=known_on, principal=workspace.principal)
    return {
        "known_on": known_on.isoformat() if known_on else None,
        "findings": [item_document(workspace, one) for one in found],
    }


@router.get("/findings/{key}")
def finding(workspace: Served, key: str, known_on: date | None = None) -> dict[str, object]:
    """One item with its views, who reported, its history and how to make it again."""
    item = item_of(workspace.desk, key, known_on=known_on, principal=workspace.principal)
    exhibit = exhibit_of(workspace.desk, item, principal=workspace.principal)
    drawn = json.loads(exhibit.drawn) if exhibit else {"views": [], "coverage": None}
    told = revisions(workspace.desk, key, known_on=known_on, principal=workspace.principal)
    record = rule_record(workspace.desk, item.finding.analysis, now=datetime.now(UTC), principal=workspace.principal)
    params = workspace.analysis_params(item.finding.analysis)
    return {
        **item_document(workspace, item),
        "views": drawn["views"],
        "coverage": drawn["coverage"],
        "history": [_event(e) for e in history(workspace.desk, key, principal=workspace.principal)],
        "revision_history": [_revision(r) for r in told],
        "again": {
            "command": command(item.finding.analysis, params, item.finding.known_on),
            "python": python(item.finding.analysis, params, item.finding.known_on),
        },
        "record": {
            "raised": record.raised,
            "verified": record.verified,
            "artefact": record.artefact,
            "open": record.open,
        },
        "allowed": [s.value for s in allowed_after(item.state.status)],
    }


@router.post("/findings/{key}/status")
def move(workspace: Served, key: str, change: Change) -> dict[str, object]:
    """Move an item to another status; 409 with the current item when somebody else was faster."""
    moved = change_status(
        workspace.desk,
        key,
        change.status,
        version=change.version,
        now=datetime.now(UTC),
        label=change.label,
        closing_code=change.closing_code,
        reason=change.reason,
        principal=workspace.principal,
    )
    return item_document(workspace, moved)


def item_document(workspace: OpenWorkspace, item: Item) -> dict[str, object]:
    """An item as lists show it."""
    told = json.loads(item.told)
    spark = json.loads(item.spark) if item.spark else {}
    return {
        "finding": told,
        "where_name": place(told["where"]).name if told["where"] else "",
        "status": item.state.status.value,
        "status_label": item.state.label.value if item.state.label else None,
        "status_since": item.state.status_since.isoformat(),
        "raised_again_at": item.state.raised_again_at.isoformat() if item.state.raised_again_at else None,
        "closing_code": item.state.closing_code.value if item.state.closing_code else None,
        "reason": item.state.reason,
        "revision": item.shown,
        "revisions": item.state.revision,
        "version": item.state.version,
        "simulated": bool(spark.get("simulated")),
        "spark": spark.get("spark"),
    }


def _event(event: Event) -> dict[str, object]:
    return {
        "at": event.at.isoformat(),
        "who": event.who,
        "kind": event.kind.value,
        "from": event.before.value if event.before else None,
        "to": event.after.value,
        "label": event.label.value if event.label else None,
        "closing_code": event.closing_code.value if event.closing_code else None,
        "reason": event.reason,
    }


def _revision(revision: Revision) -> dict[str, object]:
    return {
        "id": revision.id,
        "known_on": revision.known_on.isoformat() if revision.known_on else None,
        "title": revision.finding.title,
        "priority": revision.finding.priority.value,
        "raised_again": revision.raised and revision.number > 1,
        "recorded_at": revision.recorded_at.isoformat(),
    }
