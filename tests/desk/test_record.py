"""Findings on the desk: one item per key, nothing twice, history apart from news, news again when it is."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime

import pytest

from papaver.desk.change import change_status
from papaver.desk.database import Desk
from papaver.desk.items import Exhibit, exhibit_of, history, item_of, items, revisions
from papaver.desk.raising import Span
from papaver.desk.record import Recorded, record, unrecorded
from papaver.desk.status import ClosingCode, EventKind, Status
from papaver.model.finding import Finding, Priority

Make = Callable[..., Finding]
At = Callable[[int], datetime]
STREAMS = {"drug_checking": Span(date(2024, 1, 1), date(2026, 3, 30))}


def update(desk: Desk, day: datetime, *findings: Finding, streams: dict[str, Span] = STREAMS) -> Recorded:
    return record(desk, findings, analysis="emerge", recorded_at=day, streams=streams)


def contents(desk: Desk) -> list[object]:
    """Everything a reader can see of the desk."""
    return [(i, history(desk, i.key), [asdict(r) for r in revisions(desk, i.key)]) for i in items(desk, "all")]


def test_a_finding_is_kept_as_it_was_told(desk: Desk, finding: Make, at: At) -> None:
    told = finding(also=("wastewater",), places=("LV006",))
    done = record(
        desk, [told], analysis="emerge", recorded_at=at(0), exhibits={told.key: Exhibit('[{"rows":[]}]', "[1,2]")}
    )
    (kept,) = items(desk)
    assert done.new == (told.key,)
    assert kept.finding == told
    assert kept.told == told.model_dump_json()
    assert (kept.state.status, kept.state.raised_at, kept.spark) == (Status.NEW, at(0), "[1,2]")
    assert exhibit_of(desk, kept) == Exhibit('[{"rows":[]}]', "[1,2]")


def test_update_twice_adds_nothing_twice(desk: Desk, finding: Make, at: At) -> None:
    found = [finding(), finding("carfentanil", weeks_ago=20), finding("xylazine", where="EE")]
    update(desk, at(0), *found)
    before = contents(desk)
    tomorrow = [f.model_copy(update={"known_on": date(2026, 4, 8)}) for f in found]
    assert unrecorded(desk, tomorrow, analysis="emerge") == []
    again = update(desk, at(1), *reversed(tomorrow))
    assert len(again.unchanged) == 3
    assert contents(desk) == before


def test_an_episode_whose_start_moves_stays_one_item(desk: Desk, finding: Make, at: At) -> None:
    first = finding(weeks_ago=0, weeks=2)
    late = finding(weeks_ago=0, weeks=4, n=5)
    update(desk, at(0), first)
    assert update(desk, at(1), late).keys == {late.key: first.key}
    (kept,) = items(desk)
    assert (kept.key, kept.shown, kept.finding.when.start) == (first.key, 2, late.when.start)
    assert update(desk, at(2), late).unchanged == (first.key,)


def test_only_a_gap_longer_than_g_or_another_place_or_substance_opens_another_item(
    desk: Desk, finding: Make, at: At
) -> None:
    update(desk, at(0), finding(weeks_ago=6, weeks=1))
    update(desk, at(1), finding(weeks_ago=1, weeks=1))
    assert len(items(desk)) == 2, "five quiet weeks"
    update(desk, at(2), finding(where="EE", weeks_ago=6, weeks=1), finding("etonitazene", weeks_ago=6, weeks=1))
    assert len(items(desk)) == 4
    assert update(desk, at(3), finding(weeks_ago=9, weeks=2, n=4)).revised, "within four weeks of the first"
    assert len(items(desk)) == 4


def test_an_episode_that_falls_apart_is_two_items_and_stays_so(desk: Desk, finding: Make, at: At) -> None:
    whole = finding(weeks_ago=0, weeks=8, n=9)
    parts = [finding(weeks_ago=7, weeks=1), finding(weeks_ago=0, weeks=1)]
    update(desk, at(0), whole)
    update(desk, at(1), *parts)
    before = contents(desk)
    assert len(before) == 2
    assert len(update(desk, at(2), *parts).unchanged) == 2
    assert contents(desk) == before


def test_corrected_back_is_one_more_revision(desk: Desk, finding: Make, at: At) -> None:
    for day, n in enumerate((3, 4, 3)):
        update(desk, at(day), finding(n=n))
    (kept,) = items(desk)
    assert (kept.shown, kept.finding.evidence.n) == (3, 3)


def test_first_load_only_what_is_alive_is_new(desk: Desk, finding: Make, at: At) -> None:
    alive, over = finding(weeks_ago=7), finding("carfentanil", weeks_ago=8)
    done = update(desk, at(0), alive, over)
    assert (done.new, done.historical) == ((alive.key,), (over.key,))
    assert [i.key for i in items(desk, "historical")] == [over.key]


def test_late_news_is_new_and_earlier_years_are_history(desk: Desk, finding: Make, at: At) -> None:
    update(desk, at(0))
    late = finding(weeks_ago=12)
    assert update(desk, at(1), late).new == (late.key,), "a first load without findings still loads the stream"
    years_ago = finding("carfentanil", weeks_ago=300)
    longer = {"drug_checking": Span(date(2015, 1, 1), date(2026, 3, 30))}
    assert update(desk, at(2), late, years_ago, streams=longer).historical == (years_ago.key,)


def test_another_place_loaded_later_has_its_own_first_load(desk: Desk, finding: Make, at: At) -> None:
    update(desk, at(0), finding(), streams={"drug_checking|LV": STREAMS["drug_checking"]})
    both = {f"drug_checking|{place}": STREAMS["drug_checking"] for place in ("LV", "EE")}
    abroad = finding(where="EE", weeks_ago=30)
    assert update(desk, at(1), finding(), abroad, streams=both).historical == (abroad.key,)


def test_raised_again_and_looked_at(desk: Desk, finding: Make, at: At) -> None:
    update(desk, at(0), finding())
    (seen,) = items(desk)
    change_status(desk, seen.key, Status.VERIFYING, version=seen.state.version, now=at(0))
    assert update(desk, at(1), finding(n=5)).revised == (seen.key,)
    assert item_of(desk, seen.key).state.raised_again_at is None
    assert update(desk, at(2), finding(n=6)).raised_again == (seen.key,)
    again = item_of(desk, seen.key)
    assert (again.state.status, again.state.raised_again_at) == (Status.VERIFYING, at(2))
    assert [r.raised for r in revisions(desk, seen.key)] == [True, False, True]
    assert update(desk, at(3), finding(n=11)).revised == (seen.key,), "doubled is measured from when last raised"
    looked = change_status(desk, seen.key, Status.VERIFIED, version=5, now=at(4))
    assert looked.state.raised_again_at is None


def test_a_closed_item_comes_back_only_for_a_reason(desk: Desk, finding: Make, at: At) -> None:
    update(desk, at(0), finding())
    (seen,) = items(desk)
    code = ClosingCode.DATA_ARTEFACT
    change_status(desk, seen.key, Status.CLOSED, version=1, now=at(0), closing_code=code, reason="Typed twice.")
    update(desk, at(1), finding(n=4))
    assert item_of(desk, seen.key).state.closing_code is code
    update(desk, at(2), finding(n=5, priority=Priority.NOW))
    back = item_of(desk, seen.key).state
    assert (back.status, back.closing_code, back.status_since) == (Status.NEW, None, at(2))
    last = history(desk, seen.key)[-1]
    assert (last.kind, last.who, last.before) == (EventKind.RAISED_AGAIN, "papaver", Status.CLOSED)
    assert last.reason == "higher priority: now, today when last raised"


def test_history_stays_history_unless_it_lives(desk: Desk, finding: Make, at: At) -> None:
    update(desk, at(0), finding(weeks_ago=10, weeks=2))
    assert update(desk, at(1), finding(weeks_ago=10, weeks=2, n=30)).raised_again == ()
    assert update(desk, at(2), finding(weeks_ago=6, weeks=6, n=90)).raised_again
    assert [i.state.status for i in items(desk)] == [Status.NEW]


def test_the_revision_known_then(desk: Desk, finding: Make, at: At) -> None:
    first, then, later = date(2026, 4, 7), date(2026, 4, 10), date(2026, 4, 14)
    update(desk, at(0), finding(n=3, known_on=first))
    update(desk, at(7), finding(n=4, known_on=later), finding("carfentanil", known_on=later))
    (known,) = items(desk, known_on=then)
    assert (known.shown, known.state.revision, known.finding.evidence.n) == (1, 2, 3)
    assert len(revisions(desk, known.key, known_on=then)) == 1
    assert items(desk, known_on=date(2026, 4, 6)) == []
    assert len(items(desk, known_on=later)) == 2
    done = update(desk, at(8), finding(n=9, known_on=then))
    assert done.older == (known.key,), "what was known earlier never replaces what is known"
    assert item_of(desk, known.key).finding.evidence.n == 4


def test_all_or_nothing(desk: Desk, finding: Make, at: At) -> None:
    with pytest.raises(ValueError, match="two findings under the key"):
        update(desk, at(0), finding(), finding(n=4))
    with pytest.raises(ValueError, match="found by emerge, not by detect"):
        record(desk, [finding()], analysis="detect", recorded_at=at(0))
    with pytest.raises(Exception, match="no time zone"):
        update(desk, datetime(2026, 4, 7), finding())
    assert items(desk, "all") == []
    assert update(desk, at(0), finding(weeks_ago=30)).historical, "the failed updates have loaded no stream"
