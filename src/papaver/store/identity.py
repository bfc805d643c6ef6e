"""Which record a row belongs to, and which version of it: stable hashes over the typed content as given.

Everything here runs in DuckDB over whole columns. A hash is the first 32 hexadecimal digits of SHA-256 over a text in
which each column that has a value appears as its name, its length and the value, in the order of the names, so that a
column added to a type later changes no hash.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from papaver.model.records import RecordType
from papaver.model.records.schema import parsed_schema
from papaver.store import knowledge
from papaver.store.connection import scratch
from papaver.store.knowledge import Assumptions, literal

_SHOWN = 20
_PROVENANCE = ("source_file", "source_row")
_NOT_CONTENT = ("record_id", "supersedes", *_PROVENANCE)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known outside the file: periods of specimens, and starts of periods already stored.

    `specimens` has source, specimen_id, period_end and known_from; `starts` has stream and period_start, the stream
    as `stream_starts` names it.
    """

    specimens: pa.Table | None = None
    starts: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class Identified:
    """Rows that know their record, version and day of knowledge (parsed columns and row_id), and what was assumed."""

    table: pa.Table
    notes: tuple[str, ...] = ()


def identify(
    parsed: pa.Table,
    kind: RecordType,
    *,
    source: str,
    assumed: Assumptions | None = None,
    context: Context | None = None,
    con: duckdb.DuckDBPyConnection | None = None,
) -> Identified:
    """Fill in source, series, period, knowledge, record_id and row_id of a parsed table; the order of rows is kept.

    An exact duplicate of a row whose type does not allow repeats is dropped, and of rows with the same key and the same
    known_from but different content the later one is kept; both are noted. `con` lends its database.
    """
    assumed, context = assumed or Assumptions(), context or Context()
    schema = parsed_schema(kind)
    if parsed.num_rows == 0:
        return Identified(schema.empty_table().append_column("row_id", pa.array([], pa.string())))
    given = parsed.select(schema.names).cast(schema)
    # A cursor of its own: the temporary tables made here are seen by nobody else and go with it.
    own = scratch() if con is None else con.cursor()
    try:
        own.register("given", given.append_column("_n", pa.array(np.arange(given.num_rows))))
        _fill(own, kind, _present(given), source, assumed, context)
        notes = [*_knowledge_notes(own), *_cadence_notes(own, kind), *_settle(own, kind)]
        filled = own.sql("SELECT * EXCLUDE (key_hash, whole, found_at) FROM settled ORDER BY _n").to_arrow_table()
        return Identified(_completed(given, filled), tuple(notes))
    finally:
        own.close()


def _completed(given: pa.Table, filled: pa.Table) -> pa.Table:
    """The rows given that were kept, with the columns that were filled in."""
    rows = given if filled.num_rows == given.num_rows else given.take(filled["_n"])
    for number, field in enumerate(given.schema):
        if field.name in filled.column_names:
            rows = rows.set_column(number, field, filled[field.name].cast(field.type))
    return rows.append_column(pa.field("row_id", pa.string()), filled["row_id"].cast(pa.string()))


def _present(table: pa.Table) -> tuple[str, ...]:
    """Names of the columns that have at least one value, where the row came from left out."""
    names = (name for name in table.column_names if name not in _PROVENANCE)
    return tuple(name for name in names if table.column(name).null_count < table.num_rows)


def _text(name: str, kind: RecordType) -> str:
    """A column's part in the text that is hashed; nothing where the row has no value."""
    column = kind.columns[name]
    value = f'"{name}"'
    if column.type == "list":
        one = "coalesce(CAST(strlen(e) AS VARCHAR) || ':' || e, '-')"
        value = f"array_to_string(list_transform({value}, lambda e: {one}), ',')"
    elif column.type == "timestamp":
        value = f"CAST(epoch_us({value}) AS VARCHAR)"
    elif column.type == "date":
        value = f"strftime({value}, '%Y-%m-%d')"
    elif column.type in ("integer", "number", "boolean"):
        value = f"CAST({value} AS VARCHAR)"
    return f"coalesce('{name}:' || strlen({value}) || ':' || {value} || ';', '')"


def _texts(names: Iterable[str], kind: RecordType) -> str:
    return " || ".join([_text(name, kind) for name in sorted(names)] or ["''"])


def _hash(text: str) -> str:
    return f"left(sha256({text}), 32)"


def _key_columns(kind: RecordType) -> tuple[str, ...]:
    """The key; where it holds a period, the moment within the day tells hours apart."""
    return (*kind.key, "occurred_at") if "period_start" in kind.key else kind.key


def _content_columns(kind: RecordType) -> tuple[str, ...]:
    """Every column that is not about knowledge or handling: what a row without a key is known by."""
    return tuple(
        c.name for c in kind.columns.values() if c.group not in ("knowledge", "handling") and c.name not in _NOT_CONTENT
    )


