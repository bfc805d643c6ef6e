"""The engine seam: where Ibis expressions run, and how a kernel is put over the groups of a large table.

One implementation stands here, DuckDB; another engine is another class with the same methods.
"""

import heapq
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from papaver.store.groups import Groups, result_schema, stream_groups

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from papaver.model.analysis import Kernel
    from papaver.store.backend import Backend

BATCH_ROWS = 65_536
SPILL_BYTES = 64 * 2**20
_TEMPORARY = ibis.expr.operations.Namespace(catalog="temp", database="main")
_INPUT = "papaver_input_"
Shape = Callable[..., "Table"]
_shapes: "dict[tuple[Shape, tuple[str, ...], tuple[tuple[str, ibis.Schema], ...]], tuple[str, ibis.Schema]]" = {}


class Engine(Protocol):
    """What an engine must be able to do; everything else is Ibis."""

    def view(self, table: "Table") -> "Table":
        """Give an expression a name on the engine without computing it: later expressions on it compile quickly."""

    def under_own_name(self, table: "Table") -> "Table":
        """The same for what has a name already, so that a table of this cut is called as in every other cut."""

    def derive(self, shape: "Shape", inputs: "Mapping[str, Table]", *params: str, keep: bool = False) -> "Table":
        """`shape(*inputs, *params)` under a name; an engine may keep the compiled shape, so it must be pure.

        `keep` computes it once and keeps the result on the engine, on disk where it is large.
        """

    def load(self, table: pa.Table) -> "Table":
        """Put a small Arrow table on the engine."""

    def read(self, table: "Table") -> pa.Table:
        """Compute an expression that is known to be small."""

    def map_groups(self, table: "Table", keys: Sequence[str], kernel: "Kernel") -> "Table":
        """Apply a kernel to each group; see `model.analysis.Data.map_groups`."""

    def forget(self) -> None:
        """Drop what this engine object named; expressions built on it stop working."""


