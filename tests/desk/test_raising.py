"""When a revision is news again, and when an episode is history."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from papaver.desk.raising import Span, facts, is_alive, is_history, reasons_to_raise_again, stream_names
from papaver.model.finding import Contribution, Episode, Evidence, Finding, Priority
from papaver.model.period import Cadence

Make = Callable[..., Finding]


def reasons(now: Finding, *before: Finding) -> tuple[str, ...]:
    return reasons_to_raise_again(facts(now), [facts(f) for f in before], facts(before[0]))


def test_growth_short_of_double_a_lower_priority_or_fewer_streams_are_mere_revisions(finding: Make) -> None:
    first = finding(n=4, also=("wastewater",), priority=Priority.TODAY)
    assert reasons(finding(n=7), first) == ()
    assert reasons(finding(n=2, priority=Priority.ROUTINE, title="it is over"), first) == ()


@pytest.mark.parametrize(
    ("revised", "reason"),
    [
        ({"places": ("LV006",)}, "new place: LV006"),
        ({"also": ("wastewater",)}, "new stream: wastewater"),
        ({"title": "3 of 41 tested, died 2-19 March"}, "first death"),
        ({"n": 6}, "cases doubled: 6, 3 when last raised"),
        ({"priority": Priority.NOW}, "higher priority: now, today when last raised"),
    ],
)
def test_each_rule_alone(finding: Make, revised: dict[str, object], reason: str) -> None:
    assert reasons(finding(**revised), finding()) == (reason,)


def test_a_post_mortem_stream_is_a_new_stream_and_a_first_death(finding: Make) -> None:
    assert reasons(finding(also=("post_mortem",)), finding()) == ("new stream: post_mortem", "first death")


def test_a_stream_that_comes_and_goes_is_new_once(finding: Make) -> None:
    assert reasons(finding(also=("wastewater",)), finding(), finding(also=("wastewater",)), finding()) == ()


def test_a_stream_that_showed_nothing_is_not_a_new_stream(finding: Make) -> None:
    silent = Contribution(stream="clinical", observed=0, note="looked for in 20 samples, none found")
    told = finding()
    assert reasons(told.model_copy(update={"why": (*told.why, silent)}), told) == ()


@pytest.mark.parametrize(
    ("title", "died"),
    [
        ("2 died", True),
        ("10 deaths", True),
        ("one fatal case", True),
        ("3 non-fatal overdoses", False),
        ("no deaths", False),
        ("0 deaths known", False),
        ("studied", False),
    ],
)
def test_words_that_tell_of_a_death(finding: Make, title: str, died: bool) -> None:
    assert facts(finding(title=title)).died is died


def test_cases_of_counts_as_given_are_what_was_counted_not_how_many_weeks(finding: Make) -> None:
    def weeks(n: int, observed: float) -> Finding:
        evidence = Evidence(record_type="count", record_ids=(), n=n, query={})
        return finding().model_copy(
            update={"evidence": evidence, "why": (Contribution(stream="drug_checking", observed=observed),)}
        )

    assert reasons(weeks(4, 44), weeks(1, 41)) == ()
    assert reasons(weeks(1, 90), weeks(1, 41)) == ("cases doubled: 90, 41 when last raised",)


@pytest.mark.parametrize("every", list(Cadence))
def test_alive_means_reaching_into_the_last_eight_periods(every: Cadence) -> None:
    last = date(2026, 1, 1) if every is not Cadence.WEEK else date(2026, 1, 5)
    days = {"week": 7, "month": 30.5, "quarter": 91.4, "year": 365.3}.get(every.value, 1)
    eighth = Episode(start=date(2000, 1, 1), end=last - timedelta(days=int(6.5 * days)), every=every)
    ninth = Episode(start=date(2000, 1, 1), end=last - timedelta(days=int(7.5 * days) + 1), every=every)
    assert is_alive(eighth, last)
    assert not is_alive(ninth, last)


def test_history_is_what_was_over_when_its_stream_or_its_years_came_first(finding: Make) -> None:
    episode = finding(weeks_ago=12).when
    span = Span(date(2024, 1, 1), date(2026, 3, 30))
    assert is_history(episode, span, first_before=None)
    assert is_history(episode, span, first_before=episode.end + timedelta(days=1))
    assert not is_history(episode, span, first_before=date(2025, 1, 1)), "the laboratory was late; this is news"
    assert not is_history(finding(weeks_ago=7).when, span, first_before=None)
    assert is_history(finding(weeks_ago=8).when, span, first_before=None)


def test_a_finding_belongs_to_the_stream_of_its_place_before_that_of_all_places(finding: Make) -> None:
    span = Span(date(2024, 1, 1), date(2026, 3, 30))
    both = {"drug_checking|LV": span, "drug_checking": span, "post_mortem": span}
    assert stream_names(finding(also=("post_mortem",)), both) == ["drug_checking|LV"]
    assert stream_names(finding(where="EE", also=("post_mortem",)), both) == ["drug_checking", "post_mortem"]
    assert stream_names(finding(), {}) == []