def _whole(kind: RecordType) -> str:
    """SQL: whether a row is known by its whole content, because its type repeats and it has no key of its own."""
    return f'"{kind.key[0]}" IS NULL' if kind.repeats else "false"


def _fill(
    con: duckdb.DuckDBPyConnection,
    kind: RecordType,
    present: Sequence[str],
    source: str,
    assumed: Assumptions,
    context: Context,
) -> None:
    """Make `known`: the rows with source, series, period, known_from, row_id and the hash of their key."""
    defaults = {
        "source": f"coalesce(source, {literal(source)})",
        "period_start": knowledge.period_start_sql(kind),
        "series": _series_sql(kind, source),
    }
    columns = ", ".join(f'{defaults.get(c, c)} AS "{c}"' for c in _WORKED_ON if c in kind.columns)
    # Hashes are of the columns as given: a default, and above all a guessed period_end, must not name a record.
    con.execute(f"""
        CREATE TEMP TABLE hashed AS
        SELECT _n, {columns}, concat_ws(' row ', source_file, coalesce(source_row, _n + 2)) AS found_at,
               {_hash(_texts(present, kind))} AS row_id, {_key_hash(kind, present, source)} AS key_hash,
               {_whole(kind)} AS whole
        FROM given""")
    _spans(con, kind, assumed, context)
    series_id = ", coalesce(series_id, series) AS series_id" if "series" in kind.columns else ""
    con.execute(f"""
        CREATE TEMP VIEW known AS
        SELECT * REPLACE ({knowledge.known_from_sql(assumed)} AS known_from, {knowledge.basis_sql(assumed)} AS
            known_from_basis, {knowledge.precision_sql()} AS date_precision {series_id})
        FROM spans""")


# What the work below needs of a row; its other columns are not touched.
_WORKED_ON = (
    *("record_id", "source", "series", "series_id", "specimen_id", "stream", "place", "status", "occurred_at"),
    *("period_start", "period_end", "date_precision", "known_from", "known_from_basis"),
)


def _key_hash(kind: RecordType, present: Sequence[str], source: str) -> str:
    """SQL of the hash of type, source and key; of type, source and content where the row is known by its content."""
    named = f"'{kind.name}|' || coalesce(given.source, {literal(source)}) || '|'"
    keyed = _texts([c for c in _key_columns(kind) if c in present and c != "source"], kind)
    if not kind.repeats:
        return _hash(f"{named} || {keyed}")
    whole = _texts([c for c in _content_columns(kind) if c in present and c != "source"], kind)
    return _hash(f"{named} || CASE WHEN {_whole(kind)} THEN {whole} ELSE {keyed} END")


def _series_sql(kind: RecordType, source: str) -> str:
    """The series given, else the keys that are not empty, except the period; a file without any is one series."""
    names = [k for k in kind.key if k not in ("series", "period_start", "period_end")]
    joined = ", ".join(f'"{name}"' for name in names)
    return f"coalesce(series, nullif(concat_ws('|', {joined}), ''), given.source, {literal(source)})"


def _spans(con: duckdb.DuckDBPyConnection, kind: RecordType, assumed: Assumptions, context: Context) -> None:
    """Make `spans`: `hashed` with period_end filled, and `ends`, the day on which the lag begins."""
    end = knowledge.period_end_sql(kind)
    if knowledge.has_cadence(kind):
        _cadences(con, kind, assumed, context)
        query = f"""SELECT *, period_end AS ends FROM (
            SELECT h.* REPLACE ({end} AS period_end), cadence,
                   h.period_end IS NULL AND h.period_start IS NOT NULL AND cadence IS NULL AS lone
            FROM hashed h LEFT JOIN cadences c ON c.of_series = {knowledge.of_series_sql(kind)})"""
    elif "specimen" in kind.period_default and context.specimens is not None:
        con.register("specimens", context.specimens)
        query = f"""
            WITH own AS (SELECT source, specimen_id, arg_min(period_end, known_from) AS period_end
                         FROM specimens WHERE period_end IS NOT NULL GROUP BY ALL),
            sole AS (SELECT specimen_id, min(period_end) AS period_end FROM own
                     GROUP BY specimen_id HAVING count(*) = 1)
            SELECT h.* REPLACE ({end} AS period_end), coalesce({end}, own.period_end, sole.period_end) AS ends
            FROM hashed h LEFT JOIN own ON own.source = h.source AND own.specimen_id = h.specimen_id
            LEFT JOIN sole ON sole.specimen_id = h.specimen_id"""
        query = query.replace("coalesce(period_end, period_start)", "coalesce(h.period_end, h.period_start)")
    else:
        query = f"SELECT * REPLACE ({end} AS period_end), {end} AS ends FROM hashed"
    con.execute(f"CREATE TEMP TABLE spans AS {query}")