class DuckEngine:
    """The engine on an Ibis DuckDB connection; its views and temporary tables belong to the connection."""

    def __init__(self, connection: "Backend") -> None:
        self.connection = connection
        self._made: list[tuple[str, str, int]] = []

    def view(self, table: "Table") -> "Table":
        """A temporary view."""
        if isinstance(table.op(), ibis.expr.operations.DatabaseTable):
            return table
        return self._create("VIEW", self._compiled(table), table.schema())

    def under_own_name(self, table: "Table") -> "Table":
        """A temporary view of a named table too."""
        op = table.op()
        if not isinstance(op, ibis.expr.operations.DatabaseTable):
            return self.view(table)
        return self._create("VIEW", f"SELECT * FROM {_reference(op.name, op.namespace)}", table.schema())

    def derive(self, shape: "Shape", inputs: "Mapping[str, Table]", *params: str, keep: bool = False) -> "Table":
        """A temporary view, or table if kept: DuckDB moves that to its temporary directory when memory is short.

        A shape is compiled once per process and its inputs are put in by name afterwards: compiling takes Ibis tens of
        milliseconds, and a replay asks for the same shape at every step.
        """
        named = {name: self.view(table) for name, table in inputs.items()}
        key = (shape, params, tuple((name, table.schema()) for name, table in named.items()))
        if key not in _shapes:
            stands_in = {name: self._named(f"{_INPUT}{name}", table.schema()) for name, table in named.items()}
            expression = shape(*stands_in.values(), *params)
            _shapes[key] = (str(self.connection.compile(expression)), expression.schema())
        sql, schema = _shapes[key]
        for name, table in named.items():
            sql = sql.replace(_reference(_INPUT + name, _TEMPORARY), _reference(table.op().name, table.op().namespace))
        return self._create("TABLE" if keep else "VIEW", sql, schema)

    def load(self, table: pa.Table) -> "Table":
        """A temporary table."""
        name = self._name("table")
        arrived = f"{name}_arrow"
        self.connection.con.register(arrived, table)
        try:
            self.connection.raw_sql(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM "{arrived}"')
        finally:
            self.connection.con.unregister(arrived)
        return self._named(name, ibis.Schema.from_pyarrow(table.schema))

    def read(self, table: "Table") -> pa.Table:
        """The whole expression as Arrow."""
        return self.connection.to_pyarrow(table)

    def map_groups(self, table: "Table", keys: Sequence[str], kernel: "Kernel") -> "Table":
        """Stream the sorted table, one group in memory at a time; large results go through a file."""
        schema = result_schema(table.schema().to_pyarrow(), keys, kernel.returns)
        ordered = in_group_order(table, keys)
        # Ibis 12 asks DuckDB 2 for a method it no longer has, hence its own reader.
        batches = self.connection.con.sql(self._compiled(ordered)).to_arrow_reader(BATCH_ROWS)
        groups = Groups(tuple(keys), kernel, schema)
        with tempfile.TemporaryDirectory(prefix="papaver-groups-") as folder:
            return self._collect(stream_groups(batches, groups), schema, Path(folder) / "groups.parquet")

    def forget(self) -> None:
        """Drop the views and temporary tables made through this object, last made first."""
        while self._made:
            kind, name, number = self._made.pop()
            self.connection.raw_sql(f'DROP {kind} IF EXISTS "{name}"')
            heapq.heappush(self.connection.free_numbers, number)

    def _create(self, kind: str, sql: str, schema: ibis.Schema) -> "Table":
        name = self._name(kind.lower())
        self.connection.raw_sql(f'CREATE TEMP {kind} "{name}" AS {sql}')
        return self._named(name, schema)

    def _compiled(self, table: "Table") -> str:
        """SQL of an expression; tables made in memory are put on the connection under the names it uses."""
        for node in table.op().find(ibis.expr.operations.InMemoryTable):
            self.connection.con.register(node.name, node.data.to_pyarrow(node.schema))
        return str(self.connection.compile(table))

    def _collect(self, chunks: Iterator[pa.Table], schema: pa.Schema, spill: Path) -> "Table":
        held: list[pa.Table] = []
        size, writer = 0, None
        for chunk in chunks:
            held.append(chunk)
            size += chunk.nbytes
            if size > SPILL_BYTES:
                writer = writer or pq.ParquetWriter(spill, schema, compression="zstd")
                writer.write_table(pa.concat_tables(held))
                held, size = [], 0
        if writer is None:
            return self.load(pa.concat_tables([schema.empty_table(), *held]))
        writer.write_table(pa.concat_tables([schema.empty_table(), *held]))
        writer.close()
        name = self._name("table")
        path = str(spill).replace("'", "''")
        self.connection.raw_sql(f"CREATE TEMP TABLE \"{name}\" AS SELECT * FROM read_parquet('{path}')")
        return self._named(name, ibis.Schema.from_pyarrow(schema))

    def _name(self, kind: str) -> str:
        # The smallest free number: whoever cuts evidence again names tables as in the cut before, so that equal
        # questions to both are equal expressions and are compiled once.
        free = self.connection.free_numbers
        number = heapq.heappop(free)
        if not free:
            free.append(number + 1)
        name = f"papaver_{kind}_{number}"
        self._made.append((kind.upper(), name, number))
        return name

    def _named(self, name: str, schema: ibis.Schema) -> "Table":
        # The schema is known: asking the database for it, as connection.table does, costs a query each time.
        node = ibis.expr.operations.DatabaseTable(name, schema=schema, source=self.connection, namespace=_TEMPORARY)
        table: Table = node.to_expr()
        return table


def _reference(name: str, namespace: ibis.expr.operations.Namespace) -> str:
    """A table as Ibis writes it into SQL."""
    return ".".join(f'"{part}"' for part in (namespace.catalog, namespace.database, name) if part is not None)


def in_group_order(table: "Table", keys: Sequence[str]) -> "Table":
    """Sorted by keys, then time, then every other column, so that the order of the input cannot matter."""
    time = [c for c in ("period_start", "occurred_at") if c in table.columns and c not in keys]
    rest = [c for c in table.columns if c not in keys and c not in time]
    return table.order_by([*keys, *time, *rest])
