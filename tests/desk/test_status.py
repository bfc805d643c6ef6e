"""The table of transitions, what closing asks for, and that the pure modules stay free of the database."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from papaver.desk.status import (
    NEXT,
    OPEN,
    ClosingCode,
    Event,
    EventKind,
    IllegalChange,
    IncompleteChange,
    Label,
    State,
    Status,
    UnknownStatus,
    after,
    change_of,
    listed,
)

NOW = datetime(2026, 4, 7, tzinfo=UTC)


def state(status: Status, label: Label | None = None) -> State:
    return State(status, NOW, label, None, None, NOW, None, 1, 1)


def test_every_open_status_can_be_closed_and_every_other_can_be_taken_up_again() -> None:
    assert all(Status.CLOSED in NEXT[status] for status in OPEN)
    assert NEXT[Status.CLOSED] == (Status.VERIFYING,)
    assert Status.VERIFYING in NEXT[Status.HISTORICAL]


def test_the_whole_chain_can_be_walked_and_no_step_of_it_skipped() -> None:
    chain = [Status.NEW, Status.VERIFYING, Status.VERIFIED, Status.ASSESSED]
    for i, status in enumerate(chain):
        for later in chain[i + 1 :]:
            assert (later in NEXT[status]) == (later is chain[i + 1])
    assert {Status.MONITORING, Status.NOTIFIED, Status.ALERT_ISSUED} <= set(NEXT[Status.ASSESSED])
    before_assessment = (Status.NEW, Status.VERIFYING, Status.VERIFIED, Status.NOT_VERIFIED)
    assert not any(Status.ALERT_ISSUED in NEXT[status] for status in before_assessment)


@pytest.mark.parametrize("status", [Status.NEW, Status.HISTORICAL])
def test_no_person_sets_what_the_machine_sets(status: Status) -> None:
    assert not any(status in following for following in NEXT.values())


def test_an_illegal_change_names_those_allowed() -> None:
    with pytest.raises(IllegalChange, match="alert_issued cannot follow new") as e:
        change_of("k", state(Status.NEW), Status.ALERT_ISSUED, who="A", at=NOW)
    assert e.value.mend == "Allowed from here: verifying, closed"
    assert e.value.allowed == (Status.VERIFYING, Status.CLOSED)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("closing_code", {"reason": "It was the laboratory."}),
        ("reason", {"closing_code": ClosingCode.DATA_ARTEFACT, "reason": "  "}),
        ("label", {"closing_code": ClosingCode.DUPLICATE, "reason": "x", "label": Label.AWAITING_LABORATORY}),
    ],
)
def test_closing_needs_a_code_and_a_sentence_and_nothing_else(field: str, given: dict[str, str]) -> None:
    with pytest.raises(IncompleteChange) as error:
        change_of("k", state(Status.NEW), Status.CLOSED, who="A", at=NOW, **given)
    assert error.value.field == field


def test_only_closing_takes_a_code() -> None:
    with pytest.raises(IncompleteChange, match="verifying has no closing code"):
        change_of("k", state(Status.NEW), Status.VERIFYING, who="A", at=NOW, closing_code=ClosingCode.DUPLICATE)


def test_awaiting_laboratory_comes_and_goes_while_verifying_lasts() -> None:
    later = NOW.replace(hour=9)
    verifying = state(Status.VERIFYING)
    event = change_of("k", verifying, Status.VERIFYING, who="A", at=later, label=Label.AWAITING_LABORATORY)
    waiting = after(verifying, event)
    assert (waiting.status, waiting.label, waiting.status_since) == (Status.VERIFYING, Label.AWAITING_LABORATORY, NOW)
    with pytest.raises(IllegalChange, match="already verifying"):
        change_of("k", waiting, Status.VERIFYING, who="A", at=later, label=Label.AWAITING_LABORATORY)
    assert after(waiting, change_of("k", waiting, Status.VERIFIED, who="A", at=later)).label is None


def test_history_begins_with_a_raise() -> None:
    with pytest.raises(ValueError, match="first event"):
        after(None, Event("k", 1, NOW, "A", EventKind.CHANGED, Status.NEW, Status.VERIFYING))


def test_lists() -> None:
    assert Status.HISTORICAL not in listed("open")
    assert set(listed("all")) == set(Status)
    assert listed("verified") == (Status.VERIFIED,)
    with pytest.raises(UnknownStatus, match="Did you mean monitoring"):
        listed("monitorin")


def test_the_pure_modules_do_not_load_the_database() -> None:
    code = "import sys, papaver.desk.status, papaver.desk.raising; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
