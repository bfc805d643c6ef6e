"""Ibis on DuckDB, compiling each expression once.

A replay asks the same questions of hundreds of cuts. The cuts stand under the same names, so the questions are equal
expressions, and compiling one takes Ibis tens of milliseconds: more than DuckDB takes to answer it.
"""

from functools import cached_property
from typing import TYPE_CHECKING

import ibis
from ibis.backends.duckdb import Backend as DuckDB

if TYPE_CHECKING:
    from collections.abc import Mapping

# Statements kept for one connection; the oldest goes when there are more.
KEPT = 512


class Backend(DuckDB):
    """The DuckDB backend of Ibis with a memory for the statements it has compiled."""

    @cached_property
    def free_numbers(self) -> list[int]:
        """A heap of numbers for names, the greatest of them followed by all others: see `engine.DuckEngine`."""
        return [1]

    @cached_property
    def _statements(self) -> dict[tuple[object, ...], str]:
        return {}

    def compile(
        self,
        expr: ibis.Expr,
        /,
        *,
        limit: int | None = None,
        params: "Mapping[ibis.Expr, object] | None" = None,
        pretty: bool = False,
    ) -> str:
        """SQL of an expression; see Ibis. Tables held in memory are named anew each time and are not remembered."""
        if params or expr.op().find(ibis.expr.operations.InMemoryTable):
            return str(super().compile(expr, limit=limit, params=params, pretty=pretty))
        key = (expr.op(), limit, pretty)
        if key not in self._statements:
            if len(self._statements) >= KEPT:
                del self._statements[next(iter(self._statements))]
            self._statements[key] = str(super().compile(expr, limit=limit, params=params, pretty=pretty))
        return self._statements[key]


def connect(**settings: object) -> Backend:
    """A connection in memory with the given DuckDB settings."""
    connection: Backend = Backend().connect(**settings)
    return connection
