"""Drug-checking results as WEDINOS, the Welsh drug-checking service, publishes them."""

from papaver.sources.source import Source
from papaver.sources.wedinos.logic import recognise, to_records

source = Source(
    name="wedinos",
    title="WEDINOS drug checking",
    record_types=("specimen",),
    recognise=recognise,
    to_records=to_records,
)
