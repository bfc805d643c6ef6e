"""Statuses of a desk item, which may follow which, and an item's state computed from its events. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType


class Status(StrEnum):
    """Where an item stands; `historical` was already over when its stream was first loaded."""

    NEW = "new"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    ASSESSED = "assessed"
    MONITORING = "monitoring"
    NOTIFIED = "notified"
    ALERT_ISSUED = "alert_issued"
    CLOSED = "closed"
    HISTORICAL = "historical"


class Label(StrEnum):
    """What a status waits for; a label is not a status."""

    AWAITING_LABORATORY = "awaiting laboratory"


class ClosingCode(StrEnum):
    """Why an item was closed."""

    REAL_ACTED = "real_acted"
    REAL_NO_ACTION = "real_no_action"
    DATA_ARTEFACT = "data_artefact"
    TESTING_OR_REPORTING_CHANGE = "testing_or_reporting_change"
    KNOWN_EVENT = "known_event"
    DUPLICATE = "duplicate"
    NOT_VERIFIABLE = "not_verifiable"
    RETRACTED = "retracted"


OPEN = tuple(status for status in Status if status not in (Status.CLOSED, Status.HISTORICAL))

# What a person may do next. Forward along the chain one step at a time; back to verifying whenever the facts are in
# doubt again; between monitoring, notified and alert_issued freely, because a threat is followed after it was told and
# may be told more widely later; closed from anywhere. Verifying may follow itself: that is how its label changes.
NEXT: Mapping[Status, tuple[Status, ...]] = MappingProxyType(
    {
        Status.NEW: (Status.VERIFYING, Status.CLOSED),
        Status.VERIFYING: (Status.VERIFIED, Status.NOT_VERIFIED, Status.CLOSED),
        Status.VERIFIED: (Status.ASSESSED, Status.VERIFYING, Status.CLOSED),
        Status.NOT_VERIFIED: (Status.VERIFYING, Status.CLOSED),
        Status.ASSESSED: (Status.MONITORING, Status.NOTIFIED, Status.ALERT_ISSUED, Status.VERIFYING, Status.CLOSED),
        Status.MONITORING: (Status.ASSESSED, Status.NOTIFIED, Status.ALERT_ISSUED, Status.VERIFYING, Status.CLOSED),
        Status.NOTIFIED: (Status.ASSESSED, Status.MONITORING, Status.ALERT_ISSUED, Status.VERIFYING, Status.CLOSED),
        Status.ALERT_ISSUED: (Status.ASSESSED, Status.MONITORING, Status.NOTIFIED, Status.VERIFYING, Status.CLOSED),
        Status.CLOSED: (Status.VERIFYING,),
        Status.HISTORICAL: (Status.VERIFYING, Status.CLOSED),
    }
)


class DeskError(Exception):
    """Something the desk refuses: what happened, and what to do."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}. {mend}")
        self.what = what
        self.mend = mend


class IllegalChange(DeskError):
    """A status that may not follow the present one; `allowed` are those that may."""

    def __init__(self, what: str, allowed: tuple[Status, ...]) -> None:
        super().__init__(what, f"Allowed from here: {', '.join(allowed)}")
        self.allowed = allowed


class IncompleteChange(DeskError):
    """A change without, or with a wrong, label, closing code or reason; `field` names which."""

    def __init__(self, field: str, what: str, mend: str) -> None:
        super().__init__(what, mend)
        self.field = field


class UnknownStatus(DeskError):
    """A word that is neither a status nor a list of the inbox."""


class EventKind(StrEnum):
    """What happened to an item."""

    RAISED = "raised"
    REVISED = "revised"
    RAISED_AGAIN = "raised_again"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one item: who, when, why, from which status to which; `sequence` counts from 1 within the item.

    `revision` is the revision shown from then on (None: as before). `at` is in UTC.
    """

    key: str
    sequence: int
    at: datetime
    who: str
    kind: EventKind
    before: Status | None
    after: Status
    label: Label | None = None
    closing_code: ClosingCode | None = None
    reason: str | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What an item is now. It follows from the item's events alone; `version` is how many there are.

    `raised_again_at` is set while a revision asks for attention and cleared when a person next changes the item.
    """

    status: Status
    status_since: datetime
    label: Label | None
    closing_code: ClosingCode | None
    reason: str | None
    raised_at: datetime
    raised_again_at: datetime | None
    revision: int
    version: int


def after(state: State | None, event: Event) -> State:
    """The state after one more event; None is the state before the first."""
    if state is None:
        if event.kind is not EventKind.RAISED or event.revision is None:
            raise ValueError(f"{event.key}: the first event of an item raises its first revision")
        return State(event.after, event.at, None, None, event.reason, event.at, None, event.revision, event.sequence)
    revision = state.revision if event.revision is None else event.revision
    state = replace(state, revision=revision, version=event.sequence)
    if event.kind is EventKind.RAISED_AGAIN:
        state = replace(state, raised_again_at=event.at)
    if event.kind is EventKind.CHANGED:
        state = replace(state, raised_again_at=None)
    if event.kind is EventKind.CHANGED or event.after is not state.status:
        since = state.status_since if event.after is state.status else event.at
        state = replace(state, status=event.after, status_since=since)
        state = replace(state, label=event.label, closing_code=event.closing_code, reason=event.reason)
    return state


def state_of(events: Iterable[Event]) -> State:
    """The state of an item computed anew from its events in order; no events raise ValueError."""
    state: State | None = None
    for event in events:
        state = after(state, event)
    if state is None:
        raise ValueError("an item without events has no state")
    return state


def allowed_after(status: Status) -> tuple[Status, ...]:
    """The statuses a person may set next."""
    return NEXT[status]


def change_of(
    key: str,
    state: State,
    to: Status,
    *,
    who: str,
    at: datetime,
    label: Label | None = None,
    closing_code: ClosingCode | None = None,
    reason: str | None = None,
) -> Event:
    """The event of a person moving an item to another status.

    IllegalChange names the statuses allowed; IncompleteChange the label, closing code or reason that is wrong.
    """
    reason = (reason or "").strip() or None
    relabels = to is state.status is Status.VERIFYING and label is not state.label
    if to not in NEXT[state.status] and not relabels:
        what = f"the item is already {to}" if to is state.status else f"{to} cannot follow {state.status}"
        raise IllegalChange(what, NEXT[state.status])
    if label and to is not Status.VERIFYING:
        raise IncompleteChange("label", f"{label!r} is a label of verifying, not of {to}", "Leave the label out")
    if to is Status.CLOSED and closing_code is None:
        codes = ", ".join(ClosingCode)
        raise IncompleteChange("closing_code", "an item is closed with a closing code", f"Give one of: {codes}")
    if to is Status.CLOSED and reason is None:
        raise IncompleteChange("reason", "an item is closed with a reason", "Say in one sentence why")
    if to is not Status.CLOSED and closing_code is not None:
        raise IncompleteChange("closing_code", f"{to} has no closing code", "Leave it out, or close the item")
    return Event(key, state.version + 1, at, who, EventKind.CHANGED, state.status, to, label, closing_code, reason)


def listed(which: str) -> tuple[Status, ...]:
    """The statuses in a list of the inbox: `open`, `all`, or one status; UnknownStatus names the nearest."""
    lists = {"open": OPEN, "all": tuple(Status)} | {status.value: (status,) for status in Status}
    if which in lists:
        return lists[which]
    nearest = get_close_matches(which, lists, n=1)
    mend = f"Did you mean {nearest[0]}" if nearest else f"Use one of: {', '.join(lists)}"
    raise UnknownStatus(f"no list or status is called {which!r}", mend)
