"""When a record happened and since when it was known, where the file does not say: SQL over one parsed file."""

from dataclasses import dataclass
from datetime import date

from papaver.model.period import Cadence
from papaver.model.records import RecordType

# How the period ends at each cadence, as `period.end_of` has it; sub-daily periods end on their own day.
_ENDS: dict[Cadence, str] = {
    Cadence.WEEK: "period_start + 6",
    Cadence.MONTH: "date_trunc('month', period_start) + INTERVAL 1 MONTH - INTERVAL 1 DAY",
    Cadence.QUARTER: "date_trunc('month', period_start) + INTERVAL 3 MONTH - INTERVAL 1 DAY",
    Cadence.YEAR: "date_trunc('month', period_start) + INTERVAL 12 MONTH - INTERVAL 1 DAY",
}
_RANKS = {cadence: n for n, cadence in enumerate(Cadence)}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the caller knows about when rows became known: a lag in days, the cadence, and the day of ingest."""

    lag_days: int | None = None
    every: Cadence | None = None
    ingested_on: date | None = None


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def has_cadence(kind: RecordType) -> bool:
    """Whether rows of this type stand for a whole period of their series rather than for a day."""
    return "period_end" in kind.key


def of_series_sql(kind: RecordType) -> str:
    """The columns that tell one series of a type from another, for its cadence."""
    columns = ("source", "series") if "series" in kind.columns else ("source", "stream", "place")
    return "concat_ws('|', " + ", ".join(f"coalesce({c}, '')" for c in columns) + ")"


def period_start_sql(kind: RecordType) -> str:
    """The start given, else the first date column that the type takes its period from."""
    columns = [c for c in kind.period_default if c in kind.columns]
    return "coalesce(" + ", ".join(["period_start", *columns]) + ")"


def cadence_sql(kind: RecordType, every: Cadence | None, history: str | None) -> str:
    """A query of (of_series, cadence) over the relation `dated`: from the ends given, else `every`, else the modal gap.

    `every` gives way only where rows lie closer together than it says, since periods cannot overlap. A stream with a
    single start takes the commonest cadence of the other streams. `history` names a relation (of_series, period_start)
    of what is stored already.
    """
    starts = "SELECT of_series, period_start FROM dated WHERE period_start IS NOT NULL"
    if history is not None:
        starts += f" UNION SELECT of_series, period_start FROM {history}"
    rank = _rank_of_days("arg_min(days, (-times, days))")
    asked = "NULL" if every is None else str(_RANKS[every])
    return f"""
    WITH starts AS (SELECT DISTINCT of_series, period_start FROM ({starts})),
    gaps AS (SELECT of_series, period_start - lag(period_start) OVER in_time AS days FROM starts
             WINDOW in_time AS (PARTITION BY of_series ORDER BY period_start)),
    counted AS (SELECT of_series, days, count(*) AS times FROM gaps WHERE days IS NOT NULL GROUP BY ALL),
    modal AS (SELECT of_series, {rank} AS rank FROM counted GROUP BY of_series),
    lengths AS (SELECT of_series, (period_end - period_start) + 1 AS days, count(*) AS times FROM dated
                WHERE period_end IS NOT NULL AND period_start IS NOT NULL GROUP BY ALL),
    given AS (SELECT of_series, {rank} AS rank FROM lengths GROUP BY of_series),
    common AS (SELECT arg_min(rank, (-times, rank)) AS rank
               FROM (SELECT rank, count(*) AS times FROM modal GROUP BY rank))
    SELECT s.of_series,
           CASE WHEN g.rank IS NOT NULL THEN g.rank
                WHEN m.rank IS NULL THEN coalesce({asked}, common.rank)
                WHEN {asked} > m.rank THEN m.rank
                ELSE coalesce({asked}, m.rank) END AS cadence
    FROM (SELECT DISTINCT of_series FROM dated) s
    LEFT JOIN given g USING (of_series) LEFT JOIN modal m USING (of_series) CROSS JOIN common"""


def _rank_of_days(days: str) -> str:
    """`period.cadence_of_days` in SQL, as the position of the cadence."""
    limits = ((3, Cadence.DAY), (20, Cadence.WEEK), (60, Cadence.MONTH), (240, Cadence.QUARTER))
    whens = " ".join(f"WHEN {days} <= {limit} THEN {_RANKS[cadence]}" for limit, cadence in limits)
    return f"CASE {whens} ELSE {_RANKS[Cadence.YEAR]} END"


def period_end_sql(kind: RecordType) -> str:
    """The end given, else the end of the period at the cadence of the series, else the start."""
    if not has_cadence(kind):
        return "coalesce(period_end, period_start)"
    whens = " ".join(f"WHEN {_RANKS[cadence]} THEN CAST({end} AS DATE)" for cadence, end in _ENDS.items())
    return f"coalesce(period_end, CASE cadence {whens} ELSE period_start END)"


def precision_sql() -> str:
    """The precision given, else what the period's length says; an odd length says nothing."""
    month = "date_trunc('month', period_start) = period_start"
    return f"""CASE WHEN date_precision IS NOT NULL THEN date_precision
      WHEN occurred_at IS NOT NULL THEN 'hour'
      WHEN period_start = period_end THEN 'day'
      WHEN period_end = period_start + 6 THEN 'week'
      WHEN {month} AND period_end + 1 = period_start + INTERVAL 1 MONTH THEN 'month'
      WHEN {month} AND period_end + 1 = period_start + INTERVAL 3 MONTH THEN 'quarter'
      WHEN {month} AND period_end + 1 = period_start + INTERVAL 12 MONTH THEN 'year' END"""


def known_from_sql(assumed: Assumptions) -> str:
    """The day given, else the end plus the lag, else the day of ingest, else the end itself; `ends` is the end used."""
    ways = ["known_from"]
    if assumed.lag_days is not None:
        ways.append(f"ends + {assumed.lag_days}")
    ways.append("ends" if assumed.ingested_on is None else f"DATE '{assumed.ingested_on.isoformat()}'")
    return f"coalesce({', '.join(ways)})"


def basis_sql(assumed: Assumptions) -> str:
    """Which of the ways of `known_from_sql` gave the day."""
    lagged = "WHEN ends IS NOT NULL THEN 'assumed_lag'" if assumed.lag_days is not None else ""
    last = "WHEN ends IS NOT NULL THEN 'assumed_period_end'" if assumed.ingested_on is None else "ELSE 'ingested'"
    return f"""CASE WHEN known_from IS NOT NULL THEN coalesce(known_from_basis, 'declared') {lagged} {last} END"""
