"""What a source is: a folder that knows one layout and turns its rows into the columns of record types."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from papaver.sources.mapping import ColumnMapping
    from papaver.sources.raw import Raw


@dataclass(frozen=True, slots=True)
class Shaped:
    """Rows laid out as a record type: `raw` has its columns as headers, `shown` their headers in the file."""

    record_type: str
    source: str
    raw: "Raw"
    shown: Mapping[str, str] = field(default_factory=dict)
    date_order: Literal["day_month", "month_day"] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A layout that files come in.

    `recognise` tells it by its headers. `to_records` lays the rows out as record types; the cells stay text and are
    typed and validated by the same code for every source. It raises BadInput where the file as a whole is not of
    this layout.
    """

    name: str
    title: str
    record_types: tuple[str, ...]
    recognise: Callable[[Sequence[str]], bool]
    to_records: "Callable[[Raw, ColumnMapping | None], list[Shaped]]"