def _cadences(con: duckdb.DuckDBPyConnection, kind: RecordType, assumed: Assumptions, context: Context) -> None:
    """Make `cadences`: the cadence of each series, from its rows and from what was stored before."""
    con.execute(f"CREATE TEMP VIEW dated AS SELECT *, {knowledge.of_series_sql(kind)} AS of_series FROM hashed")
    if context.starts is not None:
        con.register("starts_before", context.starts)
    history = None if context.starts is None else "starts_before"
    con.execute(f"CREATE TEMP TABLE cadences AS {knowledge.cadence_sql(kind, assumed.every, history)}")


def _settle(con: duckdb.DuckDBPyConnection, kind: RecordType) -> list[str]:
    """Make `settled`: rows with their record_id, at most one for a record and a day of knowledge; returns notes."""
    if kind.repeats:
        key = f'"{kind.key[0]}"'
        con.execute(f"CREATE TEMP TABLE repeated AS {_OCCURRENCES}")
        con.execute(f"""
            CREATE TEMP TABLE settled AS
            SELECT * EXCLUDE (own_id) REPLACE (own_id AS record_id, coalesce({key}, own_id) AS {key}) FROM (
                SELECT k.*, coalesce(k.record_id, {_hash("r.key_hash || '#' || r.nth")}, k.key_hash) AS own_id
                FROM known k LEFT JOIN repeated r ON r._n = k._n)""")
    else:
        con.execute("""CREATE TEMP TABLE settled AS
            SELECT * REPLACE (coalesce(record_id, key_hash) AS record_id) FROM known""")
    con.execute("""CREATE TEMP TABLE several AS SELECT * FROM settled
        WHERE record_id IN (SELECT record_id FROM settled GROUP BY record_id HAVING count(*) > 1)""")
    losers = con.execute(_DUPLICATES).fetchall()
    if losers:
        con.execute(f"DELETE FROM settled WHERE _n IN (SELECT _n FROM ({_DUPLICATES}))")
    return _duplicate_notes([(row, kept, same) for _, row, kept, same in losers])


# The nth row with this content, from the second on. Rows that differ only in when they were known are versions of one
# record, and a withdrawal is of the row it repeats; rows that differ only in handling are two. Ordered by content.
_OCCURRENCES = """
    SELECT _n, key_hash, nth FROM (
        SELECT _n, key_hash, row_number() OVER (PARTITION BY key_hash, day, gone ORDER BY row_id, _n) AS nth
        FROM (SELECT _n, key_hash, row_id, known_from AS day,
                     coalesce(status = 'withdrawn', false) AS gone
              FROM spans WHERE whole AND record_id IS NULL AND key_hash IN
                (SELECT key_hash FROM spans WHERE whole GROUP BY key_hash HAVING count(*) > 1)))
    WHERE nth > 1"""

_DUPLICATES = """
    SELECT s._n, s.found_at, kept.found_at, s.row_id = kept.row_id
    FROM several s
    JOIN (SELECT record_id, known_from, arg_max(row_id, _n) AS row_id FROM several GROUP BY ALL) g
      ON g.record_id = s.record_id AND g.known_from IS NOT DISTINCT FROM s.known_from
    JOIN (SELECT record_id, known_from, row_id, min(_n) AS _n, arg_min(found_at, _n) AS found_at
          FROM several GROUP BY ALL) kept
      ON kept.record_id = g.record_id AND kept.known_from IS NOT DISTINCT FROM g.known_from AND kept.row_id = g.row_id
    WHERE s._n <> kept._n ORDER BY s._n"""


def _duplicate_notes(losers: Sequence[tuple[str, str, bool]]) -> list[str]:
    """What was left out because another row of the file says the same, or says something else later."""
    notes = []
    same = [f"{row} (of {kept})" for row, kept, exact in losers if exact]
    if same:
        notes.append(f"{len(same)} exact duplicate rows left out: {_list(same)}")
    differ = [f"{row} ({kept} kept)" for row, kept, exact in losers if not exact]
    if differ:
        notes.append(
            f"{len(differ)} rows left out because a later row has the same key and known_from and other values: "
            f"{_list(differ)}. Give known_from if one revises the other, or the column that tells them apart"
        )
    return notes


def _list(items: Sequence[str]) -> str:
    more = len(items) - _SHOWN
    return ", ".join(items[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _knowledge_notes(con: duckdb.DuckDBPyConnection) -> list[str]:
    counted = dict(con.execute("SELECT known_from_basis, count(*) FROM known GROUP BY ALL").fetchall())
    notes = []
    if n := counted.get("assumed_period_end"):
        notes.append(
            f"known_from not given: {n} rows taken as known at the end of their period; give known_from or --lag DAYS"
        )
    if n := counted.get(None):
        notes.append(f"{n} rows have neither a period nor known_from: they are known at all times")
    return notes


def _cadence_notes(con: duckdb.DuckDBPyConnection, kind: RecordType) -> list[str]:
    if not knowledge.has_cadence(kind):
        return []
    ((n,),) = con.execute("SELECT count(*) FROM spans WHERE lone").fetchall()
    if not n:
        return []
    return [f"{n} rows have no period_end and no neighbour to tell their cadence by: taken as days; set every"]
