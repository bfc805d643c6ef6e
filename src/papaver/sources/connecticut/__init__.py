"""Accidental drug deaths as the Connecticut medical examiner publishes them."""

from papaver.sources.connecticut.logic import recognise, to_records
from papaver.sources.source import Source

source = Source(
    name="connecticut",
    title="Connecticut accidental drug deaths",
    record_types=("specimen",),
    recognise=recognise,
    to_records=to_records,
)
