"""Any file, read as any record type through a mapping; headers equal to column names need none."""

from papaver.sources.generic.logic import recognise, to_records
from papaver.sources.source import Source

source = Source(
    name="generic",
    title="Any table, with a mapping",
    record_types=(),
    recognise=recognise,
    to_records=to_records,
)
